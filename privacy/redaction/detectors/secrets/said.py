"""Passwords said in chat: `my password is hunter2`."""

import re
from collections.abc import Iterator
from typing import Final

from privacy.redaction.anchors import LATIN_END, Anchor, ascii_part
from privacy.redaction.detectors.secrets.values import PREDICATES, REFERENCE, WORDS, mixed
from privacy.redaction.hits import Detector, Hit, Page

CHAT_RANK: Final = 92
PAIR: Final = re.compile(
    r"(?<=[a-z0-9])@[a-z0-9.-]{3,80}\.[a-z]{2,12}(?:\s{1,2}[/|]\s{1,2}|:|\s{1,2}:\s{1,2}|;)(?!//)([^\s\x00/:;,|'\"<>]{5,64})",
    re.IGNORECASE,
)

SAID_NAME: Final = (
    r"pass(?:word|wd|phrase|code|wort)s?|pwd|pw|kennwort|contrase[nñ]a|mot de passe|senha|wachtwoord|passord(?:et)?|hasł[oa]|heslo|lösenord(?:et)?|adgangskoden?|parola|pin(?: code| number)?|(?:api|secret|access|private|security|license|subscription|encryption) ?key"
    r"|(?:(?:access|auth|api|bearer|session|security|refresh|hex|bot|user) )?token|secret|cvv|cvc|security code|verification code|login code|one[ -]time code|otp|credentials"
)
# Scripts for which RE2 has no `\b`, and those written without blanks.
SAID_BEYOND_ASCII: Final = r"(?<!\w)(?:şifre(?:m|n|si|niz)?|парол[ья]|κωδικ(?:ός|ού)|[הוב]?סיסמ[הת]י?|كلمة (?:المرور|السر)|पासवर्ड)(?!\w)|密[码碼]|パスワード|비밀번호"
NAME: Final = rf"(?:\b(?:{SAID_NAME})\b|{SAID_BEYOND_ASCII})"
SAID_NAMES: Final = Anchor(NAME)
SAYING: Final = "is|was|are|be|as|to|reads?|set|changed|reset|it's|like|equals|=|revealed|exposed|ist|lautet|est|es|è|é|jest|je|är|er|это|היא|הוא|هي|है"
SAID: Final = re.compile(
    rf"(?P<name>{NAME})"
    r"(?P<way>(?:[ _](?:for|to|on|of|at|attempt|string|reads?|used|revealed|exposed|details?|as|again|now|currently|still|here|should|be|just|my|the|our|this|that|account|login|wifi|wi-fi|router|email|portal|server|site"
    r"|app|vpn|laptop|was|is|are|set|changed|reset|it's|looks like|equals|="
    r"|(?:für|das|den|dem|die|der|wlan|dein|ihr|ist|lautet|du|de|la|le|mon|votre|est|del|tu|su|mi|es|do|da|é|della|è|voor|het|jest|je|till|til|för|är|er|для|от|это|мой|мій|שלי|היא|הוא|الخاصة بي|هي|मेरा|है)(?!\w)))*[是为為はが은는]?)"
    r"(?P<link>[\"')]?\s{0,2}:?\s{0,2}|\s{0,2}->\s{0,2}|\s-\s)(?P<q>[\"'`*(]{0,3})(?P<v>[^\s\"'`<>\x00=][^\s\"'`<>\x00]{2,127}|(?<=['\"])[^\"'\n<>\x00]{3,40}(?=['\"]))"
)
# Scripts in which prose follows a value, or a word for a secret, without a blank: `パスワードはsakura-77です`.
WITHOUT_BLANKS: Final = re.compile(r"[\u3001-\u30ff\u3400-\u9fff\uac00-\ud7a3\uff00-\uffef]")
SAYS: Final = re.compile(rf"(?:^|[ _])(?:{SAYING})\Z|[是为為はが은는]\Z")


def find(page: Page) -> Iterator[Hit]:
    """`my password is hunter2`, `with password 'S3cret!'`, `ada@example.org / S3cret!`."""
    text = page.text
    for match in SAID_NAMES.read(SAID, page.low):
        start, end = match.span("v")
        value = text[start:end]
        quotes = match["q"].strip("*(")
        if not quotes:
            value = WITHOUT_BLANKS.split(value, maxsplit=1)[0].rstrip(".,;:?)]}'\"*")
            if value.rstrip("!").isalpha() and (match["name"].endswith("s") or not SAYS.search(match["way"])):
                value = value.rstrip("!")  # `Passwords are outdated!` is not about one password
        end = start + len(value)
        telling = bool(SAYS.search(match["way"])) or ":" in match["link"] or "->" in match["link"]
        if spoken(
            value,
            quoted=bool(quotes),
            telling=telling,
            pin=match["name"].startswith(("pin", "cv", "security code", "otp", "one", "verif", "login")),
        ):
            yield Hit(start, end, CHAT_RANK, "SECRET", "said")
    for match in PAIR.finditer(text) if "@" in text else ():
        value = match[1].rstrip(".,;:?)]}'\"")
        if mixed(value):
            yield Hit(match.start(1), match.start(1) + len(value), CHAT_RANK, "SECRET", "login_pair")


def spoken(value: str, *, quoted: bool, telling: bool, pin: bool) -> bool:
    """Whether the text after the word "password" in a sentence is a password."""
    if len(value) < 4 or REFERENCE.match(value) or value.lower() in WORDS or value.lower().strip("!") in PREDICATES:
        return False
    if not quoted and not value.isascii() and not any(c.isascii() and c.isalnum() for c in value):
        return False  # prose that is written without blanks
    if BEHIND_STRING.match(value):
        return False  # the quote before it closes a string: `"Invalid token ".concat(u));`
    if value.endswith("=") and not value.endswith("=="):
        return False  # an attribute: `type="password" name=…`
    if value[0] in ",|;)]}&<-/?" and not quoted and not telling:
        return False
    if value[0] in ",|;)]}&<" or (not quoted and (CODE_ACCESS.match(value) or value[0] in ".[(")):
        return False
    if LENGTH.fullmatch(value):
        return False
    if value.isdigit():
        return (telling or quoted) and (pin or len(value) >= 6)
    if mixed(value):
        return True
    if quoted:
        return " " not in value and len(value) >= 5
    if telling and HYPHENATED.fullmatch(value):
        return True
    return telling and value.isalpha() and value.islower() is False and not value.istitle() and len(value) >= 8


HYPHENATED: Final = re.compile(r"[A-Z][a-z]{2,}(?:-[A-Z][a-z]{2,}){2,}")  # `Willow-Fence-Lane`
LENGTH: Final = re.compile(r"\d{1,3}-[^\W\d_]+")  # `8-stellig`, `12-character`
BEHIND_STRING: Final = re.compile(r"[.+][\w.]+[();{]")
CODE_ACCESS: Final = re.compile(r"[\w.]*[\[(]")

# What opens the gate, in ASCII, in other Latin letters, and in other scripts.
OPENS: Final = (
    r"passw|passc|passp|passo|\bpwd\b|\bpw\b|kennwort|contrase|mot de passe|senha|wachtwoord|heslo|adgangskode|parola|\bpin\b|(?:api|access|private|security|license|subscription|encryption) ?key\b|token|secret|\bcv[vc]\b|(?:security|verification|login|time) code\b|\botp\b|credentials|@[a-z0-9.-]+(?:\s{1,2}[/|]|:|\s:|;)"
    r"|hasł|lösenord|şifre|парол[ья]|κωδικ(?:ός|ού)|סיסמ[הת]|كلمة (?:المرور|السر)|पासवर्ड|密[码碼]|パスワード|비밀번호"
)
DETECTORS: Final[tuple[Detector, ...]] = (
    Detector(
        "said",
        f"(?i){OPENS}",
        find,
        ascii_gate=f"(?i){ascii_part(OPENS)}",
        latin_gate=f"(?i){ascii_part(OPENS, LATIN_END)}",
    ),
)
