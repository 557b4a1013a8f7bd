"""Signed messages to a project's webhooks.

`delivery` stores a message in the transaction of the change it reports, signs it as Standard Webhooks says, sends it
after commit, and retries. A new event is one call to it where the change is made.
"""
