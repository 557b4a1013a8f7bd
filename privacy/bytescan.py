"""Whether fingerprints occur in bytes. Pure, and a program of its own: `python -m privacy.bytescan` < JSON > JSON.

A fingerprint is the keyed hash of twenty bytes that begin where a word does. It finds a text again in any file, page or
log that holds it, plain or escaped as JSON, and says nothing to whoever lacks the key. It runs as a process of its own
over a SQLite database: a process that opens and closes the file itself would drop the locks of its own connections.
"""

import hashlib
import json
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

WINDOW = 20
SIZE = 8
CHUNK = 4 << 20
OVERLAP = 64
# After a blank, or at a letter that is written without blanks between words, raw or escaped: twenty bytes of text.
PLACES = re.compile(
    rb"(?:(?<= )(?=[A-Za-z0-9\[\x80-\xff\\])|(?=[\xe0-\xf4])|(?=\\u[0-9a-f]{4}))"
    rb"(?=([\x20\x21\x23-\x7e\x80-\xff]{%d}))" % WINDOW
)


@dataclass(frozen=True, slots=True)
class Marker:
    """How windows are hashed: with a secret key, and a salt so that two requests' fingerprints cannot be compared."""

    key: bytes
    salt: bytes

    def digest(self, window: bytes) -> bytes:
        """The fingerprint of a window."""
        return hashlib.blake2b(window, digest_size=SIZE, key=self.key, salt=self.salt).digest()


def windows(data: bytes) -> Iterator[bytes]:
    """Every window in the bytes."""
    for match in PLACES.finditer(data):
        yield match[1]


def fingerprints(text: str, marker: Marker) -> set[bytes]:
    """The fingerprints of a text, as it stands and as JSON would escape it. A text too short for a window has none."""
    found = {marker.digest(window) for window in windows(b" " + text.encode("utf-8", "surrogatepass"))}
    return found | {marker.digest(window) for window in windows(b" " + json.dumps(text)[1:-1].encode())}


def found_in(data: bytes, wanted: frozenset[bytes], marker: Marker) -> set[bytes]:
    """Which of the wanted fingerprints are in the bytes."""
    return {digest for digest in map(marker.digest, windows(data)) if digest in wanted}


def found_in_file(path: Path, wanted: frozenset[bytes], marker: Marker) -> tuple[int, set[bytes]]:
    """The size of the file, and which of the wanted fingerprints are in it; read piece by piece."""
    size, hits, tail = 0, set[bytes](), b""
    with path.open("rb") as file:
        while piece := file.read(CHUNK):
            size += len(piece)
            hits |= found_in(tail + piece, wanted, marker)
            tail = piece[-OVERLAP:]
    return size, hits


def scan(paths: Iterable[str], wanted: frozenset[bytes], marker: Marker) -> dict[str, object]:
    """Read every file: how many, how many bytes, and the fingerprints found by path. A file that has gone is clean."""
    files, read, hits = 0, 0, {}
    for path in paths:
        try:
            size, found = found_in_file(Path(path), wanted, marker)
        except FileNotFoundError:
            continue
        files, read = files + 1, read + size
        if found:
            hits[path] = sorted(digest.hex() for digest in found)
    return {"files": files, "bytes": read, "hits": hits}


def unpacked(data: bytes) -> frozenset[bytes]:
    """The fingerprints in a row's column."""
    return frozenset(data[start : start + SIZE] for start in range(0, len(data), SIZE))


def main() -> None:
    asked = json.load(sys.stdin)
    marker = Marker(bytes.fromhex(asked["key"]), bytes.fromhex(asked["salt"]))
    json.dump(scan(asked["paths"], frozenset(map(bytes.fromhex, asked["wanted"])), marker), sys.stdout)


if __name__ == "__main__":
    main()
