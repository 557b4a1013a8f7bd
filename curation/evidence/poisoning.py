"""Detects planted phrases: terms that no source or approved record has, and phrases that a few people repeat
often.

What a project already knows is its sources and what a reviewer approved. An honest correction mostly says
what a source says; a planted one has to bring its payload: an address, a name, a number, a made-up word. Once
a reviewer has approved a record, its words are known and the next passes.
"""

import re
import sys
from array import array
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence, Set
from typing import Final, Protocol

from feedback.texts.fingerprints import normalise
from privacy.redaction import PLACEHOLDER

STAGE: Final = "guard"
WORD: Final = re.compile(r"\w[\w.@/:-]*\w|\w")
SENTENCE_START: Final = re.compile(r"(?:^|[.!?:;\n\u2022*-]\s*|[\"'(\[]\s*)$")
VOWEL: Final = re.compile(r"[aeiouy]", re.IGNORECASE)
BEARS: Final = re.compile(r"[\d@/_]|\w\.\w|[A-Z]{2}|[a-z][A-Z]")

SLOTS_EACH: Final = 64
LARGEST_TABLE: Final = 27


class Contribution(Protocol):
    """Who would teach what, without its text, of which there may be hundreds of thousands: `authors` are the asker and the
    voters, `phrases` and `names` what the functions of these names find.
    """

    @property
    def id(self) -> int: ...
    @property
    def authors(self) -> Collection[int]: ...
    @property
    def voters(self) -> Collection[int]: ...
    @property
    def phrases(self) -> Sequence[int]: ...
    @property
    def own_phrases(self) -> Sequence[int]: ...
    @property
    def names(self) -> Sequence[str]: ...
    @property
    def by_person(self) -> bool: ...


def words(text: str) -> list[str]:
    """Words with the dots and slashes inside them, so that an address is one word."""
    return [match.casefold() for match in WORD.findall(PLACEHOLDER.sub(" ", text))]


def novel(text: str, known: Set[str]) -> list[str]:
    """The words of a text that name something and are not known: with a digit, an address, or a capital in
    mid-sentence.

    Placeholders and plain lower-case words are no entities; a word that no language has is one
    (`looks_made_up`).
    """
    found = []
    text = PLACEHOLDER.sub(" ", text)
    for match in WORD.finditer(text):
        word = match[0]
        if word.islower() and word.isalpha():
            names = looks_made_up(word)
        elif BEARS.search(word):
            names = True
        else:
            capital = word[0].isupper() and not SENTENCE_START.search(text[max(0, match.start() - 3) : match.start()])
            names = capital or looks_made_up(word)
        if names and (plain := word.casefold()) not in known:
            found.append(plain)
    return found


def looks_made_up(word: str) -> bool:
    """Whether a word has five letters and more without a vowel, as triggers made to be rare do."""
    return len(word) >= 5 and word.isascii() and not VOWEL.search(word)


def ngrams(text: str, size: int) -> frozenset[int]:
    """The distinct runs of `size` normalised words, as numbers that hold for this process alone: Python keys its hashes
    of text anew in each, so that nobody can write two phrases that fall together.
    """
    found = normalise(text).split()
    return frozenset(map(hash, zip(*(found[start:] for start in range(size)), strict=False)))


def phrases(text: str, own: str, size: int) -> Sequence[int]:
    """The phrases of a record (`ngrams`) that its own sources do not have, in eight bytes each."""
    found = ngrams(text, size)
    return array("q", [*(found - ngrams(own, size) if own else found)])  # of a list: no room for more is kept


def names(text: str, own: str) -> tuple[str, ...]:
    """The words of a record that name something (`novel`) and that its own sources do not have."""
    return tuple(map(sys.intern, novel(text, set(words(own)))))  # many records name the same


def pushed(records: Iterable[Contribution], *, items: int, subjects: int) -> dict[int, int]:
    """The records with a phrase that is in at least `items` of them, from at most `subjects` people: id → how many.

    A phrase of the record's own sources is nobody's push. Somebody who pushes has a phrase in at least items ÷
    subjects of their own records: those are looked for person by person, and only what is found is counted over
    all, so that little is held in memory however many records there are.
    """
    least = -(-items // max(subjects, 1))
    mine: defaultdict[int, list[Contribution]] = defaultdict(list)
    for record in records:
        for author in record.authors:
            mine[author].append(record)
    suspects: set[int] = set()
    for theirs in mine.values():
        if len(theirs) >= least:
            suspects |= repeated(theirs, least)
    if not suspects:
        return {}
    holders: defaultdict[int, set[int]] = defaultdict(set)
    people: defaultdict[int, set[int]] = defaultdict(set)
    for record in records:
        for phrase in suspects.intersection(record.phrases):
            holders[phrase].add(record.id)
            people[phrase].update(record.authors)
    few = {phrase: ids for phrase, ids in holders.items() if len(people[phrase]) <= subjects}
    return most(few, items)


def repeated(records: Sequence[Contribution], least: int) -> set[int]:
    """The phrases that are in at least so many of these records. Mostly no two of one person's share any."""
    if least > 1:
        said = [record.phrases for record in records]
        if len(frozenset().union(*said)) == sum(map(len, said)):
            return set()
    counts = Counter[int]()
    for record in records:
        counts.update(record.phrases)
    return {phrase for phrase, count in counts.items() if count >= least}


def repeated_by_one(records: Sequence[Contribution], *, items: int, share: float) -> dict[int, int]:
    """The records with a short phrase that one person brings in at least `items` of what they wrote, and in this share of
    it: people have turns of phrase, but not one in most of what they write. Of each record, in how many it is.
    """
    mine: defaultdict[int, list[Contribution]] = defaultdict(list)
    for record in records:
        if record.by_person:
            for person in record.voters:
                mine[person].append(record)
    found: dict[int, int] = {}
    for theirs in mine.values():
        if len(theirs) < items:
            continue
        counts = Counter(phrase for record in theirs for phrase in record.own_phrases)
        often = {phrase: n for phrase, n in counts.items() if n >= max(items, share * len(theirs))}
        for record in theirs if often else ():
            if number := max((often.get(phrase, 0) for phrase in record.own_phrases), default=0):
                found[record.id] = max(found.get(record.id, 0), number)
    return found


def most(holders: Mapping[int, Set[int]], items: int) -> dict[int, int]:
    """Of each record, in how many records its commonest phrase is, where that is at least `items`."""
    found: dict[int, int] = {}
    for ids in holders.values():
        if len(ids) >= items:
            for number in ids:
                found[number] = max(found.get(number, 0), len(ids))
    return found


def spread(records: Iterable[Contribution], known: Callable[[], Set[int]], *, items: int) -> dict[int, int]:
    """The records that people wrote with a phrase that is in at least `items` of them and that is not known.

    However many people bring it: a campaign has as many accounts as it likes. `known` gives phrases, as `ngrams`
    makes them, and is asked only where something may be spread; the record's own sources count as well. Phrases are
    counted in a table of bytes first, in which two may fall together, and only those that may be common are then counted
    exactly.
    """
    written = [record for record in records if record.by_person]
    table = bytearray(1 << min(max(16, (len(written) * SLOTS_EACH).bit_length()), LARGEST_TABLE))
    mask = len(table) - 1
    for record in written:
        for phrase in record.phrases:
            if (count := table[phrase & mask]) < 255:
                table[phrase & mask] = count + 1
    holders: defaultdict[int, set[int]] = defaultdict(set)
    least = min(items, 255)
    for record in written:
        for phrase in record.phrases:
            if table[phrase & mask] >= least:
                holders[phrase].add(record.id)
    common = {phrase: ids for phrase, ids in holders.items() if len(ids) >= items}
    if common:
        for phrase in common.keys() & known():
            del common[phrase]
    return most(common, items)


def said_to_several(answers: Iterable[tuple[int, Iterable[int]]]) -> set[int]:
    """The phrases of answers, each with the person who was told it, that were told to several people: nobody has to bring
    in what the agent itself says.
    """
    first: dict[int, int] = {}
    found: set[int] = set()
    for person, phrases in answers:
        found.update(phrase for phrase in phrases if first.setdefault(phrase, person) != person)
    return found


def unknown(records: Iterable[Contribution], known: Set[str]) -> dict[int, int]:
    """The records that people wrote which name what neither their sources nor the project knows: id → how
    many words.
    """
    counts = {
        record.id: len(record.names) - sum(map(known.__contains__, record.names))
        for record in records
        if record.by_person
    }
    return {key: number for key, number in counts.items() if number}


def rare(records: Iterable[tuple[int, int, Iterable[str]]], known: Set[str], *, subjects: int) -> dict[int, int]:
    """The records with names that fewer than `subjects` people wrote: id → how many. A record is its id, whose words it
    shows, and its `names`.

    Such words may tell who asked, though each alone is no personal datum.
    """
    if subjects < 2:
        return {}
    named = {key: (person, set(found) - known) for key, person, found in records}
    people: defaultdict[str, set[int]] = defaultdict(set)
    for person, found in named.values():
        for word in found:
            if len(people[word]) < subjects:
                people[word].add(person)
    few = {key: sum(len(people[word]) < subjects for word in found) for key, (_, found) in named.items()}
    return {key: number for key, number in few.items() if number}
