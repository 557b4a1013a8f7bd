"""The admin site: its home page and its menu."""
