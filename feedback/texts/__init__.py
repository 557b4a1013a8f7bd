"""Pure rules about a text: whether it is blank, and its normalised form and fingerprint."""
