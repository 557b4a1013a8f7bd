"""The votes on a project's answers: counted by the database, each answer once, by everybody's newest vote."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from curation.decisions.rules import EXPLICIT, UP
from curation.models import Decision
from curation.quality import estimates
from curation.quality.estimates import Estimate, Weighted
from curation.quality.strata import Audit
from feedback.models import Interaction, Project, Signal
from privacy.console.dates import first_key
from privacy.db import bulk, sampling
from privacy.models import Subject

DAY = timedelta(days=1)
WEEK = "week"
SAMPLED = "thumbs of a sample"
GROUPS = ("agent_version", "language", "tag", WEEK)


@dataclass(frozen=True, slots=True)
class Cell:
    """The answers of one agent version, language, set of tags and day: how many there are, how many were voted on, and
    how many of those every voter found good.
    """

    agent_version: str
    language: str
    tags: tuple[str, ...]
    day: date
    seen: int
    voted: int
    good: int

    def names(self, group: str) -> Sequence[str]:
        if group == "tag":
            return self.tags or ("untagged",)
        if group == "week":
            year, number, _ = self.day.isocalendar()
            return (f"{year}-W{number:02}",)
        return (self.agent_version or "unknown",) if group == "agent_version" else (self.language or "und",)


KINDS = f"({', '.join(repr(kind) for kind in sorted(EXPLICIT))})"


def votes(which: str) -> str:
    """The statement for each voted answer: whether everybody's newest vote on it is good. Defines thumbs for every
    page. `which` answers are read: a condition on their votes `g`.
    """
    signal, subject = bulk.quoted(Signal), bulk.quoted(Subject)
    return (
        f"SELECT g.interaction_id, MIN(CASE WHEN g.kind = '{UP}' THEN 1 ELSE 0 END) AS good "  # noqa: S608
        f"FROM {signal} g JOIN {subject} p ON p.id = g.subject_id "
        f"WHERE {which} AND g.withdrawn_at IS NULL AND p.restricted_at IS NULL AND g.kind IN {KINDS} "
        f"AND NOT EXISTS (SELECT 1 FROM {signal} n WHERE n.interaction_id = g.interaction_id "
        f"AND n.subject_id = g.subject_id AND n.withdrawn_at IS NULL AND n.kind IN {KINDS} "
        "AND (n.effective_at, n.id) > (g.effective_at, g.id)) GROUP BY g.interaction_id"
    )


def cells(project: Project) -> list[Cell]:
    """The project's visible interactions, counted by agent version, language, tags and day; one statement."""
    statement = (
        f"WITH votes AS ({votes('g.project_id = %s')}) "  # noqa: S608
        "SELECT i.agent_version, COALESCE(d.language, ''), CAST(i.tags AS TEXT), "
        "SUBSTR(CAST(i.occurred_at AS TEXT), 1, 10), COUNT(*), COUNT(v.good), COALESCE(SUM(v.good), 0) "
        f"FROM {bulk.quoted(Interaction)} i JOIN {bulk.quoted(Subject)} s ON s.id = i.subject_id "
        f"LEFT JOIN {bulk.quoted(Decision)} d ON d.interaction_id = i.id "
        "LEFT JOIN votes v ON v.interaction_id = i.id "
        "WHERE i.project_id = %s AND s.restricted_at IS NULL GROUP BY 1, 2, 3, 4"
    )
    rows = bulk.select(statement, [project.pk, project.pk])
    return [
        Cell(version, language, tuple(bulk.parsed(tags)), date.fromisoformat(day), seen, voted, good)
        for version, language, tags, day, seen, voted, good in rows
    ]


def thumbs_by_version(
    projects: Sequence[int], since: date | None = None, until: date | None = None
) -> dict[str, Estimate]:
    """The share of voted answers from one day to another that nobody found wrong, under "all" and by agent version.

    Of very many conversations, a sample is read; the method then says so.
    """
    first, inside = 0, Interaction.objects.all()
    if since is not None:
        first = first_key(Interaction, "received_at", start_of(since))  # nothing is received before it occurs
        inside = inside.filter(occurred_at__gte=start_of(since))
    if until is not None:
        inside = inside.filter(occurred_at__lt=start_of(until) + DAY)
    drawn = sampling.draw(Interaction, "project", projects, first)
    keys = [key for part in drawn.parts() for key in inside.filter(pk__in=part).values_list("pk", flat=True)]
    found: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0])
    for version, n, good in bulk.select_in(by_version("g.interaction_id IN ({keys})"), keys):
        for name in {"all", str(version)}:
            found[name][0] += good
            found[name][1] += n
    method = "thumbs" if drawn.is_whole else SAMPLED
    most = sorted(found, key=lambda name: -found[name][1])[:7]
    return {name: estimates.wilson(*found[name], method=method) for name in ("all", *most) if name}


def by_version(which: str) -> str:
    """The statement for the answers that were voted on by agent version: how many there are, and how many are good."""
    return (
        f"WITH votes AS ({votes(which)}) SELECT i.agent_version, COUNT(*), COALESCE(SUM(v.good), 0) "  # noqa: S608
        f"FROM votes v JOIN {bulk.quoted(Interaction)} i ON i.id = v.interaction_id "
        f"JOIN {bulk.quoted(Subject)} s ON s.id = i.subject_id WHERE s.restricted_at IS NULL GROUP BY 1"
    )


def voters(project: Project, spoken: Audit) -> dict[tuple[str, str], int]:
    """How many people voted in each slice: in a week's, or on the days that the audit speaks of."""
    rows = Signal.objects.live().filter(project=project, kind__in=EXPLICIT).order_by()
    columns = (
        "subject",
        "interaction__agent_version",
        "interaction__decision__language",
        "interaction__tags",
        "interaction__occurred_at",
    )
    people: defaultdict[tuple[str, str], set[int]] = defaultdict(set)
    for subject, version, language, tags, at in rows.values_list(*columns).iterator():
        cell = Cell(version or "", language or "", tuple(tags or ()), at.date(), 1, 1, 0)
        for group in GROUPS if spoken.speaks_of(cell.day) else (WEEK,):
            for name in cell.names(group):
                people[group, name].add(subject)
    return {name: len(found) for name, found in people.items()}


def thumbs(found: Iterable[Cell]) -> Estimate:
    """The share of the answers with a vote that nobody found wrong."""
    counted = list(found)
    return estimates.wilson(sum(cell.good for cell in counted), sum(cell.voted for cell in counted), method="thumbs")


def weighted(found: Iterable[Cell]) -> Weighted:
    """The self-normalised inverse-propensity estimate.

    An answer's chance of a vote is that of its agent version and tags, which are known whether or not anybody voted.
    """
    seen: defaultdict[tuple[str, tuple[str, ...]], list[int]] = defaultdict(lambda: [0, 0, 0])
    for cell in found:
        for place, number in enumerate((cell.seen, cell.voted, cell.good)):
            seen[cell.agent_version, cell.tags][place] += number
    return estimates.weighted_by_cell(tuple(counts) for counts in seen.values())


def start_of(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
