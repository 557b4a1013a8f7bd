"""Middleware, error answers and the API's documentation page.

`middleware` sets the headers of every answer (a strict CSP among them), `errors` answers when no view did.
"""
