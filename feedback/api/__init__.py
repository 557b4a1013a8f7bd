"""The capture API."""
