"""`roles.txt`: what each role can reach in the console, by address. `test_roles.py` checks the console against it."""

from functools import cache
from pathlib import Path

from tests.console.world import EVERYBODY

TABLE = Path(__file__).parent / "roles.txt"
Table = dict[str, dict[str, str]]


@cache
def golden() -> Table:
    """The table in the file: what each role reaches, by address and role."""
    rows = [line.split() for line in TABLE.read_text().splitlines() if line and not line.startswith(("#", " "))]
    return {name: dict(zip(EVERYBODY, cells, strict=True)) for name, *cells in rows}


@cache
def is_refused(role: str, address: str, method: str) -> bool:
    """Whether that role gets a 403 at the address, whatever the object."""
    get, _, post = golden()[address][role].partition("/")
    return (get if method == "GET" else post or get) == "-"
