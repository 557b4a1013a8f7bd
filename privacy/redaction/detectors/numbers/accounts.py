"""Account, order, customer and patient numbers. They have no form of their own, so only what the text calls one counts."""

import re
from collections.abc import Iterator
from typing import Final

from privacy.redaction.anchors import Anchor
from privacy.redaction.hits import Detector, Hit, Page

RANK: Final = 67

NAMES: Final = (
    r"a/c|acc(?:oun)?t|acc(?:num)?|konto(?:nummer)?|compte|cuenta|conto|rekening(?:nummer)?|order|commande|bestellung|bestell(?:nummer|-nr)|pedido|ordine"
    r"|invoice|rechnung(?:snummer)?|facture|factura|booking|reservation|confirmation|tracking|shipment|customer|client|kunden(?:nummer|-nr)|member(?:ship)?"
    r"|loyalty|frequent flyer|patient|pid|mrn|medical (?:record|file)|health (?:record|insurance)|policy(?:holder)?|insurance|claim|case|ticket|employee|staff|student"
    r"|user|subscriber|subscription|routing|aba|transit|sort ?code|ifsc|micr|bic|swift|bsb|iin|branch code|transaction|payment|transfer|receipt|reference|ref|registration"
    r"|id(?:entification)? (?:number|no)|serial|imei|vin|meter|contract|vertrag(?:snummer)?|loan|mortgage|pnr|beneficiary|checking|savings"
)
QUALIFIER: Final = r"(?:id|ids|number|numbers|num|no|nos|nr|#|code|ref(?:erence)?|details?|identifier|account|record|file|plate|policy|license|key)"
NAMED: Final = re.compile(
    rf"(?<![a-z0-9_])(?:{NAMES})"
    rf"(?P<q>(?:[\s_-]{{0,2}}{QUALIFIER}\b\.?|[\s_-]{{0,2}}#|n[o°]\.){{0,3}})"
    r"(?P<sep>[\"')\]]{0,2}(?:[\s:;#=,.(\"'\[>|_*-]{1,5}|(?<=#)))"
    r"(?:(?:is|was|are|like|of|number|no|nr|#|id|acc|acct|=>)[\s:#.\"'(]{1,4}){0,2}"
    r"(?P<v>#?[a-z0-9*]{1,24}(?:[-_/][a-z0-9*]{1,24}){0,5}(?: \d{2,6}){0,5})(?![\w@])"
)
PLACES: Final = Anchor(rf"\b(?:{NAMES})")
DATE: Final = re.compile(
    r"\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|(?:19|20)\d\d[./-]\d{1,2}(?:[./-]\d{1,2})?|(?:19|20)\d\d[-/ ](?:19|20)?\d\d|\d{1,3}(?:\.\d{1,3}){2,3}|\d+\.\d{1,2}"
)
PHONE: Final = re.compile(r"(?:1-)?\d{3}-\d{3}-\d{4}")
UNIT: Final = re.compile(
    r"\s{0,2}(?:%|units?|items?|usd|eur|gbp|dollars?|euros?|days?|hours?|minutes?|seconds?|ms|kb|mb|gb|px|bytes|years?|records?|rows?|times|people|users|customers)\b"
)
NOT_DIGIT: Final = re.compile(r"\D")
PLAIN: Final = re.compile(r"[a-z]+\d{0,3}")


def accounts(page: Page) -> Iterator[Hit]:
    """A token of enough digits right after "account number", "order #", "MRN" and their like."""
    low = page.low
    for match in PLACES.read(NAMED, low):
        start, end = match.span("v")
        if low[start] == "#":
            start += 1
        value = low[start:end]
        digits = len(NOT_DIGIT.sub("", value))
        explicit = bool(match["q"]) or any(c in match["sep"] for c in "#:=")
        if "\n" in match["sep"] and not any(c in match["sep"] for c in "#:="):
            continue
        if digits < 3 or len(value) < 5 or DATE.fullmatch(value) or UNIT.match(low, end):
            continue
        if PHONE.fullmatch(value) and not match.group().startswith(("acc", "a/c")):
            continue
        if not explicit and (digits < 6 or (value[0] not in "0123456789" and value.isalpha())):
            continue
        if PLAIN.fullmatch(value) and digits < 4 and not match["q"]:
            continue
        yield Hit(start, end, RANK, "ACCOUNT", "account_named")


# A name, what may stand between it and its number, and the first digit of that.
GATE: Final = (
    rf"(?i)(?:{NAMES})(?:[\s_-]{{0,2}}{QUALIFIER}\.?|[\s_-]{{0,2}}#|n[o°]\.){{0,3}}[\"')\]]{{0,2}}[\s:;#=,.(\"'\[>|_*-]{{1,5}}"
    r"(?:(?:is|was|are|like|of|number|no|nr|#|id|acc|acct|=>)[\s:#.\"'(]{1,4}){0,2}#?[a-z0-9*_/-]* ?\d"
)
DETECTORS: Final[tuple[Detector, ...]] = (Detector("account", GATE, accounts, digit=True),)
