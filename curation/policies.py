"""A project's curation policy: versioned settings over the defaults that docs/curation.md explains."""

from curation.models import CurationPolicy
from feedback.models import Project


def current(project: Project) -> CurationPolicy:
    """The newest version; the first is made with the defaults."""
    newest = CurationPolicy.objects.filter(project=project).order_by("-version").first()
    return newest or CurationPolicy.objects.get_or_create(project=project, version=1, defaults={"note": "Defaults"})[0]
