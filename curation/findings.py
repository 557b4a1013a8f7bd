"""Findings by record, packed: there may be a million records, and few different findings."""

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence

from curation.records import Finding


class Findings(Mapping[int, Finding]):
    """Why records are left out, by their keys. `records` are those keys in order; of each, `codes` has 0 for nothing, or
    which of `found` it is, counted from 1.
    """

    def __init__(self, records: Sequence[int], codes: Sequence[int], found: Sequence[Finding]) -> None:
        self.records, self.codes, self.found = records, codes, found

    def __getitem__(self, key: int) -> Finding:
        place = place_of(key, self.records)
        if place is not None and (code := self.codes[place]):
            return self.found[code - 1]
        raise KeyError(key)

    def __iter__(self) -> Iterator[int]:
        return (key for key, code in zip(self.records, self.codes, strict=True) if code)

    def __len__(self) -> int:
        return len(self.codes) - self.codes.count(0)


def place_of(key: int, records: Sequence[int]) -> int | None:
    """Where a key is among these, which are in order."""
    place = bisect_left(records, key)
    return place if place < len(records) and records[place] == key else None
