"""Dates of birth: any date that is called one."""

import re
from collections.abc import Iterator
from typing import Final

from privacy.redaction.anchors import Anchor
from privacy.redaction.hits import Detector, Hit, Page

RANK: Final = 72

MONTH: Final = (
    r"(?:jan(?:uary|uar|vier|eiro)?|feb(?:ruary|ruar)?|f[ée]v(?:rier|ereiro)?|mar(?:ch|s|zo|ço)?|m[äa]rz|apr(?:il|ile)?|avril"
    r"|abr(?:il)?|may|mai|mayo|maio|maggio|june?|juin|juni|junio|junho|giugno|july?|juillet|juli|julio|julho|luglio|aug(?:ust)?"
    r"|ao[ûu]t|agosto|sept?(?:ember|embre|iembre)?|set(?:embro|tembre)?|oct(?:ober|ubre|obre)?|okt(?:ober)?|out(?:ubro)?|ottobre"
    r"|nov(?:ember|embre|iembre|embro)?|dec(?:ember)?|d[ée]c(?:embre)?|dez(?:ember|embro)?|dic(?:iembre|embre)?|enero|gennaio)\.?"
)
YEAR: Final = r"(?:(?:18|19|20)\d\d|'?\d\d)(?!\d)"
DATE: Final = (
    rf"(?:(?:19|20)\d\d[-/. ](?:0?[1-9]|1[0-2])[-/. ](?:[0-2]?\d|3[01])(?!\d)"
    rf"|\d{{1,2}}\s?[-/.]\s?\d{{1,2}}\s?[-/.]\s?{YEAR}"
    rf"|\d{{1,2}} \d{{1,2}} (?:19|20)\d\d(?!\d)"
    rf"|(?:19|20)\d\d[01]\d[0-3]\d(?!\d)|[0-3]\d[01]\d(?:19|20)\d\d(?!\d)"
    rf"|\d{{1,2}}(?:st|nd|rd|th|er|º|ª|\.)?[\s-]{{0,2}}(?:of |de )?{MONTH}[\s,-]{{0,2}}(?:de )?{YEAR}"
    rf"|{MONTH}[\s-]{{0,2}}\d{{1,2}}(?:st|nd|rd|th)?(?:,\s?|\s|-){YEAR}"
    rf"|(?:19|20)\d\d[\s-]{MONTH}[\s-]\d{{1,2}}(?!\d))"
)
CUE: Final = (
    r"\b(?:date[ _-]?of[ _-]?birth|birth[ _-]?dates?|birth[ _-]?days?|b-?day|d\.?[ ]?o\.?[ ]?b\b\.?|born|birthdate|geboren|geburtsdatum"
    r"|geburtstag|née?(?= le)|naissance|nacimiento|naci(?:ó|do|da)|nascimento|nasc(?:ido|ida)|nato|nata|nascita|geboortedatum"
    r"|födelsedatum|syntymäaika|data urodzenia)(?:\b|(?=_))"
)
BETWEEN: Final = r"[^\d\n\x00]{0,32}?"
CUES: Final = Anchor(CUE)
NAMED_DATE: Final = re.compile(rf"{CUE}({BETWEEN}|[^\d\x00]{{0,12}}?)(?<![\w/.-])({DATE})")
DATE_THEN_CUE: Final = re.compile(
    rf"(?<![\w/.-])({DATE})\s?\(?(?:is (?:my|his|her|the) (?:date of birth|birth ?day|dob)|\(?d\.?o\.?b\b)"
)
THEN_CUE: Final = re.compile(r"birth|d\.?o\.?b\b")
NOT_BIRTH: Final = re.compile(r"\b(?:since|until|joined|updated|expires?|due|party|card|gift|sale)\b")


def births(page: Page) -> Iterator[Hit]:
    """Dates after a word of birth, or before "is my birthday"."""
    for match in CUES.read(NAMED_DATE, page.low):
        if not NOT_BIRTH.search(match[1]):
            yield Hit(match.start(2), match.end(2), RANK, "BIRTH_DATE", "birth_date")
    for match in DATE_THEN_CUE.finditer(page.low) if THEN_CUE.search(page.low) else ():
        yield Hit(match.start(1), match.end(1), RANK, "BIRTH_DATE", "birth_date")


DETECTORS: Final[tuple[Detector, ...]] = (
    Detector(
        "birth_date",
        r"(?i)birth|b-?day|d\.? ?o\.? ?b|\bborn\b|gebo?[ur]|naiss|\bn[ée]e? le|naci|nasc|\bnat[oa]\b|födel|syntym|urodz",
        births,
    ),
)
