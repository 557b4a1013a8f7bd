"""How good a project's answers are: the audit first, then the thumbs, plain and weighted.

All of it by agent version, language, tag and week. Counted by the database; nothing is shown without its n and interval.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

from curation.decisions.rules import EXPLICIT, UP
from curation.models import AuditFrame, Decision
from curation.quality import audits, estimates
from curation.quality.estimates import SMALLEST_GROUP, Estimate, Weighted
from feedback.models import Interaction, Project, Signal
from privacy.db import bulk, engine
from privacy.models import Subject

DAY = timedelta(days=1)
GROUPS = ("agent_version", "language", "tag", "week")


@dataclass(frozen=True, slots=True)
class Cell:
    """The answers of one agent version, language, set of tags and day: how many, how many were voted on, how many of
    those found good by everybody who voted.
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


@dataclass(frozen=True, slots=True)
class Slice:
    """One agent version, language, tag or week, by the audit and by the thumbs."""

    group: str
    name: str
    audit: Estimate
    thumbs: Estimate


@dataclass(frozen=True, slots=True)
class Quality:
    """All figures on how good the answers are. `drawn` of `seen` answers are in the audit, `waiting` of them not
    judged yet; `weighted` is a diagnostic, and `is_trusted` says whether confirmed by the audit.
    """

    audit: Estimate
    thumbs: Estimate
    weighted: Weighted
    seen: int
    drawn: int
    waiting: int
    slices: tuple[Slice, ...]

    @property
    def is_trusted(self) -> bool:
        """Whether the weighted estimate rests on enough and lies in the audit's interval."""
        return self.weighted.is_trusted(self.audit)


def measure(project: Project) -> Quality:
    """Count a project's answers, votes and judgements. Reads every interaction once, and no text of any."""
    engine.analyze(Interaction, Signal, Subject, Decision)
    found, sample = cells(project), audits.sample(project)
    return Quality(
        audit=audits.estimate_of(sample),
        thumbs=thumbs(found),
        weighted=weighted(found),
        seen=sum(cell.seen for cell in found),
        drawn=len(sample),
        waiting=sum(item.good is None for item in sample),
        slices=tuple(slices(found, sample)),
    )


def remember(project: Project, *, now: datetime, after: timedelta = DAY) -> bool:
    """Measure again and store the weighted thumbs for the console, once a day; returns whether it was due."""
    AuditFrame.objects.get_or_create(project=project)
    due = AuditFrame.objects.filter(project=project).exclude(measured_at__gt=now - after)
    if not due.exists():
        return False
    made = as_dict(measure(project))
    return bool(due.update(measured={name: made[name] for name in ("thumbs", "weighted")}, measured_at=now))


def remembered(project: Project) -> Weighted | None:
    """The stored weighted estimate; None if there is none, or nobody has voted."""
    frame = AuditFrame.objects.filter(project=project).first()
    kept = frame.measured["weighted"] if frame and frame.measured else None
    if kept is None or kept["rate"] is None:
        return None
    made = Estimate(**{name: kept[name] for name in ("rate", "n", "low", "high", "method")})
    return Weighted(made, kept["ess"])


def cells(project: Project) -> list[Cell]:
    """The project's visible interactions, counted by agent version, language, tags and day; one statement."""
    kinds = f"({', '.join(repr(kind) for kind in sorted(EXPLICIT))})"
    signal, subject = bulk.quoted(Signal), bulk.quoted(Subject)
    statement = (
        f"WITH votes AS (SELECT g.interaction_id, MIN(CASE WHEN g.kind = '{UP}' THEN 1 ELSE 0 END) AS good "  # noqa: S608
        f"FROM {signal} g JOIN {subject} p ON p.id = g.subject_id "
        f"WHERE g.project_id = %s AND g.withdrawn_at IS NULL AND p.restricted_at IS NULL AND g.kind IN {kinds} "
        f"AND NOT EXISTS (SELECT 1 FROM {signal} n WHERE n.interaction_id = g.interaction_id "
        f"AND n.subject_id = g.subject_id AND n.withdrawn_at IS NULL AND n.kind IN {kinds} "
        "AND (n.effective_at, n.id) > (g.effective_at, g.id)) GROUP BY g.interaction_id) "
        "SELECT i.agent_version, COALESCE(d.language, ''), CAST(i.tags AS TEXT), "
        "SUBSTR(CAST(i.occurred_at AS TEXT), 1, 10), COUNT(*), COUNT(v.good), COALESCE(SUM(v.good), 0) "
        f"FROM {bulk.quoted(Interaction)} i JOIN {subject} s ON s.id = i.subject_id "
        f"LEFT JOIN {bulk.quoted(Decision)} d ON d.interaction_id = i.id "
        "LEFT JOIN votes v ON v.interaction_id = i.id "
        "WHERE i.project_id = %s AND s.restricted_at IS NULL GROUP BY 1, 2, 3, 4"
    )
    rows = bulk.select(statement, [project.pk, project.pk])
    return [
        Cell(version, language, tuple(bulk.parsed(tags)), date.fromisoformat(day), seen, voted, good)
        for version, language, tags, day, seen, voted, good in rows
    ]


def thumbs(found: Iterable[Cell]) -> Estimate:
    """The share of the answers with a vote that nobody found wrong."""
    counted = list(found)
    return estimates.wilson(sum(cell.good for cell in counted), sum(cell.voted for cell in counted), method="thumbs")


def weighted(found: Iterable[Cell]) -> Weighted:
    """The self-normalised inverse-propensity estimate. An answer's chance of a vote is that of its agent version and
    tags: what is known of an answer whether or not somebody voted on it.
    """
    seen: defaultdict[tuple[str, tuple[str, ...]], list[int]] = defaultdict(lambda: [0, 0, 0])
    for cell in found:
        for place, number in enumerate((cell.seen, cell.voted, cell.good)):
            seen[cell.agent_version, cell.tags][place] += number
    return estimates.weighted_by_cell(tuple(counts) for counts in seen.values())


def slices(found: Sequence[Cell], sample: Sequence[audits.Drawn]) -> Iterable[Slice]:
    """Each group's slices with at least five votes or judgements: fewer would nearly reveal a single person's."""
    languages = {item.interaction: item.language for item in sample}
    for group in GROUPS:
        counted: defaultdict[str, list[Cell]] = defaultdict(list)
        judged: defaultdict[str, list[audits.Drawn]] = defaultdict(list)
        for cell in found:
            for name in cell.names(group):
                counted[name].append(cell)
        for item in sample:
            own = Cell(item.agent_version, languages[item.interaction], item.tags, item.at.date(), 1, 0, 0)
            for name in own.names(group):
                judged[name].append(item)
        for name in sorted(counted.keys() | judged.keys()):
            made = Slice(group, name, audits.estimate_of(judged[name]), thumbs(counted[name]))
            if max(made.audit.n, made.thumbs.n) >= SMALLEST_GROUP:
                yield made


def as_dict(made: Quality) -> dict[str, Any]:
    """What the command prints: every estimate with its n and interval."""
    return {
        "audit": {**asdict(made.audit), "drawn": made.drawn, "waiting": made.waiting},
        "thumbs": asdict(made.thumbs),
        "weighted": {**asdict(made.weighted.estimate), "ess": made.weighted.ess, "trusted": made.is_trusted},
        "answers": made.seen,
        "slices": [asdict(one) for one in made.slices],
    }
