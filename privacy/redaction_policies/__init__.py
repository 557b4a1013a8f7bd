"""A project's own redaction rules, versioned."""
