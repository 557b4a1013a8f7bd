"""How good a project's answers are: the audit first, then the thumbs, plain and weighted.

All of it by agent version, language, tag and week. Counted by the database; nothing is shown without its n and interval.
"""

import random
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from curation.decisions.rules import EXPLICIT, UP
from curation.models import AuditFrame, Decision
from curation.quality import assisted, audits, estimates, strata
from curation.quality.assisted import Assisted
from curation.quality.estimates import SMALLEST_GROUP, Estimate, Weighted, pooled
from curation.quality.strata import Audit
from feedback.models import Interaction, Project, Signal
from privacy.db import bulk, engine
from privacy.models import Subject

DAY = timedelta(days=1)
CHUNK = 500
GROUPS = ("agent_version", "language", "tag", "week")


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


@dataclass(frozen=True, slots=True)
class Slice:
    """One agent version, language, tag or week, by the audit and by the thumbs.

    `shrunk` is the audit's rate drawn towards its group's rate, more strongly the fewer were judged: the best guess
    where the rate by itself is mostly chance.
    """

    group: str
    name: str
    audit: Estimate
    thumbs: Estimate
    shrunk: float | None = None


@dataclass(frozen=True, slots=True)
class Quality:
    """All figures on how good the answers are.

    `drawn` of `seen` answers are in the audit, `waiting` of them are not judged yet; `weighted` is a diagnostic, and
    `is_trusted` says whether the audit confirms it.
    """

    found: Audit
    thumbs: Estimate
    weighted: Weighted
    seen: int
    slices: tuple[Slice, ...]

    @property
    def audit(self) -> Estimate:
        return self.found.estimate

    @property
    def drawn(self) -> int:
        return self.found.drawn

    @property
    def waiting(self) -> int:
        return self.found.waiting

    @property
    def is_trusted(self) -> bool:
        """Whether the weighted estimate rests on enough votes and is within the interval of an audit that could have
        refuted it.
        """
        return self.weighted.is_trusted(self.audit)


def measure(project: Project) -> Quality:
    """Count a project's answers, votes and judgements. Reads every interaction once, but no text."""
    engine.analyze(Interaction, Signal, Subject, Decision)
    return figures(project, cells(project), audits.sample(project))


def figures(project: Project, found: Sequence[Cell], sample: Sequence[strata.Drawn]) -> Quality:
    """The figures from what was counted."""
    return Quality(
        found=strata.audit(sample, erased=audits.erased(project)),
        thumbs=thumbs(found),
        weighted=weighted(found),
        seen=sum(cell.seen for cell in found),
        slices=tuple(slices(found, sample, voters(project))),
    )


def remember(project: Project, *, now: datetime, after: timedelta = DAY) -> bool:
    """Measure again and store the weighted thumbs for the console, once a day; returns whether it was due."""
    AuditFrame.objects.get_or_create(project=project)
    due = AuditFrame.objects.filter(project=project).exclude(measured_at__gt=now - after)
    if not due.exists():
        return False
    made = as_dict(measure(project))
    kept = {name: made[name] for name in ("thumbs", "weighted")}
    return bool(due.update(measured=kept, measured_at=now))


def remembered(project: Project) -> Weighted | None:
    """The stored weighted estimate; None if there is none, or nobody has voted."""
    frame = AuditFrame.objects.filter(project=project).first()
    kept = frame.measured["weighted"] if frame and frame.measured else None
    if kept is None or kept["rate"] is None:
        return None
    made = Estimate(**{name: kept[name] for name in ("rate", "n", "low", "high", "method")})
    return Weighted(made, kept["ess"], kept.get("clipped", 0.0))


KINDS = f"({', '.join(repr(kind) for kind in sorted(EXPLICIT))})"


def votes(marks: str) -> str:
    """The statement for each voted answer: whether everybody's newest vote on it is good. Defines thumbs for every
    page. `marks` are the places of the projects' numbers.
    """
    signal, subject = bulk.quoted(Signal), bulk.quoted(Subject)
    return (
        f"SELECT g.interaction_id, MIN(CASE WHEN g.kind = '{UP}' THEN 1 ELSE 0 END) AS good "  # noqa: S608
        f"FROM {signal} g JOIN {subject} p ON p.id = g.subject_id "
        f"WHERE g.project_id IN ({marks}) AND g.withdrawn_at IS NULL AND p.restricted_at IS NULL AND g.kind IN {KINDS} "
        f"AND NOT EXISTS (SELECT 1 FROM {signal} n WHERE n.interaction_id = g.interaction_id "
        f"AND n.subject_id = g.subject_id AND n.withdrawn_at IS NULL AND n.kind IN {KINDS} "
        "AND (n.effective_at, n.id) > (g.effective_at, g.id)) GROUP BY g.interaction_id"
    )


def cells(project: Project) -> list[Cell]:
    """The project's visible interactions, counted by agent version, language, tags and day; one statement."""
    statement = (
        f"WITH votes AS ({votes('%s')}) "  # noqa: S608
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


def thumbs_by_version(projects: Sequence[int], since: datetime | None) -> dict[str, Estimate]:
    """The share of voted answers since then that nobody found wrong, under "all" and by agent version; one statement that
    reads the votes alone.
    """
    marks = ", ".join(["%s"] * len(projects))
    if not projects:
        return {"all": estimates.wilson(0, 0, method="thumbs")}
    later = "" if since is None else "AND i.occurred_at >= %s "
    statement = (
        f"WITH votes AS ({votes(marks)}) SELECT i.agent_version, COUNT(*), COALESCE(SUM(v.good), 0) "  # noqa: S608
        f"FROM votes v JOIN {bulk.quoted(Interaction)} i ON i.id = v.interaction_id "
        f"JOIN {bulk.quoted(Subject)} s ON s.id = i.subject_id WHERE s.restricted_at IS NULL {later}GROUP BY 1"
    )
    rows = bulk.select(statement, [*projects, *([] if since is None else [bulk.stamp(since)])])
    counted = sorted(rows, key=lambda row: -row[1])
    made = {"all": estimates.wilson(sum(row[2] for row in counted), sum(row[1] for row in counted), method="thumbs")}
    return made | {str(name): estimates.wilson(good, n, method="thumbs") for name, n, good in counted[:6] if name}


MOST_GUESSED = 5_000
LEAST_SPOKEN = (
    0.95  # share of the drawn answers that must be judged, so that the judged ones are as random as the drawn ones
)


def narrowed(project: Project, sample: Sequence[strata.Drawn], found: Audit) -> Assisted | None:
    """The audit, narrowed by a guess about other answers of the same days from their words.

    None if that is not reliable: the audit is not judged nearly in full, its share changed, or too little is judged.
    """
    judged = {one.interaction: bool(one.good) for one in sample if one.good is not None}
    shares = {one.share for one in sample}
    if len(judged) < max(assisted.LEAST_JUDGED, LEAST_SPOKEN * len(sample)) or len(shares) != 1 or found.until is None:
        return None
    rows = Interaction.objects.visible().filter(project=project)
    same_days = rows.filter(occurred_at__date__gte=found.since, occurred_at__date__lte=found.until)
    others = list(same_days.exclude(audit__isnull=False).order_by("pk").values_list("pk", flat=True))
    chosen = random.Random(project.pk).sample(others, min(len(others), MOST_GUESSED))  # noqa: S311 - no secret
    texts = texts_of(rows, [*judged, *chosen], judged)
    # Audited answers represent all answers as well as the others do, and are among them.
    return assisted.estimate([one for one in texts if one.good is not None], [replace(one, good=None) for one in texts])


def texts_of(rows: Any, keys: Sequence[int], judged: dict[int, bool]) -> list[assisted.Text]:
    found = []
    for start in range(0, len(keys), CHUNK):
        some = rows.filter(pk__in=keys[start : start + CHUNK]).values_list("pk", "question", "answer", "sources")
        for key, question, answer, sources in some:
            titles = " ".join(str(source.get("title") or "") for source in sources or ())
            same = " ".join(assisted.words(question))
            found.append(assisted.Text(same, question, answer, titles, judged.get(key)))
    return found


def voters(project: Project) -> dict[tuple[str, str], int]:
    """How many people voted in each slice."""
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
        for group in GROUPS:
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


def slices(
    found: Sequence[Cell], sample: Sequence[strata.Drawn], people: dict[tuple[str, str], int]
) -> Iterable[Slice]:
    """Each group's slices with at least five people who voted or whose answers were judged.

    Figures from fewer people are left out, since they would nearly reveal a single person's.
    """
    for group in GROUPS:
        counted: defaultdict[str, list[Cell]] = defaultdict(list)
        judged: defaultdict[str, list[strata.Drawn]] = defaultdict(list)
        for cell in found:
            for name in cell.names(group):
                counted[name].append(cell)
        for item in sample:
            own = Cell(item.agent_version, item.language, item.tags, item.at.date(), 1, 0, 0)
            for name in own.names(group):
                judged[name].append(item)
        yield from shrunk(
            [slice_of(group, name, counted[name], judged[name], people) for name in sorted(counted.keys() | judged)]
        )


def slice_of(
    group: str, name: str, found: Sequence[Cell], drawn: Sequence[strata.Drawn], people: dict[tuple[str, str], int]
) -> Slice:
    own = {item.subject for item in drawn if item.good is not None}
    audit = strata.audit(drawn).estimate if len(own) >= SMALLEST_GROUP else strata.NOTHING
    enough = people.get((group, name), 0) >= SMALLEST_GROUP
    return Slice(group, name, audit, thumbs(found if enough else ()))


def shrunk(made: Sequence[Slice]) -> Iterable[Slice]:
    """The slices that have a figure, the audit's rates drawn towards their group's."""
    known = [one for one in made if one.audit.rate is not None]
    guesses = pooled([(one.audit.rate or 0.0, one.audit.n) for one in known])
    named = {one.name: guess for one, guess in zip(known, guesses, strict=True)}
    return [replace(one, shrunk=named.get(one.name)) for one in made if one.audit.n or one.thumbs.n]


def as_dict(made: Quality) -> dict[str, Any]:
    """What the command prints: every estimate with its n and interval."""
    return {
        "audit": {
            **asdict(made.audit),
            **{
                name: getattr(made.found, name)
                for name in ("drawn", "spoken_of", "judged", "waiting", "unsure", "erased")
            },
            "since": made.found.since and made.found.since.isoformat(),
            "until": made.found.until and made.found.until.isoformat(),
            "missing": made.found.missing,
        },
        "thumbs": asdict(made.thumbs),
        "weighted": {
            **asdict(made.weighted.estimate),
            "ess": made.weighted.ess,
            "clipped": made.weighted.clipped,
            "trusted": made.is_trusted,
        },
        "answers": made.seen,
        "slices": [asdict(one) for one in made.slices],
    }
