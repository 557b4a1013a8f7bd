"""Stored text is redacted again when rules change."""
