"""Curation runs: what is pending is decided, batch after batch."""
