"""Creates a project with its redaction policy."""

from collections.abc import Mapping

from django.db import transaction

from feedback.models import Project
from privacy.models import RedactionPolicy


class ProjectExists(Exception):
    """The project already exists, with another legal basis."""


def create(name: str, *, namespace: str = "", basis: Mapping[str, str] | None = None) -> Project:
    """The project with this name; an existing one is returned unchanged.

    `basis` says for each purpose whether data may be used only with consent, or unless refused. Raises `ProjectExists` if an
    existing project has another.
    """
    columns = {f"{purpose}_consent": given for purpose, given in (basis or {}).items()}
    with transaction.atomic():
        existing = Project.objects.filter(name=name).first()
        if existing:
            if any(getattr(existing, column) != given for column, given in columns.items()):
                raise ProjectExists
            return existing
        redaction, _ = RedactionPolicy.objects.get_or_create(name=name)
        project = Project(name=name, namespace=namespace or name, redaction=redaction, **columns)
        project.full_clean()
        project.save()
        return project
