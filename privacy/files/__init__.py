"""Reads the files that people bring: JSON Lines, JSON, YAML and CSV, with each bad record named by line and field."""
