"""Where in a text one of many words stands, in linear time. RE2 finds the places; a rule of `re` then reads on from them."""

import re
from collections.abc import Iterator

import re2

UNANCHORED = re2._Anchor.UNANCHORED
LOOKAROUND = re.compile(r"\(\?<?[=!](?:[^()]|\([^()]*\))*\)")


class Anchor:
    """A pattern to find places with. Look-arounds, which RE2 has not, are dropped: the rule that reads on checks them."""

    __slots__ = ("_match", "_text", "pattern")

    def __init__(self, pattern: str) -> None:
        self.pattern = LOOKAROUND.sub("", pattern)
        options = re2.Options()
        options.max_mem = 32 << 20
        options.never_capture = True  # only where a match begins and ends is asked: no slower machine for its groups
        self._text = re2.compile(self.pattern, options)
        self._match = re2.compile(self.pattern.encode(), options)._regexp.Match

    def spans(self, text: str) -> Iterator[tuple[int, int]]:
        """The stretches that match, in order, without overlaps."""
        if not text.isascii():
            for match in self._text.finditer(text):
                yield match.span()
            return
        encoded, length, at = text.encode("ascii"), len(text), 0
        find = self._match  # the wrapper's own iterator makes an object with all its groups for each match
        while at <= length:
            start, end = find(UNANCHORED, encoded, at, length)[0]
            if start < 0:
                return
            yield start, end
            at = max(end, at + 1)

    def anywhere(self, text: str) -> bool:
        """Whether there is such a place."""
        return next(self.spans(text), None) is not None

    def read(self, rule: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
        """What `rule` matches at the places, in order; a place inside the match before it is passed over."""
        reached = 0
        for start, _ in self.spans(text):
            if start >= reached and (match := rule.match(text, start)):
                reached = match.end()
                yield match
