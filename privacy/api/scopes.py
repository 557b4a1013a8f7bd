"""What a key may do. A view names the scope that each of its methods needs."""

from django.db import models


class Scope(models.TextChoices):
    """The scopes that a key can carry."""

    INGEST = "ingest", "Send interactions"
    FEEDBACK = "feedback", "Send feedback"
    READ = "read", "Read interactions and decisions"
    EXPORT = "export", "Download releases, run gates"
    PRIVACY = "privacy", "Consent, access and erasure"
