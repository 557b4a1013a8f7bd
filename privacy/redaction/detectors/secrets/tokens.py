"""Secrets recognised by their form: key blocks, tokens with a provider's prefix, JWTs, hashes, headers, cookies."""

import re
from collections.abc import Iterator
from typing import Final

from privacy.redaction.detectors.secrets.values import plausible
from privacy.redaction.hits import Detector, Hit, Page

BLOCK_RANK: Final = 98
RANK: Final = 96

MARKER: Final = re.compile(r"-----(BEGIN|END) ([A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?)-----")
BODY: Final = re.compile(
    r"(?:\\r|\\n|[A-Za-z0-9+/=\s]|(?:Proc-Type|DEK-Info|Comment|Version|Hash|Charset)[: ][^\n\\\x00]{0,120})*+"
)
PUTTY: Final = re.compile(
    r"Private-Lines: \d{1,4}\s((?:[A-Za-z0-9+/=]{1,80}\s{0,2}){1,200}(?:Private-MAC: [0-9a-f]{40,64})?)"
)
LONGEST_BLOCK: Final = 65_536
JWT: Final = re.compile(r"(?<![A-Za-z0-9_-])ey[JI][A-Za-z0-9_-]{5,}+\.[A-Za-z0-9_-]{6,}+(?:\.[A-Za-z0-9_-]*+){0,4}")
HEADER_ALONE: Final = re.compile(r"[^.]+\.(?!e[yw])[^.]{6,15}\.?")
CRYPT: Final = re.compile(
    r"\$(?:1|2[abxy]?|5|6|7|y|gy|md5|apr1|argon2(?:id|i|d)|pbkdf2(?:-sha\d+)?|scrypt|P|H|S)\$[./A-Za-z0-9$=,+-]{12,200}|\{(?:SSHA?|SHA\d{0,3}|MD5|SMD5|CRYPT)\}[A-Za-z0-9+/=$.]{12,120}"
)
HEADER: Final = re.compile(
    r"(?:authorization|proxy-authorization)[\"']?\s{0,2}[:=,]\s{0,2}[\"']?(?:(?:bearer|basic|token|digest|apikey|api-key|aws4-hmac-sha256|negotiate|key)\s{1,3})?"
    r"([A-Za-z0-9][^\s\"'<>\x00,;\\]{5,}+)|\bbearer\s{1,2}([A-Za-z0-9][A-Za-z0-9._~+/=-]{11,}+)",
    re.IGNORECASE,
)
RAW_HEADER: Final = re.compile(r"(?:\A|\n|\\n|[>:*<] )\Z")
COOKIE: Final = re.compile(
    r"\b(?:set-)?cookie[\"']?\s{0,2}:\s{0,2}[\"']?([\w.%-]{1,64}=[^\s;\"'\\\x00]*+(?:;\s{0,2}(?:expires=\w{3}, [\w: -]{10,30}|[\w.%-]{1,64}(?:=[^\s;\"'\\\x00]*+)?))*+)",
    re.IGNORECASE,
)
SESSION: Final = re.compile(
    r"\b((?:jsession|phpsess|asp\.?net_session|aspsession\w{0,10}|connect\.s|laravel_session|session|sess|sess?_?)(?:id|_id|_?token|_?key)?=[\"']?[\w%.+/-]{8,512})",
    re.IGNORECASE,
)


def pem_blocks(text: str) -> Iterator[Hit]:
    """Private keys from BEGIN to END, escaped or not; if the end is cut off, as far as the key's text goes."""
    opened: re.Match[str] | None = None
    for marker in MARKER.finditer(text):
        if opened is not None:
            ends = marker[1] == "END" and marker.start() - opened.start() <= LONGEST_BLOCK
            end = marker.end() + (2 if text.startswith("\\n", marker.end()) else 0)
            yield block(text, opened, end if ends else None, marker.start())
            opened = None
            if ends:
                continue
        if marker[1] == "BEGIN":
            opened = marker
    if opened is not None:
        yield block(text, opened, None, len(text))


def block(text: str, opened: re.Match[str], end: int | None, limit: int) -> Hit:
    """One key block; without an end it goes as far as base64 does, up to `limit`."""
    if end is None:
        body = BODY.match(text, opened.end(), min(limit, opened.end() + LONGEST_BLOCK))
        end = body.end() if body else opened.end()
        end -= len(text[opened.end() : end]) - len(text[opened.end() : end].rstrip())
        # The prose that follows a cut-off key on lines of its own is made of letters and spaces as well.
        prose = PROSE.search(text, opened.end(), end)
        end = prose.start() if prose else end
    return Hit(opened.start(), end, BLOCK_RANK, "SECRET", "private_key")


PROSE: Final = re.compile(r"\s(?=[A-Za-z]{1,15}[ ][A-Za-z]{1,15}\b)")


def blocks(page: Page) -> Iterator[Hit]:
    """Private keys of one page."""
    yield from pem_blocks(page.text)


def putty_blocks(page: Page) -> Iterator[Hit]:
    """The private part of PuTTY's key files."""
    for match in PUTTY.finditer(page.text):
        yield Hit(match.start(1), match.end(1), BLOCK_RANK, "SECRET", "private_key")


def jwts(page: Page) -> Iterator[Hit]:
    """JSON web tokens and encryption tokens. A header followed by just a word has nothing to hide."""
    for match in JWT.finditer(page.text):
        if HEADER_ALONE.fullmatch(match.group()):
            continue
        yield Hit(match.start(), match.start() + len(match.group().rstrip(".")), RANK, "SECRET", "jwt")


def crypts(page: Page) -> Iterator[Hit]:
    """Password hashes: crypt(3), bcrypt, Argon2, LDAP."""
    for match in CRYPT.finditer(page.text):
        yield Hit(match.start(), match.end(), RANK, "SECRET", "password_hash")


def headers(page: Page) -> Iterator[Hit]:
    """Values of Authorization headers and bearer tokens."""
    for match in HEADER.finditer(page.text):
        group = 1 if match[1] else 2
        value = match[group]
        if "(" in value or "[" in value:
            continue  # code that works on headers
        if plausible(value, quoted=False, sure=group == 1) and not value.lower().startswith(("bearer", "header")):
            # A header on its own is replaced together with its name, since nothing worth reading would be left.
            begin = (
                match.start()
                if group == 1 and RAW_HEADER.search(page.text, max(0, match.start() - 16), match.start())
                else match.start(group)
            )
            yield Hit(begin, match.end(group), RANK - 1, "SECRET", "authorization")


def cookies(page: Page) -> Iterator[Hit]:
    """Whole Cookie headers and session ids."""
    for match in COOKIE.finditer(page.text):
        value = match[1]
        if any(c.isdigit() for c in value) and len(value) > 10:
            yield Hit(match.start(), match.end(), RANK - 2, "SECRET", "cookie")
    for match in SESSION.finditer(page.text):
        if any(c.isdigit() for c in match[1].partition("=")[2]):
            yield Hit(match.start(1), match.end(1), RANK - 2, "SECRET", "session")


DETECTORS: Final[tuple[Detector, ...]] = (
    Detector("private_key", r"-----BEGIN ", blocks),
    Detector("private_key_putty", r"Private-Lines: ", putty_blocks),
    Detector("jwt", r"ey[JI][\w-]+\.[\w-]", jwts),
    Detector("password_hash", r"\$[A-Za-z0-9-]{1,16}\$[./A-Za-z0-9$=,]{4}|\{[A-Z0-9]{3,6}\}[A-Za-z0-9+/]{4}", crypts),
    Detector("authorization", r"(?i)authorization|bearer", headers),
    Detector("cookie", r"(?i)cookie|sess\w*=|connect\.s", cookies),
)
