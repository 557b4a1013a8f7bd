"""What the console's home page shows: the funnel from captured to released, and what needs a person now."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Min, Q
from django.urls import reverse

from curation.models import Decision, EvalCase, Example, PreferencePair, Release, ReviewTask
from feedback.models import Interaction, Project, Signal


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure with the list behind it."""

    label: str
    number: int
    url: str


@dataclass(frozen=True, slots=True)
class Wheel:
    """One project at a glance."""

    project: Project
    stages: tuple[Figure, ...]
    open_tasks: Figure
    oldest_task: Any
    latest: Release | None

    @property
    def widest(self) -> int:
        """The largest stage, which the bars are drawn against."""
        return max((stage.number for stage in self.stages), default=0) or 1


def listed(model: str, **filters: Any) -> str:
    """The address of an admin list with filters."""
    app, name = model.split(".")
    return f"{reverse(f'admin:{app}_{name}_changelist')}?{urlencode(filters)}"


def wheels(user: Any) -> list[Wheel]:
    """One wheel a project that the user may see."""
    projects = Project.objects.order_by("name")
    if not user.is_superuser:
        projects = projects.filter(members__user=user)
    return [wheel(project) for project in projects[:20]]


def wheel(project: Project) -> Wheel:
    """The project's figures; a constant number of queries."""
    mine = {"project__id__exact": project.pk}
    decided = Decision.objects.filter(project=project).aggregate(
        confirmed=Count("pk", filter=Q(outcome="confirmed")), corrected=Count("pk", filter=Q(outcome="corrected"))
    )
    tasks = ReviewTask.objects.filter(project=project, state="open").aggregate(n=Count("pk"), oldest=Min("created_at"))
    rated = Signal.objects.live().filter(project=project).values("interaction").distinct().count()
    derived = {
        model: model.objects.filter(project=project, status="active").count()
        for model in (EvalCase, Example, PreferencePair)
    }
    stages = (
        Figure("captured", Interaction.objects.filter(project=project).count(), listed("feedback.interaction", **mine)),
        Figure("rated", rated, listed("feedback.signal", **mine)),
        Figure("confirmed", decided["confirmed"], listed("curation.decision", outcome__exact="confirmed", **mine)),
        Figure("corrected", decided["corrected"], listed("curation.decision", outcome__exact="corrected", **mine)),
        Figure("eval cases", derived[EvalCase], listed("curation.evalcase", status__exact="active", **mine)),
        Figure("examples", derived[Example], listed("curation.example", status__exact="active", **mine)),
        Figure(
            "preference pairs",
            derived[PreferencePair],
            listed("curation.preferencepair", status__exact="active", **mine),
        ),
    )
    latest = (
        Release.objects.filter(dataset__project=project, state="published")
        .select_related("dataset")
        .order_by("-pk")
        .first()
    )
    waiting = Figure("open review tasks", tasks["n"], listed("curation.reviewtask", state__exact="open", **mine))
    return Wheel(project, stages, waiting, tasks["oldest"], latest)
