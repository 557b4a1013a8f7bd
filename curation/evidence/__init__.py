"""What people said about an answer, who they are, and how far they may be followed."""
