"""Passwords of tests, hashed at once."""

from django.contrib.auth.hashers import PBKDF2PasswordHasher


class QuickHasher(PBKDF2PasswordHasher):
    """Production's algorithm with a few of its million rounds: a server that a test starts can check it too."""

    iterations = 10
