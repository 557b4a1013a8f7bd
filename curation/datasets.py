"""Datasets: what a project is released as."""

from django.db import transaction

from curation import policies
from curation.models import Dataset
from feedback import projects
from feedback.models import Project


def create_project(name: str, *, namespace: str = "") -> Project:
    """A project with a dataset of its own name and its first curation policy; an existing one as it is."""
    with transaction.atomic():
        project = projects.create(name, namespace=namespace)
        Dataset.objects.get_or_create(name=name, defaults={"project": project})
        policies.current(project)
    return project
