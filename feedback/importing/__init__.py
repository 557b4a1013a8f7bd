"""Imports older logs through capture's write path. `logs.FORMAT` says what a line may have; a log with other names is
mapped (`--map`) and needs no code of its own. A line without an id gets one from its content, so importing twice stores
once.
"""
