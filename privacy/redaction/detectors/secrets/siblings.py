"""Secrets whose name is in a field of its own: `{"key": "password", "value": …}`, `name: DB_PASSWORD` above `value:`,
`Set-Variable -Name password -Value …`, `<key>password</key><value>…</value>`, `<property name="password">…</property>`.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from privacy.redaction.anchors import BLANK, Anchor, matches
from privacy.redaction.detectors.secrets.assignments import ABOUT, KEYWORD
from privacy.redaction.detectors.secrets.values import REFERENCE, WORDS
from privacy.redaction.hits import Detector, Hit, Page

RANK: Final = 93
# Names of fields that hold a name, and of those that hold its value: in texts and in structures, in any case and style.
NAMES: Final = r"(?:[\w-]{0,16}(?:key|name)|id|variable|field|label|header|option|property|setting|param(?:eter)?|env|secret|attribute)"
VALUES: Final = r"(?:[\w-]{0,16}(?:value|val|values)|default|content|data|text|plaintext|secretstring|wert|valeur|valore?|waarde|hodnota)"
NAME_FIELD: Final = re.compile(NAMES, re.IGNORECASE)
VALUE_FIELD: Final = re.compile(VALUES, re.IGNORECASE)
STEM: Final = re.compile(r"(?:key|name|values?|val)\Z")
A_NAME: Final = re.compile(r"[\w .:/-]{2,80}")
QUOTED: Final = r"(?:\"(?P<{0}d>(?:[^\"\\\n\x00]|\\.){{1,512}})\"|'(?P<{0}s>[^'\n\x00]{{1,512}})')"
# Two neighbouring entries of an object, or attributes of an element, in either order.
NAME_FIRST: Final = re.compile(
    rf"{NAMES}\\?[\"']?\s{{0,4}}[:=]\s{{0,4}}\\?[\"'](?P<name>[\w .:/-]{{2,80}})\\?[\"']\s{{0,4}},?\s{{0,40}}(?:\\?[\"']?\w{{1,20}}\\?[\"']?\s{{0,4}}[:=]\s{{0,4}}(?:\\?[\"'][\w -]{{0,40}}\\?[\"']|true|false|null|\d+)\s{{0,4}},?\s{{0,40}}){{0,3}}"
    rf"\\?[\"']?\b{VALUES}\\?[\"']?\s{{0,4}}[:=]\s{{0,4}}\\?(?P<q>[\"'])(?P<value>(?:(?!(?P=q)|\\[\"']).){{1,512}})",
    re.IGNORECASE,
)
VALUE_FIRST: Final = re.compile(
    rf"{VALUES}\\?[\"']?\s{{0,4}}[:=]\s{{0,4}}\\?(?P<q>[\"'])(?P<value>(?:(?!(?P=q)|\\[\"'])[^\n\x00]){{1,512}})\\?(?P=q)\s{{0,4}},?\s{{0,40}}"
    rf"\\?[\"']?\b{NAMES}\\?[\"']?\s{{0,4}}[:=]\s{{0,4}}\\?[\"'](?P<name>[\w .:/-]{{2,80}})\\?[\"']",
    re.IGNORECASE,
)
YAML: Final = re.compile(
    rf"{NAMES}[ \t]{{0,4}}:[ \t]{{1,4}}[\"']?(?P<name>[\w.:/-]{{2,80}})[\"']?[ \t]{{0,4}}\r?\n(?:[ \t]{{1,40}}(?!{VALUES}\b)\w{{1,24}}:[^\n]{{0,120}}\n){{0,3}}"
    rf"[ \t]{{1,40}}{VALUES}[ \t]{{0,4}}:[ \t]{{1,4}}(?P<q>[\"']?)(?P<value>[^\n\x00]{{1,512}}?)(?P=q)[ \t]{{0,4}}(?:#[^\n]{{0,120}})?$",
    re.IGNORECASE | re.MULTILINE,
)
OPTION: Final = re.compile(
    r"-(?:Name|Key|n)[ =:]{1,3}[\"']?(?P<name>[\w.:-]{2,80})[\"']?\s{1,4}-(?:Value|v)[ =:]{1,3}(?:\(?ConvertTo-SecureString\s{1,4})?(?P<q>[\"']?)(?P<value>(?:(?!(?P=q))[^\n\x00]){1,512})(?:(?P=q))",
    re.IGNORECASE,
)
# A name in one element and its value in the next, as in plists and Hadoop's files; and a value in the element that is named.
ELEMENTS: Final = re.compile(
    rf"<{NAMES}>\s{{0,40}}(?P<name>[\w .:/-]{{2,80}}?)\s{{0,40}}</[\w:-]{{1,40}}>\s{{0,80}}<(?:{VALUES}|string)>(?P<value>[^<\x00]{{1,512}})</",
    re.IGNORECASE,
)
NAMED_ELEMENT: Final = re.compile(
    rf"<(?:property|entry|add|setting|param|env|secret|item|variable)\s{{1,10}}{NAMES}\s{{0,4}}=\s{{0,4}}[\"'](?P<name>[\w .:/-]{{2,80}})[\"'][^<>/\x00]{{0,80}}>\s{{0,80}}"
    rf"(?:<{VALUES}>)?(?P<value>[^<\x00]{{1,512}})</",
    re.IGNORECASE,
)
SECRET_NAME: Final = re.compile(
    rf"(?:{KEYWORD}|authorization|cookie|bearer|private[ _-]?key|connection[ _-]?string|(?:_|-|\A)key\Z|[a-z]key\Z)(?P<rest>[\w.-]*)\Z",
    re.IGNORECASE,
)
SCHEME: Final = re.compile(r"(?:basic|bearer|token|apikey|digest)\s{1,3}", re.IGNORECASE)
HARMLESS_KEY: Final = re.compile(
    r"(?:primary|public|foreign|partition|sort|cache|row|object|hot)[ _-]?key\Z", re.IGNORECASE
)
SECRETS: Final = Anchor(
    r"pass|pwd|kennwort|contrase|senha|wachtwoord|parola|senord|adgangskode|passord|heslo|hasł|ifre|парол|secret|token|credential|key|salt|auth|cv[vc]|pin|otp|dsn|sig|session|sid|csrf|cookie|code|connection"
)
NAME_PLACES: Final = Anchor(rf"(?i)\b{NAMES}\\?[\"']?{BLANK}{{0,4}}[:=]")
VALUE_PLACES: Final = Anchor(rf"(?i)\b{VALUES}\\?[\"']?{BLANK}{{0,4}}[:=]")
OPTION_PLACES: Final = Anchor(r"(?i)-(?:name|key|n)[ =:]")
ELEMENT_PLACES: Final = Anchor(rf"(?i)<{NAMES}>")
NAMED_PLACES: Final = Anchor(r"(?i)<(?:property|entry|add|setting|param|env|secret|item|variable)\s")


def secret_name(name: str) -> bool:
    """Whether a field with this name holds a secret."""
    found = SECRET_NAME.search(name)
    if found is None or HARMLESS_KEY.search(name):
        return False
    rest = found["rest"].lower()
    return not rest or not ABOUT.search(rest)


def plain_value(value: str) -> bool:
    """Whether the value of a secret's field could be a secret: no reference, no keyword, no mask."""
    return len(value) >= 3 and not REFERENCE.match(value) and value.lower() not in WORDS and len(set(value)) > 2


def sibling_names(given: Mapping[str, object]) -> dict[str, str]:
    """For each field of an object that holds a value, its name if that is in another field:
    `{"OptionName": "password", "OptionValue": …}`.

    Any name counts if the two fields are named alike: `key` and `val`, `optionName` and `optionValue`. Other fields are
    read together only if the name is that of a secret.
    """
    valued = [field for field in given if VALUE_FIELD.fullmatch(field)]
    if not valued:
        return {}
    named = [
        (stem(field), value)
        for field, value in given.items()
        if isinstance(value, str) and NAME_FIELD.fullmatch(field) and A_NAME.fullmatch(value)
    ]
    secret = next((value for _, value in named if secret_name(value)), "")
    found = {field: next((value for own, value in named if own == stem(field)), secret) for field in valued}
    return {field: name for field, name in found.items() if name}


def stem(field: str) -> str:
    """What the field of a name and that of its value have in common: `parameter` of `ParameterKey`."""
    low = field.lower()
    return "" if low in ALONE else STEM.sub("", low).strip("_-")


ALONE: Final = frozenset("variable field label header option property setting content data".split())


def siblings(page: Page) -> Iterator[Hit]:
    """Values next to the names of secrets."""
    if not SECRETS.anywhere(page.low):
        return
    text = page.text
    named, valued = [start for start, _ in NAME_PLACES.spans(text)], [start for start, _ in VALUE_PLACES.spans(text)]
    found = [*matches(NAME_FIRST, text, named), *matches(YAML, text, named), *matches(VALUE_FIRST, text, valued)]
    found += OPTION_PLACES.read(OPTION, text)
    found += [*ELEMENT_PLACES.read(ELEMENTS, text), *NAMED_PLACES.read(NAMED_ELEMENT, text)]
    for match in found:
        value = match["value"].rstrip("\\ \t\r\n")
        start = match.start("value")
        scheme = SCHEME.match(value)
        if scheme:
            start, value = start + scheme.end(), value[scheme.end() :]
        if secret_name(match["name"]) and plain_value(value):
            yield Hit(start, start + len(value), RANK, "SECRET", "sibling")


# The ends of field names are enough for the gate: whole names would halve the speed of all gates.
GATE: Final = (
    r"(?i)(?:value|val|values|default|content|data|text|plaintext|secretstring|wert|valeur|valore?|waarde|hodnota)\\?[\"']?\s*[:=>]|-value[ =:]|string>"
    r"|<(?:property|entry|add|setting|param|env|secret|item|variable)\s"
)
DETECTORS: Final[tuple[Detector, ...]] = (Detector("sibling", GATE, siblings),)
