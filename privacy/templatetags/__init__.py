"""Template tags for all apps: `reading` shows captured text."""
