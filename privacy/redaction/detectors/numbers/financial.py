"""Payment cards and IBANs, by their check digits."""

import re
from collections.abc import Iterator
from typing import Final

from privacy.redaction import checksums
from privacy.redaction.detectors.numbers.dumps import dumped
from privacy.redaction.hits import Detector, Hit, Page

CARD_RANK: Final = 85
IBAN_RANK: Final = 86

# Each begins with a character class and then looks behind it, because `re` skips quickly to such a character.
CARD_RUN: Final = re.compile(
    r"[1-6](?:(?<=[2-6])|(?=[ .\-_/]{0,2}8[ .\-_/]{0,2}0))(?<!\w[1-6])(?<!\d\.[1-6])(?<!\.[1-6])(?!\.\d{5})(?:[ .\-_/]{0,2}\d){12,22}(?![A-Za-z\d])"
)
SOLID: Final = re.compile(r"\d{12}")
GROUPS: Final = re.compile(r"\d+")
# The first digits and lengths that networks issue (ISO/IEC 7812 ranges of Visa, Mastercard, Amex, Discover, JCB, Diners,
# UnionPay, Maestro, RuPay, Mir, Troy).
ISSUED: Final = re.compile(
    r"4(?:\d{12}|\d{15}|\d{18})|5[1-5]\d{14}|2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}|3[47]\d{13}"
    r"|(?:6011|65\d\d|64[4-9]\d|60[0-9]\d|81\d\d|508\d)\d{12}|35\d{14}|(?:1800|2131)\d{11}|3(?:0[0-59]|[689]\d)\d{11}"
    r"|62\d{14,17}|(?:50|5[6-9]|6[37])\d{10,17}|220[0-4]\d{12}|9792\d{12}"
)
COMMON: Final = re.compile(r"[3-6]")

IBAN_START: Final = re.compile(r"[0-9](?<=[A-Za-z]{2}[0-9])(?<![A-Za-z0-9][A-Za-z]{2}[0-9])[0-9](?=[ .-]?[A-Za-z0-9])")
# ISO 13616 registry: country and length.
IBAN_LENGTHS: Final = dict(
    (pair[:2], int(pair[2:]))
    for pair in (
        "AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 EE20 EG29 ES24"
        " FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32"
        " LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 PT25 QA29 RO24"
        " RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30"
    ).split()
)
NAMED_IBAN: Final = re.compile(r"iban\b(?<!\wiban)[\s:#'\"=(]{0,4}(?:(?:is|number|no\.?|code)[\s:#'\"=(]{1,4}){0,2}")
LOOSE_IBAN: Final = re.compile(r"[A-Z]{2}\d{2}(?: ?[A-Z0-9]{3,30}){1,8}(?:\.{2,3})?(?![A-Za-z0-9])")


def cards(page: Page) -> Iterator[Hit]:
    """Runs of 12 to 19 digits, however grouped, that begin like a card's and pass Luhn."""
    text = page.text
    for match in CARD_RUN.finditer(text):
        start = match.start()
        if " ." in match.group() or dumped(page.low, start):
            continue  # a column of fractions, a line of bytes
        if start and text[start - 1] in ",-" and not SOLID.match(text, start):
            continue  # in a row, after a digit and a comma, a card has no signs between its digits
        yield from card_in(text, start, match.end())


def card_in(text: str, start: int, end: int) -> Iterator[Hit]:
    """The first card in a run of digits and separators: all of it, or a row of its groups."""
    groups = [group.span() for group in GROUPS.finditer(text, start, end)]
    if len(groups) == 1:
        if issued(text[start:end]):
            yield Hit(start, end, CARD_RANK, "CARD", "card")
        return
    for begin, stop in groups:
        if stop - begin >= 13 and issued(text[begin:stop]):
            yield Hit(begin, stop, CARD_RANK, "CARD", "card")
            return
    if issued(text[start:end]):
        yield Hit(start, end, CARD_RANK, "CARD", "card")
        return
    for first in range(len(groups)):
        for last in range(len(groups) - 1, first - 1, -1):
            begin, stop = groups[first][0], groups[last][1]
            if stop - begin >= 12 and COMMON.match(text, begin) and issued(text[begin:stop]):
                yield Hit(begin, stop, CARD_RANK, "CARD", "card")
                return


def issued(value: str) -> bool:
    """Whether digits could be those of a card that some network has issued."""
    digits = "".join(GROUPS.findall(value))
    return bool(
        12 <= len(digits) <= 19 and ISSUED.fullmatch(digits) and len(set(digits)) > 1 and checksums.luhn(digits)
    )


def ibans(page: Page) -> Iterator[Hit]:
    """A country and as many characters as its IBANs have, that pass mod 97."""
    text = page.text
    for match in IBAN_START.finditer(text):
        start = match.start() - 2
        wanted = IBAN_LENGTHS.get(text[start : start + 2].upper())
        if wanted is None:
            continue
        end = reach(text, start, wanted)
        if end and checksums.mod97(text[start:end]):
            yield Hit(start, end, IBAN_RANK, "IBAN", "iban")


def reach(text: str, start: int, wanted: int) -> int:
    """Where `wanted` letters and digits from `start` on end, with single separators between them; 0 if there are not as
    many.
    """
    count, place, length = 0, start, len(text)
    while place < length:
        character = text[place]
        if character.isascii() and character.isalnum():
            count += 1
            if count == wanted:
                following = text[place + 1 : place + 2]
                return 0 if following.isascii() and following.isalnum() else place + 1
        elif character not in " .-\t" or not text[place - 1].isalnum():
            return 0
        place += 1
    return 0


def named_ibans(page: Page) -> Iterator[Hit]:
    """What is called an IBAN and looks like one, though its check digits do not hold."""
    for match in NAMED_IBAN.finditer(page.low):
        loose = LOOSE_IBAN.match(page.text, match.end())
        if loose and sum(c.isdigit() for c in loose.group()) >= 4:
            yield Hit(loose.start(), loose.end(), IBAN_RANK - 1, "IBAN", "iban_named")


DETECTORS: Final[tuple[Detector, ...]] = (
    Detector("card", r"\d" + r"[ ._/-]{0,2}\d" * 11, cards, digit=True),
    Detector("iban", r"(?i)\b[a-z]{2}\d{2}[ .-]?[a-z0-9]{2}", ibans, digit=True),
    Detector("iban_named", r"(?i)\biban\b", named_ibans),
)
