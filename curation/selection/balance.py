"""Keeps common kinds of question from drowning rare ones in training: a temperature over strata.

Off unless a policy turns it on, since no benefit has been shown. Deterministic: which records stay depends neither on
their order nor on a random state. Records are ordered by whether a person wrote them, then by a keyed hash of their id,
so a record that stays keeps its place as others arrive.
"""

import hashlib
from array import array
from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Final, NamedTuple, Self

from curation.evidence.records import Finding, Findings, named

STAGE: Final = "balance"
ALONE: Final = -1
Stratum = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BalanceSettings:
    """How evenly to spread.

    A stratum of up to `pivot` records is kept whole. Of a larger one with n records, pivot × (n ÷ pivot)^`temperature`
    stay: 1 keeps all, 0 cuts every stratum to the pivot, 0.5 lets one with a hundred times the pivot keep ten times it.
    `strata` names what makes a stratum.
    """

    RETIRED: ClassVar = frozenset({"subject_cap", "cluster_cap"})
    temperature: float = 1.0
    pivot: int = 200
    strata: tuple[str, ...] = ("tags", "language", "agent_version")

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """The settings of a policy over the defaults. Raises `ValueError` for one that does not exist."""
        given = named(cls, values)
        if "strata" in given:
            given["strata"] = tuple(given["strata"])
        return cls(**given)


class Item(NamedTuple):
    """What balancing needs to know about a record. A smaller `rank` stays first: 0 for what a person wrote, 1 for the
    rest.
    """

    id: int
    cluster: int
    stratum: Stratum
    rank: int = 1


@dataclass(frozen=True, slots=True)
class Balanced:
    """Which ids stay, why the others do not, and how many records each stratum had and has."""

    kept: frozenset[int]
    dropped: Findings
    before: Mapping[Stratum, int]
    after: Mapping[Stratum, int]


class RecordPool:
    """The records to choose from, in the order in which they stay, in about forty bytes each: there may be a million.

    A record is named by its position here. `clusters` has `ALONE` for one that shares its cluster with no other.
    """

    def __init__(self, items: Iterable[Item], key: bytes) -> None:
        ids, clusters, ranks, orders = array("q"), array("q"), array("b"), array("Q")
        numbers: dict[Stratum, int] = {}
        strata = array("i")
        for number, cluster, stratum, rank in items:
            ids.append(number)
            clusters.append(cluster)
            strata.append(numbers.setdefault(stratum, len(numbers)))
            ranks.append(rank)
            orders.append(order(key, number))
        places = sorted(range(len(ids)), key=orders.__getitem__)
        places.sort(key=ranks.__getitem__)
        joined = {cluster for number, cluster in zip(ids, clusters, strict=True) if cluster != number}
        self.names: list[Stratum] = list(numbers)
        self.ids = array("q", map(ids.__getitem__, places))
        self.clusters = array("q", (clusters[n] if clusters[n] in joined else ALONE for n in places))
        self.strata = array("i", map(strata.__getitem__, places))
        self.ranks = array("b", map(ranks.__getitem__, places))
        self.by_id = array("i", sorted(range(len(ids)), key=self.ids.__getitem__))
        self.sorted_ids = array("q", map(self.ids.__getitem__, self.by_id))

    def sizes(self, places: Iterable[int]) -> dict[Stratum, int]:
        """How many of these records each stratum has."""
        return {self.names[number]: size for number, size in Counter(map(self.strata.__getitem__, places)).items()}


class Dropped:
    """Why records are dropped, collected on the way."""

    def __init__(self, stock: RecordPool) -> None:
        self.stock, self.codes = stock, array("I", bytes(4 * len(stock.ids)))
        self.found: dict[Finding, int] = {}

    def add(self, places: Iterable[int], found: Finding) -> None:
        """These are dropped for this reason."""
        code = self.found.setdefault(found, len(self.found) + 1)
        for place in places:
            self.codes[place] = code

    def findings(self) -> Findings:
        """The findings, by record id."""
        codes = array("I", map(self.codes.__getitem__, self.stock.by_id))
        return Findings(self.stock.sorted_ids, codes, list(self.found))


def order(key: bytes, number: int) -> int:
    """A record's place among its like: a keyed hash, so that nobody can choose an id that stays."""
    digest = hashlib.blake2b(number.to_bytes(8, "big", signed=True), key=key[:64], digest_size=8).digest()
    return int.from_bytes(digest, "big")


def shared_out(stock: RecordPool, settings: BalanceSettings, without: Container[int] = ()) -> Balanced:
    """Damp large strata, over everything in stock except `without`."""
    ordered = [place for place, number in enumerate(stock.ids) if number not in without]
    dropped = Dropped(stock)
    kept = damp(ordered, stock, settings, dropped)
    return Balanced(
        kept=frozenset(map(stock.ids.__getitem__, kept)),
        dropped=dropped.findings(),
        before=stock.sizes(ordered),
        after=stock.sizes(kept),
    )


def quota(size: int, settings: BalanceSettings) -> int:
    """How many records of a stratum of this size stay."""
    if size <= settings.pivot:
        return size
    damped: float = (size / settings.pivot) ** settings.temperature
    return round(settings.pivot * damped)


def damp(places: Iterable[int], stock: RecordPool, settings: BalanceSettings, dropped: Dropped) -> list[int]:
    """Cut each stratum to its quota, taking one record from every cluster before a second from any. What a person wrote
    stays.
    """
    strata: defaultdict[int, list[int]] = defaultdict(list)
    for place in places:
        strata[stock.strata[place]].append(place)
    kept: list[int] = []
    for members in strata.values():
        most = quota(len(members), settings)
        if most >= len(members):
            kept += members
            continue
        taken: Counter[int] = Counter()
        turns: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
        for place in members:
            turn, cluster = 1, stock.clusters[place]
            if cluster != ALONE:
                taken[cluster] += 1
                turn = taken[cluster]
            turns[stock.ranks[place], turn].append(place)
        spread = [place for turn in sorted(turns) for place in turns[turn]]
        most = max(most, sum(stock.ranks[place] == 0 for place in members))
        kept += spread[:most]
        detail = f"Its stratum has {len(members):,} records; {most:,} are kept."
        dropped.add(spread[most:], Finding(STAGE, "stratum_share", detail, round(most / len(members), 3)))
    return kept
