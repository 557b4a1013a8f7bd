"""Stored text is redacted again when rules change.

`rescan` takes rows by id, a lease at a time; `report` says what was found. It starts where `RULES_VERSION` or a project's
policy is newer than a row's.
"""
