"""From text to redacted text: fold, find, settle, number, replace, and look again until nothing is found.

The last look makes redaction idempotent by construction: what is returned is text in which the same finder finds nothing.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence

from privacy.redaction import folding
from privacy.redaction.gates import Gate, gate
from privacy.redaction.hits import Hit, Page, settled
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
    return replaced(text, find(text, compiled), compiled, Numbering() if numbering is None else numbering)


def find(text: str, compiled: CompiledPolicy) -> list[Hit]:
    """The stretches of a text that are to be replaced, in order, without overlaps, as offsets into it."""
    folded = text if text.isascii() else None
    origin: Sequence[int] | None = None
    if folded is None:
        folded, origin = folding.fold(text)
    if "[" in folded:
        folded = PLACEHOLDER.sub(lambda match: MASK * len(match.group()), folded)
    low = folded.lower() if origin is None and folded.isascii() else folding.lowered(folded)
    chosen = gate(compiled)
    length = len(folded)
    if length <= WINDOW + OVERLAP:
        hits = _hits(Page(folded, low, compiled.policy.regions), chosen)
    else:
        hits = []
        for start, end in windows(folded):
            page = Page(folded[start:end], low[start:end], compiled.policy.regions)
            hits += [hit._replace(start=hit.start + start, end=hit.end + start) for hit in _hits(page, chosen)]
        hits += chosen.long(folded)
    if not hits:
        return hits
    hits = [hit for hit in settled(hits) if _counts(hit, folded, compiled)]
    if MASK in folded:
        hits = [part for hit in hits for part in _around_masks(hit, folded)]
    hits = settled(hits + repeats(folded, hits)) if hits else hits
    if origin is None:
        return hits
    return [hit._replace(start=origin[hit.start], end=origin[hit.end - 1] + 1) for hit in hits]


def _hits(page: Page, chosen: Gate) -> list[Hit]:
    hits: list[Hit] = []
    for detector in chosen.open(page.text):
        try:
            hits += detector.find(page)
        except Exception as error:
            # The error's own text may quote the input, so that neither it nor its trace goes any further.
            raise RedactionError(f"detector {detector.name} failed: {type(error).__name__}") from None
    return hits


def _counts(hit: Hit, folded: str, compiled: CompiledPolicy) -> bool:
    if hit.type in compiled.off:
        return False
    return not compiled.allow or " ".join(folded[hit.start : hit.end].casefold().split()) not in compiled.allow


def _around_masks(hit: Hit, folded: str) -> Iterable[Hit]:
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


def replaced(text: str, hits: list[Hit], compiled: CompiledPolicy, numbering: Numbering) -> Redacted:
    """Replace hits and look again, until a look finds nothing. Spans point into the text that was given."""
    if not hits:
        return wrap(text)
    if "[" in text:
        for match in PLACEHOLDER.finditer(folding.fold(text).text):
            if match.group(1) in compiled.kinds:
                numbering.reserve(match.group(1), int(match.group(2)))
    current, pieces, spans = text, [(0, 0, len(text))], []
    for _ in range(MAX_ROUNDS):
        current, pieces, made = _applied(current, hits, pieces, numbering)
        spans += made
        hits = find(current, compiled)
        if not hits:
            return wrap(current, tuple(sorted(spans)))
    raise RedactionError(f"redaction did not settle in {MAX_ROUNDS} rounds")


def _applied(
    current: str, hits: list[Hit], pieces: list[Piece], numbering: Numbering
) -> tuple[str, list[Piece], list[Span]]:
    """One round: the new text, which of its stretches are kept input, and the spans as offsets into the input."""
    starts = [piece[0] for piece in pieces] if len(pieces) > 1 else None
    parts: list[str] = []
    kept: list[Piece] = []
    spans: list[Span] = []
    at = length = 0

    def keep(until: int) -> int:
        """Carry over what lies between the last hit and the next, piece by piece."""
        parts.append(current[at:until])
        if starts is None:
            kept.append((length, at, until - at))
        else:
            for place in range(max(0, bisect_right(starts, at) - 1), len(pieces)):
                begin, source, size = pieces[place]
                if begin >= until:
                    break
                low, high = max(begin, at), min(begin + size, until)
                if low < high:
                    kept.append((length + low - at, source + low - begin, high - low))
        return until - at

    for hit in hits:
        length += keep(hit.start)
        value = current[hit.start : hit.end]
        placeholder = f"[{hit.type}_{numbering.number(hit.type, folding.fold(value).text)}]"
        parts.append(placeholder)
        length += len(placeholder)
        at = hit.end
        if starts is None:
            spans.append(Span(hit.start, hit.end, hit.type, hit.rule))
        else:
            begin, source, _ = pieces[bisect_right(starts, hit.start) - 1]
            last, last_source, _ = pieces[bisect_right(starts, hit.end - 1) - 1]
            spans.append(Span(source + hit.start - begin, last_source + hit.end - last, hit.type, hit.rule))
    keep(len(current))
    return "".join(parts), kept, spans
