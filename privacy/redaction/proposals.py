"""What a project may want on its allow list: what was replaced in most of its texts, before anything of them is stored.

A name that stands in a tenth of a shop's conversations is more often a lamp than a person. Values are shown to whoever runs
the command, once, and kept nowhere.
"""

from collections import Counter
from collections.abc import Iterable
from typing import Final, NamedTuple

from privacy.redaction.engine import redact
from privacy.redaction.policy import DEFAULT_POLICY, Policy

TYPES: Final = frozenset(
    {"PERSON", "ADDRESS", "USERNAME", "PHONE", "ACCOUNT"}
)  # never secrets, cards or identity numbers
LEAST: Final = 3


class Proposal(NamedTuple):
    """A value, its type, and the number of texts in which it was replaced."""

    value: str
    type: str
    texts: int


def proposals(texts: Iterable[str], policy: Policy = DEFAULT_POLICY, least: int = LEAST) -> list[Proposal]:
    """What was replaced in at least so many texts, the most frequent first."""
    counts: Counter[tuple[str, str]] = Counter()
    for text in texts:
        made = redact(text, policy)
        counts.update(
            {(text[span.start : span.end].casefold(), span.type) for span in made.spans if span.type in TYPES}
        )
    return [Proposal(value, kind, count) for (value, kind), count in counts.most_common() if count >= least]
