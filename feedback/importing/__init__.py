"""Logs from before Flywheel, through the write path of capture.

`logs.FORMAT` says what a line may have; a log with other names is mapped (`--map`), not parsed by code of its own. A line
without an id gets one from what it says, so importing twice stores once.
"""
