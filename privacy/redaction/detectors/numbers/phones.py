"""Telephone numbers: international, North American, national ones of the policy's regions, and any that are called one."""

import re
from bisect import bisect_right
from typing import Final

import phonenumbers

from privacy.redaction.detectors.numbers.dumps import dumped
from privacy.redaction.hits import Detector, Hit, Page

RANK: Final = 64
NAMED_RANK: Final = 66
FEWEST: Final = 6  # digits of a telephone number
MAX_PARSED: Final = 60  # calls into phonenumbers a page; beyond that a candidate counts as a number (fails closed)

EXTENSION: Final = r"(?:[\s,;]{0,3}(?:x|ext(?:ension|n)?\.?|extension|durchwahl|poste|int\.|anexo)[\s.:#]{0,2}\d{1,6}|\s{0,2}#\s?\d{1,5})?"
EDGE: Final = r"(?<![\w])(?<!\d[.,:/-])(?<![A-Za-z]-)(?<![$€£¥#])"
END: Final = r"(?![\w])(?!-\d|[.,:/]\d|\s?%)"

INTERNATIONAL: Final = re.compile(
    rf"(?<![\w+])(?<!\d[.,:/-])(?:\(?\+\s?|00[ .-]?|\(00)(?=[1-9])(?:\(?\d\)?[ .\-/()]{{0,3}}){{6,17}}(?<=\d){EXTENSION}{END}"
)
NORTH_AMERICAN: Final = re.compile(
    rf"{EDGE}(?:\+?(?:001|1)[ .\-/]{{0,2}})?"
    rf"(?:\(\d{{3}}\)[ .\-/]{{0,2}}\d{{3}}[ .-]?\d{{4}}|\d{{3}}([.\-/])\d{{3}}\1\d{{4}}|\d{{3}}[ .\-/]\d{{3}}[ .-]\d{{4}}){EXTENSION}{END}"
)
VALID_AREA: Final = re.compile(r"(?:\+?(?:001|1)[ .\-/]{0,2})?\(?[2-9]\d\d\)?[ .\-/]{0,2}[2-9]")
NATIONAL: Final = re.compile(rf"{EDGE}\(?0(?=\d|\))(?:(?: / |[ .\-/)(]{{0,2}})\d){{7,11}}{EXTENSION}{END}")
ANY: Final = re.compile(
    rf"(?<![\w])(?<!\d[.,:-])(?<![$€£¥])\(?\+?(?:\d[ .\-/()]{{0,3}}){{5,15}}\d{EXTENSION}(?![\w%])(?!-\d|[.,:]\d)"
)

# Words that call what follows a telephone number: the strong ones alone, the weak ones for seven digits or more.
STRONG: Final = frozenset(
    "phone phones telephone tel telefon telefono teléfono telefone mobile mobiles cell cellular cellphone handy handynummer fax whatsapp app viber sms landline rufnummer telefonnummer portable"
    " móvil celular cellulare telefoonnummer telefoon puhelin téléphone telemóvel telemovel komórka komórkę numer mobil mobilnummer telefonnummer anrufen anruf rückruf erreichbar erreichen rufen ruf appelez appeler appelle rappelez rappeler"
    " joindre joignable llamarme llamarnos llámeme llámanos telefonearme contactarme localizarme llámame llamame llamar llame llámenos llamen llamada ligue liga ligar ligação chiama chiamami chiamare chiamate bel bellen bereikbaar ring ringa zadzwoń zadzwonić dzwonić dzwoń volejte zavolejte volat telefonem sunați suna sună ara arayın"
    " arayabilirsiniz numaram messages message позвоните позвони позвонить звоните звони звонить телефон телефона телефону тел номер мобильный зателефонуйте подзвоніть дзвоніть τηλέφωνο τηλ κινητό καλέστε טלפון הטלפון נייד هاتف هاتفي جوال رقمي फोन मोबाइल call called calling zap zapzap wpp whats zadzwońcie oddzwoń zavolejte sunați sunaţi apelați ringe ringes soita soittakaa soittaa belt terugbellen rappel chiamatemi chiamami richiamatemi telefonate llamad llamadme ligar-me ligue-me набери наберите набрать звоните перезвоните перезвони дзвони набирайте телефонуйте καλέσε τηλεφώνησε τηλεφωνήστε tlf tlph tfno tfn tf zavolat zavolám zavolej volej volám zavolajte volajte zavolať volať zadzwonię oddzwonić telefonować telefonar telefone liguem ringer ringde ringt telefonieren anzurufen zurückrufen durchrufen appellerai rappellerai téléphonez téléphoner telefonare telefoni richiamare richiamami chiamarmi chiamarci chiamarlo llamarlo llamarle ligar-lhe opbellen nabellen bel-me belle arar arayabilirsin aramanız hívjon hívj hívjanak телефонуй перезвонити зателефонувати подзвонити позвоню наберу dial ring text texted reach reached answering contacting contact msisdn hotline helpline voicemail ph mob".split()
)
WEAK: Final = frozenset("number line numbers".split())
# "My number": with a word for a number alone, an owner makes it that of a telephone.
NUMBERS: Final = frozenset("nummer número numéro numero numer numret nummeret".split())
NEW: Final = frozenset("neue neuer nuevo nouveau novo nuovo nieuwe nowy nytt nye nové".split())
OWNERS: Final = frozenset(
    "meine meiner mi mis mon ma notre mio mia il minha meu mijn mitt min mój moja moje moj můj nasz unsere nuestro".split()
)
# What may stand between such a word and the digits.
BETWEEN: Final = frozenset(
    "number num no nr line me us him her them back up you is at on home work office was to are it's it now or the my currently directly has changed your our his please"
    " al a en au le la el es est ist é è lo je ya unter auf an mich mir uns die der nummer nr bei moi nous mi me no el número numero nume para o ao su sul mio na nr pod numer mnie op mij het om på mig numret číslo číslem la mine numărul на по мне нас номеру мой мій мене με στο μου lütfen beni şu mim nós vám mně nás nám mnie nam wam mig oss dig mej sullo меня мені нам нас номері".split()
)
AFTER: Final = re.compile(
    r"\s?[-(,]?\s?(?:(?:is|was) (?:my|his|her|their|our|the) (?:phone|cell|mobile|number|fax|tel)|(?:office|fax|mobile|cell|home|work|tel|phone|direct|main|landline)\b)"
)
DATE_LIKE: Final = re.compile(
    r"\d{1,2}[./-]\d{1,2}[./-](?:19|20)?\d\d|(?:19|20)\d\d[./-]\d{1,2}[./-]\d{1,2}.*|(?:19|20)\d\d\s?-\s?(?:19|20)\d\d"
)
# `05.09.-08.09.`, `02.09-06.09.2024`: from one day to another.
DAY: Final = r"(?:0?[1-9]|[12]\d|3[01])[./](?:0?[1-9]|1[0-2])"
DATES: Final = re.compile(rf"\(?{DAY}(?:[./](?:(?:19|20)?\d\d)?)?\s?[-/]\s?{DAY}(?:[./](?:(?:19|20)?\d\d)?)?(?!\d)")
ZIP_PLUS: Final = re.compile(r"\d{5}-\d{4}")
STATE_BEFORE: Final = re.compile(r"\b[A-Z]{2}[ ,]{1,2}\Z")
THOUSANDS: Final = re.compile(r"[+-]?\s?\d{1,3}(?:[ .']\d{3})+")  # a signed amount
OTHER_FORM: Final = re.compile(DATE_LIKE.pattern + r"|\d{3}-\d\d-\d{4}|\d{1,3}(?: \d{3})+")
DIGITS: Final = b"0123456789"
DIGIT: Final = re.compile(r"\d")
NOT_DIGIT: Final = re.compile(r"\D")
SPLIT_EXTENSION: Final = re.compile(r"[^\d\s().+/-].*|#.*", re.DOTALL)
SEPARATED: Final = re.compile(r"\d[ .\-/()]+\d")
FRACTION: Final = re.compile(r"[+-]?\d\.\d{5,7}")  # 3.141593 beside the word "number"
DECIMAL: Final = re.compile(r"\+?\d+\.\d{1,3}")
PLAIN_GROUPS: Final = re.compile(r"\d+")


def phones(page: Page) -> list[Hit]:
    """Numbers that show by their form what they are, and any digits that the words around them call a number."""
    hits: list[Hit] = []
    check = Check(page.regions)
    for run in CANDIDATE.finditer(page.text):
        value = run.group()
        digits = len(value) - len(value.encode("ascii").translate(None, DIGITS))
        if digits >= FEWEST and not dumped(page.low, run.start()):
            for start, end, rank, rule in in_run(page, run.start(), value, digits, check):
                hits.append(Hit(start, end, rank, "PHONE", rule))
    return hits


SUM: Final = re.compile(r"[\d)]\s?\+ ")  # 69069 + 907133923


def in_run(page: Page, begin: int, run: str, digits: int, check: "Check") -> list[tuple[int, int, int, str]]:
    """The telephone numbers that begin in a run of so many digits and of separators; an extension may reach beyond it."""
    text, stop = page.text, begin + len(run)
    further = DIGIT.search(text, stop, stop + 20) is not None
    reach = stop + (20 if further else 3)  # nothing begins behind a run, nor is an extension, where there is no digit
    found: list[tuple[int, int, int, str]] = []
    taken: list[tuple[int, int]] = []
    grouped = digits < len(run)
    for match in NORTH_AMERICAN.finditer(text, begin, reach) if grouped and digits >= 10 else ():
        start, end = match.span()
        spaced_only = match[1] is None and "(" not in match.group()
        if start < stop and (not spaced_only or VALID_AREA.match(match.group()) or called(page, start, end)):
            taken.append((start, end))
            found.append((start, end, RANK, "phone_nanp"))
    if "+" in run or "00" in run:
        for match in INTERNATIONAL.finditer(text, begin, reach):
            start, end = match.span()
            valid = check.international(match.group()) and not SUM.search(text, max(0, start - 4), start + 2)
            if not covered(taken, start, end) and (valid or called(page, start, end)):
                taken.append((start, end))
                found.append((start, end, RANK, "phone_international"))
    if grouped and digits >= 8 and "0" in run:
        for match in NATIONAL.finditer(text, begin, reach):
            start, end = match.span()
            value = match.group()
            if (
                covered(taken, start, end)
                or not SEPARATED.search(value)
                or OTHER_FORM.fullmatch(value)
                or DATES.match(text, start)
                or (ZIP_PLUS.fullmatch(value) and STATE_BEFORE.search(text, max(0, start - 4), start))
            ):
                continue
            if called(page, start, end) or check.national(match.group()):  # the one is quickly told
                taken.append((start, end))
                found.append((start, end, RANK, "phone_national"))
    taken.sort()
    if not further and (overlapped(taken, begin, stop) or not mentioned(page.low, begin, stop)):
        return found
    for match in ANY.finditer(text, begin, reach):
        start, end = match.span()
        if not overlapped(taken, start, end) and called(page, start, end):
            found.append((start, end, NAMED_RANK, "phone_named"))
    return found


def mentioned(low: str, begin: int, stop: int) -> bool:
    """Whether the words around a run that no digits follow can call a part of it a telephone number."""
    return cue_before(low[max(0, begin - 48) : begin])[0] > 0 or bool(AFTER.match(low, stop))


def overlapped(taken: list[tuple[int, int]], start: int, end: int) -> bool:
    """Whether a stretch lies within one of those that were taken, which are sorted."""
    place = bisect_right(taken, (start, 1 << 60)) - 1
    return place >= 0 and taken[place][0] <= start and end <= taken[place][1]


def covered(taken: list[tuple[int, int]], start: int, end: int) -> bool:
    """Whether a stretch lies in one that was taken. Recent ones come last."""
    return any(begin <= start and end <= stop for begin, stop in taken[-8:])


def called(page: Page, start: int, end: int) -> bool:
    """Whether the words around digits call them a telephone number, and nothing about them speaks against it."""
    value = page.text[start:end]
    digits = value if value.isdecimal() else NOT_DIGIT.sub("", SPLIT_EXTENSION.sub("", value))
    if not 6 <= len(digits) <= 15 or len(set(digits)) < 2:
        return False
    if digits != value and (DATE_LIKE.fullmatch(value) or FRACTION.fullmatch(value) or DATES.match(page.text, start)):
        return False
    if digits != value and ("  " in value or "\t" in value or (THOUSANDS.fullmatch(value) and digits.endswith("000"))):
        return False  # columns of a table, a round number
    strength, gap = cue_before(page.low[max(0, start - 48) : start])
    if strength:
        if len(digits) == len(value) < 9 and "\n" in gap:
            return False  # a number in the next line of a list
        return len(digits) >= 7 or strength > 1
    return len(digits) >= 7 and bool(AFTER.match(page.low, end))


def cue_before(before: str) -> tuple[int, str]:
    """How surely the last words of a text call what follows a telephone number (0 to 2), and the text after those
    words.
    """
    backwards, place = before[::-1], 0
    weak, gap = 0, ""
    for _ in range(6):
        found = WORD_BEFORE.match(backwards, place)
        if found is None:
            break
        word = found[1][::-1]
        if word in STRONG and backwards[found.end() : found.end() + 1] != ".":
            return 2, backwards[: found.start(1)][::-1]
        if word in NUMBERS:
            owner = WORD_BEFORE.match(backwards, found.end())
            if owner and owner[1][::-1] in NEW:
                owner = WORD_BEFORE.match(backwards, owner.end())
            if owner and owner[1][::-1] in OWNERS:
                return 2, gap  # `mi número es el …`, `mon nouveau numéro est le …`
        if word in WEAK:
            weak, gap = 1, gap if weak else backwards[: found.start(1)][::-1]
        elif word not in BETWEEN:
            break
        place = found.end()
    return weak, gap


# A word and the signs after it; the text is read backwards.
WORD_BEFORE: Final = re.compile(r"[\s:.,#=(\"'>|_*\[-]{0,7}((?:[^\W\d_]+')?[^\W\d_]+)")


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
        if THOUSANDS.fullmatch(plain):
            return not digits.endswith("000") and self.valid("+" + digits, None)
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


CANDIDATE: Final = re.compile(r"[+(0-9][0-9 ()./+\-\t\n]{3,}[0-9](?![0-9])")
SIX: Final = r"\d[ .\-/()]{0,3}\d[ .\-/()]{0,3}\d[ .\-/()]{0,3}\d[ .\-/()]{0,3}\d[ .\-/()]{0,3}\d"
DETECTORS: Final[tuple[Detector, ...]] = (Detector("phone", SIX, phones, digit=True),)
