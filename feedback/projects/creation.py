"""Creates a project with its redaction policy."""

from django.db import transaction

from feedback.models import Project
from privacy.models import RedactionPolicy


def create(name: str, *, namespace: str = "") -> Project:
    """The project of that name; an existing one is returned as it is."""
    with transaction.atomic():
        existing = Project.objects.filter(name=name).first()
        if existing:
            return existing
        redaction, _ = RedactionPolicy.objects.get_or_create(name=name)
        project = Project(name=name, namespace=namespace or name, redaction=redaction)
        project.full_clean()
        project.save()
        return project
