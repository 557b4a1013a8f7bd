"""First names that the redactor's lists do not have, by language, for `bench.redaction_languages`.

    pip install --target FOLDER gender-guesser==0.4.0 mimesis==22.2.0
    python -m bench.redaction_unlisted FOLDER > unlisted.jsonl

gender-guesser's list (GNU FDL) says how frequent a name is in a country; mimesis (MIT) has names in scripts that are not
Latin, here with a surname. Both only measure: nothing of them is in the redactor's data. The names are drawn from a seed.
"""

import json
import random
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from privacy.redaction.lexicon import listed

# Where the column of a country is in the file of gender-guesser.
COLUMNS: Final = {
    "en": 32,
    "it": 33,
    "pt": 35,
    "es": 36,
    "fr": 37,
    "nl": 40,
    "de": 42,
    "da": 46,
    "sv": 48,
    "pl": 53,
    "cs": 54,
}
COLUMNS_TOO: Final = {"ro": 57, "tr": 76}
MIMESIS: Final = "ru uk el ar ja ko zh".split()
JOINED: Final = frozenset({"ja", "ko", "zh"})  # the surname comes first, with no space after it
FREQUENT, RARE = 2, 1  # the rarest where the lists have nearly all others
MOST: Final = 60


def main(arguments: list[str]) -> int:
    """Print the names."""
    folder = Path(arguments[0])
    ours = frozenset(listed("first_names"))
    lines = (folder / "gender_guesser/data/nam_dict.txt").read_text(encoding="utf-8").splitlines()
    for language, column in {**COLUMNS, **COLUMNS_TOO}.items():
        found = [list(of_country(lines, column, least, ours)) for least in (FREQUENT, RARE)]
        told(language, found[0] if len(found[0]) >= MOST else found[1])
    for language in MIMESIS:
        told(language, list(of_locale(folder, language)))
    return 0


def of_country(lines: list[str], column: int, least: int, ours: frozenset[str]) -> Iterator[str]:
    """The names that are at least so frequent in a country and none of ours; those of two words are left out."""
    for line in lines:
        name = line[3:28].strip()
        frequent = line[column : column + 1]
        known = name.lower() in ours or not name.isalpha()
        if line[:1] in "MF1?" and not known and frequent.strip() and int(frequent, 16) >= least:
            yield name


def of_locale(folder: Path, language: str) -> Iterator[str]:
    """Given names, each with a surname that a seed chooses."""
    data = json.loads((folder / f"mimesis/datasets/{language}/person.json").read_text(encoding="utf-8"))
    surnames = data["surnames"]
    for gender, names in data["names"].items():
        for name in names:
            surname = random.Random(name).choice(surnames[gender] if isinstance(surnames, dict) else surnames)
            yield f"{surname}{name}" if language in JOINED else f"{name} {surname}"


def told(language: str, names: list[str]) -> None:
    """Print this many of the names."""
    for name in random.Random(7).sample(names, min(MOST, len(names))):
        print(json.dumps({"lang": language, "name": name}, ensure_ascii=False))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
