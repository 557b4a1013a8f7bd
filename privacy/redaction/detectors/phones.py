"""Telephone numbers: international, North American, national ones of the policy's regions, and any that are called one."""

import re
from collections.abc import Iterator

import phonenumbers

from privacy.redaction.hits import Detector, Hit, Page

RANK, NAMED_RANK = 64, 66
MAX_PARSED = 60  # calls into phonenumbers a page; beyond that a candidate counts as a number (fails closed)

EXTENSION = r"(?:[\s,;]{0,3}(?:x|ext(?:ension|n)?\.?|extension|durchwahl|poste|int\.|anexo)[\s.:#]{0,2}\d{1,6}|\s{0,2}#\s?\d{1,5})?"
EDGE = r"(?<![\w])(?<!\d[.,:/-])(?<![A-Za-z]-)(?<![$€£¥#])"
END = r"(?![\w])(?!-\d|[.,:/]\d|\s?%)"

INTERNATIONAL = re.compile(
    rf"(?<![\w+])(?<!\d[.,:/-])(?:\(?\+\s?|00[ .-]?|\(00)(?=[1-9])(?:\(?\d\)?[ .\-/()]{{0,3}}){{6,17}}(?<=\d){EXTENSION}{END}"
)
NORTH_AMERICAN = re.compile(
    rf"{EDGE}(?:\+?(?:001|1)[ .\-/]{{0,2}})?"
    rf"(?:\(\d{{3}}\)[ .\-/]{{0,2}}\d{{3}}[ .-]?\d{{4}}|\d{{3}}([.\-/])\d{{3}}\1\d{{4}}|\d{{3}}[ .\-/]\d{{3}}[ .-]\d{{4}}){EXTENSION}{END}"
)
VALID_AREA = re.compile(r"(?:\+?(?:001|1)[ .\-/]{0,2})?\(?[2-9]\d\d\)?[ .\-/]{0,2}[2-9]")
NATIONAL = re.compile(rf"{EDGE}\(?0(?=\d|\))(?:[ .\-/)(]{{0,2}}\d){{7,11}}{EXTENSION}{END}")
ANY = re.compile(
    rf"(?<![\w])(?<!\d[.,:-])(?<![$€£¥])\(?\+?(?:\d[ .\-/()]{{0,3}}){{5,15}}\d{EXTENSION}(?![\w%])(?!-\d|[.,:]\d)"
)

WORDS = (
    r"phones?|telephone|tel(?:efon[eo]?|éfono|\.)?|mobiles?|cell(?:ular|phone)?|handy(?:nummer)?|fax|whats ?app|viber|sms|landline"
    r"|rufnummer|telefonnummer|portable|móvil|celular|cellulare|telefoonnummer|puhelin|contact (?:number|no)|call|called|calling|dial"
    r"|ring|text(?:ed)?|reach|reached|answering|contacting|msisdn|hotline|helpline|voicemail|number|ph|mob|contact|line"
)
BEFORE = re.compile(
    rf"(?:^|[^a-z])(?:{WORDS})(?:[\s_-](?:number|num|no|nr|line|me|us|him|her|them|back|up|you|is|at|on|home|work|office))*"
    r"[\"']?[\s:.,#=(\"'>|-]{0,6}(?:(?:is|was|at|on|to|are|it's|number|no|nr|now|or|me|us|him|her|them|the|my|currently|directly|has changed)[\s:.]{1,3}){0,4}"
    r"[\"'(\[*]{0,2}\Z"
)
STRONG = re.compile(
    r"\b(?:phone|telephone|tel|mobile|cell|fax|whats ?app|sms|call|dial|text|reach|answering|telefon|handy|contact|ring|mob|ph|my number)\b"
)
AFTER = re.compile(
    r"\s?[-(,]?\s?(?:(?:is|was) (?:my|his|her|their|our|the) (?:phone|cell|mobile|number|fax|tel)|(?:office|fax|mobile|cell|home|work|tel|phone|direct|main|landline)\b)"
)
DATE_LIKE = re.compile(
    r"\d{1,2}[./-]\d{1,2}[./-](?:19|20)?\d\d|(?:19|20)\d\d[./-]\d{1,2}[./-]\d{1,2}.*|(?:19|20)\d\d\s?-\s?(?:19|20)\d\d"
)
OTHER_FORM = re.compile(DATE_LIKE.pattern + r"|\d{3}-\d\d-\d{4}|\d{1,3}(?: \d{3})+")
NOT_DIGIT = re.compile(r"\D")
SPLIT_EXTENSION = re.compile(r"[^\d\s().+/-].*|#.*", re.DOTALL)
SEPARATED = re.compile(r"\d[ .\-/()]+\d")
DECIMAL = re.compile(r"\+?\d+\.\d{1,3}")
PLAIN_GROUPS = re.compile(r"\d+")


def phones(page: Page) -> Iterator[Hit]:
    """Numbers that show by their form what they are."""
    text = page.text
    taken: list[tuple[int, int]] = []
    check = Check(page.regions)
    for match in NORTH_AMERICAN.finditer(text):
        start, end = match.span()
        spaced_only = match[1] is None and "(" not in match.group()
        if spaced_only and not VALID_AREA.match(match.group()) and not called(page, start, end):
            continue
        taken.append((start, end))
        yield Hit(start, end, RANK, "PHONE", "phone_nanp")
    for match in INTERNATIONAL.finditer(text):
        start, end = match.span()
        if not covered(taken, start, end) and (check.international(match.group()) or called(page, start, end)):
            taken.append((start, end))
            yield Hit(start, end, RANK, "PHONE", "phone_international")
    for match in NATIONAL.finditer(text):
        start, end = match.span()
        if covered(taken, start, end) or not SEPARATED.search(match.group()) or OTHER_FORM.fullmatch(match.group()):
            continue
        if check.national(match.group()):
            yield Hit(start, end, RANK, "PHONE", "phone_national")


def named(page: Page) -> Iterator[Hit]:
    """Digits in a number's usual groups, after "call me on" or before "office"."""
    for match in ANY.finditer(page.text):
        start, end = match.span()
        if called(page, start, end):
            yield Hit(start, end, NAMED_RANK, "PHONE", "phone_named")


def covered(taken: list[tuple[int, int]], start: int, end: int) -> bool:
    """Whether a stretch lies in one that was taken. Recent ones come last."""
    return any(begin <= start and end <= stop for begin, stop in taken[-8:])


def called(page: Page, start: int, end: int) -> bool:
    """Whether the words around digits call them a telephone number, and nothing about them speaks against it."""
    value = page.text[start:end]
    digits = NOT_DIGIT.sub("", SPLIT_EXTENSION.sub("", value))
    if not 6 <= len(digits) <= 15 or DATE_LIKE.fullmatch(value) or len(set(digits)) < 2:
        return False
    before = page.low[max(0, start - 48) : start]
    cue = BEFORE.search(before)
    if cue:
        if len(digits) == len(value) < 9 and "\n" in cue.group():
            return False  # a number in the next line of a list
        return len(digits) >= 7 or bool(STRONG.search(cue.group()))
    return len(digits) >= 7 and bool(AFTER.match(page.low, end))


class Check:
    """Asks phonenumbers whether numbers are valid, within a budget; beyond it everything counts (fails closed)."""

    def __init__(self, regions: tuple[str, ...]) -> None:
        self.regions = regions
        self.calls = 0
        self.known: dict[str, bool] = {}

    def valid(self, value: str, region: str | None) -> bool:
        """Whether a number is one that its country has given out."""
        self.calls += 1
        try:
            return phonenumbers.is_valid_number(phonenumbers.parse(value, region))
        except phonenumbers.NumberParseException:
            return False

    def international(self, value: str) -> bool:
        """Whether a number with + or 00 in front is one of its country's; with a +, whether it could be."""
        plain = SPLIT_EXTENSION.sub("", value).strip()
        digits = NOT_DIGIT.sub("", plain)
        explicit = "+" in plain
        digits = digits if explicit else digits[2:]
        if not 7 <= len(digits) <= 15 or len(set(digits)) < 2 or DECIMAL.fullmatch(plain):
            return False
        if digits not in self.known:
            self.known[digits] = (
                self.calls > MAX_PARSED or (explicit and possible(digits)) or self.valid("+" + digits, None)
            )
        return self.known[digits]

    def national(self, value: str) -> bool:
        """Whether a number is valid as it stands in one of the regions."""
        plain = SPLIT_EXTENSION.sub("", value).strip()
        if len(PLAIN_GROUPS.findall(plain)) > 6 or len(set(plain)) < 4:
            return False
        if plain not in self.known:
            self.known[plain] = any(self.calls > MAX_PARSED or self.valid(plain, region) for region in self.regions)
        return self.known[plain]


def possible(digits: str) -> bool:
    """Whether digits begin with a country's calling code and are as many as a number has (E.164)."""
    codes = phonenumbers.COUNTRY_CODE_TO_REGION_CODE
    return len(digits) >= 8 and any(int(digits[:length]) in codes for length in (1, 2, 3))


SEVEN = r"\d[ .\-/()]{0,3}\d[ .\-/()]{0,3}\d[ .\-/()]{0,3}\d[ .\-/()]{0,3}\d[ .\-/()]{0,3}\d"
DETECTORS = (
    Detector("phone", rf"{SEVEN}[ .\-/()]{{0,3}}\d", phones, digit=True),
    Detector("phone_named", SEVEN, named, digit=True),
)
