"""What the signals on an interaction amount to, and what a decision becomes."""
