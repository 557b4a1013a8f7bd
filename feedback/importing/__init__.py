"""Logs from before Flywheel, through the write path of capture."""
