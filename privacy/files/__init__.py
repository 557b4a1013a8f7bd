"""Reads the files that people bring: JSON Lines, JSON, YAML and CSV, with each bad record named by line and field.

`records.read` is the one reader; importers take what it yields. A new kind of file is a branch there.
"""
