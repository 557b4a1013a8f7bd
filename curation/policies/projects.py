"""Projects as curation begins them: with a dataset of the same name and a first policy."""

from collections.abc import Mapping

from django.db import transaction

from curation.models import Dataset
from curation.policies import versions
from feedback.models import Project
from feedback.projects import creation


def create_project(name: str, *, namespace: str = "", basis: Mapping[str, str] | None = None) -> Project:
    """Create a project with a dataset of the same name and a first policy; an existing project is returned
    unchanged.
    """
    with transaction.atomic():
        project = creation.create(name, namespace=namespace, basis=basis)
        Dataset.objects.get_or_create(name=name, defaults={"project": project})
        versions.newest(project)
    return project
