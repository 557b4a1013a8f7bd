"""Numbers that states give to people: by form and check digit, or by what the text calls them."""

import re
from collections.abc import Callable, Iterator
from typing import Final

from privacy.redaction import checksums
from privacy.redaction.anchors import Anchor
from privacy.redaction.hits import Detector, Hit, Page

BARE_RANK: Final = 62
CHECKED_RANK: Final = 70
NAMED_RANK: Final = 71

SSN: Final = re.compile(r"(?<![\w-])(?<!\d[.,/])(?!000|666|9\d\d)\d{3}([-])(?!00)\d\d\1(?!0000)\d{4}(?![\w-])(?!\.\d)")
MASKED_SSN: Final = re.compile(r"(?<![\w*-])(?:[X*x]{3}-[X*x]{2}-\d{4}|\d{3}-[X*x]{2}-[X*x]{4})(?!\w)")
NINO: Final = re.compile(
    r"(?<!\w)(?!BG|GB|NK|KN|TN|NT|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z](?:\d{6}|[ -]\d{2}[ -]\d{2}[ -]\d{2}[ -]| ?\d{6} ?)[A-D](?!\w)"
)
ITALIAN: Final = re.compile(r"(?<!\w)[A-Za-z]{6}\d{2}[A-Ea-eHhLlMmPpR-Tr-t]\d{2}[A-Za-z]\d{3}[A-Za-z](?!\w)")
DNI: Final = re.compile(r"(?<!\w)(?<!\d\.)(?:\d{2}\.?\d{3}\.?\d{3}[ -]?|[XYZxyz]-?\d{7}-?)[A-Za-z](?![\w+]|-\d)")
PAN: Final = re.compile(r"(?<!\w)[A-Z]{3}[ABCFGHLJPT][A-Z]\d{4}[A-Z](?!\w)")
AADHAAR: Final = re.compile(r"(?<![\w-])[2-9]\d{3}([ -])\d{4}\1\d{4}(?![\w-])(?! \d{4})")
CPF: Final = re.compile(r"(?<![\w.])\d{3}\.\d{3}\.\d{3}-\d{2}(?!\w)")
CNPJ: Final = re.compile(r"(?<![\w.])\d{2}\.\d{3}\.\d{3}/\d{4}-\d{2}(?!\w)")
NIR: Final = re.compile(r"(?<!\w)[12] ?\d{2} ?(?:0[1-9]|1[0-2]|[2-9]\d) ?(?:\d{2}|2[AB]) ?\d{3} ?\d{3} ?\d{2}(?!\w)")
BELGIAN: Final = re.compile(r"(?<![\w.])\d{2}\.\d{2}\.\d{2}-\d{3}\.\d{2}(?!\w)")
SWEDISH: Final = re.compile(
    r"(?<![\w-])(?:19|20)?\d{2}(?:0[1-9]|1[0-2])(?:[06][1-9]|[1278]\d|[39][01])[-+]\d{4}(?![\w-])"
)
FINNISH: Final = re.compile(r"(?<!\w)(?:[0-2]\d|3[01])(?:0\d|1[0-2])\d{2}[-+A-FU-Y]\d{3}[0-9A-FHJ-NPR-Y](?!\w)")
CURP: Final = re.compile(
    r"(?<!\w)[A-Z][AEIOUX][A-Z]{2}\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])[HM][A-Z]{2}[B-DF-HJ-NP-TV-Z]{3}[A-Z\d]\d(?!\w)"
)
NRIC: Final = re.compile(r"(?<!\w)[STFG]\d{7}[A-Z](?!\w)")
CHINESE: Final = re.compile(
    r"(?<![0-9A-Za-z.-])[1-9]\d{5}(?:18|19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx](?![0-9A-Za-z])"
)
KOREAN: Final = re.compile(r"(?<![0-9A-Za-z.-])\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])-[1-8]\d{6}(?![0-9A-Za-z-])")
TAIWANESE: Final = re.compile(r"(?<![0-9A-Za-z.-])[A-Z][12]\d{8}(?![0-9A-Za-z-])")
HONG_KONG: Final = re.compile(r"(?<![0-9A-Za-z.-])[A-Z]{1,2}\d{6}\([0-9A]\)")
CUIT: Final = re.compile(r"(?<![0-9A-Za-z.-])(?:2[03-7]|3[034])-\d{8}-\d(?![0-9A-Za-z-])")
RUT: Final = re.compile(r"(?<![0-9A-Za-z.-])\d{1,2}\.\d{3}\.\d{3}-[\dkK](?![0-9A-Za-z-])")
SNILS: Final = re.compile(r"(?<![0-9A-Za-z.-])\d{3}-\d{3}-\d{3} \d\d(?![0-9A-Za-z-])")
MBI: Final = re.compile(
    r"(?<![0-9A-Za-z-])[1-9][AC-HJKMNP-RT-Y][AC-HJKMNP-RT-Y\d]\d-[AC-HJKMNP-RT-Y][AC-HJKMNP-RT-Y\d]\d-[AC-HJKMNP-RT-Y]{2}\d\d(?![0-9A-Za-z-])"
)
MRZ: Final = re.compile(r"[PIAC][A-Z<][A-Z]{3}[A-Z<]{25,39}\n?[A-Z0-9<]{28,44}")
FINNISH_CHECK: Final = "0123456789ABCDEFHJKLMNPRSTUVWXY"
NRIC_CHECK: Final = {"S": ("JZIHGFEDCBA", 0), "T": ("JZIHGFEDCBA", 4), "F": ("XWUTRQPNMLK", 0), "G": ("XWUTRQPNMLK", 4)}


def finnish(text: str) -> bool:
    """Finnish personal identity code: the nine digits by 31 give the last character."""
    return FINNISH_CHECK[int(text[:6] + text[7:10]) % 31] == text[10]


def nric(text: str) -> bool:
    """Singapore NRIC and FIN: weights 2765432 by 11, an offset of 4 for T and G."""
    letters, offset = NRIC_CHECK[text[0]]
    return letters[(checksums.weighted(checksums.digits_of(text), (2, 7, 6, 5, 4, 3, 2)) + offset) % 11] == text[-1]


def swedish(text: str) -> bool:
    """Swedish personal number: Luhn over its ten last digits."""
    return checksums.luhn("".join(map(str, checksums.digits_of(text)[-10:])))


def shown(text: str) -> bool:
    """Whether a masked number shows a digit."""
    return any(c.isdigit() for c in text)


# Form, check, rank, rule. These need no word beside them.
FORMS: Final[tuple[tuple[re.Pattern[str], Callable[[str], bool], int, str], ...]] = (
    (SSN, bool, BARE_RANK, "ssn"),
    (MASKED_SSN, shown, BARE_RANK, "ssn_masked"),
    (NINO, bool, CHECKED_RANK, "nino"),
    (ITALIAN, checksums.codice_fiscale, CHECKED_RANK, "codice_fiscale"),
    (DNI, checksums.dni, CHECKED_RANK, "dni"),
    (PAN, bool, CHECKED_RANK, "pan"),
    (CPF, checksums.cpf, CHECKED_RANK, "cpf"),
    (CNPJ, checksums.cnpj, CHECKED_RANK, "cnpj"),
    (NIR, checksums.nir, CHECKED_RANK, "nir"),
    (AADHAAR, checksums.verhoeff, CHECKED_RANK, "aadhaar"),
    (BELGIAN, checksums.belgian, CHECKED_RANK, "belgian_number"),
    (SWEDISH, swedish, CHECKED_RANK, "personnummer"),
    (FINNISH, finnish, CHECKED_RANK, "hetu"),
    (CURP, bool, CHECKED_RANK, "curp"),
    (NRIC, nric, CHECKED_RANK, "nric"),
    (CHINESE, checksums.chinese, CHECKED_RANK, "resident_id_cn"),
    (KOREAN, bool, CHECKED_RANK, "rrn"),
    (TAIWANESE, checksums.taiwanese, CHECKED_RANK, "id_tw"),
    (HONG_KONG, bool, CHECKED_RANK, "hkid"),
    (CUIT, checksums.cuit, CHECKED_RANK, "cuit"),
    (RUT, checksums.rut, CHECKED_RANK, "rut"),
    (SNILS, bool, CHECKED_RANK, "snils"),
    (MBI, bool, CHECKED_RANK, "mbi"),
    (MRZ, bool, CHECKED_RANK, "mrz"),
)

NAMES: Final = (
    r"passport|passeport|pasaporte|reisepass(?:nummer)?|paspoort|driv(?:er'?s?|ing)(?:'s)?[ _-]?licen[cs]e|driver[ _]licen[cs]e|driving permit"
    r"|licen[cs]e (?:number|no|id)|f[üu]hrerschein(?:nummer)?|permis de conduire|\bdl\b"
    r"|\bssns?\b|social security|social sec|soc\.? sec|sozialversicherungsnummer|\bitin\b|\batin\b|\bein\b|\btins?\b|tax (?:id|number|no|payer|identification|file)"
    r"|taxpayer|\btfn\b|\bvat (?:id|number|no)|national insurance|\bni (?:number|no|nr)|\bnino\b|\bnhs\b|national id(?:entity|entification)?|identity card"
    r"|\bid card|personal id|identification number|\bpan\b|permanent account number|aadhaa?r|voter[ -]?id|\bepic\b(?= no)|\bdni\b|\bnie\b|\bnif\b|\bcpf\b|\bcnpj\b|\brg\b(?= n)"
    r"|\bsin\b(?=[ :#]| n)|social insurance|\bcurp\b|codice fiscale|steuer-?id(?:nummer)?|steueridentifikationsnummer|steuernummer|\bidnr\b|\bbsn\b"
    r"|burgerservicenummer|\bpesel\b|personnummer|\bhetu\b|\bcpr\b|f[øo]dselsnummer|\bnir\b|num[ée]ro de s[ée]cu(?:rit[ée] sociale)?|personalausweis(?:nummer)?|ausweisnummer"
    r"|residence permit|green card|visa number|alien number|\ba-number|\bnric\b|\bfin\b(?= n)|medicare|medicaid|\bahv(?:-nummer)?\b|\bppsn?\b|\bmrz\b|hkid|resident id"
)
NAME: Final = Anchor(f"(?:{NAMES})")
NAMED: Final = re.compile(
    r"(?:['’]?s\b)?(?:[\s_-]{1,2}(?:card|id|number|num|no|nr|#|identification|identity|code|details?|account|plate|file|ref|permit|security|licen[cs]e|identifier|for \w+|listed)\b\.?){0,4}"
    r"[\"')\]]{0,2}(?:[\s:;#=,.(\"'\[>|*-]{1,6}|(?=\d))(?:(?:is|was|are|es|est|ist|é|è|är|ends?|ending|were|shows?|of|it's|being|=>|the|my|his|her|number|no|atin|tin|dl|ssn)[\s:#.\"'(]{1,4}){0,3}"
    r"((?:[a-z]{1,5}[ _-]?)?[a-z0-9*]{0,8}(?:[\s./_-]?[a-z0-9]{1,12}){1,5})(?!\w)"
)
TOKEN: Final = re.compile(r"[a-z0-9*]+")
CUT: Final = re.compile(
    r"\s(?:and|or|is|was|for|to|in|on|at|by|with|of|the|a|an|but|so|which|that|were|has|had|will|please|can|next|linked|issued|expir\w*|under|from|as)\b"
)


FORM_PLACES: Final = Anchor(
    r"\b(?:\d{3}-(?:\d\d|[Xx*]{2})-|\d{2}\.?\d{3}\.?\d{3}[ -]?[A-Za-z]|[2-9]\d{3}[ -]\d{4}[ -]\d{4}|\d{2,3}\.\d{3}\.\d{3}[-/]|[12] ?\d{2} ?\d{2} ?[\dAB]{2} ?\d{3} ?\d{3} ?\d{2}|\d{2}\.\d{2}\.\d{2}-"
    r"|(?:\d{2})?\d{6}[-+A-FU-Y]\d{3}|[A-Z]{2}[ -]?\d\d[ -]?\d\d[ -]?\d\d|[A-Za-z]{6}\d{2}[A-Za-z]\d{2}|[XYZxyz]-?\d{7}|[A-Z]{5}\d{4}[A-Z]|[A-Z]{4}\d{6}[HM]|[STFG]\d{7}[A-Z]"
    r"|[1-9]\d{5}(?:18|19|20)\d{9}|\d{6}-[1-8]\d{6}|[A-Z][12]\d{8}|[A-Z]{1,2}\d{6}\(|[23]\d-\d{8}-|\d\.\d{3}\.\d{3}-|\d{3}-\d{3}-\d{3} |[1-9][A-Y][A-Y\d]\d-[A-Y][A-Y\d]\d-"
    r"|[PIAC][A-Z<][A-Z]{3}[A-Z<]{10})|[Xx*]{3}-[Xx*]{2}-\d"
)


def by_form(page: Page) -> Iterator[Hit]:
    """Identifiers that their form or their check digits give away."""
    text, reached = page.text, 0
    for start, _ in FORM_PLACES.spans(text):
        if start < reached:
            continue
        for pattern, check, rank, rule in FORMS:
            match = pattern.match(text, start)
            if match and check(match.group()):
                reached = match.end()
                yield Hit(start, reached, rank, "NATIONAL_ID", rule)
                break


def by_name(page: Page) -> Iterator[Hit]:
    """What follows "passport number", "SSN:", "driver's licence" and their like, if it holds enough digits."""
    reached = 0
    for begin, stop in NAME.spans(page.low):
        if begin < reached:
            continue
        if stop - begin < 5 and not page.text[begin:stop].isupper() and page.closed(begin, stop):
            continue  # German `ein` is no EIN, Spanish `sin` no SIN
        match = NAMED.match(page.low, stop)
        if match is None:
            continue
        reached = match.end()
        start, end = match.span(1)
        cut = CUT.search(page.low, start, end)
        end = cut.start() if cut else end
        trimmed = identifier(page.low, start, end)
        if trimmed:
            yield Hit(*trimmed, NAMED_RANK, "NATIONAL_ID", "id_named")


def identifier(low: str, start: int, end: int) -> tuple[int, int] | None:
    """The part of a stretch that reads as one identifier: from its first part to its last that holds a digit."""
    parts = [token.span() for token in TOKEN.finditer(low, start, end)]
    while parts and not has_digit(low, parts[-1]):
        if (
            len(parts) > 1
            and parts[-1][1] - parts[-1][0] <= 2
            and low[parts[-1][0] - 1] in " -"
            and has_digit(low, parts[-2])
        ):
            break  # a check letter of its own: AB 12 34 56 C
        parts.pop()
    while parts and parts[0][1] - parts[0][0] > 5 and not has_digit(low, parts[0]) and low[parts[0][1]] == " ":
        parts.pop(0)
    if not parts:
        return None
    begin, stop = parts[0][0], parts[-1][1]
    value = low[begin:stop]
    digits = sum(c.isdigit() for c in value)
    if len(value) < 6 or digits < 4 or DATE.fullmatch(value):
        return None
    return begin, stop


DATE: Final = re.compile(
    r"\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|(?:19|20)\d\d[./-]\d{1,2}[./-]\d{1,2}|(?:19|20)\d\d[\s-]+(?:19|20)\d\d"
)


def has_digit(text: str, span: tuple[int, int]) -> bool:
    """Whether a stretch holds a digit."""
    return any(c.isdigit() for c in text[span[0] : span[1]])


DETECTORS: Final[tuple[Detector, ...]] = (
    Detector("government_form", FORM_PLACES.pattern, by_form, digit=True),
    Detector("government_named", f"(?i){NAME.pattern}", by_name, digit=True),
)
