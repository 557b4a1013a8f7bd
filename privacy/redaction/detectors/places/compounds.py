"""Streets whose last word ends like one: `Lindenstraße 4`, `Kyrkogatan 1`, `Dózsa György út 78.`"""

import re
from collections.abc import Iterator
from typing import Final

from privacy.redaction.anchors import Anchor
from privacy.redaction.detectors.places.address_ends import street
from privacy.redaction.detectors.places.address_forms import (
    AT_STREET,
    CAPITAL,
    COMPOUND,
    LOWERED,
    NO_STREETS,
    SEPARATE,
    SURE_COMPOUND,
)
from privacy.redaction.hits import Detector, Hit, Page
from privacy.redaction.lexicon import FIRST, FLAGS, LAST, ORDINARY, STOP, lexicon

WORDS_BEFORE: Final = rf"(?<![\w.-])(?:\d{{1,4}}\s{{1,2}})?(?:{LOWERED}[^\W\d_]+[ -]){{0,3}}"
NUMBER_BEHIND: Final = r"\s{1,2}\d{1,4}(?:\s?[a-h](?!\w))?\.?(?:[-/]\d{1,4})?(?:,? (?:st|\d{1,2})\.? ?(?:tv|th|mf)\b\.?)?(?!\d|[.,:]\d|\s?%)"
# Two patterns, depending on whether a letter comes before the ending: trying both at every word took most of the time.
COMPOUND_STREET: Final = re.compile(rf"{WORDS_BEFORE}[^\W\d_]{{1,30}}(?:{COMPOUND}){NUMBER_BEHIND}")
SEPARATE_STREET: Final = re.compile(rf"{WORDS_BEFORE}{LOWERED}[^\W\d_]+[ -](?:{SEPARATE}){NUMBER_BEHIND}")
AT: Final = re.compile(rf"{AT_STREET}\s{CAPITAL}[^\W\d_]+ \d{{1,4}}(?:\s?[a-h](?!\w))?(?![\w%]|[.,:]\d)")
AT_PLACES: Final = Anchor(rf"\b{AT_STREET}\s\p{{Lu}}\pL+ \d")
# What may come before the end of such a word, read backwards: its beginning, words before it, a number.
COMPOUND_HEAD: Final = re.compile(r"[^\W\d_]*(?:[ -][^\W\d_]+){0,4}(?:\s{1,2}\d{1,4})?")
COMPOUND_TAIL: Final = Anchor(rf"(?i)(?:{COMPOUND}|{SEPARATE})\s{{1,2}}\d")
TYPE_ALONE: Final = re.compile(SEPARATE)
WORD: Final = re.compile(r"(?<!\w)[^\W\d_]+(?!\w)")
POSTCODE_AFTER: Final = re.compile(r"\s*,?\s*(?:[A-Z]{1,2}-)?(?:\d{4,5}|\d{3} \d\d|\d{4} [A-Z]{2})\s+[^\W\d_a-zß-ÿ]")
SPEAKS_OF_ADDRESS: Final = Anchor(
    r"(?i)\b(?:adress\w*|anschrift|wohn\w*|zieh\w*|\w*gezogen|lief\w*|hausnummer|straße|strasse|schick\w*|send\w*|büro|techniker\w*|lebt|leben|zustell\w*|abhol\w*"
    r"|adres\w*|\w*adres(?:sen)?|woon\w*|won(?:en|ing)|bezorg\w*|lever\w*|\w*stuur\w*|verhui\w*|kantoor|monteur|langs\w*|bor|bodde|skick\w*|flyt\w*|kontor\w*|tekni\w*|hämta|hent\w*|bij"
    r"|address|liv\w+|mov\w+|ship\w*|deliver\w*|at|to|on|from)\b"
)
MEASURE: Final = re.compile(
    r"(?i)\s?(?:%|€|km|kilomet\w+|meter\w*|cm|mm|[gmt]b|stück|stuks|keer|mal|gång\w*|gange|månad\w*|måned\w*|dag\w*|dage|tage?n?|woch\w+|uger|veck\w+|weken|jahr\w*|jaar|år|stunden?|uur|tim\w+|minut\w+|pro[cz]ent|kilo|kg|euro|kr)\b"
)
SURE: Final = re.compile(rf"[^\W\d_]+(?:{SURE_COMPOUND})")


def compounds(page: Page) -> Iterator[Hit]:
    """`Chausseestr. 32`, `Dózsa György út 78.`"""
    reached = 0
    for begin, stop in COMPOUND_TAIL.spans(page.text):
        before = COMPOUND_HEAD.match(page.text[max(reached, begin - 64) : begin][::-1])
        pattern = COMPOUND_STREET if page.text[begin - 1 : begin].isalpha() else SEPARATE_STREET
        match = pattern.search(page.low, begin - (before.end() if before else 0), stop + 16)
        if match is None:
            continue
        reached = match.end()
        begins = compound_start(page.text, match.start(), reached)
        if begins >= 0:
            yield street(page.text, begins, match.end())
    for match in AT_PLACES.read(AT, page.text):
        if spoken_of(page.text, match.start(), match.end()):
            yield street(page.text, match.start(), match.end())


def compound_start(text: str, start: int, end: int) -> int:
    """Where a street begins whose last word ends like one (`Lindenstraße`), in a match that may begin with other words;
    -1 if it is not a street. A word that may be something else (`Speicherplatz 20`) needs words about an address.
    """
    words = [word for word in WORD.finditer(text, start, end) if not word.group().isdigit()]
    last = max(
        [place for place, word in enumerate(words) if word.end() < end and not FLOOR.fullmatch(word.group())],
        default=-1,
    )
    if last < 0 or MEASURE.match(text, end):
        return -1
    low = words[last].group().lower()
    typed = TYPE_ALONE.fullmatch(low)
    if typed:
        if low in CAPITAL_TYPES and words[last].group()[0].islower():
            return -1
        last -= 1  # the name comes before: `Leipziger Platz`
        if last < 0 or not part_of_name(words[last].group()):
            return -1
    elif not words[last].group()[0].isupper() or low in NO_STREETS:
        return -1
    sure = bool(SURE.fullmatch(low)) or low in SURE_TYPES
    if not sure and not typed and not is_street_name(words[last].group()):
        return -1
    begins = words[last].start()
    for place in range(last - 1, -1, -1):
        word = words[place]
        small = word.group() in PARTICLES and place > 0 and words[place - 1].group()[0].isupper()
        if not (part_of_name(word.group()) or small) or text[word.end() : begins] not in {" ", "-"}:
            break
        begins = word.start()
    numbered_twice = begins > start and text[start:begins].strip().isdigit()  # `11 Brucknerweg 141`
    if sure or numbered_twice or spoken_of(text, begins, end) or is_a_line(text, begins, end):
        return begins
    return -1


FLOOR: Final = re.compile(r"st|tv|th|mf|[a-hA-H]")
SURE_TYPES: Final = frozenset(
    "straße strasse straat gasse allee gracht allé laan boulevarden gatan vägen vej gade".split()
)
CAPITAL_TYPES: Final = SURE_TYPES | frozenset(
    "platz ring damm weg plein kade singel plads torv torget gata veien".split()
)
NEAR: Final = 8
PARTICLES: Final = frozenset("van de der den von het af la le".split())
STREET_ADJECTIVES: Final = frozenset(
    "Alte Alter Neue Neuer Kleine Große Lange Breite Hohe Obere Untere Innere Äußere Oude Nieuwe Korte Grote Kleine Hoge Södra"
    " Norra Östra Västra Stora Lilla Gamla Nya Gammel Gamle Store Lille Ny Nørre Van Am".split()
)


def part_of_name(word: str) -> bool:
    """Whether a word before the last one may belong to a street's name."""
    return word in STREET_ADJECTIVES or is_street_name(word)


def is_a_line(text: str, start: int, end: int) -> bool:
    """Whether a stretch is a line by itself, or ends at a comma."""
    before = text[max(0, start - NEAR) : start].rstrip(" \t")
    after = text[end : end + NEAR].lstrip(" \t")
    begins = before[-1] in "\n:" if before else start < NEAR
    return begins and (not after or after[0] in ",\n\r")


def spoken_of(text: str, start: int, end: int) -> bool:
    """Whether the words around a stretch mention an address, or a postcode and a town follow."""
    return bool(
        POSTCODE_AFTER.match(text, end)
        or SPEAKS_OF_ADDRESS.anywhere(text[max(0, start - 60) : start])
        or SPEAKS_OF_ADDRESS.anywhere(text[end : end + 30])
    )


def is_street_name(word: str) -> bool:
    """Whether a word may be part of a street's name: capitalised, and not an ordinary word unless it is a name."""
    kind = lexicon().get(word.lower(), 0)
    return word[0].isupper() and not kind & (ORDINARY | STOP) and (kind <= FLAGS or bool(kind & (FIRST | LAST)))


DETECTORS: Final[tuple[Detector, ...]] = (
    Detector("address_compound", rf"{COMPOUND_TAIL.pattern}|(?-i:{AT_PLACES.pattern})", compounds, digit=True),
)
