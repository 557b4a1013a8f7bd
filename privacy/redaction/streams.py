"""The redactor as a filter of JSON Lines: `{"text"}` in, `{"text", "spans"}` out."""

import json
from collections.abc import Iterable, Iterator

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
