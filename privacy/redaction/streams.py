"""The redactor as a filter of JSON Lines: `{"text"}` in, `{"text", "spans"}` out; and what it replaced most often."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from privacy.redaction.engine import redact
from privacy.redaction.policy import DEFAULT_POLICY, Policy
from privacy.redaction.results import RedactionError


def filter_lines(lines: Iterable[str], policy: Policy = DEFAULT_POLICY) -> Iterator[str]:
    """One line out for each line in, in order: the redacted text, and the spans as offsets into what came in.

    Every line is an interaction of its own, so that numbers start at 1 in each. A line that is no object with a text
    raises `RedactionError` with its number.
    """
    for text in read_texts(lines):
        redacted = redact(text, policy)
        spans = [{"start": span.start, "end": span.end, "type": span.type} for span in redacted.spans]
        yield json.dumps({"text": str(redacted), "spans": spans}, ensure_ascii=False)


def read_texts(lines: Iterable[str]) -> Iterator[str]:
    """The texts of JSON Lines. A line that is no object with a text raises `RedactionError` with its number."""
    for number, line in enumerate(lines, start=1):
        try:
            text = json.loads(line)["text"]
        except (ValueError, TypeError, KeyError):
            raise RedactionError(f"line {number} is not an object with a text") from None
        if not isinstance(text, str):
            raise RedactionError(f"line {number} is not an object with a text")
        yield text


PROPOSED: Final = frozenset(
    {"PERSON", "ADDRESS", "USERNAME", "PHONE", "ACCOUNT"}
)  # never secrets, cards or identity numbers
LEAST: Final = 3


class Proposal(NamedTuple):
    """A value, its type, and the number of texts in which it was replaced."""

    value: str
    type: str
    texts: int


def proposals(texts: Iterable[str], policy: Policy = DEFAULT_POLICY, least: int = LEAST) -> list[Proposal]:
    """What was replaced in at least so many texts, the most frequent first: what a project may want on its allow list.

    A name in a tenth of a shop's conversations is more often a lamp than a person. Values are shown to whoever runs the
    command, once, and kept nowhere.
    """
    counts: Counter[tuple[str, str]] = Counter()
    for text in texts:
        made = redact(text, policy)
        counts.update(
            {(text[span.start : span.end].casefold(), span.type) for span in made.spans if span.type in PROPOSED}
        )
    return [Proposal(value, kind, count) for (value, kind), count in counts.most_common() if count >= least]
