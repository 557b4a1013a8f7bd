"""Reads a text as words: one spelling for each word, number, unit, date and code, whatever the layout.

`quantities` reads what is a number among them.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Final

from curation.claims import vocabulary as lists

_LINE_START = re.compile(r"^[ \t]*(?:[-*+•–—▪●>#]+[ \t]+|\|[ \t:|-]*$)", re.MULTILINE)
_INLINE = re.compile(
    r"\*\*|__|```\w*\n|`+|[*_](?=\w)|(?<=\w)[*_](?=[\s.,;:!?]|$)|\[(?=[^\]]*\]\()|\]\([^)\s]*\)", re.MULTILINE
)
_MARKER = re.compile(r"(?:(?<=\s)|^)\(?(\d{1,2})[.)](?=\s+\S)")
_STEP = re.compile(
    r"(?:(?<=\n)|^)[ \t]*(?:[Ss]tep|[Ss]chritt|[ÉEée]tape|[Pp]aso|[Pp]asso|[Ss]tap|[Kk]rok) \d{1,2}[.:)]?(?=\s)"
)
_WRAPPED = re.compile(r"(?<=[^\s.!?:;])[ \t]*\n[ \t]*(?=[a-zß-ÿ0-9])")
_TOKEN = re.compile(  # with the blank before it, at which every alternative would fail in turn
    r"[^\S\n]?+([^\W\d_]+(?=[\s,;:!?)]|\.(?:\s|$)|$)"  # most words, at once
    r"|\[[A-Z][A-Z_]{1,30}_\d{1,6}\]"  # what redaction leaves in the place of a value
    r"|https?://[^\s<>\"'()\[\]{}]+|www\.[^\s<>\"'()\[\]{}]+|[\w.+-]+@[\w-]+\.[\w.-]*\w"  # addresses
    r"|(?:[\w-]+\.)+(?:com|org|net|info|io|eu|de|fr|es|it|nl|pl|pt|uk|us|ch|at|be|gov|edu|app|dev|example|test|local)\b(?:/[^\s<>\"'()\[\]{}]*)?"
    r"|\d{4}-\d{1,2}-\d{1,2}(?!\d)|\d{1,2}(?:\.\d{1,2}\.|/\d{1,2}/|-\d{1,2}-)(?:\d{4}|\d{2})(?![\d.])"  # dates
    r"|\d{1,2}(?:[:.h]\d{2})?\s?[ap]\.?m\b\.?|\d{1,2}:\d{2}(?::\d{2})?(?!\d)|\d{1,2}h(?:\d{2})?\b"  # times
    r"|(?<!\w)--?[a-zA-Z][\w-]*"  # options of a command
    r"|(?<![\w)\]])[-−]?\d+(?:[.,'’\u00a0\u202f]\d+)*(?:st|nd|rd|th)?(?![\w.-]*\w*[^\W\d_]\d)(?!\w)"  # numbers
    r"|\d+(?=(?:[kcm]?m|[km]?g|[kmgt]b|ml?|h|l|min|ms|s|kmh|mph|kw|w|st|nd|rd|th)\b)"  # a number with its unit
    r"|[^\W\d_]+(?:[-.][A-Za-z]*\d[\w.-]*)+\b|\w*\d\w*(?:[-.]\w*\w)*"  # codes
    r"|[^\W\d_]+(?:['’][^\W\d_]+)?|\w+|[<>=≤≥≠±×÷+]+|!=|[%$€£°][cCfF]?\b|[%$€£°&]|[.!?;:,\n()–—])"
)
_INLINE_SIGNS: Final = frozenset("*_`[")
_MARKS: Final = frozenset(",;:!?).")
_HALVES: Final = frozenset({"am", "pm"})
"""What belongs to a time before it: "10 pm"."""
_ABBREVIATION = re.compile(  # begins with the full stop: a pattern that began with the words would look at each word
    r"\.(?= \w)(?:"
    + "|".join(
        rf"(?<=\b{word}\.)" for word in "Dr Mr Mrs Ms Prof Sr Sra Hr Fr St Mme Mlle ca approx bzw vs [Tt]el".split()
    )
    + r")|\.(?= \d)(?:"
    + "|".join(rf"(?<=\b{word}\.)" for word in "[Nn]r [Nn]o [Pp] [Pp]p [Aa]rt".split())
    + ")"
)
"""Short words whose full stop ends no sentence."""
_RANGE = re.compile(
    r"(?<![\w.,/-])(\d{1,4}(?:[:.]\d\d)?(?:\s?[ap]\.?m\.?)?)\s?[-–—]\s?(?=\d{1,4}(?:[:.]\d\d)?(?:\s?[ap]m)?(?![\w-]))"
)
_GROUPED = re.compile(r"[1-9](?<![\w.,:/+-].)(?<!\d .)\d{0,2}(?: \d{3})+(?![\w:/-]|[.,]\d| \d)")
"""A number whose thousands are set apart by blanks."""
_THIN = re.compile(r"(?<=\d)[\u00a0\u202f\u2009 ](?=\d{3}(?!\d))")

UNKNOWN: Final = "und"
LANGUAGES: Final = (*lists.LANGUAGES, UNKNOWN)
END: Final = frozenset(".!?\n")
BREAK: Final = frozenset(",;:()–—")


def _index(table: Mapping[str, str]) -> dict[str, frozenset[str]]:
    return {language: frozenset(table[lists_of(language)].replace("ß", "ss").split()) for language in LANGUAGES}


def lists_of(language: str) -> str:
    """The language whose lists a text is read by; English for one that has no little words to tell by."""
    return "en" if language == UNKNOWN else language


def spellings(groups: Iterable[str]) -> dict[str, int]:
    """The place of each group, from 1 on, by every spelling in it."""
    return {word: place for place, words in enumerate(groups, start=1) for word in words.split()}


FUNCTION = _index(lists.FUNCTION)
NEGATIONS = _index(lists.NEGATIONS)
MODALS = _index(lists.MODALS)
DROPPED = _index(lists.DROPPED) | {UNKNOWN: frozenset({"the"})}  # "a" is a preposition elsewhere
_ARTICLES: Final = {"de": "der die das den dem des", "fr": "le la les l", "es": "el la los las"}
ARTICLES: Final = {language: frozenset(_ARTICLES.get(language, "the a an").split()) for language in LANGUAGES}
_JOINED: Final = {
    "de": {"im": "in", "ins": "in", "am": "an", "ans": "an", "zum": "zu", "zur": "zu", "vom": "von", "beim": "bei"},
    "fr": {"au": "à", "aux": "à", "du": "de", "des": "de"},
    "es": {"al": "a", "del": "de"},
}
JOINED: Final = {language: _JOINED.get(language, {}) for language in LANGUAGES}
"""Words that hold an article, by what they are without it."""
WEEKDAYS = spellings(lists.WEEKDAYS)
_WRITTEN_OUT = {word: expanded.split() for word, expanded in lists.CONTRACTIONS.items()}
_SHORT_ENDINGS = {"n't": "not", "'re": "are", "'ve": "have", "'ll": "will", "'m": "am", "'d": "would"}
_KEEP_S = frozenset(
    "this is was has its his us yes as always plus news less does across address access process business gas bus "
    "series species status css dns https ios windows aws gps sms jeans perhaps towards afterwards besides".split()
)


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
        for word in filter(EVIDENCE.__contains__, words):
            for language, weight in EVIDENCE[word]:
                score[language] = score.get(language, 0.0) + weight
    return max(score, key=score.__getitem__) if score else UNKNOWN


def split(text: str) -> list[str]:
    """The words and signs of a text as they are written, without layout."""
    if _GROUPED.search(text):
        text = _GROUPED.sub(lambda match: match[0].replace(" ", ""), text)
    if not text.isascii():
        text = unicodedata.normalize("NFKC", _THIN.sub("", text)).replace("’", "'")
    if "\n" in text:
        text = _WRAPPED.sub(" ", _STEP.sub("\n", text))
    if "*" in text or "`" in text or "_" in text or "\n" in text or text[:1] in "-#>•|":
        text = _LINE_START.sub(" ", text)
        if not _INLINE_SIGNS.isdisjoint(text):
            text = _INLINE.sub(" ", text)
    if ". " in text:
        text = _ABBREVIATION.sub("", text)
    if "m/h" in text:
        text = text.replace("km/h", "kmh")
    if "-" in text or "–" in text or "—" in text:
        text = _RANGE.sub(r"\1 to ", text)
    if "1." in text or "1)" in text:
        text = _without_markers(text)
    return _tokens(text)


def _tokens(text: str) -> list[str]:
    """The words and signs of a prepared text. Most words and codes stand between blanks, with a mark behind them at most,
    and need no pattern: a third of the time.
    """
    found: list[str] = []
    odd: list[str] = []
    for chunk in text.split(" "):
        word = chunk if chunk.isalnum() else chunk[:-1]
        is_plain = word.isalnum() and not word[0].isdigit() and (word is chunk or chunk[-1] in _MARKS)
        if not is_plain or word in _HALVES:
            odd.append(chunk)
            continue
        if odd:
            found += _TOKEN.findall(" ".join(odd))
            odd.clear()
        found.append(word)
        if word is not chunk:
            found.append(chunk[-1])
    return found + _TOKEN.findall(" ".join(odd)) if odd else found


def _without_markers(text: str) -> str:
    """The text without the numbers of its list: 1, 2 and so on, each once and in order."""
    found = list(_MARKER.finditer(text))
    if [int(match[1]) for match in found] != list(range(1, len(found) + 1)) or (
        len(found) < 2 and found and found[0].start()
    ):
        return text
    return _MARKER.sub("\n", text) if found else text


def apart(low: str, language: str) -> list[str]:
    """The words of one that is written together: "don't", "l'ordre"."""
    if low in _WRITTEN_OUT:
        return _WRITTEN_OUT[low]
    for ending, word in _SHORT_ENDINGS.items():
        if low.endswith(ending):
            return [low[: -len(ending)], word]
    head, _, tail = low.partition("'")
    return [head] if tail == "s" else [head, tail]


def singular(word: str) -> str:
    """An English word without the s of its plural or third person."""
    if len(word) < 4 or word[-1] != "s" or word[-2] in "sui'" or word in _KEEP_S or word[0] in "#=@":
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    return word[:-2] if word.endswith(("ches", "shes", "xes", "sses")) else word[:-1]
