"""Builds `programs.txt`: first names that are names of programs and releases as well.

    apt-cache pkgnames | python -m bench.redaction_programs /usr/share/distro-info/*.csv

Packages of Debian, the first words of those that come in several, and the code names of releases (package
`distro-info-data`). Names that very many people have are left out, since they usually mean a person.
"""

import csv
import sys
from collections import Counter
from pathlib import Path
from typing import Final

from bench.redaction_words import HERE, listed, wrapped

SEVERAL: Final = 2  # packages that begin with a word before it counts as a program's name
PARTS: Final = [
    [part] for part in "build tools client server common bin core utils gui cli daemon".split()
]  # of one program
# Parts of Debian that its index does not have as packages of their own.
FURTHER: Final = frozenset("anna britney deb".split())
PEOPLE: Final = frozenset(
    "alex alfred alice ann austin bart ben cecilia chuck eric fabio felix francine hannah hugo ivy jack jasmin jessica joe"
    " john jose kate kati klaus lola lucy madison marco maria marisa mason megan mia milou molly mona oscar pat peg ray"
    " regina robin sofia tina udo valentina vera victoria zita".split()
)


def main(arguments: list[str]) -> int:
    """Write the names."""
    packages = sys.stdin.read().split()
    beginnings = Counter(package.split("-")[0] for package in packages if "-" in package)
    beginnings.update(package.split("-")[0] for package in packages if package.split("-")[1:] in PARTS)
    programs = {*packages, *FURTHER, *(word for word, count in beginnings.items() if count >= SEVERAL)}
    for path in map(Path, arguments):
        with path.open(encoding="utf-8", newline="") as rows:
            programs.update(row["series"] for row in csv.DictReader(rows))
    found = sorted(programs.intersection(listed("first_names")) - PEOPLE)
    head = "# First names that are programs and releases, too. Made by bench/redaction_programs.py; see README.md"
    (HERE / "programs.txt").write_text("\n".join([head, *wrapped(found)]) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
