"""Searches bytes for fingerprints. Pure, and a program of its own: `python -m privacy.erasure.byte_scan` < JSON > JSON.

A fingerprint is the keyed hash of twenty bytes that begin where a word does. It finds a text in any file, page or log,
plain or escaped as JSON, and reveals nothing without the key. Over a SQLite database it runs in a separate process: a
process that opens and closes the file itself would drop the locks of its own connections. The program reads for a given
time and says how far it got, so a scan of any size is a series of short steps. Of a SQLite file it can read a few pages
alone, and of those what is not a row.
"""

import contextlib
import hashlib
import json
import re
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from privacy.erasure import pages

WINDOW = 20
SIZE = 8
CHUNK = 4 << 20
OVERLAP = 64
REMEMBERED = 400_000
# Twenty bytes of text after a space, or at a letter of a script that has no spaces between words, raw or escaped. There
# are three patterns, so that the engine can search for each by its first byte.
REST = rb"[\x20\x21\x23-\x7e\x80-\xff]"
WORDS = re.compile(rb" (?=([A-Za-z0-9\[\x80-\xff\\]%b{%d}))" % (REST, WINDOW - 1))
LETTERS = re.compile(rb"([\xe0-\xf4])(?=(%b{%d}))" % (REST, WINDOW - 1))
ESCAPED = re.compile(rb"\\u(?=([0-9a-f]{4}%b{%d}))" % (REST, WINDOW - 6))


@dataclass(frozen=True, slots=True)
class Marker:
    """How windows are hashed: with a secret key, and with a salt so that two requests' fingerprints cannot be compared."""

    key: bytes
    salt: bytes

    def digest(self, window: bytes) -> bytes:
        """The fingerprint of a window."""
        return hashlib.blake2b(window, digest_size=SIZE, key=self.key, salt=self.salt).digest()


def windows(data: bytes) -> set[bytes]:
    found = set(WORDS.findall(data))
    found.update(first + rest for first, rest in LETTERS.findall(data))
    found.update(b"\\u" + rest for rest in ESCAPED.findall(data))
    return found


def fingerprints(text: str, marker: Marker) -> set[bytes]:
    """The fingerprints of a text, plain and escaped as JSON. A text shorter than a window has none."""
    found = {marker.digest(window) for window in windows(b" " + text.encode("utf-8", "surrogatepass"))}
    return found | {marker.digest(window) for window in windows(b" " + json.dumps(text)[1:-1].encode())}


@dataclass(slots=True)
class Finder:
    """Searches for fingerprints. It remembers windows that did not match: the same sentences recur, so only new ones
    are hashed.
    """

    wanted: frozenset[bytes]
    marker: Marker
    _none: set[bytes] = field(default_factory=set)

    def find(self, data: bytes) -> set[bytes]:
        """Which of the wanted fingerprints are in the bytes."""
        if not self.wanted:
            return set()
        begun = hashlib.blake2b(digest_size=SIZE, key=self.marker.key, salt=self.marker.salt)
        fresh, hits = windows(data) - self._none, set[bytes]()
        for window in fresh:
            state = begun.copy()  # a third cheaper than creating one with the key
            state.update(window)
            if (digest := state.digest()) in self.wanted:
                hits.add(digest)
        if not hits:
            if len(self._none) > REMEMBERED:
                self._none.clear()
            self._none |= fresh
        return hits


@dataclass(slots=True)
class Read:
    """What a step read and found: the fingerprints by file, and where the next step begins; None when all was read."""

    files: int = 0
    bytes: int = 0
    hits: dict[str, list[str]] = field(default_factory=dict)
    next: tuple[str, int] | None = None


Pages = Mapping[str, list[list[int]]]
"""For a SQLite file of which only some pages are read, their numbers as ranges."""


def scan(
    paths: Sequence[str], finder: Finder, begin: int = 0, seconds: float = float("inf"), only: Pages | None = None
) -> Read:
    """Read the files, the first from byte `begin` on, for about this long. A missing file is clean."""
    done, end = Read(), time.monotonic() + seconds
    for place, path in enumerate(paths):
        reached, size = begin, length(path)  # anything appended from now on, such as this scan's own notes, is new
        parts = pieces(path, finder, begin)
        if only and path in only:
            parts = single_pages(path, finder, begin, only[path])
        for reached, read, hits in parts:
            done.bytes += read
            if hits:
                done.hits[path] = sorted({*done.hits.get(path, []), *(digest.hex() for digest in hits)})
            if reached >= size:
                break
            if time.monotonic() > end:
                done.next = path, reached
                return done
        done.files, begin = done.files + 1, 0
        if time.monotonic() > end and place + 1 < len(paths):
            done.next = paths[place + 1], 0
            return done
    return done


def length(path: str) -> int:
    """The file's length; 0 if it is missing."""
    with contextlib.suppress(FileNotFoundError):
        return Path(path).stat().st_size
    return 0


def pieces(path: str, finder: Finder, begin: int) -> Iterator[tuple[int, int, set[bytes]]]:
    """For each piece of the file, the offset where it ends, its length and the fingerprints in it."""
    with contextlib.suppress(FileNotFoundError), Path(path).open("rb") as file:
        file.seek(max(0, begin - OVERLAP))  # a window may straddle the end of the previous step
        reached, tail = file.tell(), b""
        while piece := file.read(CHUNK):
            before, reached = max(reached, begin), reached + len(piece)
            if reached > begin:  # otherwise only the overlap is left: the previous step reached the end
                yield reached, reached - before, finder.find(tail + piece)
            tail = piece[-OVERLAP:]


def single_pages(
    path: str, finder: Finder, begin: int, ranges: list[list[int]]
) -> Iterator[tuple[int, int, set[bytes]]]:
    """The same for these pages of a SQLite file, each without its rows."""
    with contextlib.suppress(FileNotFoundError), Path(path).open("rb") as file:
        for reached, unused in pages.unused(file, ranges, begin):
            yield reached, len(unused), finder.find(unused)


def unpacked(data: bytes) -> frozenset[bytes]:
    """The fingerprints in a row's column."""
    return frozenset(data[start : start + SIZE] for start in range(0, len(data), SIZE))


def main() -> None:
    asked: dict[str, Any] = json.load(sys.stdin)
    marker = Marker(bytes.fromhex(asked["key"]), bytes.fromhex(asked["salt"]))
    finder = Finder(frozenset(map(bytes.fromhex, asked["wanted"])), marker)
    done = scan(asked["paths"], finder, asked["begin"], asked["seconds"], asked["pages"])
    json.dump({"files": done.files, "bytes": done.bytes, "hits": done.hits, "next": done.next}, sys.stdout)


if __name__ == "__main__":
    main()
