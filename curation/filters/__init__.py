"""Whether a record is worth teaching."""
