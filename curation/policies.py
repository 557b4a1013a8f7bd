"""A project's curation policy: versioned settings over the defaults that docs/curation.md explains."""

from typing import Any

from django.db import transaction

from curation import policysettings
from curation.models import CurationPolicy
from feedback.models import Project


def current(project: Project) -> CurationPolicy:
    """The newest version; the first is made with the defaults."""
    newest = CurationPolicy.objects.filter(project=project).order_by("-version").first()
    return newest or CurationPolicy.objects.get_or_create(project=project, version=1, defaults={"note": "Defaults"})[0]


def revise(project: Project, settings: dict[str, Any], note: str, user: Any) -> CurationPolicy:
    """The next version of a project's policy; the ones before stay as they are, for the runs that used them."""
    policysettings.check(settings)
    with transaction.atomic():
        Project.objects.select_for_update().get(pk=project.pk)
        newest = current(project)
        return CurationPolicy.objects.create(
            project=project, version=newest.version + 1, settings=settings, note=note, created_by=user
        )
