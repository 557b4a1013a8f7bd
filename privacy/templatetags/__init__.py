"""What templates of all apps load: `reading`, the way from captured text to a page."""
