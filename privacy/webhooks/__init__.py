"""Signed messages to a project's webhooks.

`delivery` writes a message with the change that it tells of, signs it as Standard Webhooks say, sends it after commit,
and retries. A new event is one call of it where the change is made.
"""
