"""From text to redacted text: fold, find, resolve overlaps, number, replace, and repeat until nothing is found. The
last round makes redaction idempotent by construction: the finder finds nothing in the text that is returned.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from privacy.redaction import folding
from privacy.redaction.gates import OVERLAP, WINDOW, Gate, GateSet, first_window, gate, next_window, to_its_end
from privacy.redaction.hits import Detector, Hit, Page, settled
from privacy.redaction.lexicon import ordinary
from privacy.redaction.numbering import PERSON, PLACEHOLDER, Numbering
from privacy.redaction.policy import DEFAULT_POLICY, CompiledPolicy, Policy, compile_policy
from privacy.redaction.repeats import repeats, stands_alone, stands_for_person
from privacy.redaction.results import Redacted, RedactionError, Span, wrap

MAX_ROUNDS: Final = 12
PATIENCE: Final = 4  # rounds after the first in which languages are weighed
LONGEST_WORD: Final = 24  # characters of a text that may be a single word, such as a key, a tag or the name of an agent
LONGEST_ANSWER: Final = 120
SHORT_RANK: Final = 28
NAME_PART: Final = re.compile(r"[^\W\d_]{3,}(?:['’-][^\W\d_]+)*")
MASK: Final = "\x00"  # stands for the characters of a placeholder: no pattern matches it
UNMASKED: Final = re.compile(r"[^\x00\s][^\x00]*[^\x00\s]|[^\x00\s]")


def redact(
    text: str, policy: Policy = DEFAULT_POLICY, numbering: Numbering | None = None, *, asked: str = ""
) -> Redacted:
    """The text with every finding replaced by a placeholder `[TYPE_n]`.

    `numbering` carries the numbers from field to field of one interaction; without it they start at 1. Placeholders in
    the text stay. `asked` is the turn before, whose question may name a value that is the whole text. Raises
    `RedactionError` if a detector fails: text is never returned half redacted.
    """
    compiled = compile_policy(policy)
    if len(text) < 3 or (len(text) <= LONGEST_WORD and not compiled.terms and not asked and ordinary(text)):
        return wrap(text)
    look = Look(compiled, numbering)
    hits = look.find(text)
    if asked and len(text) <= LONGEST_ANSWER:
        hits = settled([*hits, *look.answering(asked, text)])
    return replaced(text, hits, look, numbering) if hits else wrap(text)


def prepare() -> None:
    """Import the detectors and read the word lists now: a server does so before it forks and before it answers."""
    redact("Hello, this is Ada from Łódź.", asked="What is your name?")


class Look:
    """The finder under one policy, for one text in all rounds. It remembers the values that it has found: an occurrence
    that was part of a longer word in one round may be alone in the next, once its neighbour has been replaced.
    """

    __slots__ = ("_gate", "_names", "_sets", "apart", "compiled", "folded", "numbering", "strict", "typed", "values")

    def __init__(self, compiled: CompiledPolicy, numbering: Numbering | None = None) -> None:
        self.compiled = compiled
        self.strict = compiled.policy.strict  # set after many rounds that found something, whatever the policy says
        self.numbering = numbering  # the persons that other texts of the interaction have named
        self.folded = ""  # the text of the last round
        self.apart = False  # whether each of its characters is at the place of the character that it was folded from
        self.typed: list[tuple[str, str]] = []  # the placeholders in it, as type and number
        self.values: dict[str, Hit] = {}
        self._gate: Gate = gate(compiled)
        self._names: frozenset[str] | None = None  # as for a page; still valid once more of the text is masked
        self._sets: Sequence[
            GateSet
        ] = ()  # the sets to ask; once more of the text is masked, only those that opened something

    def find(self, text: str) -> list[Hit]:
        """The stretches of a text that are to be replaced, in order, without overlaps, as offsets into it."""
        origin = self.read(text)
        hits = self.find_folded(self.folded)
        if origin is None:
            return hits
        return [hit.at(origin[hit.start], origin[hit.end - 1] + 1) for hit in hits]

    def read(self, text: str) -> Sequence[int] | None:
        """Fold a text and mask its placeholders. Returns the origins of its characters, unless none has moved."""
        origin: Sequence[int] | None = None
        self.folded, self.apart = text, True
        if not text.isascii():
            self.folded, origin, self.apart = folding.fold(text)
        self._names = None
        self._sets = self._gate.sets(self.folded)
        self.typed = []
        if "[" in self.folded:
            kinds = self.compiled.kinds  # other words in brackets are the person's own, and are read as such
            self.typed = [typed for typed in PLACEHOLDER.findall(self.folded) if typed[0] in kinds]
            if self.typed:
                self.folded = PLACEHOLDER.sub(
                    lambda match: _mask(match) if match[1] in kinds else match[0], self.folded
                )
        return origin

    def find_folded(self, folded: str) -> list[Hit]:
        """The same for text that is folded, with its placeholders masked."""
        self.folded = folded
        low = folded.lower()
        if len(low) != len(folded):
            low = folding.lowered(folded)
        hits = self._short(folded, low) if len(folded) <= WINDOW + OVERLAP else self._long(folded, low)
        if hits:
            hits = self._counted(hits, folded)
        if not hits and self.numbering is not None and self.numbering.has_persons:
            hits = self._persons(folded)  # last, so that a name that is given in full is read as a whole
        again = repeats(folded, hits, self.values) if hits or self.values else ()
        if again:
            hits = settled([*hits, *again])
        # The rest of a word whose beginning is masked is another word.
        if self._names is not None:
            for hit in hits:
                if not stands_alone(folded, hit.start, hit.end):
                    self._names = None
                    break
        return hits

    def _short(self, folded: str, low: str) -> list[Hit]:
        opened, self._sets = self._gate.open(folded, self._sets)
        policy = self.compiled.policy
        page = Page(folded, low, policy.regions, self._names, self.strict)
        hits = found(opened, page)
        self._names = page.names
        return hits

    def _long(self, folded: str, low: str) -> list[Hit]:
        hits = self._gate.long(folded)
        start, end = first_window(folded)
        while True:
            policy = self.compiled.policy
            page = Page(folded[start:end], low[start:end], policy.regions, None, self.strict)
            here = found(self._gate.in_window(page.text), page)
            here = [hit.at(hit.start + start, hit.end + start) for hit in here]
            hits += here if end == len(folded) else [to_its_end(folded, end, hit) for hit in here]
            if end == len(folded):
                return hits
            start, end = next_window(folded, end, here)

    def answering(self, asked: str, text: str) -> list[Hit]:
        """The value that a text is if it answers the question of the turn before."""
        if MASK in self.folded or len(self.folded) != len(text):
            return []
        from privacy.redaction.answers import answers  # as late as the detectors

        return self._counted(list(answers(asked, self.folded)), self.folded)

    def _persons(self, folded: str) -> list[Hit]:
        """Parts of names that another text gave in full."""
        numbering = self.numbering
        words = {word for word in NAME_PART.findall(folded) if stands_for_person(word)} if numbering else ()
        known = {
            word: Hit(0, 0, SHORT_RANK, PERSON, "name_again") for word in words if numbering and numbering.knows(word)
        }
        if not known or PERSON in self.compiled.off:
            return []
        found: list[Hit] = []
        for hit in settled(repeats(folded, [], known)):
            if found and folded[found[-1].end : hit.start] == " ":
                found[-1] = hit.at(found[-1].start, hit.end)  # both parts of one name
            else:
                found.append(hit)
        return [hit for hit in found if self._wanted(hit, folded)]

    def _counted(self, hits: list[Hit], folded: str) -> list[Hit]:
        """Hits without overlaps, without those that the policy allows, and without what is masked."""
        if len(hits) > 1:
            hits = settled(hits)
        if self.compiled.off or self.compiled.allow:
            hits = [hit for hit in hits if self._wanted(hit, folded)]
        if MASK in folded:
            hits = [part for hit in hits for part in around_masks(hit, folded)]
        return hits

    def _wanted(self, hit: Hit, folded: str) -> bool:
        if hit.type in self.compiled.off:
            return False
        return " ".join(folded[hit.start : hit.end].casefold().split()) not in self.compiled.allow


def found(detectors: Iterable[Detector], page: Page) -> list[Hit]:
    """What the detectors find on a page. If one fails, the whole text fails."""
    hits: list[Hit] = []
    for detector in detectors:
        try:
            hits += detector.find(page)
        except Exception as error:  # noqa: BLE001 - whatever fails, nothing is returned unredacted
            # The error's message may quote the input, so neither it nor its traceback is passed on.
            raise RedactionError(f"detector {detector.name} failed: {type(error).__name__}") from None
    return hits


def _mask(match: re.Match[str]) -> str:
    return MASK * len(match.group())


def around_masks(hit: Hit, folded: str) -> Iterable[Hit]:
    """The parts of a hit that lie outside the placeholders within it."""
    value = folded[hit.start : hit.end]
    if MASK not in value:
        yield hit
        return
    for part in UNMASKED.finditer(value):
        yield hit.at(hit.start + part.start(), hit.start + part.end())


def replaced(text: str, hits: list[Hit], look: Look, numbering: Numbering | None) -> Redacted:
    """Replace hits and look again, until a look finds nothing. Spans point into the text that was given."""
    if not hits:
        return wrap(text)
    numbering = Numbering.of_one_text() if numbering is None else numbering
    for kind, number in look.typed:
        numbering.reserve(kind, int(number))
    current, masked = applied(text, hits, numbering, look.folded if look.apart else "")
    later = look.find_folded(masked) if masked else look.find(current)
    if not later:
        return wrap(current, tuple([Span(hit.start, hit.end, hit.type, hit.rule) for hit in hits]))
    return _settled_later(current, hits, later, look, numbering, len(text))


def _settled_later(
    current: str, first: list[Hit], hits: list[Hit], look: Look, numbering: Numbering, length: int
) -> Redacted:
    """The further rounds: they find what the replaced values had hidden."""
    spans = [Span(hit.start, hit.end, hit.type, hit.rule) for hit in first]
    pieces = Pieces.after([(hit.start, hit.end) for hit in first], placeholder_lengths(current, first), length)
    for turn in range(MAX_ROUNDS):
        # Each placeholder removes words that showed the language. Without languages, the rounds come to an end.
        look.strict = look.strict or turn >= PATIENCE
        spans += [Span(*pieces.span(hit.start, hit.end), hit.type, hit.rule) for hit in hits]
        before = current
        current, _ = applied(current, hits, numbering, "")
        pieces = pieces.cut([(hit.start, hit.end) for hit in hits], placeholder_lengths(current, hits), len(before))
        hits = look.find(current)
        if not hits:
            return wrap(current, tuple(sorted(spans)))
    raise RedactionError(f"redaction did not settle in {MAX_ROUNDS} rounds")


class Pieces(NamedTuple):
    """Kept stretches of the input: where each begins in the text as it is now, and where it began in the input.

    So later rounds can tell the places in the input.
    """

    starts: list[int]
    origins: list[int]

    @classmethod
    def after(cls, replaced: Sequence[tuple[int, int]], sizes: Sequence[int], length: int) -> "Pieces":
        """The pieces of an input of `length` after `replaced` stretches of it became placeholders of these sizes."""
        return cls([0], [0]).cut(replaced, sizes, length)

    def cut(self, replaced: Sequence[tuple[int, int]], sizes: Sequence[int], length: int) -> "Pieces":
        """The pieces after further stretches, of the text as it is now, became placeholders."""
        starts: list[int] = []
        origins: list[int] = []
        at = shift = 0
        for (start, end), size in [*zip(replaced, sizes, strict=True), ((length, length), 0)]:
            if start > at:
                starts.append(at + shift)
                origins.append(self.origin(at))
                inner = slice(bisect_right(self.starts, at), bisect_left(self.starts, start))
                starts += [begin + shift for begin in self.starts[inner]]
                origins += self.origins[inner]
            at = end
            shift += size - (end - start)
        return Pieces(starts or [0], origins or [0])

    def origin(self, place: int) -> int:
        """The place in the input of a kept character."""
        index = max(0, bisect_right(self.starts, place) - 1)
        return self.origins[index] + place - self.starts[index]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The stretch of the input of a stretch of the text as it is now."""
        return self.origin(start), self.origin(end - 1) + 1


def placeholder_lengths(current: str, hits: list[Hit]) -> list[int]:
    """The lengths of the placeholders that replace hits in a text."""
    lengths: list[int] = []
    shift = 0
    for hit in hits:
        size = current.index("]", hit.start + shift) + 1 - hit.start - shift
        lengths.append(size)
        shift += size - (hit.end - hit.start)
    return lengths


def applied(current: str, hits: list[Hit], numbering: Numbering, folded: str) -> tuple[str, str]:
    """The new text, and its form for the next round, with the placeholders masked. The latter is made from `folded`,
    the masked form of the old text; it is empty if that has other offsets or is not known.
    """
    made = masked = ""
    at = 0
    for hit in hits:
        value = folded[hit.start : hit.end] if folded else folding.fold(current[hit.start : hit.end]).text
        placeholder = f"[{hit.type}_{numbering.number(hit.type, value)}]"
        made += current[at : hit.start] + placeholder
        masked += folded[at : hit.start] + MASK * len(placeholder)
        at = hit.end
    return made + current[at:], masked + folded[at:] if folded else ""
