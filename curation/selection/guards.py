"""Limits that hold whatever the votes say: nobody's influence is large, and nothing new is taught unread.

Caps are absolute, because a small fixed number of planted examples is enough however large the dataset is
(Souly and others, 2025: about 250 documents). A guard either holds a record until a person has looked
(`held`) or leaves it out of this release (`dropped`); it says which, why, and the figure. Records that a
reviewer decided on pass the holds, not the caps. All is deterministic: who stays under a cap is decided by a
keyed hash, and what a person wrote goes first.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, ClassVar, Final, Self

from curation.evidence import poisoning
from curation.evidence.poisoning import STAGE
from curation.evidence.records import Author, Finding, named
from curation.selection.balance import order

SHARE_FROM: Final = 1_000  # records: half a percent of fewer is nobody
COHORT_FLOOR: Final = 20  # records of one cohort that any release may hold
PHRASE_WORDS, PHRASE_SUBJECTS = 5, 2  # a phrase is that many words; pushed where so few people wrote it
MAX_DEPTH: Final = 1  # generations of the agent's own words behind a record
AGENT_FLOOR: Final = 20_000  # tokens of the agent's own words that any release may teach
BEHIND: Final = 1 << 64  # in the order of records: beyond every hash


@dataclass(frozen=True, slots=True)
class GuardSettings:
    """The limits; docs/explanation/curation.md says why each is what it is.

    A share alone would let nobody into a small release: half a percent of 200 records is one. So the shares
    apply from `SHARE_FROM` records on and never ask for less than the floor: a subject's cap is the lesser of
    `subject_cap` and max(1, share × records) in a release of 1,000 and more, and `subject_cap` in a smaller
    one, where five records are 2.5 % of 200. With the defaults half a percent of 1,000 is five: the share
    bites where an operator raises the cap. `COHORT_FLOOR` does the same for cohorts. Lengths of time in days.
    `rare_subjects` asks that a word which names something was written by that many people
    before a record shows it unread; 0 and 1 ask nothing.
    """

    RETIRED: ClassVar = frozenset(
        "share_from cohort_floor phrase_words phrase_subjects max_depth agent_floor_tokens".split()
    )
    subject_cap: int = 5
    subject_share: float = 0.005
    cohort_share: float = 0.02
    cluster_cap: int = 3
    new_subject_days: int = 7
    phrase_items: int = 5
    hold_unknown: bool = True
    rare_subjects: int = 0
    quorum: int = 1
    max_agent_share: float = 0.5

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """The settings of a policy over the defaults. Raises `ValueError` for one that does not exist."""
        return cls(**named(cls, values))


@dataclass(frozen=True, slots=True)
class Item:
    """What the guards ask of a record.

    `authors` are all whose influence it is, each once: asker, voters, who wrote the correction. `voters` those whose
    votes decided. `first_seen` is when each author was first seen, without those whom the operator vouches
    for (an import of old logs, raters under contract): they are not new and belong to no cohort. `cohort`
    names whom the asker came with (the key or the network and the week), "" for the vouched. `tokens` is the
    length of what it teaches, `phrases` and `names` what `novelty` finds in it, `shown` the names in all that a release
    shows of the conversation of `asker`, where rare ones are looked for. Where a reviewer has decided these three are
    empty, for nobody looks; where the operator vouches, the first two.
    """

    id: int
    authors: Collection[int]
    voters: Collection[int]
    cluster: int
    phrases: Sequence[int] = ()
    names: Sequence[str] = ()
    authored: Author = "agent"
    depth: int = 1
    tokens: int = 0
    cohort: str = ""
    first_seen: tuple[datetime, ...] = ()
    vouched: bool = False
    reviewed: bool = False
    asker: int = 0
    shown: Sequence[str] = ()

    @property
    def by_person(self) -> bool:
        """Whether a person wrote or edited it."""
        return self.authored == "human"


def limits(items: Sequence[Item], settings: GuardSettings, *, training: bool = True) -> dict[int, Finding]:
    """The records beyond a cap, by the first that leaves them out, of records that are `ranked`. Depth and the agent's share are about what is taught:
    without `training` they do not count.
    """
    left = items
    dropped: dict[int, Finding] = {}
    caps = (too_deep, cap_clusters, cap_subjects, cap_cohorts, cap_agent) if training else CAPS
    for limit in caps:
        found = limit(left, settings)
        dropped.update(found)
        left = [item for item in left if item.id not in found]
    return dropped


def holds(
    items: Sequence[Item],
    settings: GuardSettings,
    *,
    now: datetime,
    known: Set[str],
    known_phrases: Callable[[], Set[int]],
) -> dict[int, Finding]:
    """The records that wait for a person or for time, by the first reason that applies. `known_phrases` is asked only
    where something may be spread.
    """
    open_items = [item for item in items if not item.reviewed]
    young = timedelta(days=settings.new_subject_days)
    said = [item for item in open_items if not item.vouched]
    pushed = poisoning.pushed(said, items=settings.phrase_items, subjects=PHRASE_SUBJECTS)
    spread = poisoning.spread(said, known_phrases, items=settings.phrase_items)
    unknown = poisoning.unknown(said, known) if settings.hold_unknown else {}
    shown = [(item.id, item.asker, item.shown) for item in open_items if item.shown]
    rare = poisoning.rare(shown, known, subjects=settings.rare_subjects)
    found: dict[int, Finding] = {}
    for item in open_items:
        age = now - max(item.first_seen) if item.first_seen else young
        if age < young:
            days = max(age.days, 0)
            found[item.id] = finding("new_subject", f"Somebody behind it was first seen {days} days ago.", days)
        elif item.id in pushed:
            people = PHRASE_SUBJECTS
            detail = f"A phrase of it is in {pushed[item.id]} records of at most {people} people."
            found[item.id] = finding("pushed_phrase", detail, pushed[item.id])
        elif item.id in spread:
            detail = f"People wrote a phrase of it {spread[item.id]} times and no source has it."
            found[item.id] = finding("spread_phrase", detail, spread[item.id])
        elif item.id in unknown:
            detail = f"Names in it that no source and no approved record knows: {unknown[item.id]}."
            found[item.id] = finding("unknown_names", detail, unknown[item.id])
        elif item.id in rare:
            people = settings.rare_subjects
            detail = f"Names, numbers or made-up words in it that fewer than {people} people wrote: {rare[item.id]}."
            found[item.id] = finding("rare_words", detail, rare[item.id])
        elif len(item.voters) < settings.quorum:
            detail = f"{len(item.voters)} of {settings.quorum} distinct voters."
            found[item.id] = finding("quorum", detail, len(item.voters))
    return found


@lru_cache(maxsize=10_000)
def finding(code: str, detail: str, figure: float | None = None) -> Finding:
    """A finding of this stage; one for all records that it says the same of."""
    return Finding(STAGE, code, detail, figure)


def ranked(items: Iterable[Item], key: bytes) -> list[Item]:
    """What a person wrote first, then by keyed hash: who stays under a cap hangs on nothing that can be
    chosen.
    """
    return sorted(items, key=lambda item: (not item.by_person) * BEHIND + order(key, item.id))


def too_deep(items: Sequence[Item], settings: GuardSettings) -> dict[int, Finding]:
    """Records with too many generations of model output behind them."""
    return {
        item.id: finding("depth", f"{item.depth} generations of the agent's own words lie behind it.", item.depth)
        for item in items
        if item.depth > MAX_DEPTH
    }


def depth(authored: Author, parents: Iterable[int] = ()) -> int:
    """The generation of a record: 0 where a person wrote or edited it, else one more than the deepest of the records
    (`parents`) that the agent version which said it was trained on.

    An answer that was voted up is still model output: at least 1.
    """
    return 0 if authored == "human" else 1 + max(parents, default=0)


def cap_clusters(items: Sequence[Item], settings: GuardSettings) -> dict[int, Finding]:
    """Near-duplicates beyond the cap of their cluster."""
    return over(items, lambda item: (item.cluster,), settings.cluster_cap, "cluster")


def cap_subjects(items: Sequence[Item], settings: GuardSettings) -> dict[int, Finding]:
    """Records beyond what one subject may have in a release, as asker, voter or author of a correction.

    Leaving records out makes the release smaller and half a percent of it less, so this goes on until it is
    stable.
    """
    left = [item for item in items if not item.vouched]
    size = len(items)
    dropped: dict[int, Finding] = {}
    while True:
        found = over(left, lambda item: item.authors, subject_limit(size, settings), "subject")
        if not found:
            return dropped
        dropped.update(found)
        left = [item for item in left if item.id not in found]
        size -= len(found)


def subject_limit(size: int, settings: GuardSettings) -> int:
    """How many records of one subject a release of this size may hold."""
    if size < SHARE_FROM:
        return settings.subject_cap
    return min(settings.subject_cap, max(1, int(settings.subject_share * size)))


def cap_cohorts(items: Sequence[Item], settings: GuardSettings) -> dict[int, Finding]:
    """Records beyond the share of subjects who came together: many accounts at once are perhaps one person.

    A release in which every record has the same cohort is a product that began this week; the floor lets it
    begin.
    """
    most = max(COHORT_FLOOR, int(settings.cohort_share * len(items)))
    named = [item for item in items if item.cohort]
    return over(named, lambda item: (item.cohort,), most, "cohort")


CAPS = (cap_clusters, cap_subjects, cap_cohorts)


def over(
    ordered: Iterable[Item], groups: Callable[[Item], Iterable[int | str]], most: int, name: str
) -> dict[int, Finding]:
    """The records that would bring one of their groups above `most`, taken in order."""
    counts: defaultdict[int | str, int] = defaultdict(int)
    beyond = finding(f"{name}_cap", f"Its {name} has {most} records in the release already.", most)
    found = {}
    for item in ordered:
        mine = groups(item)
        for group in mine:
            if counts[group] >= most:
                found[item.id] = beyond
                break
        else:
            for group in mine:
                counts[group] += 1
    return found


def cap_agent(items: Sequence[Item], settings: GuardSettings) -> dict[int, Finding]:
    """The agent's unedited words beyond their share of what is taught, counted in tokens.

    With h tokens by people, the agent may have h × share ÷ (1 - share), and `AGENT_FLOOR` in any case:
    a small release, or a product whose users only ever vote up, is not emptied.
    """
    human = sum(item.tokens for item in items if item.by_person)
    if settings.max_agent_share >= 1:
        return {}
    room = max(human * settings.max_agent_share / (1 - settings.max_agent_share), AGENT_FLOOR)
    found = {}
    for item in items:
        if item.by_person:
            continue
        if item.tokens > room:
            detail = f"The agent's own words would be more than {settings.max_agent_share:.0%} of the tokens."
            found[item.id] = finding("agent_share", detail, item.tokens)
        else:
            room -= item.tokens
    return found
