"""Template tags of curation: `reason` writes a code in words."""
