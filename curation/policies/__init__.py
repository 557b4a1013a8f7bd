"""A project's curation policy: versioned settings, and what another policy would change."""
