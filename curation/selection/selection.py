"""Selects which of a project's records are released: guards first, then balance; each record says why it is left out.

A selection reads the records that no filter and no other record keeps out, and gives each a status: in use, held until
a person has decided or, for training only, set aside for balance or left out by a guard. It belongs to the project's
policy, not to a dataset, so a record has a single status. Records derived after it began wait for the next one: only
what a selection has seen is released.
"""

from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from curation.decisions.reasons import Kind, of
from curation.evidence import cohorts, influence, sources
from curation.evidence.records import Finding, place_of
from curation.models import CurationPolicy, Decision, Derived, EvalCase, Example, PreferencePair, Question
from curation.review import opening
from curation.runs.pace import without_gc
from curation.selection import balance, guards
from curation.selection.balance import BalanceSettings
from curation.selection.guards import PHRASE_WORDS, GuardSettings
from feedback.models import Interaction, Project
from privacy.db import bulk
from privacy.subjects import digests

Status = Derived.Status
CHUNK = 5_000
NEVER = 10**9
KINDS: tuple[type[Derived], ...] = (EvalCase, Example, PreferencePair)
FOR_A_PERSON = frozenset(of(Kind.GUARD))
FOR_TIME = frozenset({"new_subject"})  # codes from earlier versions
GUARD_HOLDS = FOR_A_PERSON | FOR_TIME
SELECTABLE = (
    f"(r.status IN ('{Status.ACTIVE}', '{Status.BALANCED}', '{Status.GUARDED}') OR (r.status = '{Status.HELD}' AND "
    f"r.reason IN ({', '.join(repr(code) for code in sorted(GUARD_HOLDS))})))"
)
Verdict = tuple[str, Finding | None]
IN_USE: Verdict = (Status.ACTIVE.value, None)


@dataclass(frozen=True, slots=True)
class Plan:
    """The result of a selection.

    `seen` are all records, in order; for each, `tested` and `taught` are its index in `verdicts`, for evaluation and
    for training. `asking`: which records a person is asked about, and why.
    """

    seen: Sequence[int]
    verdicts: Sequence[Verdict]
    tested: Sequence[int]
    taught: Sequence[int]
    asking: Mapping[int, Finding]

    def codes(self, model: type[Derived]) -> Sequence[int]:
        """For each record that was seen, the index of the verdict on it as one of this kind."""
        return self.tested if model is EvalCase else self.taught

    def code(self, model: type[Derived], key: int) -> int | None:
        """The index of the verdict on a record of one kind; None if the selection has not seen it."""
        place = place_of(key, self.seen)
        return None if place is None else self.codes(model)[place]

    def verdict(self, model: type[Derived], key: int) -> Verdict:
        """The status of a record of one kind, and what keeps it out."""
        return self.verdicts[self.code(model, key) or 0]


class Verdicts:
    """The distinct verdicts of a selection under way: there may be a million records, but few different verdicts."""

    def __init__(self, seen: Sequence[int]) -> None:
        self.seen = seen
        self.different: dict[Verdict, int] = {IN_USE: 0}
        self.none = array("I", bytes(4 * len(seen)))

    def also(self, before: "array[int]", status: str, found: Mapping[int, Finding]) -> "array[int]":
        """The earlier codes, with this status for these records where nothing else was found."""
        codes = before[:]
        for key, why in found.items():
            place = bisect_left(self.seen, key)
            if not codes[place]:
                codes[place] = self.different.setdefault((status, why), len(self.different))
        return codes


def select(project: Project, policy: CurationPolicy) -> Counter[str]:
    """Give every record its status, and ask people about held ones; return how many eval cases, examples and pairs have
    which status.

    Only changes are written, a few thousand rows at a time.
    """
    began = timezone.now()
    sources.follow(project)
    made = plan(project, policy.settings, began)
    counts: Counter[str] = Counter()
    for model in KINDS:
        counts.update(carry_out(model, made, began))
    subjects = dict(bulk.select_in(SUBJECTS, made.asking))
    opening.ask(project, {key: (subjects[key], found) for key, found in made.asking.items() if key in subjects})
    return counts


SUBJECTS = f"SELECT id, subject_id FROM {bulk.quoted(Interaction)} WHERE id IN ({{keys}})"  # noqa: S608


@without_gc()
def plan(project: Project, settings: Mapping[str, Any], now: datetime, shared: influence.Shared | None = None) -> Plan:
    """The result that these settings would have. Nothing is written. `shared` has what another plan of the project
    read.
    """
    spread = BalanceSettings.from_dict(settings.get("balance", {}))
    guard = for_its_age(project, GuardSettings.from_dict(settings.get("guard", {})), now)
    stock = shared.stocks.get(spread.strata) if shared else None
    if stock is None:
        stock = balance.RecordPool(items(project, spread), digests.key("balance"))
    if shared:
        shared.stocks[spread.strata] = stock
    known = influence.Known()
    every = list(stock.sorted_ids)
    found = shared.items(every, guard, known) if shared else influence.items(project, every, guard, known)
    weighed = guards.ranked(found, digests.key("guards"))
    held = holds(project, weighed, guard, known)
    made = balance.shared_out(stock, spread, without=held)
    taught = [item for item in weighed if item.id in made.kept]
    verdicts = Verdicts(made.dropped.records)
    asked = verdicts.also(verdicts.none, Status.HELD.value, held)
    trained = verdicts.also(asked, Status.BALANCED.value, made.dropped)
    trained = verdicts.also(trained, Status.GUARDED.value, guards.cap_agent(taught, guard))
    asking = {key: why for key, why in held.items() if why.code in FOR_A_PERSON}
    return Plan(made.dropped.records, list(verdicts.different), asked, trained, asking)


def holds(
    project: Project, weighed: Sequence[guards.Item], guard: GuardSettings, known: influence.Known
) -> dict[int, Finding]:
    """The records that wait for a person. Approved records are read only if needed."""
    if any(one.shown or one.names for one in weighed):
        known.learn_approved(project)
    found = guards.holds(
        weighed,
        guard,
        known=known.words,
        known_phrases=lambda: influence.known_phrases(project, weighed, PHRASE_WORDS),
    )
    citing = {one.id: one.cited for one in weighed if one.cited and one.id not in found}
    return found | sources.stale(project, citing)


def for_its_age(project: Project, settings: GuardSettings, now: datetime) -> GuardSettings:
    """Guards that compare with earlier data wait until there is some: in a project's first days a few people are all
    the people, and holding everything would protect nothing. The caps apply at once.
    """
    return replace(settings, phrase_items=NEVER) if cohorts.is_young(project, now) else settings


def items(project: Project, settings: BalanceSettings) -> Iterator[balance.Item]:
    """What balancing needs to know about every record that may be selected; one statement, streamed."""
    has_any = " OR ".join(
        f"EXISTS (SELECT 1 FROM {bulk.quoted(model)} r WHERE r.decision_id = d.interaction_id AND {SELECTABLE})"  # noqa: S608
        for model in KINDS
    )
    statement = (
        "SELECT d.interaction_id, q.cluster, i.tags, d.language, i.agent_version, d.outcome "  # noqa: S608
        f"FROM {bulk.quoted(Decision)} d JOIN {bulk.quoted(Interaction)} i ON i.id = d.interaction_id "
        f"LEFT JOIN {bulk.quoted(Question)} q ON q.interaction_id = d.interaction_id "
        f"WHERE d.project_id = %s AND ({has_any})"
    )
    by_cluster = "cluster" in settings.strata
    strata: dict[tuple[Any, ...], balance.Stratum] = {}
    for key, cluster, tags, language, version, outcome in bulk.stream(statement, [project.pk]):
        kind = (tags, language, version, cluster if by_cluster else None)
        if (stratum := strata.get(kind)) is None:
            values = {
                "tags": tags if tags == "[]" else ",".join(sorted(bulk.parsed(tags))),
                "language": language,
                "agent_version": version,
                "cluster": str(cluster),
            }
            stratum = strata[kind] = tuple(values[name] for name in settings.strata)
        yield balance.Item(key, key if cluster is None else cluster, stratum, 0 if outcome == "corrected" else 1)


WRITTEN = ("decision_id", "status", "selected", "reason", "detail", "figure")
PASSED = ("decision_id", "selected", "figure")  # a record whose status stays: the rest is in indexes


def carry_out(model: type[Derived], made: Plan, began: datetime) -> Counter[str]:
    """Write the status of one kind's records, where it changes.

    Records are looked up by the plan's keys. Paging through a project's records costs more on SQLite: it either reads the
    records of all projects or sorts the project's again for every page.
    """
    statement = (
        f"SELECT r.decision_id, r.status, r.selected, r.reason, r.detail FROM {bulk.quoted(model)} r "  # noqa: S608
        f"WHERE r.created_at <= %s AND {SELECTABLE} AND r.decision_id IN ({{keys}})"
    )
    until, counts = bulk.stamp(began), Counter[int]()
    stored = [written(*verdict) for verdict in made.verdicts]
    codes = made.codes(model)
    for start in range(0, len(made.seen), CHUNK):
        keys, passed, changes = made.seen[start : start + CHUNK], [], []
        code_of = dict(zip(keys, codes[start : start + CHUNK], strict=True))
        for key, status, selected, reason, detail in bulk.select_in(statement, keys, [until]):
            code = code_of[key]
            counts[code] += 1
            new = stored[code]
            if (status, reason, detail) != (new[0], *new[2:4]):
                changes.append((key, *new))
            elif bool(selected) != new[1]:
                passed.append((key, new[1], new[4]))
        if passed or changes:
            with transaction.atomic():
                bulk.update(model, PASSED, passed, also="created_at <= %s", parameters=[until])
                bulk.update(model, WRITTEN, changes, also="created_at <= %s", parameters=[until])
    standings = Counter[str]()
    for code, number in counts.items():
        standings[stored[code][0]] += number
    return standings


def written(status: str, found: Finding | None) -> tuple[str, bool, str, str, float | None]:
    """A verdict in its stored form, in the order of `WRITTEN`."""
    in_use = status == Status.ACTIVE
    return (status, in_use, found.code, found.detail[:200], found.figure) if found else (status, in_use, "", "", None)
