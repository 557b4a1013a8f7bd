"""From text to redacted text: fold, find, settle, number, replace, and look again until nothing is found.

The last look makes redaction idempotent by construction: what is returned is text in which the same finder finds nothing.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence

from privacy.redaction import folding
from privacy.redaction.gates import DIGIT, Gate, gate
from privacy.redaction.hits import Detector, Hit, Page, settled
from privacy.redaction.numbering import PLACEHOLDER, Numbering
from privacy.redaction.policy import DEFAULT_POLICY, CompiledPolicy, Policy, compile_policy
from privacy.redaction.repeats import repeats
from privacy.redaction.results import Redacted, RedactionError, Span, wrap

WINDOW = 8_192  # characters that are read at once; longer text is read in windows
OVERLAP = 1_024  # the context that neighbouring windows share; longer than every pattern but a PEM block
MAX_ROUNDS = 12
MASK = "\x00"  # stands for the characters of a placeholder: no pattern matches it
UNMASKED = re.compile(r"[^\x00\s][^\x00]*[^\x00\s]|[^\x00\s]")
BREAK = re.compile(r"\s\S*\Z")

Piece = tuple[int, int, int]  # start in the current text, start in the input, length


def redact(text: str, policy: Policy = DEFAULT_POLICY, numbering: Numbering | None = None) -> Redacted:
    """The text with every finding replaced by a placeholder `[TYPE_n]`.

    `numbering` carries the numbers from field to field of one interaction; without it they start at 1. Placeholders that
    already stand in the text stay. Raises `RedactionError` where a detector fails: text is never returned half redacted.
    """
    if len(text) < 3:
        return wrap(text)
    compiled = compile_policy(policy)
    look = Look(compiled)
    hits = look.find(text)
    return replaced(text, hits, look, numbering) if hits else wrap(text)


class Look:
    """The finder, for one text and what becomes of it: later rounds need only the detectors that the first one opened."""

    __slots__ = ("_gate", "_opened", "compiled")

    def __init__(self, compiled: CompiledPolicy) -> None:
        self.compiled = compiled
        self._gate: Gate = gate(compiled)
        self._opened: tuple[Detector, ...] | None = None

    def find(self, text: str) -> list[Hit]:
        """The stretches of a text that are to be replaced, in order, without overlaps, as offsets into it."""
        origin: Sequence[int] | None = None
        if text.isascii():
            folded = text
        else:
            folded, origin = folding.fold(text)
        if "[" in folded:
            folded = PLACEHOLDER.sub(_mask, folded)
        low = folded.lower()
        if len(low) != len(folded):
            low = folding.lowered(folded)
        hits = self._short(folded, low) if len(folded) <= WINDOW + OVERLAP else self._long(folded, low)
        if not hits:
            return hits
        hits = self._counted(hits, folded)
        if origin is None:
            return hits
        return [hit._replace(start=origin[hit.start], end=origin[hit.end - 1] + 1) for hit in hits]

    def _short(self, folded: str, low: str) -> list[Hit]:
        opened = self._opened
        if opened is None:
            opened = self._opened = self._gate.open(folded)
        elif DIGIT.search(folded) is None:
            # Masking only takes away, so that no gate opens in a later round which was shut in the first.
            opened = tuple(detector for detector in opened if not detector.digit)
        return found(opened, Page(folded, low, self.compiled.policy.regions))

    def _long(self, folded: str, low: str) -> list[Hit]:
        hits = self._gate.long(folded)
        for start, end in windows(folded):
            page = Page(folded[start:end], low[start:end], self.compiled.policy.regions)
            here = found(self._gate.open(page.text), page)
            hits += [Hit(hit[0] + start, hit[1] + start, *hit[2:]) for hit in here]
        return hits

    def _counted(self, hits: list[Hit], folded: str) -> list[Hit]:
        """Hits settled, without those that the policy lets pass, with the other places of what was found."""
        hits = settled(hits)
        if self.compiled.off or self.compiled.allow:
            hits = [hit for hit in hits if self._wanted(hit, folded)]
        if MASK in folded:
            hits = [part for hit in hits for part in around_masks(hit, folded)]
        again = repeats(folded, hits) if hits else []
        return settled(hits + again) if again else hits

    def _wanted(self, hit: Hit, folded: str) -> bool:
        if hit.type in self.compiled.off:
            return False
        return " ".join(folded[hit.start : hit.end].casefold().split()) not in self.compiled.allow


def found(detectors: Iterable[Detector], page: Page) -> list[Hit]:
    """What detectors find on a page; a detector that fails takes the whole text with it."""
    hits: list[Hit] = []
    for detector in detectors:
        try:
            hits += detector.find(page)
        except Exception as error:
            # The error's own text may quote the input, so that neither it nor its trace goes any further.
            raise RedactionError(f"detector {detector.name} failed: {type(error).__name__}") from None
    return hits


def _mask(match: re.Match[str]) -> str:
    return MASK * len(match.group())


def around_masks(hit: Hit, folded: str) -> Iterable[Hit]:
    """The parts of a hit outside the placeholders that it reaches over."""
    value = folded[hit.start : hit.end]
    if MASK not in value:
        yield hit
        return
    for part in UNMASKED.finditer(value):
        yield hit._replace(start=hit.start + part.start(), end=hit.start + part.end())


def windows(text: str) -> Iterable[tuple[int, int]]:
    """Stretches that cover a text and overlap by about `OVERLAP`, cut at white space where there is any."""
    start, length = 0, len(text)
    while True:
        end = min(start + WINDOW + OVERLAP, length)
        if end < length:
            blank = BREAK.search(text, end - 128, end)
            end = blank.start() if blank else end
        yield start, end
        if end == length:
            return
        begin = end - OVERLAP
        blank = BREAK.search(text, begin - 128, begin)
        start = blank.start() if blank else begin


def replaced(text: str, hits: list[Hit], look: Look, numbering: Numbering | None) -> Redacted:
    """Replace hits and look again, until a look finds nothing. Spans point into the text that was given."""
    numbering = Numbering.of_one_text() if numbering is None else numbering
    if "[" in text or not text.isascii():
        for match in PLACEHOLDER.finditer(folding.fold(text).text):
            if match.group(1) in look.compiled.kinds:
                numbering.reserve(match.group(1), int(match.group(2)))
    current, pieces = text, [(0, 0, len(text))]
    spans: list[Span] = []
    for _ in range(MAX_ROUNDS):
        current, pieces, made = applied(current, hits, pieces, numbering)
        spans += made
        hits = look.find(current)
        if not hits:
            return wrap(current, tuple(spans if len(pieces) == len(spans) + 1 else sorted(spans)))
    raise RedactionError(f"redaction did not settle in {MAX_ROUNDS} rounds")


def applied(
    current: str, hits: list[Hit], pieces: list[Piece], numbering: Numbering
) -> tuple[str, list[Piece], list[Span]]:
    """One round: the new text, which of its stretches are kept input, and the spans as offsets into the input."""
    parts: list[str] = []
    kept: list[Piece] = []
    spans: list[Span] = []
    at = length = 0
    for hit in hits:
        start, end, _, kind, rule = hit
        value = current[start:end]
        number = numbering.number(kind, value if value.isascii() else folding.fold(value).text)
        placeholder = f"[{kind}_{number}]"
        carry(pieces, at, start, length, kept)
        parts += (current[at:start], placeholder)
        length += start - at + len(placeholder)
        at = end
        spans.append(Span(placed(pieces, start), placed(pieces, end - 1) + 1, kind, rule))
    carry(pieces, at, len(current), length, kept)
    parts.append(current[at:])
    return "".join(parts), kept, spans


def carry(pieces: list[Piece], start: int, end: int, length: int, kept: list[Piece]) -> None:
    """Note the pieces of input in `[start, end)` of the old text, which begins at `length` in the new one."""
    if len(pieces) == 1:
        kept.append((length, pieces[0][1] + start - pieces[0][0], end - start))
        return
    for place in range(max(0, bisect_right(pieces, start, key=_begin) - 1), len(pieces)):
        begin, source, size = pieces[place]
        if begin >= end:
            return
        low, high = max(begin, start), min(begin + size, end)
        if low < high:
            kept.append((length + low - start, source + low - begin, high - low))


def placed(pieces: list[Piece], place: int) -> int:
    """The place in the input of a kept character."""
    piece = pieces[0] if len(pieces) == 1 else pieces[bisect_right(pieces, place, key=_begin) - 1]
    return piece[1] + place - piece[0]


def _begin(piece: Piece) -> int:
    return piece[0]
