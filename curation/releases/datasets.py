"""Datasets: what a project is released as."""

from django.db import transaction

from curation.models import Dataset
from curation.policies import versions
from feedback.models import Project
from feedback.projects import creation


def create_project(name: str, *, namespace: str = "") -> Project:
    """A project with a dataset of its own name and its first curation policy; an existing one as it is."""
    with transaction.atomic():
        project = creation.create(name, namespace=namespace)
        Dataset.objects.get_or_create(name=name, defaults={"project": project})
        versions.current(project)
    return project
