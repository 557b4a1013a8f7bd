"""Stored text is redacted again when rules change.

`rescan` reads rows whose `RULES_VERSION` or project policy is out of date, in batches, each in its own transaction.
"""
