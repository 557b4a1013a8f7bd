"""Limits on what few people can bring in unread, whatever the votes say.

They are absolute, because a small fixed number of planted examples is enough however large the dataset is (Souly and
others, 2025: about 250 documents). A guard holds a record until a person has looked; nothing is dropped for good. What a
reviewer decided, what several people found right, and what the operator vouches for passes. All is deterministic: who
stays under a cap is decided by a keyed hash, and what a person wrote goes first.
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

COHORT_FLOOR: Final = 20  # records of one cohort that any release may hold
PHRASE_WORDS, PHRASE_SUBJECTS = 5, 2  # a phrase is that many words; pushed where so few people wrote it
OWN_PHRASE_WORDS: Final = 3  # of a phrase that one person brings again and again
OWN_PHRASE_SHARE: Final = 0.6  # of what that person wrote
UNKNOWN_EACH: Final = 3  # records of one person that name what nobody knows: fewer are taken for facts
AGENT_DEPTH: Final = 2  # generations of our own making from which on the agent's words are capped
AGENT_FLOOR: Final = 20_000  # tokens of such words that any release may teach
BEHIND: Final = 1 << 64  # in the order of records: beyond every hash


@dataclass(frozen=True, slots=True)
class GuardSettings:
    """The limits; docs/explanation/curation.md says why each is what it is.

    `subject_cap`: records in a release that rest on one person alone. `cohort_share`: of the release, that rest on people
    of one cohort alone, and never fewer than `COHORT_FLOOR`. `phrase_items`: records with one phrase from which on it
    counts as pushed. `rare_subjects` asks that a word which names something was written by that many people before a
    record shows it unread, and `quorum` for that many voters; 0 and 1 ask nothing. `max_agent_share`: the share of taught
    tokens that the agent said which our own releases taught, from the second generation on.
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
    """What the guards ask of a record.

    `authors` are all whose influence it is, each once: asker, voters, who wrote the correction. `voters` those whose
    votes decided; `is_single` where it would fall without one of them. `cohort` names whom the asker came with (the key
    or the network and the week), "" for the vouched. `tokens` is the length of what it teaches, `phrases`, `own_phrases`
    (shorter ones) and `names` what `poisoning` finds in it, `shown` the names in all that a release shows of the
    conversation of `asker`, where rare ones are looked for. Where a reviewer has decided these are empty, for nobody
    looks; where the operator vouches, all but the last. `depth`: 0 where a person wrote it, else one more than the deepest
    release that taught the agent. `cited` are the sources and their texts, as digests.
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
        """Whether it rests on one person whom nobody vouches for, and whose word nobody has read."""
        return self.is_single and not self.reviewed and not self.vouched


def holds(
    items: Sequence[Item], settings: GuardSettings, *, known: Set[str], known_phrases: Callable[[], Set[int]]
) -> dict[int, Finding]:
    """The records that wait for a person, by the first reason that applies. `items` are `ranked`; `known_phrases` is asked
    only where something may be spread.
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
    """Records with a phrase that one or two people bring again and again."""
    few = poisoning.pushed(unread, items=settings.phrase_items, subjects=PHRASE_SUBJECTS)
    detail = f"A phrase of it is in {{}} records of at most {PHRASE_SUBJECTS} people."
    found = {key: finding("pushed_phrase", detail.format(number), number) for key, number in few.items()}
    own = poisoning.repeated_by_one(unread, items=settings.phrase_items, share=OWN_PHRASE_SHARE)
    for key, number in own.items():
        found.setdefault(key, finding("pushed_phrase", f"One person wrote a phrase of it {number} times.", number))
    return found


def unknown_names(
    unread: Sequence[Item], settings: GuardSettings, known: Set[str], known_phrases: Callable[[], Set[int]]
) -> dict[int, Finding]:
    """Corrections of people who name, in several, what neither a source nor an approved record knows."""
    unknown = poisoning.unknown(unread, known)
    each = Counter(person for item in unread if item.id in unknown for person in item.voters)
    detail = "Names in it that no source and no approved record knows: {}; its author has written several such."
    return {
        item.id: finding("unknown_names", detail.format(unknown[item.id]), unknown[item.id])
        for item in unread
        if item.id in unknown and any(each[person] >= UNKNOWN_EACH for person in item.voters)
    }


def spreads(
    unread: Sequence[Item], settings: GuardSettings, known: Set[str], known_phrases: Callable[[], Set[int]]
) -> dict[int, Finding]:
    """Records with a phrase that many people bring and no source has."""
    spread = poisoning.spread(unread, known_phrases, items=settings.phrase_items)
    detail = "People wrote a phrase of it {} times, and neither a source nor the agent says it."
    return {key: finding("spread_phrase", detail.format(number), number) for key, number in spread.items()}


def rare(items: Sequence[Item], settings: GuardSettings, known: Set[str], found: Container[int]) -> dict[int, Finding]:
    """Records that show names which few people wrote."""
    people = settings.rare_subjects
    shown = [(item.id, item.asker, item.shown) for item in items if item.shown and not item.reviewed]
    detail = f"Names, numbers or made-up words in it that fewer than {people} people wrote: {{}}."
    named = poisoning.rare(shown, known, subjects=people)
    return {
        key: finding("rare_words", detail.format(number), number) for key, number in named.items() if key not in found
    }


def few_voters(items: Sequence[Item], settings: GuardSettings, found: Container[int]) -> dict[int, Finding]:
    """Records that fewer people voted on than the policy asks for."""
    most = settings.quorum
    return {
        item.id: finding("quorum", f"{len(item.voters)} of {most} distinct voters.", len(item.voters))
        for item in items
        if len(item.voters) < most and not item.reviewed and item.id not in found
    }


@lru_cache(maxsize=10_000)
def finding(code: str, detail: str, figure: float | None = None) -> Finding:
    """A finding of this stage; one for all records that it says the same of."""
    return Finding(STAGE, code, detail, figure)


def ranked(items: Iterable[Item], key: bytes) -> list[Item]:
    """What a person wrote first, then by keyed hash: who stays under a cap hangs on nothing that can be
    chosen.
    """
    return sorted(items, key=lambda item: (not item.by_person) * BEHIND + order(key, item.id))


def depth(authored: Author, parents: Iterable[int] = ()) -> int:
    """The generation of a record: 0 where a person wrote or edited it, else one more than the deepest of the records
    (`parents`) that the agent version which said it was trained on.

    An answer that was voted up is still model output: at least 1.
    """
    return 0 if authored == "human" else 1 + max(parents, default=0)


def cap_subjects(unread: Sequence[Item], settings: GuardSettings) -> dict[int, Finding]:
    """Records beyond what may rest on one person alone."""
    return over(unread, lambda item: item.voters, settings.subject_cap, "subject")


def cap_cohorts(unread: Sequence[Item], settings: GuardSettings, size: int) -> dict[int, Finding]:
    """Records beyond the share of subjects who came together: many accounts at once are perhaps one person.

    A release in which every record has the same cohort is a product that began this week; the floor lets it
    begin.
    """
    most = max(COHORT_FLOOR, int(settings.cohort_share * size))
    return over([item for item in unread if item.cohort], lambda item: (item.cohort,), most, "cohort")


def over(
    ordered: Iterable[Item], groups: Callable[[Item], Iterable[int | str]], most: int, name: str
) -> dict[int, Finding]:
    """The records that would bring one of their groups above `most`, taken in order."""
    counts: defaultdict[int | str, int] = defaultdict(int)
    beyond = finding(f"{name}_cap", f"{most} records rest on {OF_GROUP[name]} alone already.", most)
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
    """The words of agents that our own releases taught, beyond their share of what is taught, counted in tokens.

    With t other tokens, they may have t × share ÷ (1 - share), and `AGENT_FLOOR` in any case.
    """
    ours = [item for item in items if not item.by_person and item.depth >= AGENT_DEPTH]
    if settings.max_agent_share >= 1 or not ours:
        return {}
    others = sum(item.tokens for item in items) - sum(item.tokens for item in ours)
    room = max(others * settings.max_agent_share / (1 - settings.max_agent_share), AGENT_FLOOR)
    found = {}
    for item in ours:
        if item.tokens > room:
            detail = f"Words of an agent that our releases taught would be more than {settings.max_agent_share:.0%}."
            found[item.id] = finding("agent_share", detail, item.tokens)
        else:
            room -= item.tokens
    return found
