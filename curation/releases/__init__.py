"""Releases: cut, published atomically, recut when a person is forgotten."""
