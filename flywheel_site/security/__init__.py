"""Sign-in, second factor, and the secrets that the server makes for itself."""
