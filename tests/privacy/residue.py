"""Text that deleted rows left in SQLite's file, for tests of what finds it."""

import subprocess
import sys
from pathlib import Path

from django.db import connection

from privacy.db import engine
from privacy.erasure import pages

PAGE = 4_096


def database() -> Path:
    """SQLite's file."""
    return Path(connection.settings_dict["NAME"])


def numbers(ranges: list[list[int]]) -> set[int]:
    """The pages of these ranges."""
    return {number for first, last in ranges for number in range(first, last + 1)}


def unused_place(changed: set[int], *, touched: bool) -> int:
    """An offset where no row is, in a page of a table that is among the changed ones or not."""
    raw = database().read_bytes()
    for number in range(2, len(raw) // PAGE + 1):
        page = raw[(number - 1) * PAGE : number * PAGE]
        cells, content = int.from_bytes(page[3:5], "big"), int.from_bytes(page[5:7], "big")
        if page[0] == pages.TABLE_LEAF and (number in changed) is touched and content - 2 * cells > 300:
            return (number - 1) * PAGE + content - 200
    raise AssertionError("no such page")


def plant(offset: int, text: str) -> None:
    """Write into the file, in another process: this one would drop its locks on it."""
    engine.empty_log()
    code = "import sys; f = open(sys.argv[1], 'r+b'); f.seek(int(sys.argv[2])); f.write(sys.argv[3].encode())"
    subprocess.run([sys.executable, "-c", code, str(database()), str(offset), f" {text}"], check=True)


def vacuum() -> None:
    """Leave nothing of it in the file."""
    engine.pragma("secure_delete = ON")
    with connection.cursor() as cursor:
        cursor.execute("VACUUM")
