"""Hits: what detectors return to the engine, and which one wins if several overlap."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final, final

from privacy.redaction.lexicon import (
    CLOSED_AT,
    ENGLISH,
    EVERY,
    FIRST,
    FLAGS,
    GERMAN,
    ORDINARY,
    RARE_AT,
    STOP,
    TELLING,
    closed_words,
    evidence,
    kind_of,
    spoken,
    tongues,
    vote,
    weighed,
)

WORD_AND_NAME: Final = FIRST | ORDINARY
CAPITALISING: Final = GERMAN | ENGLISH  # German writes its nouns with capitals, English what it takes for a name
POLITE: Final = frozenset("anda pani usted ustedes você".split())  # pronouns that are written with a capital
# Days and months that are also first names, and the words before them that make them a time: `hasta el Domingo`, `em Abril`.
CALENDAR: Final = frozenset("lundi domenica domingo joi avril abril mayo julio mei juni juli augustus".split())
BEFORE_TIMES: Final = frozenset(
    "el los este cada próximo en desde hasta em no nos até neste depuis dès le ce chaque jusqu'en la ogni questa in vanaf sinds tot".split()
)
SHORTEST, LONGEST = 4, 24  # letters of a first name that is also a word, and of the word before it
AROUND: Final = 128  # characters before and after a word from which its language is guessed
GERMAN_SIGN: Final = re.compile(
    r"[äöüß]|\b(?:der|die|das|den|dem|und|ist|nicht|ein|eine|einen|mit|auf|sie|ich|wir|ihr|im|zu|zum|zur|von|vom|bei|wird|werden|sind|kann)\b"
)
WORD: Final = re.compile(r"[^\W\d_]{2,}")
LETTERS: Final = re.compile(r"[^\W\d_]*")
DAY: Final = re.compile(r"(?<!\d)\d{1,2}[.]?(?: de)? \Z")
HEADER: Final = re.compile(r":(?:\s|\Z)| (?:de )?(?:19|20)\d\d(?!\d)")  # a field of a mail, a month and its year
SENTENCE_START: Final = re.compile(r"(?:\A|[.!?:;\n\"'(>|•*…“„«»-])\s*\Z")


@final
class Hit:
    """A claim on `[start, end)` of a page. `rank`: the higher one is more specific, and gives the merged stretch its
    type.
    """

    __slots__ = ("end", "rank", "rule", "start", "type")

    def __init__(self, start: int, end: int, rank: int, type: str, rule: str) -> None:
        self.start, self.end, self.rank, self.type, self.rule = start, end, rank, type, rule

    def at(self, start: int, end: int) -> "Hit":
        """The same claim on another stretch."""
        return Hit(start, end, self.rank, self.type, self.rule)


def _order(hit: Hit) -> tuple[int, int, int, str, str]:
    return hit.start, hit.end, hit.rank, hit.type, hit.rule


class Page:
    """A stretch of folded text, and the same in lower case; both have the same length. `names`: if known, the only
    capitalised first names that its words may be.
    """

    __slots__ = ("_evidence", "_german", "_spoken", "low", "names", "regions", "strict", "text")

    def __init__(
        self,
        text: str,
        low: str,
        regions: tuple[str, ...] = (),
        names: frozenset[str] | None = None,
        strict: bool = False,
    ) -> None:
        self.text, self.low, self.regions, self.names, self.strict = text, low, regions, names, strict
        # Made when a word first asks for its language: most pages have none that does.
        self._spoken: dict[tuple[int, int, int], int] | None = None
        self._evidence: dict[int, tuple[list[str], int]] | None = None
        self._german: bool | None = None

    def kind(self, start: int, end: int) -> int:
        """The kind of the word there, in the language that the text around it seems to be in."""
        return self.weigh(kind_of(self.text[start:end]), start, end)

    def weigh(self, kind: int, start: int, end: int) -> int:
        """The same for a word whose kind in the lexicon is known."""
        word_too = kind & WORD_AND_NAME == WORD_AND_NAME
        if self.strict or (kind <= FLAGS and not word_too):
            return kind & FLAGS
        if kind >> CLOSED_AT & EVERY and (
            DAY.search(self.text, max(0, start - 6), start) or HEADER.match(self.text, end)
        ):
            return kind & FLAGS | STOP  # `9 Mayo 2024`, `Von: …`, whatever the language
        if kind & FIRST and self._stands_out(start, end):
            return kind & FLAGS & ~ORDINARY
        if kind & ORDINARY and not kind >> CLOSED_AT & EVERY:
            return kind & FLAGS  # an ordinary word already, whatever the language
        inside = kind < 1 << RARE_AT or not starts_sentence(self.text, start)
        if inside and not kind & TELLING:
            return kind & FLAGS
        return weighed(kind, self.languages(start, end), inside=inside)

    def _stands_out(self, start: int, end: int) -> bool:
        """Whether a word has the only capital around, in a language that writes nouns in lower case: `voor Elke en
        mij`.
        """
        text = self.text
        if end - start < SHORTEST or text[start - 1 : start] != " " or not text[start + 1 : end].islower():
            return False
        if text[end : end + 1] == " " and text[end + 1 : end + 2].isupper():
            return False
        before = self.low[max(0, start - LONGEST) : start].split()
        bits = tongues().get(before[-1], 0) if before else 0
        if not bits or self.low[start:end] in POLITE:
            return False
        if before[-1] in BEFORE_TIMES and self.low[start:end] in CALENDAR:
            return False
        place = start - 1 - len(before[-1])
        if text[place].isupper() and not starts_sentence(text, place):
            return False
        languages = self.languages(start, end)
        return bool(bits & languages) and not languages & CAPITALISING

    def languages(self, start: int, end: int) -> int:
        """The languages that the text around a word may be in, the word itself not counted."""
        word = self.low[start:end]
        place = start // AROUND if len(self.low) > 2 * AROUND else 0
        words, counted = self._read(place)
        own = tongues().get(word, 0)
        key = (place, own, words.count(word) if own else 0)
        if self._spoken is None:
            self._spoken = {}
        found = self._spoken.get(key)
        if found is None:
            found = self._spoken[key] = spoken(counted - vote(own) * key[2])
        return found

    @property
    def maybe_german(self) -> bool:
        """Whether there is any sign of German, which capitalises its nouns."""
        if self._german is None:
            self._german = GERMAN_SIGN.search(self.low) is not None
        return self._german

    def _read(self, place: int) -> tuple[list[str], int]:
        if self._evidence is None:
            self._evidence = {}
        found = self._evidence.get(place)
        if found is None:
            begin = word_edge(self.low, max(0, place * AROUND - AROUND))
            words = WORD.findall(self.low, begin, word_edge(self.low, place * AROUND + AROUND * 2))
            found = self._evidence[place] = words, evidence(words)
        return found

    def closed(self, start: int, end: int) -> bool:
        """Whether the word there is an article, a pronoun, a month or the like in a language of the text."""
        bits = closed_words().get(self.low[start:end], 0) & ~ENGLISH
        return bool(bits) and bool(bits & self.languages(start, end))


def word_edge(low: str, place: int) -> int:
    """The place itself or, if it is inside a word, the end of that word: the `ie` of `sie` is a word of another
    language.
    """
    if 0 < place < len(low) and low[place - 1].isalpha() and (rest := LETTERS.match(low, place)):
        return rest.end()
    return place


def starts_sentence(text: str, start: int) -> bool:
    """Whether a word is capitalised only because of its place."""
    if start > 1 and text[start - 1] == " " and text[start - 2].isalnum():
        return False  # nearly always, and told at once
    return bool(SENTENCE_START.search(text, max(0, start - 4), start))


@dataclass(frozen=True, eq=False)
class Detector:
    """A family of rules. `find` needs to read a page only if `gate`, an RE2 pattern, matches; an empty gate is always
    open. `digit`: and only if the page has a digit. `ascii_gate`: the part of the gate that a text of ASCII alone can
    match.
    """

    name: str
    gate: str
    find: Callable[[Page], Iterable[Hit]]
    digit: bool = False
    ascii_gate: str | None = None
    latin_gate: str | None = None

    @property
    def in_ascii(self) -> str:
        """The gate for a text of ASCII alone; empty where there is nothing to find in one."""
        return self.gate if self.ascii_gate is None else self.ascii_gate

    @property
    def in_latin(self) -> str:
        """The same for a text of Latin letters."""
        return self.gate if self.latin_gate is None else self.latin_gate


def settled(hits: list[Hit]) -> list[Hit]:
    """Hits without overlaps, in order. Overlapping ones are merged over everything that they cover, so that nothing is
    left.
    """
    hits.sort(key=_order)
    kept: list[Hit] = []
    for hit in hits:
        if not kept or hit.start >= kept[-1].end:
            kept.append(hit)
            continue
        last = kept[-1]
        best = hit if _weight(hit) > _weight(last) else last
        kept[-1] = best.at(last.start, max(last.end, hit.end))
    return kept


def _weight(hit: Hit) -> tuple[int, int]:
    return hit.rank, hit.end - hit.start
