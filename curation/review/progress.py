"""Reviewer progress: what each has decided, and how far they agree with known answers and with each other."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from curation.models import CalibrationItem, ReviewTask, TaskState
from curation.quality import estimates
from curation.quality.estimates import Estimate
from curation.review import agreement, calibration, double_review
from curation.review.agreement import Agreement
from feedback.models import Project

NEWEST = 5_000
"""At most this many second reviews and calibrations are read, newest first."""
Kind = ReviewTask.Kind


@dataclass(frozen=True, slots=True)
class Judged:
    """One answer judged twice: by the first reviewer (or the known answer), and by the second."""

    first: int | None
    said: str
    second: int | None
    also: str

    @property
    def agree(self) -> bool:
        return self.said == self.also


@dataclass(frozen=True, slots=True)
class Progress:
    """One reviewer's work: verdicts today and since Monday, and the share that agrees, with n and interval."""

    name: str
    today: int
    week: int
    calibration: Estimate
    others: Estimate


@dataclass(frozen=True, slots=True)
class Coefficient:
    """A coefficient of agreement as shown: with its n, and only in words if n is small.

    The lower end of its interval says what it is good enough for.
    """

    who: str
    found: Agreement
    interval: tuple[float, float] | None

    @property
    def is_enough(self) -> bool:
        return self.found.units >= agreement.ENOUGH and self.found.value is not None

    @property
    def words(self) -> str:
        """The figure with its interval, or why there is none."""
        if self.found.units < agreement.ENOUGH:
            return f"too few to say: {self.found.units} of {agreement.ENOUGH}"
        if self.found.value is None:
            return "nothing to compare: all verdicts are the same"
        reach = "" if self.interval is None else f" (95 % {self.interval[0]:.2f} to {self.interval[1]:.2f})"
        return f"{self.found.value:.2f}{reach}"

    @property
    def verdict(self) -> str:
        """What it can be used for, in words; "" if n is too small."""
        return VERDICTS[agreement.verdict(self.interval[0])] if self.is_enough and self.interval else ""


VERDICTS = {
    "publish": "fit to publish",
    "adjudicate": "tentative: look at the disagreements",
    "block": "improve the instructions for reviewers",
    "unknown": "",
}


def judged(tasks: QuerySet[ReviewTask], kind: str) -> list[Judged]:
    """Answers judged twice in this way, newest first; one query."""
    rows = tasks.filter(kind=kind, state=TaskState.RESOLVED, about__state=TaskState.RESOLVED).order_by("-pk")
    found = rows.values_list("about__resolved_by", "about__resolution", "resolved_by", "resolution")[:NEWEST]
    return [Judged(*row) for row in found]


def monday(now: datetime) -> datetime:
    today = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    return today - timedelta(days=today.weekday())


def progress(tasks: QuerySet[ReviewTask], people: Iterable[User], now: datetime) -> list[Progress]:
    """The work of these people on these tasks; always three queries."""
    wanted = list(people)
    day = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    mine = tasks.filter(resolved_by__in=wanted, state=TaskState.RESOLVED, resolved_at__gte=monday(now)).order_by()
    rows = mine.values("resolved_by").annotate(week=Count("pk"), today=Count("pk", filter=Q(resolved_at__gte=day)))
    counts = {row["resolved_by"]: (row["today"], row["week"]) for row in rows}
    known, twice = judged(tasks, Kind.CALIBRATION), judged(tasks, Kind.SECOND)
    return [
        Progress(
            person.get_username(),
            *counts.get(person.pk, (0, 0)),
            share(row for row in known if row.second == person.pk),
            share(row for row in twice if person.pk in (row.first, row.second)),
        )
        for person in wanted
    ]


def share(rows: Iterable[Judged]) -> Estimate:
    """The share on which the two agree, with Wilson's interval."""
    agreed = [row.agree for row in rows]
    return estimates.wilson(sum(agreed), len(agreed))


def reliability(tasks: QuerySet[ReviewTask], project: Project) -> list[Coefficient]:
    """How far a project's reviewers agree: Krippendorff's α for all of them, then Cohen's κ for each pair."""
    twice = judged(tasks.filter(project=project), Kind.SECOND)
    keys = {key for row in twice for key in (row.first, row.second) if key is not None}
    names = dict(User.objects.filter(pk__in=keys).values_list("pk", "username"))
    pairs: dict[tuple[str, str], list[agreement.Pair]] = defaultdict(list)
    for row in twice:
        one, other = names.get(row.first or 0, "somebody"), names.get(row.second or 0, "somebody")
        said = (row.said, row.also) if one <= other else (row.also, row.said)
        pairs[min(one, other), max(one, other)].append(said)
    everybody: list[agreement.Pair] = [(row.said, row.also) for row in twice]
    found = agreement.alpha_of_pairs(everybody)
    whole = Coefficient("all (α)", found, agreement.interval(everybody))
    each = [
        Coefficient(f"{one} and {other} (κ)", agreement.kappa(said), agreement.interval(said))
        for (one, other), said in sorted(pairs.items())
    ]
    return [whole, *each]


PEOPLE, PROJECTS = 50, 20


def progress_view(model_admin: Any, request: HttpRequest) -> HttpResponse:
    """The reviewer's own progress; a curator's page shows everybody's, and how far they agree in each project."""
    user = request.user
    if not isinstance(user, User) or not model_admin.decides(request):
        raise PermissionDenied
    tasks, curates = model_admin.get_queryset(request), user.has_perm(double_review.ADJUDICATES)
    projects = list(model_admin.admin_site.projects_of(request).order_by("name")[:PROJECTS]) if curates else []
    people = reviewers(user, projects) if curates else [user]
    context = {
        **model_admin.admin_site.each_context(request),
        "title": "Reviewer progress" if curates else "Your progress",
        "opts": model_admin.opts,
        "rows": progress(tasks, people, timezone.now()),
        "curates": curates,
        "projects": [(project, reliability(tasks, project)) for project in projects],
        "known": CalibrationItem.objects.filter(project__in=projects).count(),
    }
    return render(request, "admin/curation/reviewtask/progress.html", context)


def reviewers(user: User, projects: list[Project]) -> list[User]:
    """The curator first, then everybody in these projects who has decided something."""
    shared = User.objects.filter(memberships__project__in=projects, resolved_tasks__isnull=False).exclude(pk=user.pk)
    return [user, *shared.distinct().order_by("username")[:PEOPLE]]


@admin.action(description="Use as calibration: the answer is known", permissions=["adjudicate"])
def mark_calibration(model_admin: Any, request: HttpRequest, queryset: QuerySet[ReviewTask]) -> None:
    chosen = list(queryset[:1000])
    made = sum(calibration.mark(task, request.user) for task in chosen if isinstance(request.user, User))
    left = len(chosen) - made
    messages.success(
        request,
        f"New calibration items: {made}." + f" Left out: {left}, undecided or calibration items already." * bool(left),
    )


@admin.action(description="Stop using as calibration", permissions=["adjudicate"])
def unmark_calibration(model_admin: Any, request: HttpRequest, queryset: QuerySet[ReviewTask]) -> None:
    gone = sum(calibration.unmark(task, request.user) for task in queryset[:1000] if isinstance(request.user, User))
    messages.success(request, f"No longer calibration items: {gone}.")
