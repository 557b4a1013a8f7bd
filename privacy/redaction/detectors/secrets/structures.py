"""Secrets in XML elements, command-line options, `.netrc` and `.pgpass` lines, and calls that log in."""

import re
from collections.abc import Iterator
from typing import Final

from privacy.redaction.anchors import BLANK, Anchor, matches
from privacy.redaction.detectors.secrets.values import generated, plausible
from privacy.redaction.hits import Detector, Hit, Page

RANK: Final = 94

XML: Final = re.compile(
    r"<([\w:.-]{0,30}(?:pass(?:word|wd|phrase)?|pwd|secret|token|api_?key|private_?key)[\w.-]{0,20})(?:\s[^<>\x00]{0,80})?>\s{0,4}([^<>\s\x00](?:[^<>\n\x00]{1,510}[^<>\s\x00])?)\s{0,4}</"
    r"|\b(?:key|name|id)=[\"'][\w.:-]{0,40}(?:pass(?:word|wd)?|pwd|secret|token|api_?key|connectionstring)[\w.-]{0,10}[\"']\s{1,4}value=[\"']([^\"'<>\x00]{3,512})[\"']",
    re.IGNORECASE,
)
OPTION: Final = re.compile(
    r"\s--?(?:\w{1,20}-)?(?:pass(?:word|wd|phrase)?|pwd|token|secret|api-?key)[= ]\s{0,2}[\"']?([^\s\"'<>\x00$-][^\s\"'\x00]{2,255})"
    r"|\b(?:mysql(?:dump|admin)?|mongo(?:sh|dump)?|mariadb|redis-cli)\b[^\n\x00]{0,120}?\s-(?:p|a)\s?([^\s\"'\x00-][^\s\"'\x00]{3,128})|\bsshpass -p\s?[\"']?([^\s\"'\x00]{3,128})"
)
LOGIN: Final = re.compile(r"\blogin\s{1,4}\S{1,128}\s{1,4}password\s{1,4}([^\s\x00]{2,256})")
IDENTIFIED: Final = re.compile(
    r"\b(?:(?:user|role)\s{1,4}\S{1,80}\s{1,4}identified by(?: password)?|identified by(?: password)?(?=\s{0,4}[\"'(])|requirepass|masterauth|psk=|set password(?: for \S{1,80})? (?:=|to))\s{0,4}[\"'(]{0,2}([^\s\"'()\x00;]{3,256})",
    re.IGNORECASE,
)
# `server.login("ada", "S3cret!")`
CALL: Final = re.compile(
    r"\.(?:login|authenticate)\(\s{0,8}[\"'][^\"'\n\x00]{1,128}[\"']\s{0,4},\s{0,8}[\"']([^\"'\n\x00]{4,128})[\"']"
)
PGPASS: Final = re.compile(
    r"^[\w.*-]{1,128}:(?:\d{2,5}|\*):[\w.*-]{1,64}:[\w.*@-]{1,64}:([^\s:\x00]{3,256})$", re.MULTILINE
)


OPTION_PLACES: Final = Anchor(rf"{BLANK}--?(?:[\pL\pN_]{{1,20}}-)?(?:pass|pwd|token|secret|api-?key)")
CLIENT_PLACES: Final = Anchor(r"\b(?:mysql|mongo|mariadb|redis-cli|sshpass)")  # apart: an option may be named after one
PGPASS_PLACES: Final = Anchor(r"(?m)^[^\s:]+:(?:\pN{2,5}|\*):")
# The letters that every match of the pattern has, in lower case.
STRUCTURES: Final = (
    (XML, ("</", "value="), "xml"),
    (LOGIN, ("login",), "login"),
    (CALL, (".login(", ".authenticate("), "login"),
    (IDENTIFIED, ("identified by", "requirepass", "masterauth", "psk=", "set password"), "login"),
)


def structured(page: Page) -> Iterator[Hit]:
    """Values in XML elements, command-line options, .netrc and .pgpass lines."""
    places = sorted([start for anchor in (OPTION_PLACES, CLIENT_PLACES) for start, _ in anchor.spans(page.text)])
    found = [(match, "option") for match in matches(OPTION, page.text, places)]
    found += [(match, "pgpass") for match in PGPASS_PLACES.read(PGPASS, page.text)]
    for pattern, signs, rule in STRUCTURES:
        if any(sign in page.low for sign in signs):
            found += [(match, rule) for match in pattern.finditer(page.text)]
    for match, rule in found:
        group = match.lastindex or 0
        value = match[group]
        if rule == "option" and value.isupper() and not any(c.isdigit() for c in value):
            continue  # `--token NAME`: a placeholder of a manual
        if plausible(value, quoted=rule != "option", sure=rule in {"login", "pgpass"} or group > 1) or (
            rule == "xml" and key_material(value)
        ):
            yield Hit(match.start(group), match.end(group), RANK, "SECRET", rule)


def key_material(value: str) -> bool:
    """Whether a value that looks like a reference is random: a template as a whole, anything else in one word."""
    if KEY_MATERIAL.search(value):
        return True
    return not TEMPLATE.fullmatch(value) and any(generated(word) for word in LONG_WORD.findall(value))


TEMPLATE: Final = re.compile(r"[$#%]?[{(\[<].*[})\]>]")
LONG_WORD: Final = re.compile(r"[A-Za-z0-9+/]{8,}")
KEY_MATERIAL: Final = re.compile(r"(?=[a-z0-9+/]*[0-9])(?=[0-9+/]*[a-z])[a-z0-9+/]{20}", re.IGNORECASE)

DETECTORS: Final[tuple[Detector, ...]] = (
    Detector(
        "structured_secret",
        r"(?i)<[\w:.-]*(?:pass|pwd|secret|token|key)|value=[\"']|-(?:pass|pwd|token|secret|api-?key)|mysql|mongo|mariadb|redis-cli|sshpass|identified by|requirepass|masterauth|psk=|set password|\blogin\s|\.(?:login|authenticate)\(|:(?:\d+|\*):",
        structured,
    ),
)
