"""Graders for answers that are short or must be verbatim: the same text, the same words, the words somewhere
in it.
"""

from __future__ import annotations

import json
import re
import unicodedata
from typing import Final

from curation.gate.graders.grades import CaseView, text_of
from curation.gate.graders.normalisation import normalised, tokens
from privacy.redaction import PLACEHOLDER

Tokens = tuple[str, ...]

ROOM: Final = 30
"""Tokens that an answer may wrap around what it should contain. Beyond that it lists, it does not answer."""
_NEGATORS: Final = frozenset(
    [
        *(
            "not",
            "no",
            "never",
            "isn't",
            "wasn't",
            "aren't",
            "don't",
            "doesn't",
            "nicht",
            "kein",
            "keine",
            "nie",
        ),
        *("pas", "jamais", "ni", "nunca", "non", "без", "не", "不", "非"),
    ]
)
_QUERY: Final = re.compile(
    r"\s*(?:select|insert|update|delete|with|create)\b.*\b(?:from|into|set|table|as)\b", re.I | re.S
)
_CODE_SIGNS: Final = frozenset("{}[]()<>=;_*\\|`$&")
_CODE_SHARE: Final = 0.06
_ALTERNATIVES: Final = frozenset({"or", "oder", "ou"})


def exact(answer: str, expected: str, case: CaseView, /) -> float:
    """1.0 for the same characters (canonical Unicode, space around them aside), else 0.0."""
    return float(unicodedata.normalize("NFC", answer).strip() == unicodedata.normalize("NFC", expected).strip())


def same_words(answer: str, expected: str, case: CaseView, /) -> float:
    """1.0 for the same words, whatever the case, punctuation and layout, else 0.0."""
    return float(normalised(answer) == normalised(expected))


def contains(answer: str, expected: str, case: CaseView, /) -> float:
    """1.0 where the expected words stand together in a short answer: affirmed, not as one of several, and
    without the rejected answer next to them.
    """
    wanted, given = tokens(expected), tokens(answer)
    if not wanted or len(given) > len(wanted) + ROOM:
        return 0.0
    if not any(_affirmed(given, place, len(wanted)) for place in _places(wanted, given)):
        return 0.0
    refused = tokens(text_of(case, "rejected"))
    hedges = refused and not _places(refused, wanted) and _places(refused, given)
    return 0.0 if hedges else 1.0


def _affirmed(given: Tokens, place: int, length: int) -> bool:
    """Say whether the run is neither negated by one of the two tokens before it nor offered as an
    alternative.
    """
    if not _NEGATORS.isdisjoint(given[max(0, place - 2) : place]):
        return False
    beside = {*given[max(0, place - 1) : place], *given[place + length : place + length + 1]}
    return _ALTERNATIVES.isdisjoint(beside)


def _places(part: Tokens, whole: Tokens) -> list[int]:
    """Return where `part` stands in `whole`, token by token: "ice" is not in "price"."""
    last = len(whole) - len(part)
    return [at for at in range(last + 1) if whole[at] == part[0] and whole[at : at + len(part)] == part]


def verbatim(text: str) -> bool:
    """Say whether a text is code, a query or data, where signs matter as much as words."""
    text = PLACEHOLDER.sub("", text).strip()
    if text.startswith("```") or _QUERY.match(text):
        return True
    if text[:1] in ("{", "["):
        try:
            return isinstance(json.loads(text), dict | list)
        except ValueError:
            return False
    return sum(map(text.count, _CODE_SIGNS)) > _CODE_SHARE * len(text)
