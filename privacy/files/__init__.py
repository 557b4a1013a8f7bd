"""Reads files of records: JSON Lines, JSON, YAML and CSV. Each bad record is named by line and field.

`records.read` is the only reader; importers take what it yields. A new kind of file is a branch there.
"""
