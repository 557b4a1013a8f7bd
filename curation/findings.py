"""Findings by record, packed: there may be a million records, and few different findings."""

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence

from curation.records import Finding


class Findings(Mapping[int, Finding]):
    """Why records are left out, by their keys. `keys` are in order; of each, `codes` has 0 for nothing, or which of `found`
    it is, counted from 1.
    """

    def __init__(self, keys: Sequence[int], codes: Sequence[int], found: Sequence[Finding]) -> None:
        self._keys, self._codes, self._found = keys, codes, found

    def __getitem__(self, key: int) -> Finding:
        place = bisect_left(self._keys, key)
        if place < len(self._keys) and self._keys[place] == key and (code := self._codes[place]):
            return self._found[code - 1]
        raise KeyError(key)

    def __iter__(self) -> Iterator[int]:
        return (key for key, code in zip(self._keys, self._codes, strict=True) if code)

    def __len__(self) -> int:
        return len(self._codes) - self._codes.count(0)
