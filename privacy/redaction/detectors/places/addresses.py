"""Postal addresses by the grammars of the common locales, and post codes."""

import re
from collections.abc import Iterator
from typing import Final

from privacy.redaction.anchors import LOOKAROUND, Anchor
from privacy.redaction.detectors.places.address_ends import RANK, street, whole
from privacy.redaction.detectors.places.address_forms import (
    CANADIAN_CODE,
    CAPITAL,
    DIRECTION,
    LEADING,
    NAME,
    NUMBER,
    STATE,
    SUFFIX,
    UK_CODE,
    UNIT,
    ZIP,
)
from privacy.redaction.hits import Detector, Hit, Page
from privacy.redaction.lexicon import ORDINARY, STOP, lexicon

CODE_RANK: Final = 40

# Rules in lower case read a page's lower case: `re` is quick at ruling out letters unless it ignores case.
START: Final = r"[0-9](?<![\w$€£¥#.,/:+-][0-9])"
NUMBERED_STREET: Final = re.compile(
    rf"{START}(?:\d{{0,3}}\s{{1,2}}(?=\d))?{NUMBER},?\s{{1,3}}(?P<words>(?:{NAME}\s{{1,2}}){{0,5}}?{NAME})\s{{1,2}}(?P<suffix>{SUFFIX})\b(?!\s(?:{SUFFIX})\b)(?:\.?\s{DIRECTION}\b)?(?P<tail>\s\d{{1,3}}(?![\d.,:%]))?"
)
# A number, up to six words, and the last word of a street.
STREETS: Final = Anchor(rf"(?i)[0-9]\S*\s{{1,3}}(?:[^\s,;:?!()]+\s{{1,2}}){{1,6}}(?:{SUFFIX})\b")
NUMBERED_BROADWAY: Final = re.compile(
    rf"{START}{NUMBER}\s(?:(?:north|south|east|west|n|s|e|w)\.?\s)?(?:(?-i:Broadway)|(?:avenue|ave)\.? (?:of the \w+|[a-z0-9]{{1,3}})|highway \d+)\b",
    re.IGNORECASE,
)
BROAD: Final = ("ave", "broadway", "highway")
TYPES: Final = Anchor(rf"(?i)\b(?:{LEADING})\s")
SMALL: Final = r"(?:(?:de|la|le|les|du|des|of|dos|das|do|da|di|del|della|dei|degli|el|los|las|y|e|en|sur|saint|von|van)\s|[dl]['’])"
TYPED: Final = re.compile(
    rf"(?:{LEADING})\s{{1,2}}(?:{SMALL}*+(?-i:{CAPITAL})[\w.'’-]*+|(?=\d{{1,2}} (?:de|di)\s)\d{{1,2}} \w{{2}} \w+)(?:[ -]{SMALL}*+(?-i:{CAPITAL})[\w.'’-]*+){{0,4}}(?P<after>,?\s{{1,2}}(?:n[°º.]\s?)?\d{{1,5}}(?:\s?[a-z](?!\w))?(?![\d.:]))?",
    re.IGNORECASE,
)
TYPED_LOWER: Final = re.compile(rf"(?:{LEADING})\s{{1,2}}(?:[^\W\d_][\w.'’-]*+ ){{1,4}}?(?P<after>\d{{1,5}})(?![\w.:])")
BEFORE_TYPE: Final = re.compile(
    r"(?<![\w$€£.,/:+-])(?:\d{1,4}\s{1,2})?\d{1,5}(?:\s?(?:bis|ter|[a-c]))?,?\s{1,2}\Z", re.IGNORECASE
)
BOX: Final = re.compile(
    r"(?<!\w)(?:\d{1,4}\s)?(?:p\.?\s?o\.?\s?b(?:ox|\.)|post office box|postfach|apartado (?:de correos|postal)|caixa postal|boîte postale|b\.?p\.?(?= \d))\.?\s{0,2}#?\s?\d{1,6}(?!\w)"
)
MILITARY: Final = re.compile(
    r"\b(?:(?:psc|cmr|unit) \d{1,5},? (?:box \d{1,5}\s{0,2},?\s{0,2})?|usn?s [^\W\d_]+\s{0,2},?\s{0,2})(?:apo|fpo|dpo),? a[aep] \d{5}"
)
MILITARY_BOXES: Final = ("apo", "dpo", "fpo")
UNIT_ALONE: Final = re.compile(rf"(?<!\w){UNIT}")
UNIT_PLACES: Final = Anchor(
    r"(?i)\b(?:apt|apartment|suite|ste|unit|room|rm|flat|bldg|building|door|stiege|top|appt|bât|esc|piso|andar|lot|hab|int|dpto|floor|fl)\b"
    r"|\b\d{1,2}(?:(?:st|nd|rd|th) floor|(?:\.|º|ª|er|e) (?:stock|og|piso|étage))"
)
NUMBER_AROUND: Final = re.compile(
    rf"(?:^|[\n>?]|[,:.] |to |at |with |in |is |here's? )[ \t>?]*(\d{{1,5}}(?: {NAME}){{1,6}}(?: \d{{1,5}}\.?)?|(?:{NAME} ){{1,5}}\d{{1,5}}\.?)[\s,>?]{{1,8}}\Z"
)
CUED: Final = re.compile(
    r"\b(?:address(?:es)?(?: of [^.\n]{1,40}?)?(?: is| to| are| was|:| at| with)+|liv(?:es?|ing) (?:at|on)|resid(?:es?|ing) at|located (?:at|on|in)|location (?:is|of)|situated (?:at|on)|lieferung:|livraison[: /]|(?:ship|deliver|send|sent|mail|return|post)(?:ped|ed)?(?: it)? to|moved to|office is at"
    r"|taxi to|arrived at|visit them at|find (?:it|them) at|venue is|it's (?:at|on|in)|they(?:'re| are) (?:at|on)|is (?:at|on)|address)[:\s]{1,4}"
)
CUES: Final = Anchor(rf"{CUED.pattern}\d")
CUED_PLACE: Final = re.compile(rf"\d{{1,6}}(?:-\d{{1,6}})?[A-Za-z]?(?: {NAME}){{1,7}}(?:,? ?{UNIT})?")
HALT: Final = re.compile(
    r"\s(?:and|or|with|for|which|that|has|have|is|are|was|offers?|costs?|costing|in|on|at|from|to|by|but|so|if|please|the|a|an|where|near|it|there|you|your|i|my|per|their|they|we|our|of|not|no|yes|can|will|would|also|plus)\b"
)
NOT_STREET: Final = frozenset(
    "at in the to and for is on per with from or but if as by are was were be it its this that these those my your our their his her a an any each every all some no not than then about around over under up down out off"
    " minutes minute hours hour days day weeks week months month years year nights night people persons adults rooms room bedrooms bedroom bathrooms bathroom beds bed baths bath miles mile km meters feet dollars bucks euros percent"
    " times stars star tickets ticket seats seat items item units unit am pm points point steps step ways options option results result found more less other new best you we they he she i may can will would could should might must do does did have has had which who whom what when where how why there here also just only please"
    " enjoy called located costs cost rent which".split()
)
STREET_WORDS: Final = frozenset(
    "street avenue road lane boulevard drive parkway highway terrace crescent st ave rd ln blvd str".split()
)

FORMED_CODE: Final = re.compile(
    rf"(?<![\w#-])(?:[A-Z]{{1,2}}\d[A-Z\d]? \d[A-Z]{{2}}|(?<=[, ])[A-Z]{{1,2}}\d{{1,2}}\d[ABD-HJLNP-UW-Z]{{2}}(?=[,.\s])|{CANADIAN_CODE})(?![\w-])"
)
FORMED_PLACES: Final = Anchor(rf"\b(?:[A-Z]{{1,2}}\d[A-Z\d]? ?\d[A-Z]{{2}}|{CANADIAN_CODE})\b")
STATE_ZIP: Final = re.compile(rf"(?:(?<=, )|(?<=[a-z] ))(?:{STATE})\.?,? ({ZIP})(?![\w-])")
STATE_PLACES: Final = Anchor(rf"\b(?:{STATE})\.?,? \d{{5}}")
# Unambiguous names of post codes; and all names, with short ones that other things have too.
SURE_CODE_NAMES: Final = (
    r"zip[ _-]?codes?|post(?:al)?[ _-]?codes?|postleitzahl|code postal|código postal|codice postale|eircode"
)
CODE_NAMES: Final = rf"\b(?:{SURE_CODE_NAMES}|zip|plz|c\.?p\.?|cap|cep|pin ?code)\b"
CODE_PLACES: Final = Anchor(f"(?i){CODE_NAMES}")
NAMED_CODE_FORM: Final = rf"(?:{UK_CODE}|{CANADIAN_CODE}|\d{{5}}-\d{{3,4}}|\d{{2}}-\d{{3}}|\d{{3}}-\d{{4}}|\d{{4}} ?(?-i:[A-Z]{{2}})|\d{{3}} ?\d{{2,3}}|\d{{4,6}})(?![\w-])"
# "the zip code for my billing address is", "my postal code, from … to …": words that call a number nothing else.
CODE_WORDS: Final = (
    r"(?:is|was|be|of|for|to|on|in|at|from|my|your|our|the|his|her|their|new|old|current|correct|right|billing|shipping|delivery|mailing|home|work|card|account|profile"
    r"|address|area|number|holder|customer|user|still|now|it|it's|its|has|should|changed|updated|please|here)"
)
NAMED_CODE: Final = re.compile(
    rf"(?:\b(?:{SURE_CODE_NAMES})\b[\"']?(?:[\s:,?.]{{1,3}}{CODE_WORDS}\b){{0,7}}|{CODE_NAMES}[\"']?(?:\s(?:is|was|of|for|number|my))*)"
    rf"[\s:=#\"'?-]{{1,4}}(?:is |it's )?({NAMED_CODE_FORM})(?:\sto\s({NAMED_CODE_FORM}))?",
    re.IGNORECASE,
)


def numbered(page: Page) -> Iterator[Hit]:
    """`100 Valley Oaks Drive`, and the unit, town, code and country that follow."""
    text = page.text
    for match in NUMBERED_STREET.finditer(page.low) if STREETS.anywhere(text) else ():
        start = likely_street(page, match)
        if start >= 0:
            yield street(text, start, match.end())
    for match in NUMBERED_BROADWAY.finditer(text) if any(word in page.low for word in BROAD) else ():
        yield street(text, match.start(), match.end())


def leading(page: Page) -> Iterator[Hit]:
    """`33 rue de la Paix`, `Calle de Alcalá 75`: a type of street, its name, and a number before or after."""
    rule = TYPED_LOWER if page.text == page.low else TYPED
    for match in TYPES.read(rule, page.text):
        if match.group()[:3].lower() == "av " and page.closed(match.start(), match.start() + 2):
            continue  # Swedish `av` is no avenue
        number = BEFORE_TYPE.search(page.text, max(0, match.start() - 16), match.start())
        words = match.group().lower().split()
        of = words[1] in OF_STREETS  # `Plaza de España 8`
        if not number and (not match["after"] or (words[0] in SENTENCE_TYPES and not of)):
            continue
        if number and rule is TYPED_LOWER and any(word in NOT_STREET for word in match.group().split()):
            continue
        end = match.start("after") if number and match["after"] else match.end()
        yield street(page.text, number.start() if number else match.start(), end)


def boxes(page: Page) -> Iterator[Hit]:
    """Post office boxes and military addresses."""
    for match in BOX.finditer(page.low):
        yield street(page.text, match.start(), match.end())
    for match in MILITARY.finditer(page.low) if any(box in page.low for box in MILITARY_BOXES) else ():
        yield street(page.text, match.start(), match.end())


OF_STREETS: Final = frozenset("de del della di du des da do dos das".split())
SENTENCE_TYPES: Final = frozenset("place avenue boulevard square passage route quarter plaza".split())


DIGITS_BEFORE: Final = re.compile(r"\d[ -]\Z")


def likely_street(page: Page, match: re.Match[str]) -> int:
    """Where a numbered street begins; -1 if the words are not those of a street."""
    named, suffix = page.text[slice(*match.span("words"))], page.text[slice(*match.span("suffix"))]
    words = named.split()
    if any(word in NOT_STREET and not (word in {"the", "of"} and place) for place, word in enumerate(words)):
        return -1
    if foreign_prose(page, match.start("words"), match.end("words")):
        return -1
    if suffix.lower() not in STREET_WORDS and DIGITS_BEFORE.search(
        page.text, max(0, match.start() - 16), match.start()
    ):
        return -1  # `1800 551 800 Kids Helpline View`: a telephone number, and words
    if match.group() == page.text[match.start() : match.end()]:
        plain = suffix in STREET_WORDS or (
            page.text == page.low and all(not lexicon().get(word, 0) & (ORDINARY | STOP) for word in words)
        )
        return match.start() if plain and len(suffix) > 2 else -1
    if not any(c.isupper() or c.isdigit() for c in named + suffix[0]):
        return -1
    if not suffix[0].isupper() and suffix.lower() not in STREET_WORDS:
        return -1
    return match.start()


WORD: Final = re.compile(r"(?<!\w)[^\W\d_]+(?!\w)")


def foreign_prose(page: Page, start: int, end: int) -> bool:
    """Whether words in lower case belong to a sentence in a language other than English: `e farà consegna al primo`."""
    return any(word.group().islower() and page.closed(*word.span()) for word in WORD.finditer(page.text, start, end))


ACRONYM_UNIT: Final = re.compile(r"[a-z]+\s{1,2}[a-z]")
LETTER_OF_UNIT: Final = re.compile(r"[A-Z]+\s+[A-Z]|[A-Z]?[a-z]+\s+[A-Za-z]")


def units(page: Page) -> Iterator[Hit]:
    """`Apt. 523`, with the line above it if that is a number and a name, in any language."""
    text = page.text
    for match in UNIT_PLACES.read(UNIT_ALONE, page.low):
        begins = text[match.start()]
        if ACRONYM_UNIT.fullmatch(match.group()) and not LETTER_OF_UNIT.fullmatch(text, *match.span()):
            continue  # `APT y`: an acronym and a word
        if begins == "#" or begins.isdigit():
            continue
        above = NUMBER_AROUND.search(page.low, max(0, match.start() - 80), match.start())
        start = above.start(1) if above else match.start()
        if not above and not begins.isupper() and text != page.low:
            continue
        yield Hit(start, whole(text, match.end()), RANK - 1, "ADDRESS", "unit")


def cued(page: Page) -> Iterator[Hit]:
    """A number and a name after "my address is", "located at", "ship it to"."""
    text = page.text
    for match in CUES.read(CUED, page.low):
        place = CUED_PLACE.match(page.low, match.end())
        if not place:
            continue
        halt = HALT.search(page.low, match.end(), place.end())
        end = halt.start() if halt else place.end()
        words = page.low[match.end() : end].split()[1:]
        strong = match.group().startswith(
            ("address", "liv", "resid", "ship", "deliver", "located", "location", "situated")
        )
        if (
            not words
            or any(word.strip(".,") in NOT_STREET for word in words)
            or (not strong and not any(c.isupper() for c in text[match.end() : end]))
        ):
            continue
        if len(words) < 2 and not any(c.isupper() for c in text[match.end() : end]):
            continue
        yield Hit(match.end(), whole(text, end), RANK - 2, "ADDRESS", "address_cue")


CODE_PAGE: Final = re.compile(
    r"(?i:cp) ?(?:125[0-8]|437|8[5-6]\d|932|949|950|1250\d|10\d{3})\b"
)  # of characters: `CP 1251`


def codes(page: Page) -> Iterator[Hit]:
    """Post codes by form (UK, Canada), after a state, or by name."""
    text = page.text
    for match in FORMED_PLACES.read(FORMED_CODE, text):
        yield Hit(match.start(), match.end(), CODE_RANK, "POSTCODE", "postcode_form")
    for match in STATE_PLACES.read(STATE_ZIP, text):
        yield Hit(match.start(1), match.end(1), CODE_RANK, "POSTCODE", "zip_after_state")
    for match in CODE_PLACES.read(NAMED_CODE, text):
        if CODE_PAGE.match(match.group()):
            continue
        for group in (1, 2) if match[2] else (1,):
            yield Hit(match.start(group), match.end(group), CODE_RANK + 1, "POSTCODE", "postcode_named")


DETECTORS: Final[tuple[Detector, ...]] = (
    Detector(
        "address",
        rf"(?i)\s(?:{SUFFIX})\b|broadway",
        numbered,
        digit=True,
    ),
    Detector("address_type", TYPES.pattern, leading, digit=True),
    Detector(
        "address_box",
        rf"(?i){LOOKAROUND.sub('', BOX.pattern)}|[afd]po,? a[aep] \d{{5}}",
        boxes,
        digit=True,
    ),
    Detector(
        "address_unit",
        r"(?i)\b(?:apt|apartment|suite|ste|unit|room|rm|flat|bldg|building|door|appt|piso|lot|bât|esc|andar|hab)[.\s#]",
        units,
        digit=True,
    ),
    Detector(
        "address_cue",
        r"(?i)(?:\b(?:at|on|to|is|in|with|are|was|address|livraison|lieferung|me|of)|:)[:\s]+\d{1,6}(?:-\d+)?[a-z]?\s[a-z]|(?:address|on|at|in)\s+\d+[^\x00-\x7f\s]?\s\pL",
        cued,
        digit=True,
    ),
    Detector(
        "postcode",
        rf"{FORMED_PLACES.pattern}|{STATE_PLACES.pattern}|(?i:{CODE_NAMES})",
        codes,
        digit=True,
    ),
)
