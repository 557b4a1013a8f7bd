"""Signed messages to a project's webhooks."""
