"""How good a project's answers are: the audit first, then the thumbs, plain and weighted.

All of it by agent version, language, tag and week. Counted by the database; nothing is shown without its n and interval.
"""

import random
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import Any

from curation.models import AuditFrame, Decision
from curation.quality import assisted, audits, estimates, strata, votes
from curation.quality.assisted import Assisted
from curation.quality.estimates import SMALLEST_GROUP, Estimate, Weighted, percent, pooled
from curation.quality.strata import Audit
from curation.quality.votes import DAY, GROUPS, WEEK, Cell
from feedback.models import Interaction, Project, Signal
from privacy.db import engine
from privacy.models import Subject

CHUNK = 500


@dataclass(frozen=True, slots=True)
class Slice:
    """One agent version, language, tag or week, by the audit and by the thumbs.

    `shrunk` is the audit's rate drawn towards its group's rate, more strongly the fewer were judged: the best guess
    where the rate by itself is mostly chance. `since` and `until` are the days that the audit speaks of.
    """

    group: str
    name: str
    audit: Estimate
    thumbs: Estimate
    since: date | None = None
    until: date | None = None
    shrunk: float | None = None

    @property
    def period(self) -> str:
        """The days of the audit, in words."""
        return strata.span(self.since, self.until) if self.since and self.until else ""

    @property
    def guess(self) -> str:
        """The shrunk rate in words."""
        return "" if self.shrunk is None else percent(self.shrunk, 1)


@dataclass(frozen=True, slots=True)
class AssistedAudit:
    """The assisted audit as stored: how many plain judgements it is worth, and the days that it speaks of."""

    estimate: Estimate
    worth: float
    period: str


@dataclass(frozen=True, slots=True)
class Quality:
    """All figures on how good the answers are.

    `drawn` of `seen` answers are in the audit, `waiting` of them are not judged yet; `weighted` is a diagnostic, and
    `is_trusted` says whether the audit confirms it. The votes are those on answers of the days that the audit speaks of; of
    all days where it speaks of none. Only the slices by week have their own.
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
    def voted(self) -> str:
        """The days of the votes, in words."""
        return self.found.period or "all answers"

    @property
    def multiplicity(self) -> str:
        """How many of the slices' intervals are expected to miss."""
        n = sum(one.audit.n > 0 for one in self.slices)
        return (
            f"{n} slices have an audit: at 95 % each, expect about {n / 20:.1f} of their intervals to miss the true rate"
            if n > 1
            else ""
        )

    @property
    def is_trusted(self) -> bool:
        """Whether the weighted estimate rests on enough votes and is within the interval of an audit that could have
        refuted it.
        """
        return self.weighted.is_trusted(self.audit)


def measure(project: Project) -> Quality:
    """Count a project's answers, votes and judgements. Reads every interaction once, but no text."""
    engine.analyze(Interaction, Signal, Subject, Decision)
    return figures(project, votes.cells(project), audits.sample(project))


def figures(project: Project, every: Sequence[Cell], sample: Sequence[strata.SampledAnswer]) -> Quality:
    """The figures from what was counted."""
    found = strata.audit(sample, days=audits.days_of(project))
    same_days = [cell for cell in every if found.speaks_of(cell.day)]
    return Quality(
        found=found,
        thumbs=votes.thumbs(same_days),
        weighted=votes.weighted(same_days),
        seen=sum(cell.seen for cell in every),
        slices=tuple(slices(every, same_days, sample, found, votes.voters(project, found))),
    )


def remember(project: Project, *, now: datetime) -> bool:
    """Measure again and store the weighted thumbs and the assisted audit for the console, once a day; returns whether it was
    due.
    """
    AuditFrame.objects.get_or_create(project=project)
    due = AuditFrame.objects.filter(project=project).exclude(measured_at__gt=now - DAY)
    if not due.exists():
        return False
    made = measure(project)
    kept = {name: as_dict(made)[name] for name in ("thumbs", "weighted")}
    helped = narrowed(project, audits.sample(project), made.found)
    kept["assisted"] = helped and asdict(helped) | {
        "since": day_text(made.found.since),
        "until": day_text(made.found.until),
    }
    return bool(due.update(measured=kept, measured_at=now))


def kept_of(project: Project) -> dict[str, Any]:
    """What was stored at the last full count."""
    frame = AuditFrame.objects.filter(project=project).first()
    return (frame.measured or {}) if frame else {}


def remembered(project: Project) -> Weighted | None:
    """The stored weighted estimate; None if there is none, or nobody has voted."""
    kept = kept_of(project).get("weighted")
    if kept is None or kept["rate"] is None:
        return None
    return Weighted(estimate_of(kept), kept["ess"], kept.get("clipped", 0.0), period_of(kept))


def helped(project: Project) -> AssistedAudit | None:
    """The stored assisted audit; None where there is none."""
    kept = kept_of(project).get("assisted")
    return AssistedAudit(estimate_of(kept["estimate"]), kept["worth"], period_of(kept)) if kept else None


def estimate_of(kept: dict[str, Any]) -> Estimate:
    return Estimate(**{name: kept[name] for name in ("rate", "n", "low", "high", "method")})


MOST_GUESSED = 5_000
LEAST_SPOKEN = (
    0.95  # share of the drawn answers that must be judged, so that the judged ones are as random as the drawn ones
)


def narrowed(project: Project, sample: Sequence[strata.SampledAnswer], found: Audit) -> Assisted | None:
    """The audit, narrowed by a guess about other answers of the same days from their words.

    None if that is not reliable (the audit is not judged nearly in full, its share changed, or too little is judged), or is no
    narrower than the audit itself, which already weighs what people doubted.
    """
    spoken = [one for one in sample if found.speaks_of(one.at.date())]
    judged = {one.interaction: bool(one.good) for one in spoken if one.good is not None}
    shares = {one.share for one in spoken}
    if len(judged) < max(assisted.LEAST_JUDGED, LEAST_SPOKEN * len(spoken)) or len(shares) != 1 or found.until is None:
        return None
    rows = Interaction.objects.visible().filter(project=project)
    same_days = rows.filter(occurred_at__date__gte=found.since, occurred_at__date__lte=found.until)
    others = list(same_days.exclude(audit__isnull=False).order_by("pk").values_list("pk", flat=True))
    chosen = random.Random(project.pk).sample(others, min(len(others), MOST_GUESSED))  # noqa: S311 - no secret
    texts = texts_of(rows, [*judged, *chosen], judged)
    # Audited answers represent all answers as well as the others do, and are among them.
    made = assisted.estimate([one for one in texts if one.good is not None], [replace(one, good=None) for one in texts])
    if made is None:
        return None
    # What waits, could not be judged or was erased may be all bad or all good.
    unknown = 1 - len(judged) / len(spoken) * (1 - found.erased)
    low, high = estimates.widened(made.estimate.low, made.estimate.high, unknown)
    plain = found.estimate
    if high - low >= plain.high - plain.low:
        return None
    worth = made.estimate.n * ((plain.high - plain.low) / (high - low)) ** 2
    return replace(made, estimate=replace(made.estimate, low=low, high=high), plain=plain, worth=worth)


def texts_of(rows: Any, keys: Sequence[int], judged: dict[int, bool]) -> list[assisted.Text]:
    found = []
    for start in range(0, len(keys), CHUNK):
        some = keys[start : start + CHUNK]
        said = defaultdict[int, set[str]](set)
        for key, kind in Signal.objects.live().filter(interaction__in=some).values_list("interaction", "kind"):
            said[key].add(kind)
        read = rows.filter(pk__in=some).order_by("pk")  # sums of floats depend on the order
        for key, question, answer, sources in read.values_list("pk", "question", "answer", "sources"):
            titles = " ".join(str(source.get("title") or "") for source in sources or ())
            same = " ".join(assisted.words(question))
            heard = tuple(float(kind in said[key]) for kind in assisted.SIGNALS)
            found.append(assisted.Text(same, question, answer, titles, judged.get(key), heard))
    return found


def slices(
    every: Sequence[Cell],
    same_days: Sequence[Cell],
    sample: Sequence[strata.SampledAnswer],
    whole: Audit,
    people: dict[tuple[str, str], int],
) -> Iterable[Slice]:
    """Each group's slices with at least five people who voted or whose answers were judged.

    Figures from fewer people are left out, since they would nearly reveal a single person's.
    """
    for group in GROUPS:
        counted: defaultdict[str, list[Cell]] = defaultdict(list)
        judged: defaultdict[str, list[strata.SampledAnswer]] = defaultdict(list)
        for cell in every if group == WEEK else same_days:
            for name in cell.names(group):
                counted[name].append(cell)
        for item in sample:
            own = Cell(item.agent_version, item.language, item.tags, item.at.date(), 1, 0, 0)
            for name in own.names(group):
                judged[name].append(item)
        yield from shrunk(
            [
                slice_of(group, name, counted[name], judged[name], whole.erased, people)
                for name in sorted(counted.keys() | judged)
            ]
        )


def slice_of(
    group: str,
    name: str,
    found: Sequence[Cell],
    drawn: Sequence[strata.SampledAnswer],
    erased: float,
    people: dict[tuple[str, str], int],
) -> Slice:
    """One slice. Nothing says to which slice an erased answer belonged, so each has lost the whole audit's share."""
    own = {item.subject for item in drawn if item.good is not None}
    audit = strata.audit(drawn, erased=erased) if len(own) >= SMALLEST_GROUP else Audit()
    enough = people.get((group, name), 0) >= SMALLEST_GROUP
    return Slice(group, name, audit.estimate, votes.thumbs(found if enough else ()), audit.since, audit.until)


def shrunk(made: Sequence[Slice]) -> Iterable[Slice]:
    """The slices that have a figure, the audit's rates drawn towards their group's."""
    known = [one for one in made if one.audit.rate is not None]
    guesses = pooled([(one.audit.rate or 0.0, one.audit.n) for one in known])
    named = {one.name: guess for one, guess in zip(known, guesses, strict=True)}
    return [replace(one, shrunk=named.get(one.name)) for one in made if one.audit.n or one.thumbs.n]


def day_text(day: date | None) -> str | None:
    return day.isoformat() if day else None


def period_of(kept: dict[str, Any]) -> str:
    """The days of a stored figure, in words."""
    days = [date.fromisoformat(kept[name]) for name in ("since", "until") if kept.get(name)]
    return strata.span(*days) if len(days) == 2 else "all answers"


def as_dict(made: Quality) -> dict[str, Any]:
    """What the command prints: every estimate with its n and interval."""
    days = {"since": day_text(made.found.since), "until": day_text(made.found.until)}
    return {
        "audit": {
            **asdict(made.audit),
            **{
                name: getattr(made.found, name)
                for name in ("drawn", "spoken_of", "judged", "waiting", "unsure", "erased")
            },
            **days,
            "missing": made.found.missing,
        },
        "thumbs": asdict(made.thumbs) | days,
        "weighted": {
            **asdict(made.weighted.estimate),
            **days,
            "ess": made.weighted.ess,
            "clipped": made.weighted.clipped,
            "trusted": made.is_trusted,
        },
        "answers": made.seen,
        "slices": [asdict(one) | {"since": day_text(one.since), "until": day_text(one.until)} for one in made.slices],
    }
