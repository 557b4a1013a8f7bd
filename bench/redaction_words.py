"""Builds `languages.txt`: words of many languages that are no names, counted from the translations of free programs.

    pip install --no-deps --target FOLDER -r bench/redaction-words-requirements.txt
    python -m bench.redaction_words FOLDER

A translated message and its English original are read together: a word that only the translation has is a word of its
language, and one that both have is a name, a product or code. So no name of a person or a brand gets in, and the case
of a word can be trusted. Kept are the most frequent words of each language, and, however rare, those that a list of
names has as well.
"""

import gettext
import json
import re
import sys
from collections import Counter
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Final

LANGUAGES: Final = "en de fr es pt it nl pl sv da nb cs sk ro tr hu fi ca id ru uk el he ar hi ja ko zh".split()
FREQUENT: Final = 1000  # words of a language that are kept for their frequency alone
LESS: Final = 2500  # those up to here are kept as well, as less frequent ones
OFTEN: Final = 3  # times that a word is met before it counts
HERE: Final = Path(__file__).resolve().parent.parent / "privacy" / "redaction" / "data"
WORD: Final = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
CODE: Final = re.compile(r"\{[^{}]*\}|%\(\w+\)\w|%\w|<[^<>]*>|https?:\S+|\[%[^%]*%\]|`[^`]*`")
LONGEST: Final = 24
# Everyday words that do not occur in programs, and that are also surnames.
SEASONS: Final = {
    "de": "frühling sommer herbst winter",
    "fr": "printemps été automne hiver",
    "es": "primavera verano otoño invierno navidad",
    "pt": "primavera verão outono inverno natal",
    "it": "primavera estate autunno inverno natale",
    "nl": "lente zomer herfst winter",
    "pl": "wiosna lato jesień zima",
    "sv": "vår sommar höst vinter jul",
    "da": "forår sommer efterår vinter jul",
    "nb": "vår sommer høst vinter jul",
    "tr": "bahar yaz güz kış",
}
# First names that are also everyday words, which do not occur in programs either: at the beginning of a sentence they
# count as words.
EVERYDAY: Final = {
    "de": "lage wahl lust sorge treue wonne ernst falk wolf rose heide vater mutter bruder schwester sohn tochter onkel"
    " tante nachbar chef kollege freund arzt",
    "fr": "claire blanche aimée reine prudence constance fleur perle marin loup désiré désirée lue demi signe mont",
    "es": "luz paz alba clara blanca consuelo mercedes rocío estrella marina cruz sol nieves rea capa cinta evita mira nula lea isla",
    "pt": "luz clara glória ora flor aurora leva lida nula mira tam toma capa anel evita edita nela",
    "it": "vera vero chiara serena bianca grazia gioia ora campo uni stella luce alba terra latina dita letta mina tal prema",
    "nl": "pak roos storm bloem linde vos talen kader rand malen",
    "pl": "róża jagoda malina kalina iga pola",
    "sv": "val kort liv stig dag frid koda enda reda bas staden",
    "da": "liv dag bo vibe lykke",
    "cs": "kapitola růžena naděje víra jasna karta stan",
    "tr": "özgür özgün evre deniz umut barış savaş güneş yağmur bahar çiçek yaşam sevgi mutlu güven bilge çağdaş ışık kip öge taban elle işin altın atma"
    " toprak irmak duygu dilek ümit özlem inci yıldız doğa doğan ekin eylem devrim evren ezgi gönül gül ilke kaya kutlu onur"
    " ödül ozan öykü rüya sevinç şafak ülkü yaprak zafer doğu eser gizem kader ufuk uzay",
    "ru": "вера надежда любовь слава лев роман",
    "uk": "віра надія любов слава роман",
}
# First names that some language has as words, too ("un jean"), but that are names wherever a text has them with a capital.
NAMES: Final = frozenset(
    "maria anna jan jana peter paul karl max martin thomas simon leo marco carlo paolo sara jean sean henry jo ken ian tony"
    " dalton newton kelvin pascal rod".split()
)


def main(arguments: list[str]) -> int:
    """Count the messages below a folder and write the words."""
    folder = Path(arguments[0])
    names = {*listed("first_names"), *listed("surnames")}
    stops = json.loads((folder / "stopwordsiso" / "stopwords-iso.json").read_text(encoding="utf-8"))
    lines = [
        "# Words of other languages, by language, the most frequent first. Made by bench/redaction_words.py; see README.md"
    ]
    for language in LANGUAGES:
        counts: Counter[str] = Counter()
        for english, translated in messages(folder, language):
            counts.update(in_lower_case(translated) if language == "en" else told_apart(english, translated))
        closed = {word.lower() for word in stops.get(language, ())} | calendar(language)
        for tier, words in enumerate(
            tiers(counts, closed, names, SEASONS.get(language, ""), EVERYDAY.get(language, "")), start=1
        ):
            lines += [f"[{language} {tier}]", *wrapped(words)]
    (HERE / "languages.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return 0


def listed(name: str) -> list[str]:
    """The words of one of the lists of names."""
    lines = (HERE / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    return [word for line in lines if not line.startswith("#") for word in line.split()]


def words_of(text: str) -> list[str]:
    """The words of a message, in lower case, without its code and its addresses."""
    return [word.lower() for word in WORD.findall(CODE.sub(" ", text)) if len(word) <= LONGEST]


def in_lower_case(text: str) -> list[str]:
    """The words of an English message that it writes in lower case: no names."""
    return [word for word in WORD.findall(CODE.sub(" ", text)) if word.islower() and len(word) <= LONGEST]


def told_apart(english: str, translated: str) -> list[str]:
    """The words of a translation that its original does not have."""
    original = set(words_of(english))
    return [word for word in words_of(translated) if word not in original]


def messages(folder: Path, language: str) -> Iterator[tuple[str, str]]:
    """English messages with their translations."""
    for path in sorted(folder.rglob(f"translations/{language}.json")):
        english = path.with_name("en.json")
        if english.exists():
            yield from pairs(json.loads(english.read_text("utf-8")), json.loads(path.read_text("utf-8")))
    for path in sorted(folder.rglob("LC_MESSAGES/*.mo")):
        if language != "en" and re.split("[_-]", path.parent.parent.name)[0] == language:
            with path.open("rb") as file:
                catalogue = gettext.GNUTranslations(file)._catalog  # type: ignore[attr-defined]
            for key, text in catalogue.items():
                original = key if isinstance(key, str) else key[0]
                if original and text:
                    yield original, text


def pairs(english: object, translated: object) -> Iterator[tuple[str, str]]:
    """The strings at the same place in two structures."""
    if isinstance(english, str) and isinstance(translated, str):
        yield english, translated
    elif isinstance(english, dict) and isinstance(translated, dict):
        for key in english.keys() & translated.keys():
            yield from pairs(english[key], translated[key])


def calendar(language: str) -> set[str]:
    """Months, days and units as the Unicode locale data has them."""
    locale = import_module("babel").Locale.parse(language)
    found: set[str] = set()
    for table in (locale.months, locale.days):
        for width in ("wide", "abbreviated"):
            for form in ("format", "stand-alone"):
                found.update(word for text in table[form][width].values() for word in words_of(text))
    for unit in locale._data["unit_patterns"].values():
        for width in ("long",):
            for text in unit[width].values() if hasattr(unit.get(width), "values") else ():
                if isinstance(text, str):
                    found.update(words_of(text))
    return found


def tiers(counts: Counter[str], closed: set[str], names: set[str], seasons: str, everyday: str) -> list[list[str]]:
    """The words to keep: closed classes with the calendar; frequent ones; less frequent ones and those that are names, too."""
    often = [word for word, count in counts.most_common() if count >= OFTEN and fit(word)]
    first = sorted(word for word in closed if WORD.fullmatch(word) and fit(word))
    second = [word for word in (*often[:FREQUENT], *seasons.split()) if word not in closed]
    third = [
        word
        for rank, word in enumerate(often)
        if rank >= FREQUENT and word not in closed and (rank < LESS or word in names)
    ]
    known = {*first, *second, *third}
    return [first, second, [*third, *(word for word in everyday.split() if word not in known)]]


def fit(word: str) -> bool:
    """Whether a word may be kept: not a single letter, and not a word that is always a name."""
    return word not in NAMES and (len(word) > 1 or not word.isascii())


def wrapped(words: list[str], width: int = 118) -> Iterator[str]:
    """Words in lines."""
    line = ""
    for word in words:
        if line and len(line) + 1 + len(word) > width:
            yield line
            line = ""
        line = f"{line} {word}" if line else word
    if line:
        yield line


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
