"""Limits on what a few people can contribute unread, whatever the votes say.

The limits are absolute, because a small fixed number of planted examples is enough however large the dataset is (Souly
and others, 2025: about 250 documents). A guard holds a record until a person has looked; nothing is dropped for good.
Records pass if a reviewer decided them, several people found them right, or the operator vouches for them. All is
deterministic: a keyed hash decides what stays under a cap, after what people wrote.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Container, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, ClassVar, Final, Self

from curation.evidence import poisoning
from curation.evidence.poisoning import STAGE
from curation.evidence.records import Author, Finding, named
from curation.selection.balance import order

COHORT_FLOOR: Final = 20  # records from one cohort that any release may hold
PHRASE_WORDS, PHRASE_SUBJECTS = 5, 2  # words in a phrase; it counts as pushed if at most this many people wrote it
OWN_PHRASE_WORDS: Final = 3  # uses of a phrase by one person that count as repeated
OWN_PHRASE_SHARE: Final = 0.6  # share of what that person wrote
UNKNOWN_EACH: Final = 3  # one person's records with unknown names; fewer are accepted as facts
AGENT_DEPTH: Final = 2  # generations taught by our own releases from which the agent's words are capped
AGENT_FLOOR: Final = 20_000  # tokens of such words that every release may teach
BEHIND: Final = 1 << 64  # sorts after every hash


@dataclass(frozen=True, slots=True)
class GuardSettings:
    """The limits; docs/explanation/curation.md gives the reasons.

    `subject_cap`: records in a release that rest on one person alone. `cohort_share`: the share of the release that
    rests on people of one cohort alone, but always at least `COHORT_FLOOR`. `phrase_items`: from this many records on,
    a shared phrase counts as pushed. `rare_subjects`: a word that names something must have been written by this many
    people before a record shows it unread; 0 turns it off. `quorum`: the same for voters; 1 turns it off.
    `max_agent_share`: the share of taught tokens said by an agent that our own releases taught, from the second
    generation on.
    """

    RETIRED: ClassVar = frozenset(
        "share_from cohort_floor phrase_words phrase_subjects max_depth agent_floor_tokens subject_share cluster_cap"
        " new_subject_days hold_unknown".split()
    )
    subject_cap: int = 5
    cohort_share: float = 0.02
    phrase_items: int = 5
    rare_subjects: int = 0
    quorum: int = 1
    max_agent_share: float = 0.5

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """The settings of a policy over the defaults. Raises `ValueError` for one that does not exist."""
        return cls(**named(cls, values))


@dataclass(frozen=True, slots=True)
class Item:
    """What the guards need to know about a record.

    `authors` are all who influence it, each once: asker, voters, author of the correction. `voters` are those whose
    votes decided; `is_single` means that it would fall without one of them. `cohort` names whom the asker came with
    (the key or the network, and the week), "" for vouched people. `tokens` is the length of what it teaches. `phrases`,
    `own_phrases` (shorter ones) and `names` are what `poisoning` finds in it; `shown` are all names that a release
    shows of the conversation of `asker`, checked for rare ones. If a reviewer has decided, these are empty, since
    nobody checks them; if the operator vouches, all but the last. `depth`: 0 if a person wrote it, else one more than
    the deepest release that taught the agent. `cited` are the sources and their texts, as digests.
    """

    id: int
    authors: Collection[int]
    voters: Collection[int]
    phrases: Sequence[int] = ()
    names: Sequence[str] = ()
    authored: Author = "agent"
    depth: int = 1
    tokens: int = 0
    cohort: str = ""
    vouched: bool = False
    reviewed: bool = False
    asker: int = 0
    shown: Sequence[str] = ()
    own_phrases: Sequence[int] = ()
    is_single: bool = True
    cited: Collection[tuple[int, int]] = ()

    @property
    def by_person(self) -> bool:
        """Whether a person wrote or edited it."""
        return self.authored == "human"

    @property
    def is_unread(self) -> bool:
        """Whether it rests on one person whom nobody vouches for, and nobody has reviewed it."""
        return self.is_single and not self.reviewed and not self.vouched


def holds(
    items: Sequence[Item], settings: GuardSettings, *, known: Set[str], known_phrases: Callable[[], Set[int]]
) -> dict[int, Finding]:
    """The records that wait for a person, by the first reason that applies.

    `items` are `ranked`; `known_phrases` is called only if something may be spread.
    """
    unread = [item for item in items if item.is_unread]
    found: dict[int, Finding] = {}
    for check in (pushes, unknown_names, spreads):
        for key, one in check(unread, settings, known, known_phrases).items():
            found.setdefault(key, one)
    found.update(rare(items, settings, known, found))
    found.update(few_voters(items, settings, found))
    left = [item for item in unread if item.id not in found]
    found.update(cap_subjects(left, settings))
    found.update(cap_cohorts([item for item in left if item.id not in found], settings, len(items)))
    return found


def pushes(
    unread: Sequence[Item], settings: GuardSettings, known: Set[str], known_phrases: Callable[[], Set[int]]
) -> dict[int, Finding]:
    """Records with a phrase that one or two people repeat."""
    few = poisoning.pushed(unread, items=settings.phrase_items, subjects=PHRASE_SUBJECTS)
    detail = f"A phrase in it occurs in {{}} records by at most {PHRASE_SUBJECTS} people."
    found = {key: finding("pushed_phrase", detail.format(number), number) for key, number in few.items()}
    own = poisoning.repeated_by_one(unread, items=settings.phrase_items, share=OWN_PHRASE_SHARE)
    for key, number in own.items():
        found.setdefault(key, finding("pushed_phrase", f"One person wrote a phrase in it {number} times.", number))
    return found


def unknown_names(
    unread: Sequence[Item], settings: GuardSettings, known: Set[str], known_phrases: Callable[[], Set[int]]
) -> dict[int, Finding]:
    """Corrections by people who, in several of them, name something that no source and no approved record has."""
    unknown = poisoning.unknown(unread, known)
    each = Counter(person for item in unread if item.id in unknown for person in item.voters)
    detail = "It contains names that no source and no approved record has: {}. Its author has written several such corrections."
    return {
        item.id: finding("unknown_names", detail.format(unknown[item.id]), unknown[item.id])
        for item in unread
        if item.id in unknown and any(each[person] >= UNKNOWN_EACH for person in item.voters)
    }


def spreads(
    unread: Sequence[Item], settings: GuardSettings, known: Set[str], known_phrases: Callable[[], Set[int]]
) -> dict[int, Finding]:
    """Records with a phrase that many people write and no source has."""
    spread = poisoning.spread(unread, known_phrases, items=settings.phrase_items)
    detail = "People wrote a phrase in it {} times, and neither a source nor the agent has it."
    return {key: finding("spread_phrase", detail.format(number), number) for key, number in spread.items()}


def rare(items: Sequence[Item], settings: GuardSettings, known: Set[str], found: Container[int]) -> dict[int, Finding]:
    """Records that show names which only a few people wrote."""
    people = settings.rare_subjects
    shown = [(item.id, item.asker, item.shown) for item in items if item.shown and not item.reviewed]
    detail = f"It contains names, numbers or made-up words that fewer than {people} people wrote: {{}}."
    named = poisoning.rare(shown, known, subjects=people)
    return {
        key: finding("rare_words", detail.format(number), number) for key, number in named.items() if key not in found
    }


def few_voters(items: Sequence[Item], settings: GuardSettings, found: Container[int]) -> dict[int, Finding]:
    """Records that fewer people voted on than the policy asks for."""
    most = settings.quorum
    return {
        item.id: finding("quorum", f"{len(item.voters)} of {most} required voters.", len(item.voters))
        for item in items
        if len(item.voters) < most and not item.reviewed and item.id not in found
    }


@lru_cache(maxsize=10_000)
def finding(code: str, detail: str, figure: float | None = None) -> Finding:
    """A finding of this stage; one object for all records with the same finding."""
    return Finding(STAGE, code, detail, figure)


def ranked(items: Iterable[Item], key: bytes) -> list[Item]:
    """What a person wrote first, then by keyed hash: nothing that anybody can choose decides what stays under a cap."""
    return sorted(items, key=lambda item: (not item.by_person) * BEHIND + order(key, item.id))


def cap_subjects(unread: Sequence[Item], settings: GuardSettings) -> dict[int, Finding]:
    """Records beyond the number that may rest on one person alone."""
    return over(unread, lambda item: item.voters, settings.subject_cap, "subject")


def cap_cohorts(unread: Sequence[Item], settings: GuardSettings, size: int) -> dict[int, Finding]:
    """Records beyond the share of people who came together: many accounts at once may be one person.

    A release whose records all have the same cohort is from a product that began this week; the floor lets it begin.
    """
    most = max(COHORT_FLOOR, int(settings.cohort_share * size))
    return over([item for item in unread if item.cohort], lambda item: (item.cohort,), most, "cohort")


def over(
    ordered: Iterable[Item], groups: Callable[[Item], Iterable[int | str]], most: int, name: str
) -> dict[int, Finding]:
    """The records, in order, that would bring one of their groups above `most`."""
    counts: defaultdict[int | str, int] = defaultdict(int)
    beyond = finding(f"{name}_cap", f"{most} records already rest on {OF_GROUP[name]} alone.", most)
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


OF_GROUP: Final = {"subject": "this person", "cohort": "people who came at the same time"}


def cap_agent(items: Sequence[Item], settings: GuardSettings) -> dict[int, Finding]:
    """The words of agents that our own releases taught, beyond their share of what is taught, in tokens.

    With t other tokens, they may have t × share ÷ (1 - share), and always `AGENT_FLOOR`.
    """
    ours = [item for item in items if not item.by_person and item.depth >= AGENT_DEPTH]
    if settings.max_agent_share >= 1 or not ours:
        return {}
    others = sum(item.tokens for item in items) - sum(item.tokens for item in ours)
    room = max(others * settings.max_agent_share / (1 - settings.max_agent_share), AGENT_FLOOR)
    found = {}
    for item in ours:
        if item.tokens > room:
            detail = f"Words of an agent that our releases taught would exceed {settings.max_agent_share:.0%}."
            found[item.id] = finding("agent_share", detail, item.tokens)
        else:
            room -= item.tokens
    return found
