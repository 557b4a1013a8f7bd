"""Which questions are the same, and which records repeat each other."""
