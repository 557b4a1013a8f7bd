"""Projects, their keys, and the feedback tokens of browsers."""
