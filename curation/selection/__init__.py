"""What of a project goes into a release."""
