"""Network addresses and the credentials that URLs carry."""

import re
from collections.abc import Iterator
from ipaddress import AddressValueError, IPv6Address
from typing import Final

from privacy.redaction.anchors import Anchor
from privacy.redaction.hits import Detector, Hit, Page

IP_RANK: Final = 60
CREDENTIAL_RANK: Final = 88

OCTET: Final = r"(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)"
QUADS: Final = Anchor(r"\d{1,3}(?:\.\d{1,3}){3}")
IPV4: Final = re.compile(rf"(?<![\w.])(?:{OCTET}\.){{3}}{OCTET}(?![\w]|\.\d)")
VERSION_BEFORE: Final = re.compile(
    r"(?:(?:\bv(?:er(?:sion)?|\.)?|\brelease|\bbuild|\bfirmware|[=<>~^]=|[<>~^])[\s:=]{0,3}|(?:__version__|\bsections?|§)[\s:=\"'-]{0,4})\Z",
    re.IGNORECASE,
)
# Loopback, "any" and masks identify nobody's machine.
NOBODY: Final = re.compile(r"127\.|0\.0\.0\.0|255\.255\.")
IPV6: Final = re.compile(
    r"(?<![\w:.])[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7}(?:(?<=:)(?:\d{1,3}\.){3}\d{1,3})?(?:%\w{1,15})?(?![\w:])"
)
MAC: Final = re.compile(r"(?<![\w:-])(?:[0-9A-Fa-f]{2}([:-]))(?:[0-9A-Fa-f]{2}\1){4}[0-9A-Fa-f]{2}(?![\w:-])")
URL_CREDENTIALS: Final = re.compile(
    r"(?<=://)(?:([^\s/@:\"'<>\x00]{0,128}:[^\s/@\"'<>\x00]{1,256})(?=@[\w\[])|([\w-]{16,255})(?=@[\w\[]))"
)
REFERENCE: Final = re.compile(
    r"[$%]?[{<(\[][^@]*[})>\]]|\$\w+|\*+|x{3,}|\.{3}|user(?:name)?:pass(?:word|wd)?", re.IGNORECASE
)
CURL_USER: Final = re.compile(
    r"(?:\bcurl\b[^\n\x00]{0,200}?\s(?:-u|--user|--proxy-user)[ =]?['\"]?)([\w.@+-]{1,64}:[^\s'\"\x00]{3,128})"
)


def ipv4(page: Page) -> Iterator[Hit]:
    """Dotted quads that are not version numbers."""
    for match in QUADS.read(IPV4, page.text):
        start = match.start()
        if NOBODY.match(match.group()) or VERSION_BEFORE.search(page.text, max(0, start - 16), start):
            continue
        if not section(page, start, match.end()):
            yield Hit(start, match.end(), IP_RANK, "IP", "ipv4")


SECTION_BEFORE: Final = re.compile(
    r"(?:\b(?:sect(?:ion|ie)s?|chapters?|abschnitte?s?|kapitel|kapitlet|kapitol[ay]?|section|chapitre|secci[oó]n|cap[ií]tulo|sec[cç][aã]o|sezione|capitolo|paragra(?:ph|fo|af)|hoofdstuk|afsnit|avsnitt|rozdział(?:u|ze)?|sekcj[aiię]|secțiunea?|capitolul"
    r"|bölüm|kısım|раздел[аеу]?|глав[аеуы]|розділі?|ενότητα|τμήμα|κεφάλαιο|appendi[xc]e?|anhang|annexe|anexo|figure|abbildung|table|tabelle|see|siehe|voir|véase|vedi|zie|voz|aptitude|version|versión|versione|versão|versie|verze|wersj[ai])|[第第节節章§(-])\s?\Z"
)
TITLE_AFTER: Final = re.compile(r"\.?(?:\s+[^\W\d]|,? ?[“„”«\"‘’–-])")
QUOTED_TITLE: Final = re.compile(r",? ?(?:- ?)?\"")
LINE_BEFORE: Final = re.compile(r"(?:\A|\n)[ \t#*>]*\Z")


def section(page: Page, start: int, end: int) -> bool:
    """Whether small numbers number a section: after a word that says so, or before its title."""
    small = all(int(part) < 40 for part in page.text[start:end].split("."))
    if not small:
        return False
    if QUOTED_TITLE.match(page.text, end):
        return True
    before = page.low[max(0, start - 24) : start]
    if SECTION_BEFORE.search(before):
        return True
    return bool(LINE_BEFORE.search(before)) and bool(TITLE_AFTER.match(page.text, end))


def ipv6(page: Page) -> Iterator[Hit]:
    """Addresses with eight groups, or shortened ones that hold a digit and two groups or more."""
    for match in IPV6.finditer(page.text):
        value = match.group()
        groups = [group for group in value.partition("%")[0].split(":") if group]
        if len(groups) < 2 or not any(c.isdigit() for c in value) or ("::" not in value and len(groups) < 7):
            continue
        try:
            IPv6Address(value)
        except AddressValueError:
            continue
        yield Hit(match.start(), match.end(), IP_RANK, "IP", "ipv6")


def mac(page: Page) -> Iterator[Hit]:
    """Hardware addresses; they name a machine as an IP address does."""
    for match in MAC.finditer(page.text):
        if len(set(match.group().lower()) - {":", "-"}) > 1:
            yield Hit(match.start(), match.end(), IP_RANK, "IP", "mac")


def credentials(page: Page) -> Iterator[Hit]:
    """`user:password` in a URL, a bare token in its place, or what is handed to curl."""
    for match in URL_CREDENTIALS.finditer(page.text):
        if match.group(2) and not any(c.isdigit() for c in match.group(2)):
            continue
        password = match.group().partition(":")[2] or match.group()
        if not REFERENCE.fullmatch(password) and not REFERENCE.fullmatch(match.group()):
            yield Hit(match.start(), match.end(), CREDENTIAL_RANK, "URL_CREDENTIAL", "url_credential")


def curl(page: Page) -> Iterator[Hit]:
    """`curl -u user:password`."""
    for match in CURL_USER.finditer(page.text):
        if not REFERENCE.fullmatch(match.group(1).partition(":")[2]):
            yield Hit(match.start(1), match.end(1), CREDENTIAL_RANK, "URL_CREDENTIAL", "curl_user")


DETECTORS: Final[tuple[Detector, ...]] = (
    Detector("ipv4", r"\d\.\d{1,3}\.\d{1,3}\.\d", ipv4, digit=True),
    Detector("ipv6", r"\b[0-9A-Fa-f]{1,4}:[0-9A-Fa-f]{1,4}:[0-9A-Fa-f:]|[0-9A-Fa-f]::|::[0-9A-Fa-f]", ipv6, digit=True),
    Detector("mac", r"\b[0-9A-Fa-f]{2}[:-][0-9A-Fa-f]{2}[:-][0-9A-Fa-f]{2}[:-][0-9A-Fa-f]{2}[:-]", mac, digit=True),
    Detector("url_credential", r"://[^/\s\x00]*@", credentials),
    Detector("curl_user", r"(?:-u|--user|--proxy-user)[ =]?['\"]?[\w.@+-]+:", curl),
)
