"""Where in a text one of many words stands, in linear time. RE2 finds the places; a rule of `re` then reads on from them."""

import re
from collections.abc import Iterator

import re2

LOOKAROUND = re.compile(r"\(\?<?[=!](?:[^()]|\([^()]*\))*\)")


class Anchor:
    """A pattern to find places with. Look-arounds, which RE2 has not, are dropped: the rule that reads on checks them."""

    __slots__ = ("_bytes", "_text", "pattern")

    def __init__(self, pattern: str) -> None:
        self.pattern = LOOKAROUND.sub("", pattern)
        options = re2.Options()
        options.max_mem = 32 << 20
        self._text = re2.compile(self.pattern, options)
        self._bytes = re2.compile(self.pattern.encode(), options)

    def spans(self, text: str) -> Iterator[tuple[int, int]]:
        """The stretches that match, in order, without overlaps."""
        if text.isascii():
            for match in self._bytes.finditer(text.encode("ascii")):
                yield match.span()
        else:
            for match in self._text.finditer(text):
                yield match.span()

    def read(self, rule: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
        """What `rule` matches at the places, in order; a place inside the match before it is passed over."""
        reached = 0
        for start, _ in self.spans(text):
            if start >= reached and (match := rule.match(text, start)):
                reached = match.end()
                yield match
