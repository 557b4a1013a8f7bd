"""A project's curation policy: versioned settings that override the defaults in docs/reference/policy.md."""

from typing import Any

from django.db import transaction

from curation.decisions.rules import LABELLED
from curation.models import CurationPolicy
from curation.policies import settings as policies_settings
from feedback.models import Interaction, Project
from privacy.models import InvalidRules


def current(project: Project) -> CurationPolicy:
    """The version in force: the newest. Raises `InvalidRules` where a stage does not accept its settings."""
    found = newest(project)
    if fault := policies_settings.fault(found.settings):
        raise InvalidRules(found, fault)
    return found


def newest(project: Project) -> CurationPolicy:
    """The newest version, valid or not; the first is made with the defaults."""
    found = CurationPolicy.objects.filter(project=project).order_by("-version").first()
    if found is None:
        found, _ = CurationPolicy.objects.get_or_create(project=project, version=1, defaults={"note": "Defaults"})
    found.project = project  # known, so nobody reads it again
    return found


def revise(
    project: Project, settings: dict[str, Any], note: str, user: Any = None, *, again: bool = False
) -> CurationPolicy:
    """Make the next version of a project's policy; earlier versions are kept for the runs that used them.

    Filters judge a record when it is decided; with `again`, they also judge already decided records.
    """
    policies_settings.check(settings)
    settings = policies_settings.without_retired(settings)
    with transaction.atomic():
        Project.objects.select_for_update().get(pk=project.pk)
        made = CurationPolicy.objects.create(
            project=project, version=newest(project).version + 1, settings=settings, note=note, created_by=user
        )
        if again:
            Interaction.objects.filter(project=project, decision__outcome__in=LABELLED).update(pending=True)
    return made
