"""Secrets that are only known by their name: `password = …` in code and configuration, and passwords said in chat."""

import re
from collections.abc import Iterator
from typing import Final

from privacy.redaction.anchors import LATIN_END, Anchor, ascii_part
from privacy.redaction.detectors.secrets.values import (
    counted,
    generated,
    loosely,
    plausible,
    random_looking,
    sentence_free,
    unquoted,
    worded,
)
from privacy.redaction.hits import Detector, Hit, Page

RANK: Final = 94
ENTROPY_RANK: Final = 34

KEYWORD: Final = (
    r"pass(?:word|wd|phrase|code|wort)s?|passwrd|pswd|pwd|kennwort|contrase[nñ]a|mot[ _]?de[ _]?passe|\bsenha|wachtwoord|parola|lösenord|adgangskode|passord|hasł[oa]|heslo|şifre(?:m|n|si)?"
    r"|парол[ья]|κωδικ(?:ός|ού)|סיסמה|كلمة المرور|पासवर्ड|密[码碼]|口令|パスワード|비밀번호"
    r"|encryptedusername|secrets?(?!ar)|token|credentials?|api[ _-]?key|apikey|(?:app|auth|access|private|secret|client|encryption|signing|signature|master|account|shared|shared[ _]?access|subscription"
    r"|license|storage|service|session|security|ssh|deploy|consumer|nonce|logged[ _]in|admin|hmac|crypt|cipher|aes|jwt|webhook|application|web|server)[ _-]?key"
    r"|(?:auth|nonce|logged_in)_salt|\b_auth|(?<![a-z])auth(?=[\"']?\s?[:=]\s?[\"']?[a-z0-9+/=]{12})|(?:(?<![a-z])|(?<=db)|(?<=my)|(?<=user)|(?<=root)|(?<=mail)|(?<=smtp)|(?<=ftp)|(?<=sql))pass(?![a-z])"
    r"|(?<![a-z])(?:cvv2?|cvc2?|pin|otp|dsn|sig|signature|session_?id|sid|csrf|xsrf|x-amz-(?:signature|credential|security-token)|x-goog-signature|access_?code|recovery code|seed phrase|mnemonic)(?![a-z])"
)
# A name that ends like this describes a secret; its value is not one.
ABOUT: Final = re.compile(
    r"(?:[ _.-]|\A|(?<=s))(?:type|name|count|limit|len(?:gth)?|size|min|max|ttl|timeout|expir\w*|exp|age|url|uri|path|file(?:name)?|dir|field|label|hint|policy|rules?|regex|pattern|class|format"
    r"|scheme|endpoint|hash(?:er|ing)?|algorithm|alg|algo|validators?|encoder|manager|provider|prompt|input|ids?|version|status|required|enabled|disabled|reset|changed?|confirm\w*|strength|store"
    r"|storage|usage|budget|index|position|bytes|bits|list|map|set|info|at|by|errors?|message|help|text|title|placeholder|header|params?|parameter|var|arn|ref|reference|date|time|created|updated|used|forms?|view|page|link|button|widget|template|middleware|backend|handler|func|method|cookie"
    r"|generator|ring|board|s|less|ize[rd]?|izer|ization|ed|ing|es)s?\Z|\A(?:ize|less|ed\b|ing|er|es\b|able)"
)
# A key that ends in a secret's name, and its value: quoted, or up to the next blank.
ASSIGNED: Final = re.compile(
    rf"(?:{KEYWORD})(?P<rest>[\w.-]{{0,48}}+)(?:[\"'\])]{{1,2}}|\\\")?"
    r"(?P<gap>\s{0,12})(?P<sep>:=|[=-]>|={1,3}|:|(?<=[\"']),|-(?=\s[\"']))(?P<after>[ \t]{0,12}(?:\\\r?\n[ \t]{0,24}|[>|][-+]?\r?\n[ \t]{1,24}|\r?\n[ \t]{1,24}(?=[\"']))?)(?P<type>(?:str|string|!!str|f|b|r|u)\s?(?==|[\"'])=?\s?)?"
    r"(?:\\?\"(?:\"\"\\?\r?\n[ \t]{0,24})?(?P<d>[^\"\n\\\x00]{3,512})|'(?:''\\?\r?\n[ \t]{0,24})?(?P<s>[^'\n\x00]{3,512})|`(?P<b>[^`\n\x00]{3,512})`|(?P<u>(?:[^\s\"'`<>\x00,;&|)\\]|\\(?![nrt\"'])){3,1024}))"
)
KEYWORDS: Final = Anchor(f"(?:{KEYWORD})")
CONFIG_LINE: Final = re.compile(
    r"^\s{0,16}[\"']?([A-Za-z_][\w.-]{0,63})[\"']?\s{0,4}(?:[:=]|=>)\s{0,4}[\"']?([A-Za-z0-9+/=_-]{24,256})[\"']?[,;]?\s{0,4}$",
    re.MULTILINE,
)
FINGERPRINT: Final = re.compile(
    r"sha|md5|hash|digest|sum|integrity|etag|uuid|guid|commit|rev|fingerprint|checksum|id$|version|path|file|url|image|module|package|class|name|public|cert",
    re.IGNORECASE,
)
EDGE: Final = ".,;:!?)]}'\"*"


def assigned(page: Page) -> Iterator[Hit]:
    """Values of keys that are called password, token, api_key and so on."""
    text = page.text
    for match in KEYWORDS.read(ASSIGNED, page.low):
        group = next(name for name in "dsbu" if match[name] is not None)
        start, end = match.span(group)
        value, key = text[start:end], match.group()[: match.start("gap") - match.start()]
        if group == "u":
            end = start + len(unquoted(value))
            value = text[start:end]
            alone = whole_line(text, match.start(), end)
            if environment(match, text) and (words := WORDS_TO_END.match(text, start)) and worded(words[1]):
                end, value = words.end(1), words[1]  # `DB_PASS=old copper kettle`, as Compose and dotenv read it
            if match["sep"] == ",":  # `"pass", setup=…`: the value of a quoted key is quoted too
                good = False
            elif " " in value:
                good = True
            elif not (match["gap"] or match["after"]) or match["sep"] == ":":
                # PGPASSWORD=swordfish: a key in capitals without blanks is an environment variable.
                listed = text[match.start() - 1 : match.start()] in LIST_MARKS or text[end : end + 1] in {";", "&"}
                listed = listed or bool(SETTING_BEFORE.search(text, max(0, match.start() - 48), match.start()))
                good = not PATH.match(value) and loosely(
                    value, key, alone or listed or text[match.start() : match.start() + len(key)].isupper()
                )
            else:
                good = plausible(value, quoted=False, sure=False) or (
                    alone and key.startswith("pass") and loosely(value, key, True)
                )
        else:
            if text[end : end + 1] not in QUOTES:
                value = value.rstrip("\"'`,; ")
                end = start + len(value)
            good = (environment(match, text) and worded(value)) or (
                (plausible(value, quoted=True, sure=False) or generated(value))
                and not (
                    match["sep"] in {",", "-"}
                    and (IS_KEY.match(text, end) or PATH.match(value) or DOTTED.fullmatch(value))
                )
                and not (match["sep"] == "," and match["rest"] and INNER_CAPITAL.fullmatch(value))
                and sentence_free(value)
                and value.lower().rstrip("0123456789") != key.strip("\"' ").rstrip("0123456789")
            )
        if good and not ABOUT.search(match["rest"]) and not counted(value, key):
            yield Hit(start, end, RANK, "SECRET", "assignment")


def environment(match: re.Match[str], text: str) -> bool:
    """Whether a key is in capitals, without blanks around its `=`, like an environment variable."""
    return (
        match["sep"] == "="
        and not (match["gap"] or match["after"])
        and text[match.start() : match.start("gap")].isupper()
    )


WORDS_TO_END: Final = re.compile(r"([a-z]+(?: [a-z]+){2,9}(?: \d{1,6})?)[ \t\r]*$", re.MULTILINE)
DOTTED: Final = re.compile(r"[A-Za-z_-]+(?:\.[A-Za-z_-]+)+")
IS_KEY: Final = re.compile(r"[\"'`]\s{0,4}[:=]")  # `"type": "password", "label": …`: a key follows, not a value
INNER_CAPITAL: Final = re.compile(
    r"[A-Za-z_]+(?:[a-z][A-Z]|_)[A-Za-z_]+"
)  # `"Tokenizer", "TokenStream"`: a list of names
SETTING_BEFORE: Final = re.compile(r"(?:\w=[^\s=]+ ){1,4}\Z")  # `dbname=app user=app password=…`
LIST_MARKS: Final = frozenset("?&;")  # of a connection string, or of a query
PATH: Final = re.compile(r"/[\w.-]+(?:/|=?\Z)(?![+=])")  # `PWD=/srv/app`
QUOTES: Final = frozenset("\"'`")


def whole_line(text: str, start: int, end: int) -> bool:
    """Whether key and value fill their line, except for `export` and the like."""
    before = text[text.rfind("\n", max(0, start - 80), start) + 1 : start]
    newline = text.find("\n", end, end + 4)
    after = text[end : newline if newline >= 0 else end + 4]
    return len(before) < 80 and not after.strip(" \t\r,;\"'") and bool(BEFORE_KEY.fullmatch(before))


BEFORE_KEY: Final = re.compile(r"[+-]?\s*(?:export |set |setenv |ENV |-e |- )?[\w.\"'$-]*", re.IGNORECASE)


def entropy(page: Page) -> Iterator[Hit]:
    """Long random values on configuration lines, whatever their key is called, unless it is a digest of something."""
    for match in CONFIG_LINE.finditer(page.text):
        value = match[2]
        if FINGERPRINT.search(match[1]) or not random_looking(value):
            continue
        yield Hit(match.start(2), match.end(2), ENTROPY_RANK, "SECRET", "entropy")


# Words for a key that open the gate: in ASCII, in other Latin letters, and in other scripts.
NAMES: Final = (
    r"pass|pwd|pswd|kennwort|contrase|senha|wachtwoord|parola|senord|adgangskode|heslo|secret|token|credential|key|salt|auth|cv[vc]|pin|otp|dsn|sig|session_?id|sid|csrf|xsrf"
    r"|code|phrase|mnemonic|access|encryptedusername|x-amz-|hasł|şifre|парол[ья]|κωδικ(?:ός|ού)|סיסמה|كلمة المرور|पासवर्ड|密[码碼]|口令|パスワード|비밀번호"
)
GATE: Final = r"(?i)(?:{names})[\w.-]*(?:\\?[\"'\])]){{0,2}}\s*(?:[:=,]|->|-\s[\"'])"
DETECTORS: Final[tuple[Detector, ...]] = (
    Detector(
        "assignment",
        GATE.format(names=NAMES),
        assigned,
        ascii_gate=GATE.format(names=ascii_part(NAMES)),
        latin_gate=GATE.format(names=ascii_part(NAMES, LATIN_END)),
    ),
    Detector("entropy", r"[\w\"'][ \t]*[:=]>?[ \t]*[\"']?[A-Za-z0-9+/_-]{20}", entropy, digit=True),
)
