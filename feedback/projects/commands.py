"""What management commands share: the project that they are about."""

from django.core.management.base import CommandError

from feedback.models import Project


def project_named(name: str) -> Project:
    """The project, with its redaction policy. Raises `CommandError`."""
    found = Project.objects.select_related("redaction").filter(name=name).first()
    if found is None:
        raise CommandError("There is no such project. Create it with: manage.py createproject NAME")
    return found
