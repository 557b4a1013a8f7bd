"""The bytes of a SQLite file that hold no row: what deleted rows may have left.

The rows themselves are read by SQL. The layout is that of https://www.sqlite.org/fileformat2.html, section 1.6.
"""

from collections.abc import Iterator
from typing import IO

TABLE_LEAF, TABLE_INNER, INDEX_LEAF, INDEX_INNER = 0x0D, 0x05, 0x0A, 0x02
LEAF_HEADER, INNER_HEADER = 8, 12
FILE_HEADER = 100  # at the beginning of the first page
CHILD = OVERFLOW = 4  # bytes of the number of another page
SMALLEST = 4  # bytes that a cell takes at least


def layout(begin: bytes) -> tuple[int, int]:
    """The size of a page, and how much of it is used, from the first 100 bytes of a SQLite file."""
    size = int.from_bytes(begin[16:18], "big")
    size = 65_536 if size == 1 else size
    return size, size - begin[20]


def unused(file: IO[bytes], wanted: list[list[int]], begin: int) -> Iterator[tuple[int, bytes]]:
    """For each of these pages that ends after byte `begin`: where it ends, and its bytes without the rows in it."""
    header = file.read(FILE_HEADER)
    size, usable = layout(header)
    free = frozenset(free_pages(file, header, size))
    for number in (number for first, last in wanted for number in range(max(first, begin // size + 1), last + 1)):
        page = read(file, number, size)
        if len(page) < size:
            return  # the file has become shorter
        yield number * size, page if number in free else without_rows(page, number, usable)


def free_pages(file: IO[bytes], header: bytes, size: int) -> Iterator[int]:
    """The numbers of the free pages. They may still look like the pages of a table."""
    trunk, count = int.from_bytes(header[32:36], "big"), int.from_bytes(header[36:40], "big")
    while trunk and count > 0:
        page = read(file, trunk, size)
        words = [int.from_bytes(page[at : at + 4], "big") for at in range(0, len(page), 4)]
        yield trunk
        yield from words[2 : 2 + words[1]] if words else ()
        count -= 1
        trunk = words[0] if words else 0


def read(file: IO[bytes], number: int, size: int) -> bytes:
    """One page."""
    file.seek((number - 1) * size)
    return file.read(size)


def without_rows(page: bytes, number: int, usable: int) -> bytes:
    """The page with its rows blanked. A page that is not one of a table or an index is returned as it is: it may be a
    free one, or hold the rest of a long row.
    """
    start = FILE_HEADER if number == 1 else 0
    kind, cells = page[start], int.from_bytes(page[start + 3 : start + 5], "big")
    if kind not in (TABLE_LEAF, TABLE_INNER, INDEX_LEAF, INDEX_INNER):
        return page
    pointers = start + (INNER_HEADER if kind in (TABLE_INNER, INDEX_INNER) else LEAF_HEADER)
    blank, first = bytearray(page), pointers + 2 * cells
    for pointer in range(pointers, first, 2):
        begin = int.from_bytes(page[pointer : pointer + 2], "big")
        if not first <= begin <= usable - SMALLEST:
            return page
        end = begin + length(page, begin, kind, usable)
        if end > usable:
            return page
        blank[begin:end] = bytes(end - begin)
    return bytes(blank)


def length(page: bytes, begin: int, kind: int, usable: int) -> int:
    """How many bytes the cell that begins here takes."""
    at = begin + (CHILD if kind in (TABLE_INNER, INDEX_INNER) else 0)
    payload, at = varint(page, at)
    if kind == TABLE_INNER:
        return at - begin  # its number is a key and has no payload
    if kind == TABLE_LEAF:
        _, at = varint(page, at)
    most = usable - 35 if kind == TABLE_LEAF else (usable - 12) * 64 // 255 - 23
    if payload > most:
        least = (usable - 12) * 32 // 255 - 23
        here = least + (payload - least) % (usable - 4)
        payload = (here if here <= most else least) + OVERFLOW
    return max(at - begin + payload, SMALLEST)


def varint(page: bytes, at: int) -> tuple[int, int]:
    """The number that begins here, and where it ends."""
    value = 0
    for place in range(at, min(at + 8, len(page))):
        value = value << 7 | page[place] & 0x7F
        if page[place] < 0x80:
            return value, place + 1
    return value << 8 | (page[at + 8] if at + 8 < len(page) else 0), at + 9


def ranges(pages: set[int]) -> list[list[int]]:
    """The page numbers as ranges, each its first and last."""
    found: list[list[int]] = []
    for number in sorted(pages):
        if found and found[-1][1] == number - 1:
            found[-1][1] = number
        else:
            found.append([number, number])
    return found
