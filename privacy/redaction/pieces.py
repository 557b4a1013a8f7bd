"""Where the characters of a partly redacted text came from, so that later rounds can tell the places in the input."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import NamedTuple

Stretch = tuple[int, int]


class Pieces(NamedTuple):
    """Kept stretches of the input: where each begins in the text as it is now, and where it began in the input."""

    starts: list[int]
    origins: list[int]

    @classmethod
    def after(cls, replaced: Sequence[Stretch], sizes: Sequence[int], length: int) -> "Pieces":
        """The pieces of an input of `length` after `replaced` stretches of it became placeholders of these sizes."""
        return cls([0], [0]).cut(replaced, sizes, length)

    def cut(self, replaced: Sequence[Stretch], sizes: Sequence[int], length: int) -> "Pieces":
        """The pieces after further stretches, of the text as it is now, became placeholders."""
        starts: list[int] = []
        origins: list[int] = []
        at = shift = 0
        for (start, end), size in [*zip(replaced, sizes, strict=True), ((length, length), 0)]:
            if start > at:
                starts.append(at + shift)
                origins.append(self.origin(at))
                inner = slice(bisect_right(self.starts, at), bisect_left(self.starts, start))
                starts += [begin + shift for begin in self.starts[inner]]
                origins += self.origins[inner]
            at = end
            shift += size - (end - start)
        return Pieces(starts or [0], origins or [0])

    def origin(self, place: int) -> int:
        """The place in the input of a kept character."""
        index = max(0, bisect_right(self.starts, place) - 1)
        return self.origins[index] + place - self.starts[index]

    def span(self, start: int, end: int) -> Stretch:
        """The stretch of the input of a stretch of the text as it is now."""
        return self.origin(start), self.origin(end - 1) + 1
