"""Reads a text as words: one spelling for each word, number, unit, date and code, whatever the layout.

A text becomes sentences, a sentence clauses, a clause a list of words. A number is `#30`, with its unit `#30 day`; a
date is `=06-15`; the time of a day is `@17:00`; a sign that compares is itself.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Final

from curation.claims import vocabulary as lists

Clause = list[str]

_LAYOUT = re.compile(
    r"^[ \t]*(?:[-*+•–—▪●>#]+[ \t]+|\|[ \t:|-]*$)|\*\*|__|```\w*\n|`+|[*_](?=\w)|(?<=\w)[*_](?=[\s.,;:!?]|$)|\[(?=[^\]]*\]\()"
    r"|\]\([^)\s]*\)",
    re.MULTILINE,
)
_MARKER = re.compile(r"(?:(?<=\s)|^)\(?(\d{1,2})[.)](?=\s+\S)")
_STEP = re.compile(
    r"(?:(?<=\n)|^)[ \t]*(?:[Ss]tep|[Ss]chritt|[ÉEée]tape|[Pp]aso|[Pp]asso|[Ss]tap|[Kk]rok) \d{1,2}[.:)]?(?=\s)"
)
_WRAPPED = re.compile(r"(?<=[^\s.!?:;])[ \t]*\n[ \t]*(?=[a-zß-ÿ0-9])")
_TOKEN = re.compile(
    r"https?://[^\s<>\"'()\[\]{}]+|www\.[^\s<>\"'()\[\]{}]+|[\w.+-]+@[\w-]+\.[\w.-]*\w"  # addresses
    r"|\d{4}-\d{1,2}-\d{1,2}(?!\d)|\d{1,2}([./-])\d{1,2}\1(?:\d{4}|\d{2})(?![\d.])"  # dates
    r"|\d{1,2}(?:[:.h]\d{2})?\s?[ap]\.?m\b\.?|\d{1,2}:\d{2}(?::\d{2})?(?!\d)|\d{1,2}h(?:\d{2})?\b"  # times
    r"|(?<!\w)--?[a-zA-Z][\w-]*"  # options of a command
    r"|(?<![\w)\]])[-−]?\d+(?:[.,'’\u00a0\u202f]\d+)*(?:st|nd|rd|th)?(?![\w.-]*\w*[^\W\d_]\d)(?!\w)"  # numbers
    r"|\d+(?=(?:[kcm]?m|[km]?g|[kmgt]b|ml?|h|l|min|ms|s|kmh|mph|kw|w|st|nd|rd|th)\b)"  # a number with its unit
    r"|[^\W\d_]+(?:[-.][A-Za-z]*\d[\w.-]*)+\b|\w*\d\w*(?:[-.]\w*\w)*"  # codes
    r"|[^\W\d_]+(?:['’][^\W\d_]+)?|\w+|[<>=≤≥≠±×÷+]+|!=|[%$€£°][cCfF]?\b|[%$€£°&]|[.!?;:,\n()–—]"
)
_PLAIN_NUMBER = re.compile(r"[-−]?\d+(?:[.,'’\u00a0\u202f]\d+)*(?:st|nd|rd|th)?$")
_TIME = re.compile(r"(\d{1,2})(?:[:.h](\d{2}))?(?::\d{2})?\s?(?:h|([ap])\.?m\.?)?$", re.IGNORECASE)
_YMD = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})$")
_DMY = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4}|\d{2})$")
_RANGE = re.compile(
    r"(?<![\w.,/-])(\d{1,4}(?:[:.]\d\d)?(?:\s?[ap]\.?m\.?)?)\s?[-–—]\s?(?=\d{1,4}(?:[:.]\d\d)?(?:\s?[ap]m)?(?![\w-]))"
)
_THIN = re.compile(r"(?<=\d)[\u00a0\u202f\u2009 ](?=\d{3}(?!\d))")
_GROUPED = re.compile(r"[-−]?\d{1,3}(?:[.,'’\u00a0\u202f]\d{3})+$")

UNKNOWN: Final = "und"
LANGUAGES: Final = (*lists.LANGUAGES, UNKNOWN)
END: Final = frozenset(".!?\n")
BREAK: Final = frozenset(",;:()–—")
SIGNS: Final = END | BREAK


def _index(table: Mapping[str, str]) -> dict[str, frozenset[str]]:
    return {language: frozenset(table[lists_of(language)].replace("ß", "ss").split()) for language in LANGUAGES}


def lists_of(language: str) -> str:
    """The language whose lists a text is read by; English for one that has no little words to tell by."""
    return "en" if language == UNKNOWN else language


def _spellings(groups: Iterable[str]) -> dict[str, int]:
    return {word: place for place, words in enumerate(groups, start=1) for word in words.split()}


def _numbers(language: str) -> dict[str, int]:
    """The number words of a language."""
    found = {word: number for number, word in enumerate(lists.NUMBERS[language].split())}
    found |= {word: 30 + 10 * place for place, word in enumerate(lists.TENS[language].split())}
    joint, one = {"de": ("und", "ein"), "nl": ("en", "een")}.get(language, ("", ""))
    if joint:
        ones = [one, *lists.NUMBERS[language].split()[2:10]]
        for place, ten in enumerate((lists.NUMBERS[language].split()[20], *lists.TENS[language].split()[:7]), start=2):
            for number, word in enumerate(ones, start=1):
                found[word + ("ën" if language == "nl" and word.endswith("e") else joint) + ten] = 10 * place + number
    return {word.replace("ß", "ss"): number for word, number in (found | lists.MORE_NUMBERS[language]).items()}


FUNCTION = _index(lists.FUNCTION)
NEGATIONS = _index(lists.NEGATIONS)
MODALS = _index(lists.MODALS)
DROPPED = _index(lists.DROPPED) | {UNKNOWN: frozenset({"the"})}  # "a" is a preposition elsewhere
NUMBERS = {language: _numbers(lists_of(language)) for language in LANGUAGES}
MONTHS = _spellings(lists.MONTHS)
WEEKDAYS = _spellings(lists.WEEKDAYS)
UNITS = {spelling: unit for unit, words in lists.UNITS.items() for spelling in (unit, *words.split())}
_NO_MONTH = frozenset({"may", "march", "mar", "dec", "mars", "mai"})
"""Months that are other words when they are not in capitals."""
_BETWEEN = frozenset("working business calendar full whole consecutive volle ganze".split())
"""Words between a number and its unit."""
_TO = frozenset("to till until through bis à a hasta até tot do fino al".split())
_WRITTEN_OUT = {word: expanded.split() for word, expanded in lists.CONTRACTIONS.items()}
_SHORT_ENDINGS = {"n't": "not", "'re": "are", "'ve": "have", "'ll": "will", "'m": "am", "'d": "would"}
_KEEP_S = frozenset("this is was has its his us yes as always plus news less does across address access process business gas bus "
                    "series species status css dns https ios windows aws gps sms jeans perhaps towards afterwards besides".split())  # fmt: skip


def _evidence() -> dict[str, tuple[tuple[str, float], ...]]:
    owners: dict[str, list[str]] = {}
    for table in (
        lists.FUNCTION,
        lists.NEGATIONS,
        lists.MODALS,
        lists.ASKING,
        lists.STRONG,
        lists.WEAK,
        lists.NUMBERS,
        lists.TENS,
    ):
        for language, words in table.items():
            for word in words.split():
                if language not in (mine := owners.setdefault(word, [])):
                    mine.append(language)
    return {word: tuple((one, 1 / len(all_)) for one in all_) for word, all_ in owners.items() if len(all_) < 4}


EVIDENCE = _evidence()


def language_of(*texts: Iterable[str]) -> str:
    """The language whose little words weigh most, `UNKNOWN` where there are none."""
    score: dict[str, float] = {}
    for words in texts:
        for word in words:
            if word in EVIDENCE:
                for language, weight in EVIDENCE[word]:
                    score[language] = score.get(language, 0.0) + weight
    return max(score, key=score.__getitem__) if score else UNKNOWN


def split(text: str) -> list[str]:
    """The words and signs of a text as they are written, without layout."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", _THIN.sub("", text)).replace("’", "'")
    if "*" in text or "`" in text or "_" in text or "\n" in text or text[:1] in "-#>•|":
        text = _LAYOUT.sub(" ", text)
        text = _WRAPPED.sub(" ", _STEP.sub("\n", text)) if "\n" in text else text
    if "-" in text or "–" in text or "—" in text:
        text = _RANGE.sub(r"\1 to ", text)
    if "1." in text or "1)" in text:
        text = _without_markers(text)
    return [match[0] for match in _TOKEN.finditer(text)]


def _without_markers(text: str) -> str:
    """The text without the numbers of its list: 1, 2 and so on, each once and in order."""
    found = list(_MARKER.finditer(text))
    if [int(match[1]) for match in found] != list(range(1, len(found) + 1)) or (
        len(found) < 2 and found and found[0].start()
    ):
        return text
    return _MARKER.sub("\n", text) if found else text


def read(tokens: list[str], language: str) -> list[tuple[Clause, str]]:
    """The clauses of a text, each with the sign that ends it."""
    clauses: list[tuple[Clause, str]] = []
    clause: Clause = []
    place, last, numbers = 0, len(tokens), NUMBERS[language]
    while place < last:
        token = tokens[place]
        place += 1
        if token in SIGNS:
            if clause:
                clauses.append((clause, token))
                clause = []
            elif clauses and token in END and clauses[-1][1] not in END:
                clauses[-1] = (clauses[-1][0], token)
            continue
        low = token.lower()
        if "ß" in low:
            low = low.replace("ß", "ss")
        if low.isalpha():
            if low in numbers or low in MONTHS:
                place = _worded(low, tokens, place, clause, language)
            else:
                clause.append(low)
        elif low[0].isdigit() or low[0] in "-−":
            place = _digits(low, tokens, place, clause, language)
        elif "'" in low:
            clause.extend(_apart(low, language))
        else:
            clause.append(low)
    if clause:
        clauses.append((clause, ""))
    return clauses


def _apart(low: str, language: str) -> list[str]:
    if low in _WRITTEN_OUT:
        return _WRITTEN_OUT[low]
    for ending, word in _SHORT_ENDINGS.items():
        if low.endswith(ending):
            return [low[: -len(ending)], word]
    head, _, tail = low.partition("'")
    return [head] if tail == "s" else [head, tail]


def _worded(low: str, tokens: list[str], place: int, clause: Clause, language: str) -> int:
    """Append a number that is written in words, or a month with its day."""
    numbers = NUMBERS[language]
    if low in MONTHS and low not in numbers:
        following = tokens[place] if place < len(tokens) else ""
        named = low not in _NO_MONTH or tokens[place - 1][0].isupper()
        if named and _PLAIN_NUMBER.match(following) and (day := int(re.sub(r"\D", "", following))) <= 31:
            clause.append(f"={MONTHS[low]:02}-{day:02}")
            return place + 1
        clause.append(low)
        return place
    value = numbers[low]
    while place < len(tokens) and (more := numbers.get(tokens[place].lower())) is not None:
        if more >= 100 and value < more:
            value *= more
        elif 20 <= value % 100 <= 90 and value % 10 == 0 and more < 10:
            value += more
        else:
            break
        place += 1
    return _with_unit(str(value), tokens, place, clause, language, low)


def _digits(low: str, tokens: list[str], place: int, clause: Clause, language: str) -> int:
    if (match := _YMD.match(low)) or (match := _DMY.match(low)):
        year, month, day = (match[1], match[2], match[3]) if low[4:5] == "-" else (match[3], match[2], match[1])
        clause.append(f"={year[-2:]}-{int(month):02}-{int(day):02}")
        return place
    if not _PLAIN_NUMBER.match(low):
        if (match := _TIME.match(low)) and (":" in low or low[-1] in "hm."):
            clause.append(clock(int(match[1]), int(match[2] or 0), match[3]))
        else:
            clause.append(low)
        return place
    number = number_of(low, language)
    if place < len(tokens):
        following = tokens[place].lower()
        if following == "." and place + 1 < len(tokens) and tokens[place + 1].lower() in MONTHS:
            place, following = place + 1, tokens[place + 1].lower()
        if following in ("de", "of", "di") and place + 1 < len(tokens) and tokens[place + 1].lower() in MONTHS:
            place, following = place + 1, tokens[place + 1].lower()
        if following in MONTHS and number.isdigit() and int(number) <= 31:
            clause.append(f"={MONTHS[following]:02}-{int(number):02}")
            return place + 1
        if (
            following == "uhr"
            or (following == "o" and tokens[place + 1 : place + 2] == ["'clock"])
            or following == "o'clock"
        ):
            clause.append(clock(int(float(number)), 0, None))
            return place + 1
    return _with_unit(number, tokens, place, clause, language, "")


def _with_unit(number: str, tokens: list[str], place: int, clause: Clause, language: str, word: str) -> int:
    """Append a number, with the unit before or behind it."""
    if len(clause) > 1 and clause[-1] in _TO and clause[-2][0] == "#":
        clause[-1] = "to"
    if clause and clause[-1] in ("$", "€", "£"):
        clause[-1] = f"#{_short(number)} {UNITS[clause[-1]]}"
        return place
    following = tokens[place].lower() if place < len(tokens) else ""
    if following == "per" and tokens[place + 1 : place + 2] == ["cent"]:
        following, place = "%", place + 1
    if following == "°" or (following in ("degrees", "grad") and place + 1 < len(tokens)):
        scale = tokens[place + 1].lower() if place + 1 < len(tokens) else ""
        if scale in ("c", "celsius", "f", "fahrenheit"):
            clause.append(f"#{number} °{scale[0]}")
            return place + 2
    if following in _BETWEEN and place + 1 < len(tokens) and tokens[place + 1].lower() in UNITS:
        clause.append(following)
        place, following = place + 1, tokens[place + 1].lower()
    if following in UNITS and not (len(following) == 1 and word):
        unit = UNITS[following]
        if (at := _range_start(clause)) is not None:
            clause[at] += f" {unit}"  # the first number of a range has the unit of the last
        clause.append(f"#{_short(number)} {unit}")
        return place + 1
    clause.append(f"#{number}")
    return place


def _range_start(clause: Clause) -> int | None:
    """The place of the first number of a range that a clause ends with, if it has no unit yet."""
    end = len(clause) - 1 - (clause[-1:] != [] and clause[-1] in _BETWEEN)
    found = end > 0 and clause[end] in ("to", "or", "and") and clause[end - 1][0] == "#" and " " not in clause[end - 1]
    return end - 1 if found else None


def _short(number: str) -> str:
    """Without the noughts at the end: 2.50 euros are 2.5. Without a unit it may be a version, and they count."""
    return number.rstrip("0").rstrip(".") if "." in number else number


def clock(hour: int, minute: int, half: str | None) -> str:
    """The time of a day, in 24 hours."""
    if half:
        hour = hour % 12 + (12 if half in "pP" else 0)
    return f"@{hour:02}:{minute:02}"


@lru_cache(maxsize=2048)
def number_of(written: str, language: str) -> str:
    """The value of a written number. "1.000" is a thousand where the decimal sign is a comma."""
    plain = "".join(str(unicodedata.decimal(char)) if char.isdecimal() else char for char in written)
    sign = "-" if plain[:1] in "-−" else ""
    plain = plain.lstrip("-−").rstrip("stndrh")
    marks = [char for char in plain if not char.isdigit()]
    if marks:
        decimal = "." if language in ("en", UNKNOWN) else ","
        if len(set(marks)) == 1 and _GROUPED.match(plain) and (marks[0] != decimal or len(marks) > 1):
            plain = re.sub(r"\D", "", plain)
        elif len(marks) > 1 and marks[-1] == marks[0]:
            return sign + plain  # a version or an address
        else:
            head, _, tail = plain.rpartition(marks[-1])
            plain = re.sub(r"\D", "", head) + "." + tail
    whole, dot, part = plain.partition(".")
    return sign + (whole.lstrip("0") or "0") + dot + part


def singular(word: str) -> str:
    """An English word without the s of its plural or third person."""
    if len(word) < 4 or word[-1] != "s" or word[-2] in "sui'" or word in _KEEP_S or word[0] in "#=@":
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    return word[:-2] if word.endswith(("ches", "shes", "xes", "sses")) else word[:-1]
