"""So that common questions do not drown rare ones: caps, then a temperature over strata. Deterministic.

Which of several records stay does not hang on the order they come in nor on a random state: records are
ordered by whether a person wrote them, then by a keyed hash of their id, and a record that stays goes on
staying as others come.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Self

from curation.records import Candidate, Finding, named

STAGE: Final = "balance"
Stratum = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BalanceSettings:
    """How evenly to spread.

    `cluster_cap`: most records of one cluster of near-duplicates. `subject_cap`: most of one subject, None
    for no cap here (the guards have theirs). A stratum of up to `pivot` records is kept whole; of a larger
    one, n records, stay pivot × (n ÷ pivot)^`temperature`: 1 keeps all, 0 cuts every stratum to the pivot,
    0.5 lets one that is a hundred times the pivot be ten times it. `strata` names what makes a stratum.
    """

    cluster_cap: int = 3
    subject_cap: int | None = None
    temperature: float = 0.7
    pivot: int = 200
    strata: tuple[str, ...] = ("tags", "language", "agent_version")

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """The settings of a policy over the defaults. Raises `ValueError` for one that does not exist."""
        given = named(cls, values)
        if "strata" in given:
            given["strata"] = tuple(given["strata"])
        return cls(**given)


@dataclass(frozen=True, slots=True)
class Item:
    """What balancing needs of a record. A smaller `rank` stays first: 0 for what a person wrote, 1 for the
    rest.
    """

    id: int
    subject: int
    cluster: int
    stratum: Stratum
    rank: int = 1


@dataclass(frozen=True, slots=True)
class Balanced:
    """Which ids stay, why the others do not, and how many records each stratum had and has."""

    kept: frozenset[int]
    dropped: Mapping[int, Finding]
    before: Mapping[Stratum, int]
    after: Mapping[Stratum, int]


NONE: Final = Balanced(frozenset(), {}, {}, {})


def item(candidate: Candidate, settings: BalanceSettings) -> Item:
    """What balancing needs of a candidate; one without a cluster is a cluster of its own."""
    values = {
        "tags": ",".join(sorted(candidate.tags)),
        "language": candidate.language,
        "agent_version": candidate.agent_version,
        "cluster": str(candidate.cluster),
    }
    return Item(
        id=candidate.interaction,
        subject=candidate.subject,
        cluster=candidate.interaction if candidate.cluster is None else candidate.cluster,
        stratum=tuple(values[name] for name in settings.strata),
        rank=0 if candidate.authored == "human" else 1,
    )


def order(key: bytes, number: int) -> int:
    """Where a record stands among its like: a keyed hash, so that nobody can choose an id that stays."""
    digest = hashlib.blake2b(number.to_bytes(8, "big", signed=True), key=key[:64], digest_size=8).digest()
    return int.from_bytes(digest, "big")


def balance(items: Iterable[Item], settings: BalanceSettings, *, key: bytes) -> Balanced:
    """Cap the clusters, then the subjects, then damp the strata that are large. The same items give the same
    result.
    """
    ordered = sorted(items, key=lambda it: (it.rank << 64) + order(key, it.id))
    dropped: dict[int, Finding] = {}
    left = cap(ordered, "cluster", settings.cluster_cap, dropped)
    if settings.subject_cap is not None:
        left = cap(left, "subject", settings.subject_cap, dropped)
    kept = damp(left, settings, dropped)
    return Balanced(
        kept=frozenset(it.id for it in kept),
        dropped=dropped,
        before=Counter(it.stratum for it in ordered),
        after=Counter(it.stratum for it in kept),
    )


def cap(ordered: Sequence[Item], by: str, most: int, dropped: dict[int, Finding]) -> list[Item]:
    """The first `most` records of each cluster or subject; the others are dropped."""
    seen: Counter[int] = Counter()
    kept = []
    for it in ordered:
        group = it.cluster if by == "cluster" else it.subject
        seen[group] += 1
        if seen[group] <= most:
            kept.append(it)
    for it in ordered:
        group = it.cluster if by == "cluster" else it.subject
        if seen[group] > most:
            detail = f"Its {by} has {seen[group]} records; {most} are kept."
            dropped[it.id] = Finding(STAGE, f"{by}_cap", detail, seen[group])
    for it in kept:
        dropped.pop(it.id, None)
    return kept


def quota(size: int, settings: BalanceSettings) -> int:
    """How many records of a stratum of this size stay."""
    if size <= settings.pivot:
        return size
    damped: float = (size / settings.pivot) ** settings.temperature
    return round(settings.pivot * damped)


def damp(ordered: Sequence[Item], settings: BalanceSettings, dropped: dict[int, Finding]) -> list[Item]:
    """Cut each stratum to its quota, taking one record of every cluster before a second of any."""
    strata: defaultdict[Stratum, list[Item]] = defaultdict(list)
    for it in ordered:
        strata[it.stratum].append(it)
    kept: list[Item] = []
    for members in strata.values():
        most = quota(len(members), settings)
        if most >= len(members):
            kept += members
            continue
        taken: Counter[int] = Counter()
        turns: defaultdict[tuple[int, int], list[Item]] = defaultdict(list)
        for it in members:
            taken[it.cluster] += 1
            turns[it.rank, taken[it.cluster]].append(it)
        spread = [it for turn in sorted(turns) for it in turns[turn]]
        kept += spread[:most]
        detail = f"Its stratum has {len(members):,} records; {most:,} are kept."
        found = Finding(STAGE, "stratum_share", detail, round(most / len(members), 3))
        dropped.update((it.id, found) for it in spread[most:])
    return kept
