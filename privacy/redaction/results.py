"""What the redactor returns: text that only it can make, and the places where it found something."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

MAX_DEPTH = 64


class RedactionError(ValueError):
    """Text could not be redacted, or a rule is not fit for use. Names the place, never the text."""


class Span(NamedTuple):
    """A stretch of the input that was replaced: `[start, end)` in code points, the type, and the rule that fired."""

    start: int
    end: int
    type: str
    rule: str


class Redacted(str):
    """Text that went through the redactor. A plain `str` to everybody who reads it; what is derived from it is plain.

    There is no public constructor: `redact` makes it, and `stored` wraps what the database gives back.
    """

    __slots__ = ("_spans",)
    _spans: tuple[Span, ...]

    def __new__(cls, *args: object, **kwargs: object) -> "Redacted":
        raise TypeError("only the redactor makes Redacted text: call redact(), or Redacted.stored() on what was saved")

    @classmethod
    def stored(cls, text: str) -> "Redacted":
        """Text read back from where only redacted text is written. It carries no spans."""
        return wrap(str(text))

    @property
    def spans(self) -> tuple[Span, ...]:
        """What was replaced, in order, by its place in the input."""
        return self._spans

    @property
    def findings(self) -> Mapping[str, int]:
        """How many stretches were replaced, by type."""
        return tally(self._spans)

    def __reduce__(self) -> tuple[Callable[..., "Redacted"], tuple[str, tuple[Span, ...]]]:
        return wrap, (str(self), self._spans)

    def __copy__(self) -> "Redacted":
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> "Redacted":
        return self


def wrap(text: str, spans: tuple[Span, ...] = ()) -> Redacted:
    """The redactor's own way to make `Redacted`; nobody else calls it."""
    made = str.__new__(Redacted, text)
    made._spans = spans
    return made


class RedactedJSON(NamedTuple):
    """A JSON structure in which every string, keys too, is `Redacted`, and how much was replaced in it, by type."""

    value: Any
    findings: Mapping[str, int]


def tally(spans: tuple[Span, ...]) -> dict[str, int]:
    """How many spans there are of each type."""
    counts: dict[str, int] = {}
    for span in spans:
        counts[span.type] = counts.get(span.type, 0) + 1
    return counts


def is_redacted(value: Any) -> bool:
    """Whether every string in a structure, keys too and at any depth, went through the redactor.

    A structure deeper than `MAX_DEPTH`, or one that holds anything but JSON, is not.
    """
    level = [value]
    for _ in range(MAX_DEPTH + 2):
        below: list[Any] = []
        for item in level:
            if isinstance(item, dict):
                below.extend(item.keys())
                below.extend(item.values())
            elif isinstance(item, (list, tuple)):
                below.extend(item)
            elif not isinstance(item, (Redacted, int, float)) and item is not None:
                return False
        if not below:
            return True
        level = below
    return False
