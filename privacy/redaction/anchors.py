"""Finds where one of many words occurs in a text, in linear time: RE2 finds the places, and a rule in `re` reads on
there.
"""

import re
from typing import Final

import re2

UNANCHORED: Final = re2._Anchor.UNANCHORED
BLANK: Final = r"[\s\v\x1c-\x1f\x85]"  # what `re` takes for white space, where RE2's `\s` is less
LOOKAROUND: Final = re.compile(r"\(\?<?[=!](?:[^()]|\([^()]*\))*\)")


class Anchor:
    """A pattern to find places with. Look-arounds, which RE2 has not, are dropped: the rule that reads on checks them."""

    __slots__ = ("_match", "_word", "pattern")

    def __init__(self, pattern: str) -> None:
        self.pattern = LOOKAROUND.sub("", pattern)
        self._word = self.pattern.removeprefix("(?i)").startswith(r"\b")
        options = re2.Options()
        options.max_mem = 32 << 20
        options.never_capture = True  # only where a match begins and ends is asked: no slower machine for its groups
        self._match = re2.compile(self.pattern.encode(), options)._regexp.Match

    def spans(self, text: str) -> list[tuple[int, int]]:
        """The stretches that match, in order, without overlaps."""
        found: list[tuple[int, int]] = []
        encoded = text.encode("utf-8")
        length, at = len(encoded), 0
        find = self._match  # the wrapper's own iterator makes an object with all its groups for each match
        while at <= length:
            start, end = find(UNANCHORED, encoded, at, length)[0]
            if start < 0:
                break
            found.append((start, end))
            at = max(end, at + 1)
        if length == len(text) or not found:
            return found
        found = in_characters(encoded, found)
        return [span for span in found if begins_word(text, span[0])] if self._word else found

    def anywhere(self, text: str) -> bool:
        """Whether there is such a place."""
        encoded = text.encode("utf-8", "replace")
        start: int = self._match(UNANCHORED, encoded, 0, len(encoded))[0][0]
        return start >= 0

    def read(self, rule: re.Pattern[str], text: str) -> list[re.Match[str]]:
        """What `rule` matches at the places, in order; a place inside the previous match is skipped."""
        return matches(rule, text, [start for start, _ in self.spans(text)])


def begins_word(text: str, start: int) -> bool:
    """Whether no letter comes before a place; RE2's `\\b` does not know those beyond ASCII, and begins a word behind `ü`."""
    return start == 0 or not "\x7f" < text[start - 1] < "\u2e80" or not text[start - 1].isalnum()


LATIN_END: Final = "\u0370"  # Greek begins here, and all other scripts come later
OTHER_SCRIPT: Final = re.compile("[\u0370-\u1fff\u2c00-\U0010ffff]")


def ascii_part(pattern: str, end: str = "\x80") -> str:
    """Those alternatives of a pattern that can match a text in ASCII, or one whose characters are below `end`."""
    parts, depth, begin = [], 0, 0
    for place, sign in enumerate(pattern + "|"):
        if sign == "|" and depth == 0:
            parts.append(pattern[begin:place])
            begin = place + 1
        depth += (sign in "([") - (sign in ")]")
    return "|".join(part for part in parts if all(sign < end for sign in part))


def in_characters(encoded: bytes, spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Stretches of encoded text as stretches of the text."""
    found: list[tuple[int, int]] = []
    place = characters = 0
    for start, end in spans:
        begin = characters + len(encoded[place:start].decode("utf-8"))
        characters, place = begin + len(encoded[start:end].decode("utf-8")), end
        found.append((begin, characters))
    return found


def matches(rule: re.Pattern[str], text: str, starts: list[int]) -> list[re.Match[str]]:
    """What a rule matches at places that are in order; a place inside the previous match is skipped."""
    found: list[re.Match[str]] = []
    reached = 0
    for start in starts:
        if start >= reached and (match := rule.match(text, start)):
            reached = match.end()
            found.append(match)
    return found


def places(text: str, sign: str) -> list[int]:
    """The places of a sign, in order."""
    found: list[int] = []
    at = text.find(sign)
    while at >= 0:
        found.append(at)
        at = text.find(sign, at + 1)
    return found
