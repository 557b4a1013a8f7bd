"""Middleware, error answers and the API's documentation page."""
