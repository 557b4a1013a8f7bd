"""The console's home page: the funnel from captured to gated, how good the answers are, what is waiting."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from curation.decisions.reasons import short
from curation.models import Dataset, GateRun, Release, ReleaseState
from curation.quality import audits, report, votes
from curation.quality.estimates import Estimate, Weighted, percent
from curation.quality.strata import Audit
from feedback.models import Project
from flywheel_site.console import counts
from flywheel_site.console.counts import AGES, Figure, cached, exact
from privacy.models import Erasure, PrivacyRequest, Setback

PERIODS = {"7": "7 days", "30": "30 days", "all": "all time"}
SET_ASIDE = 5
MOST_DRAWN = 20_000  # answers of the audit: enough to estimate its share to within half a point


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a chart: a figure, its width out of 100 for the widest bar, and the list behind it."""

    label: str
    figure: Figure
    url: str
    width: float
    share: str = ""
    hint: str = ""

    @property
    def number(self) -> int:
        return self.figure.number


@dataclass(frozen=True, slots=True)
class Rate:
    """A share with its interval, as the SVG draws it."""

    label: str
    estimate: Estimate

    @property
    def low_x(self) -> float:
        return round(100 * self.estimate.low, 2)

    @property
    def span(self) -> float:
        """The interval's width, out of 100; never too thin to see."""
        return round(max(0.8, 100 * (self.estimate.high - self.estimate.low)), 2)

    @property
    def at_x(self) -> float:
        return round(100 * (self.estimate.rate or 0.0), 2)

    @property
    def percent(self) -> str:
        return "not known yet" if self.estimate.rate is None else percent(self.estimate.rate)

    @property
    def interval(self) -> str:
        return f"{self.estimate.limits} of a sample" if self.estimate.method == votes.SAMPLED else self.estimate.limits


@dataclass(frozen=True, slots=True)
class WaitingWork:
    number: int
    one: str
    many: str
    url: str
    needs: str
    tone: str = "warn"

    @property
    def words(self) -> str:
        return self.one if self.number == 1 else self.many


@dataclass(frozen=True, slots=True)
class Overview:
    projects: tuple[Project, ...]
    project: Project | None
    days: str
    funnel: tuple[Bar, ...]
    audit: Audit
    thumbs: Rate
    weighted: Weighted | None
    versions: tuple[Rate, ...]
    ages: tuple[Bar, ...]
    reasons: tuple[Bar, ...]
    first_tasks: int | None
    todo: tuple[WaitingWork, ...]
    open_tasks: Figure
    oldest: Any
    latest: tuple[Release, ...]
    gate_runs: tuple[GateRun, ...]

    @property
    def quality(self) -> Rate:
        return Rate("audit", self.audit.estimate)

    @property
    def window(self) -> str:
        """The period of the thumbs, in words: the days of the audit, or the page's where it has none."""
        chosen = "all answers" if self.days == "all" else f"answers of the last {PERIODS[self.days]}"
        return self.audit.period or chosen

    @property
    def is_empty(self) -> bool:
        return not any(bar.number for bar in self.funnel)

    @property
    def is_estimated(self) -> bool:
        """Whether the funnel is that of a sample."""
        return any(bar.figure != exact(bar.number) for bar in self.funnel)


def listed(model: str, **filters: Any) -> str:
    app, name = model.split(".")
    query = urlencode({key: value for key, value in filters.items() if value not in ("", None)})
    return f"{reverse(f'admin:{app}_{name}_changelist')}{query and f'?{query}'}"


def glance(mine: QuerySet[Project], project: str, days: str, may: Callable[[str], bool]) -> Overview:
    """The page for all of the user's projects or one of them, over a period. `may` checks a permission: users see only
    what they can act on.
    """
    projects = tuple(mine.order_by("name")[:50])
    chosen = next((each for each in projects if str(each.pk) == project), None)
    days = days if days in PERIODS else "30"
    keys = [chosen.pk] if chosen else [each.pk for each in projects]
    since = None if days == "all" else timezone.now() - timedelta(days=int(days))
    first_day = since and since.date()
    link = {"project": chosen.pk if chosen else ""}
    names = [each.namespace for each in projects if chosen in (None, each)]
    waiting = cached("waiting", keys, "", lambda: counts.waiting(keys))
    reasons = cached("reasons", keys, "", lambda: counts.reasons(keys))
    audit = cached("audit", keys, days, lambda: newest_audit([chosen] if chosen else list(projects), first_day))
    span = (audit.since or first_day, audit.until)
    voted = cached("votes", keys, f"{days}:{span[0]}:{span[1]}", lambda: rates(keys, *span))
    return Overview(
        projects=projects,
        project=chosen,
        days=days,
        funnel=funnel(keys, days, since, link),
        audit=audit,
        thumbs=Rate("thumbs up", voted["all"]),
        weighted=weighted_thumbs(chosen, projects, days, audit),
        versions=tuple(Rate(name, voted[name]) for name in sorted(voted)[:6] if name != "all"),
        ages=bars((AGES[place][0], figure, age_url(place, link)) for place, figure in enumerate(waiting.ages)),
        reasons=bars(
            (short(code), exact(number), listed("curation.reviewtask", reason=code, **link))
            for code, number in reasons.numbers
        ),
        first_tasks=reasons.among,
        todo=tuple(row for row in todo(keys, names, link) if may(row.needs)),
        open_tasks=waiting.tasks,
        oldest=waiting.oldest,
        latest=tuple(newest_releases(keys)),
        gate_runs=tuple(
            GateRun.objects.filter(project__in=keys).select_related("release__dataset", "candidate").order_by("-pk")[:4]
        ),
    )


def newest_audit(projects: Sequence[Project], since: date | None) -> Audit:
    """The audit of the answers since that day, or of all answers if none since then was drawn; if they are very many,
    of the newest.
    """
    newest = audits.first_of_newest(projects, MOST_DRAWN)
    found = audits.audit(*projects, since=max(filter(None, (since, newest)), default=None))
    return found if found.drawn or since is None else audits.audit(*projects, since=newest)


def funnel(keys: list[int], days: str, since: Any, link: dict[str, Any]) -> tuple[Bar, ...]:
    counted = cached("funnel", keys, days, lambda: counts.funnel(keys, since))
    url = {
        "captured": listed("feedback.outcome", **link),
        "consented": listed("feedback.interaction", **link),
        "rated": listed("feedback.interaction", rated="yes", **link),
        "decided": listed("curation.decision", **link),
        "released": listed("curation.release", **link),
        "gated": listed("curation.gaterun", **link),
    }
    widest = max(figure.number for figure in counted.values()) or 1
    made = []
    for stage, figure in counted.items():
        whole = counted.get(PART_OF.get(stage, ""), exact(0))
        are_known = whole.number and whole.is_known and figure.is_known
        share = f"{percent(min(1.0, figure.number / whole.number))} of {PART_OF[stage]}" if are_known else ""
        made.append(Bar(stage, figure, url[stage], bar_width(figure.number, widest), share, HINTS[stage]))
    return tuple(made)


PART_OF = {
    "consented": "captured",
    "rated": "consented",
    "decided": "consented",  # reviewers decide unrated answers, too
    "released": "decided",
    "gated": "released",
}
HINTS = {
    "captured": "conversations that reached the API",
    "consented": "kept, because the person agreed",
    "rated": "somebody voted on, corrected or copied the answer",
    "decided": "confirmed or corrected",
    "released": "in a published release",
    "gated": "in a release that tested a candidate",
}


def bar_width(number: int, widest: int) -> float:
    """The width of a bar; any number above 0 is visible."""
    return round(max(1.5 if number else 0.0, 100 * number / widest), 1)


def bars(figures: Iterable[tuple[str, Figure, str]]) -> tuple[Bar, ...]:
    rows = list(figures)
    widest = max((figure.number for _, figure, _ in rows), default=0) or 1
    return tuple(Bar(label, figure, url, bar_width(figure.number, widest)) for label, figure, url in rows)


def age_url(place: int, link: dict[str, Any]) -> str:
    older = AGES[place - 1][1] if place else ""
    return listed("curation.reviewtask", age=older, **link)


def weighted_thumbs(chosen: Project | None, projects: tuple[Project, ...], days: str, audit: Audit) -> Weighted | None:
    """The weighted thumbs of one project, if its audit confirms them.

    They are counted over all days of the audit, once a day: next to figures for a shorter period they would mean nothing.
    """
    project = chosen or (projects[0] if len(projects) == 1 else None)
    found = report.remembered(project) if project and days == "all" else None
    return found if found and found.is_trusted(audit.estimate) else None


def rates(keys: list[int], since: date | None, until: date | None) -> dict[str, Estimate]:
    """The share of voted answers of these days that nobody found wrong: overall, and by agent version if there are several."""
    made = votes.thumbs_by_version(keys, since, until)
    named = {version: found for version, found in made.items() if version != "all" and found.n >= 5}
    return {"all": made["all"]} | (named if len(named) > 1 else {})


def newest_releases(keys: list[int]) -> list[Release]:
    """The newest published release of each dataset, four at most."""
    newest = Release.objects.filter(dataset=OuterRef("pk"), state=ReleaseState.PUBLISHED).order_by("-number", "-recut")
    rows = Dataset.objects.filter(project__in=keys).annotate(newest=newest.values("pk")[:1]).values("newest")
    return list(Release.objects.filter(pk__in=rows).select_related("dataset").order_by("-published_at")[:4])


def todo(keys: list[int], namespaces: list[str], link: dict[str, Any]) -> Iterable[WaitingWork]:
    """What needs a person now, most severe first."""
    now = timezone.now()
    week_ago, week_ahead = now - timedelta(days=7), now + timedelta(days=7)
    requests = PrivacyRequest.objects.filter(namespace__in=namespaces).exclude(state__in=["closed", "refused"])
    found = requests.aggregate(
        late=Count("pk", filter=Q(due_at__lt=now)),
        soon=Count("pk", filter=Q(due_at__gte=now, due_at__lt=week_ahead)),
        stuck=Count("pk", filter=Q(tries__gte=SET_ASIDE)),
        new=Count("pk", filter=Q(state="received")),
    )
    failed = Release.objects.filter(dataset__project__in=keys, tries__gte=SET_ASIDE, state="cutting").count()
    stuck = Erasure.objects.filter(namespace__in=namespaces, settled_at__isnull=True, tries__gte=SET_ASIDE).count()
    refused = GateRun.objects.filter(
        project__in=keys, verdict="refused", created_at__gte=week_ago, candidate__state="candidate"
    ).count()
    desk, officer = listed("privacy.privacyrequest"), "privacy.change_privacyrequest"
    releases = listed("curation.release", state__exact="cutting", **link)
    runs = listed("curation.gaterun", verdict__exact="refused", **link)
    rows = (
        WaitingWork(found["late"], "privacy request is overdue", "privacy requests are overdue", desk, officer, "bad"),
        WaitingWork(found["stuck"], "privacy request failed five times", "privacy requests failed five times", desk, officer, "bad"),
        WaitingWork(stuck, "erasure failed five times", "erasures failed five times", listed("privacy.erasure"), officer, "bad"),
        WaitingWork(failed, "release could not be cut", "releases could not be cut", releases, "curation.view_release", "bad"),
        WaitingWork(Setback.objects.count(), "background job keeps failing", "background jobs keep failing",
             listed("privacy.setback"), "privacy.view_setback", "bad"),
        WaitingWork(found["soon"], "privacy request is due within a week", "privacy requests are due within a week", desk, officer),
        WaitingWork(found["new"], "privacy request needs verifying", "privacy requests need verifying", desk, officer),
        WaitingWork(refused, "candidate was refused this week and needs a decision",
             "candidates were refused this week and need a decision", runs, "curation.change_agentversion"),
    )  # fmt: skip
    return [row for row in rows if row.number > 0]
