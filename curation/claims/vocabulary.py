"""The closed word lists of eight languages: words that claim nothing, words that reverse a claim, words that mean the same
or the opposite.

Lists of words alone are in `vocabulary.txt`; here are those with numbers and patterns.
"""

from collections import defaultdict
from pathlib import Path
from typing import Final

LANGUAGES: Final = ("en", "de", "fr", "es", "it", "pt", "nl", "pl")


def read(text: str) -> dict[str, list[tuple[str, str]]]:
    """The sections of the file by name: the key of each line, empty where it has none, and its words."""
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    section = ""
    for line in text.replace("\n    ", " ").splitlines():
        if line.startswith("["):
            section = line.strip("[]")
        elif line and not line.startswith("#"):
            key, colon, words = line.partition(":")
            found[section].append((key, words.strip()) if colon else ("", line))
    return found


_SECTIONS: Final = read(Path(__file__).with_suffix(".txt").read_text(encoding="utf-8"))


def _by_key(name: str) -> dict[str, str]:
    return dict(_SECTIONS[name])


def _lines(name: str) -> tuple[str, ...]:
    return tuple(words for _, words in _SECTIONS[name])


STRONG: Final = _by_key("strong")
WEAK: Final = _by_key("weak")
FUNCTION: Final = _by_key("function")
DROPPED: Final = _by_key("dropped")
NEGATIONS: Final = _by_key("negations")
MODALS: Final = _by_key("modals")
ABILITY: Final = _by_key("ability")
CANCELLED: Final = _by_key("cancelled")
ASKING: Final = _by_key("asking")
NUMBERS: Final = _by_key("numbers")
TENS: Final = _by_key("tens")
UNITS: Final = _by_key("units")
IRREGULAR: Final = _by_key("irregular")
MONTHS: Final = _lines("months")
WEEKDAYS: Final = _lines("weekdays")
OPPOSITE: Final = _lines("opposite")
SAME: Final = {language: tuple(words for of, words in _SECTIONS["same"] if of == language) for language in LANGUAGES}

CHOOSING: Final = frozenset(
    "or oder ou o oppure of lub albo czy between zwischen entre tra tussen między than als que".split()
)
"""Words of a question that offers a choice: there a sentence of the question's own words is an answer."""

FIRST_ORDINAL: Final = 3
ORDINALS: Final = {
    "en": "third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth".split(),
    "de": (
        "dritte dritten dritter", "vierte vierten vierter", "fünfte fünften fünfter", "sechste sechsten sechster", "siebte siebten siebter",
        "achte achten achter", "neunte neunten neunter", "zehnte zehnten zehnter", "elfte elften elfter", "zwölfte zwölften zwölfter",
    ),
    "fr": "troisième quatrième cinquième sixième septième huitième neuvième dixième onzième douzième".split(),
    "es": (
        "tercero tercera tercer", "cuarta", "quinto quinta", "sexto sexta", "séptimo séptima", "octavo octava", "noveno novena", "décimo décima",
    ),
}  # fmt: skip
"""From the third on. The first and the second are also other words."""

FRACTIONS: Final = {
    "en": {"half": 0.5, "halves": 0.5, "quarter": 0.25, "quarters": 0.25, "thirds": 1 / 3},
    "de": {"halbe": 0.5, "halben": 0.5, "halbes": 0.5, "hälfte": 0.5, "viertel": 0.25, "drittel": 1 / 3},
    "fr": {"moitié": 0.5, "demi": 0.5, "demie": 0.5, "quart": 0.25, "quarts": 0.25, "tiers": 1 / 3},
    "es": {"mitad": 0.5, "medio": 0.5, "media": 0.5, "cuartos": 0.25, "tercio": 1 / 3, "tercios": 1 / 3},
}
AND: Final = frozenset("and und et y e en oraz".split())
AND_A_HALF: Final = (("and", "a", "half"), ("et", "demie"), ("et", "demi"), ("y", "media"), ("y", "medio"))

MORE_NUMBERS: Final[dict[str, dict[str, float]]] = {
    "en": {"thousand": 1000, "million": 10**6, "billion": 10**9, "dozen": 12, "dozens": 12, "once": 1, "twice": 2},
    "de": {"ein": 1, "eine": 1, "tausend": 1000, "dutzend": 12, "million": 10**6, "millionen": 10**6, "einmal": 1, "zweimal": 2, "dreimal": 3, "anderthalb": 1.5, "eineinhalb": 1.5, "zweieinhalb": 2.5},
    "fr": {"une": 1, "douzaine": 12, "douzaines": 12, "mille": 1000, "million": 10**6, "millions": 10**6},
    "es": {"una": 1, "docena": 12, "docenas": 12, "mil": 1000, "millón": 10**6, "millones": 10**6, "ciento": 100},
    "it": {"una": 1, "un": 1, "dozzina": 12, "dozzine": 12, "mille": 1000, "mila": 1000, "milione": 10**6, "milioni": 10**6},
    "pt": {"uma": 1, "duas": 2, "dúzia": 12, "dúzias": 12, "mil": 1000, "milhão": 10**6, "milhões": 10**6, "quatorze": 14},
    "nl": {"een": 1, "dozijn": 12, "duizend": 1000, "miljoen": 10**6},
    "pl": {"jedna": 1, "jedno": 1, "tuzin": 12, "tuziny": 12, "dwie": 2, "dwóch": 2, "trzech": 3, "czterech": 4, "pięciu": 5, "tysiąc": 1000, "tysięcy": 1000},
}  # fmt: skip
DOZENS: Final = frozenset(
    "dozen dozens dutzend douzaine douzaines docena docenas dozzina dozzine dúzia dúzias dozijn tuzin tuziny".split()
)

LIMITS: Final = (
    r"up to|at most|within|innerhalb(?: von)?|binnen|no \w+er than|max(?:imum)?(?: of)?|(?:no|not|never) more than|not over|no later than|fewer than|less than|under|below|höchstens|maximal|bis zu|nicht mehr als|"
    r"weniger als|unter|jusqu a|au plus|au maximum|moins de?|pas plus de?|hasta|como máximo|menos de|no más de|massimo|fino a|al massimo|meno di|"
    r"até|no máximo|maximaal|tot|hoogstens|minder dan|maksymalnie|najwyżej|mniej niż",
    r"at least|min(?:imum)?(?: of)?|(?:no|not|never) less than|(?:no|not|never) fewer than|more than|over|above|exceeding|mindestens|mehr als|über|nicht weniger als|au moins|"
    r"plus de?|au minimum|al menos|más de|como mínimo|almeno|più di|pelo menos|mais de|no mínimo|minstens|meer dan|co najmniej|więcej niż|ponad",
)
"""What stands before a number that is the most, or the least."""

LIMITS_BEHIND: Final = (
    r"at (?:the )?most|or (?:less|fewer|under|younger|below)|and (?:under|younger|below)|maximum|tops|oder weniger|au plus|au maximum|ou moins|como máximo|o menos",
    r"at (?:the )?least|or (?:more|over|older|above|upwards?)|and (?:over|older|above|up|upwards?)|upwards?|minimum|oder mehr|au moins|au minimum|ou plus|como mínimo|o más",
)
"""What stands behind one."""

UNTIL: Final = (
    r"until|till|by|before|no later than|not later than|not after|bis|vor|spätestens|nicht nach|jusqu (?:a|à|au)|avant|au plus tard|hasta|antes|a más tardar|fino|entro|"
    r"prima|até|antes|tot|voor|uiterlijk|do|przed"
)
"""What stands before the last date or time."""
FROM: Final = (
    r"from|since|after|starting|beginning|not before|no earlier than|ab|nach|seit|frühestens|nicht vor|à partir|dès|depuis|après|au plus tôt|desde|a partir|después|dal|dalle|dopo|"
    r"desde|depois|vanaf|na|od|po"
)
"""What stands before the first one."""

CONTRACTIONS: Final = {
    "can't": "can not", "cannot": "can not", "won't": "will not", "shan't": "shall not", "ain't": "is not",
    "it's": "it is", "that's": "that is", "there's": "there is", "here's": "here is", "what's": "what is", "he's": "he is",
    "she's": "she is", "who's": "who is", "where's": "where is", "let's": "let us", "i'm": "i am", "dont": "do not",
    "doesnt": "does not", "cant": "can not", "wont": "will not", "isnt": "is not",
}  # fmt: skip
"""Written-together words and what they are short for; `n't 're 've 'll 'd` are read by rule."""
