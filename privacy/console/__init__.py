"""What every console list and command shares."""
