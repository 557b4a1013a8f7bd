"""Puts what a benchmark printed between its marks on a page: `<!-- guards -->` … `<!-- /guards -->`."""

import re
from collections.abc import Iterable
from pathlib import Path


def put(page: Path, name: str, lines: Iterable[str]) -> None:
    """Replace what is between the marks of this name. Raises `ValueError` where the page has none."""
    before, after = f"<!-- {name} -->", f"<!-- /{name} -->"
    text = page.read_text(encoding="utf-8")
    found, number = re.subn(
        f"{before}\n.*?{after}", lambda _: "\n".join([before, *lines, after]), text, count=1, flags=re.DOTALL
    )
    if not number:
        raise ValueError(f"{page.name} has no place for {name}.")
    page.write_text(found, encoding="utf-8")
