"""How good the answers are: the random audit, and the thumbs next to it."""
