"""The only write path: a payload is prepared, applied in one transaction, and answered."""
