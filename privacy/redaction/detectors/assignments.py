"""Secrets that are only known by their name: `password = …` in code and configuration, and passwords said in chat."""

import math
import re
from collections import Counter
from collections.abc import Iterator
from typing import Final

from privacy.redaction.anchors import BLANK, Anchor, matches
from privacy.redaction.hits import Detector, Hit, Page

RANK: Final = 94
CHAT_RANK: Final = 92
ENTROPY_RANK: Final = 34

KEYWORD: Final = (
    r"pass(?:word|wd|phrase|code|wort)s?|passwrd|pswd|pwd|kennwort|contrase[nñ]a|mot[ _]?de[ _]?passe|\bsenha|wachtwoord|parola|lösenord"
    r"|encryptedusername|secrets?(?!ar)|token|credentials?|api[ _-]?key|apikey|(?:app|auth|access|private|secret|client|encryption|signing|signature|master|account|shared|shared[ _]?access|subscription"
    r"|license|storage|service|session|security|ssh|deploy|consumer|nonce|logged[ _]in|admin|hmac|crypt|cipher|aes|jwt|webhook|application|web|server)[ _-]?key"
    r"|(?:auth|nonce|logged_in)_salt|\b_auth|(?<![a-z])auth(?=[\"']?\s?[:=]\s?[\"']?[a-z0-9+/=]{12})|(?:(?<![a-z])|(?<=db)|(?<=my)|(?<=user)|(?<=root)|(?<=mail)|(?<=smtp)|(?<=ftp)|(?<=sql))pass(?![a-z])"
    r"|(?<![a-z])(?:cvv2?|cvc2?|pin|otp|dsn|sig|signature|session_?id|sid|csrf|xsrf|x-amz-(?:signature|credential|security-token)|x-goog-signature|access_?code|recovery code|seed phrase|mnemonic)(?![a-z])"
)
# A name that ends like this says something about a secret; what is given to it is none.
ABOUT: Final = re.compile(
    r"(?:[ _.-]|\A|(?<=s))(?:type|name|count|limit|len(?:gth)?|size|min|max|ttl|timeout|expir\w*|exp|age|url|uri|path|file(?:name)?|dir|field|label|hint|policy|rules?|regex|pattern|class|format"
    r"|scheme|endpoint|hash(?:er|ing)?|algorithm|alg|algo|validators?|encoder|manager|provider|prompt|input|ids?|version|status|required|enabled|disabled|reset|changed?|confirm\w*|strength|store"
    r"|storage|usage|budget|index|position|bytes|bits|list|map|set|info|at|by|errors?|message|help|text|title|placeholder|header|params?|parameter|var|arn|ref|reference|date|time|created|updated|used|forms?|view|page|link|button|widget|template|middleware|backend|handler|func|method|cookie"
    r"|generator|ring|board|s|less|ize[rd]?|izer|ization|ed|ing|es)s?\Z|\A(?:ize|less|ed\b|ing|er|es\b|able)"
)
# A key that ends in a secret's name, and what is given to it. The value comes quoted, or goes to the next blank.
ASSIGNED: Final = re.compile(
    rf"(?:{KEYWORD})(?P<rest>[\w.-]{{0,48}}+)(?:[\"'\])]{{1,2}}|\\\")?"
    r"(?P<gap>\s{0,12})(?P<sep>:=|=>|={1,3}|:|(?<=[\"']),|-(?=\s[\"']))(?P<after>[ \t]{0,12}(?:\\\r?\n[ \t]{0,24}|[>|][-+]?\r?\n[ \t]{1,24}|\r?\n[ \t]{1,24}(?=[\"']))?)(?P<type>(?:str|string|!!str|f|b|r|u)\s?(?==|[\"'])=?\s?)?"
    r"(?:\\?\"(?P<d>[^\"\n\\\x00]{3,512})|'(?P<s>[^'\n\x00]{3,512})|`(?P<b>[^`\n\x00]{3,512})`|(?P<u>(?:[^\s\"'`<>\x00,;&|)\\]|\\(?![nrt\"'])){3,1024}))"
)
KEYWORDS: Final = Anchor(f"(?:{KEYWORD})")
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
PAIR: Final = re.compile(
    r"(?<=[a-z0-9])@[a-z0-9.-]{3,80}\.[a-z]{2,12}(?:\s{1,2}[/|]\s{1,2}|:|\s{1,2}:\s{1,2}|;)(?!//)([^\s\x00/:;,|'\"<>]{5,64})",
    re.IGNORECASE,
)

SAID_NAME: Final = (
    r"pass(?:word|wd|phrase|code|wort)s?|pwd|pw|kennwort|contrase[nñ]a|mot de passe|senha|wachtwoord|pin(?: code| number)?|(?:api|secret|access|private|security|license|subscription|encryption) ?key"
    r"|(?:(?:access|auth|api|bearer|session|security|refresh|hex|bot|user) )?token|secret|cvv|cvc|security code|verification code|login code|one[ -]time code|otp|credentials"
)
SAID_NAMES: Final = Anchor(rf"\b(?:{SAID_NAME})\b")
SAID: Final = re.compile(
    rf"\b(?P<name>{SAID_NAME})\b"
    r"(?P<way>(?:[ _](?:for|to|on|of|at|attempt|string|reads?|used|revealed|exposed|details?|as|again|now|currently|still|here|should|be|just|my|the|our|this|that|account|login|wifi|wi-fi|router|email|portal|server|site"
    r"|app|vpn|laptop|was|is|are|set|changed|reset|it's|looks like|equals|=))*)"
    r"(?P<link>[\"')]?\s{0,2}:?\s{0,2}|\s{0,2}->\s{0,2})(?P<q>[\"'`*(]{0,3})(?P<v>[^\s\"'`<>\x00=][^\s\"'`<>\x00]{2,127}|(?<=['\"])[^\"'\n<>\x00]{3,40}(?=['\"]))"
)
SAYS: Final = re.compile(
    r"(?:^|[ _])(?:is|was|are|be|as|to|reads?|set|changed|reset|it's|like|equals|=|revealed|exposed)\Z"
)
CONFIG_LINE: Final = re.compile(
    r"^\s{0,16}[\"']?([A-Za-z_][\w.-]{0,63})[\"']?\s{0,4}(?:[:=]|=>)\s{0,4}[\"']?([A-Za-z0-9+/=_-]{24,256})[\"']?[,;]?\s{0,4}$",
    re.MULTILINE,
)
FINGERPRINT: Final = re.compile(
    r"sha|md5|hash|digest|sum|integrity|etag|uuid|guid|commit|rev|fingerprint|checksum|id$|version|path|file|url|image|module|package|class|name|public|cert",
    re.IGNORECASE,
)

REFERENCE: Final = re.compile(
    r"[<{(\[]|\$[\w({]|%[\w({]|\*{2,}|x{4,}\Z|\.{2,}|-{3,}|_{3,}|\\|@[\w.]+\(|#\{|process\.env|os\.(?:environ|getenv)|env[.\[]|getenv|request\.|self\.|this\.|settings?\.|config\.|args?\.|options?\.|params?\."
    r"|(?:your|my|the|some|an?|insert|enter|replace|change|new|old|example|dummy|fake|sample|placeholder|redacted|hidden|todo|optional|required|missing|invalid|wrong|forgot)(?:[_ -].*)?\Z",
    re.IGNORECASE,
)
WORDS: Final = frozenset(
    "none null nil true false yes no on off str string text int bool boolean bytes object any optional required password passwd pwd secret token credential credentials auth default value values"
    " undefined unknown empty blank the and but not and/or this that value: field input output type hidden random redacted masked encrypted plain plaintext hashed base64 utf-8 required. bearer basic"
    " char varchar lambda def class import return from async await number integer float list dict tuple set array union literal char* const void public private protected static final self user username email name id key keys login admin".split()
)
# What follows "the password is" in a sentence about passwords.
PREDICATES: Final = frozenset(
    "a about above absent accepted accidentally active actually added again all allowed already also always an and any anymore are as asked at auto automatically available bad based be because been before"
    " being below blank both broken but by can cannot case cached changed checked clear committed common compromised correct corrupted could created current cut deleted denied different disabled"
    " displayed does done due easy either empty encrypted enough entered equal even ever every exactly expired exposed expiring failed fine for forgotten from generated given gone good guessable handled hard has hashed"
    " have he her here hidden his how i if ignored in inactive incorrect incomplete insecure inside instead intended invalid involved is issued it its just kept kindly known leaked left like limited linked locked lost made managed"
    " mandatory may me misplaced missing more most must my needed needs never new no none not now null of off ok okay old on once one only optional or other our out over owned perhaps please possible printed private probably"
    " protected provided public read really received recorded refused rejected renewed replaced requested required reset restricted returned reused revoked right rotated safe same saved secret secure secured sensitive sent"
    " set shared should shown similar simple since so some something standard still stolen stored strong such supported supposed sure temporary than that the their them then there these they this those too true under unique"
    " unknown unset until up updated us used using valid validated verified very visible was way we weak were what when where whether which while who why will with within without working works would wrong yes yet you your"
    " authentication authorization policy protection field manager prompt form page box hint length strength rules requirements reset recovery reminder generator generation hashing storage management and/or login logins".split()
)
EDGE: Final = ".,;:!?)]}'\"*"
CODE_START: Final = re.compile(
    r"(?:new|await|return|not|lambda|def|class|async|function|func|let|const|var)(?:[({\[]|\Z)"
)


def plausible(value: str, *, quoted: bool, sure: bool) -> bool:
    """Whether a value could be a secret: no reference to one kept elsewhere, no keyword, no placeholder.

    `quoted`: it stands in quotes. `sure`: where it stands leaves nothing else that it could be.
    """
    if (
        len(value) < 3
        or (REFERENCE.match(value) and not generated(value))
        or value.lower() in WORDS
        or len(set(value)) < 3
    ):
        return False
    if SLOT.fullmatch(value):
        return False
    if not sure and CONSTANT.fullmatch(value):
        return False
    if sure or quoted:
        return True
    kinds = (
        sum(pattern.search(value) is not None for pattern in KINDS)
        + (value != value.upper())
        + (value != value.lower())
    )
    return kinds >= 2 and len(value) >= 6 and not identifier_like(value)


def generated(value: str) -> bool:
    """Whether a value that begins like a placeholder (`new-…`, `a …`) has what those lack: digits and letters of both cases."""
    return (
        value[0] not in "<{[($%\\"
        and any(c.isdigit() for c in value)
        and any(c.isupper() for c in value)
        and any(c.islower() for c in value)
        and not CALL_LIKE.match(value)
    )


CALL_LIKE: Final = re.compile(
    r"[\w.]+[(\[]|(?:process|os|env|settings?|config|args?|options?|params?|self|this|request)\."
)
KINDS: Final = (re.compile(r"\d"), re.compile(r"[^\w.-]"))  # digits and signs; letters are told by their cases
CONSTANT: Final = re.compile(r"_?[a-z]+(?:_[a-z]+)+|_[a-z]+|[A-Z]+(?:_[A-Z]+)+")
SLOT: Final = re.compile(r"\w+\[:[a-z]+\]|__[a-z_]+__")  # `host[:port]`, `__weakref__`
IDENTIFIER: Final = re.compile(r"[A-Za-z_.-]+\d?")


def identifier_like(value: str) -> bool:
    """Whether a value reads as a name in a program rather than as something random."""
    return bool(IDENTIFIER.fullmatch(value)) or "(" in value or "[" in value or "::" in value


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
            if match["sep"] == ",":  # `"pass", setup=…`: what follows a quoted word is its value only in quotes, too
                good = False
            elif not (match["gap"] or match["after"]) or match["sep"] == ":":
                # PGPASSWORD=swordfish: what is written in capitals and without blanks is an environment.
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
            good = (
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


DOTTED: Final = re.compile(r"[A-Za-z_-]+(?:\.[A-Za-z_-]+)+")
IS_KEY: Final = re.compile(r"[\"'`]\s{0,4}[:=]")  # `"type": "password", "label": …`: what follows is a name itself
INNER_CAPITAL: Final = re.compile(
    r"[A-Za-z_]+(?:[a-z][A-Z]|_)[A-Za-z_]+"
)  # `"Tokenizer", "TokenStream"`: a list of names
SETTING_BEFORE: Final = re.compile(r"(?:\w=[^\s=]+ ){1,4}\Z")  # `dbname=app user=app password=…`
LIST_MARKS: Final = frozenset("?&;")  # of a connection string, or of a query
PATH: Final = re.compile(r"/[\w.-]+(?:/|=?\Z)(?![+=])")  # `PWD=/srv/app`
QUOTES: Final = frozenset("\"'`")


def counted(value: str, key: str) -> bool:
    """Whether a value is but a number of something: `max_token: 4096`, and not a numeric password or PIN."""
    return (
        value.replace(".", "").isdigit()
        and not re.search(r"pass|pwd|pin|cvv|cvc|otp|secret|code", key)
        and len(value) < 16
    )


def unquoted(value: str) -> str:
    """An unquoted value without the punctuation of the sentence around it."""
    return value.rstrip(".,;:!?)]}'\"") if not value.endswith("==") else value


def whole_line(text: str, start: int, end: int) -> bool:
    """Whether key and value are all that stands on their line, but for `export` and the like."""
    before = text[text.rfind("\n", max(0, start - 80), start) + 1 : start]
    newline = text.find("\n", end, end + 4)
    after = text[end : newline if newline >= 0 else end + 4]
    return len(before) < 80 and not after.strip(" \t\r,;\"'") and bool(BEFORE_KEY.fullmatch(before))


BEFORE_KEY: Final = re.compile(r"[+-]?\s*(?:export |set |setenv |ENV |-e |- )?[\w.\"'$-]*", re.IGNORECASE)


def loosely(value: str, key: str, alone: bool) -> bool:
    """Whether an unquoted value in the way of env files and YAML could be a secret; a word has to have its own line."""
    if not plausible(value, quoted=False, sure=True) or "(" in value or CODE_START.match(value):
        return False
    if plausible(value, quoted=False, sure=False):
        return True
    if value.isdigit():
        return len(value) >= 4
    return (
        alone and value.isalnum() and len(value) >= 4 and value.lower() not in PREDICATES and value.lower() not in key
    )


MANY_SIGNS: Final = 8  # different ones, blanks among them: no sentence has so many, and generated keys and salts do


def sentence_free(value: str) -> bool:
    """Whether a quoted value is one token, or few enough words to be a passphrase with a digit or a sign in it."""
    if " " not in value or (len(value) >= 32 and len({sign for sign in value if not sign.isalnum()}) > MANY_SIGNS):
        return True
    return (
        value.count(" ") <= 6
        and len(value) <= 64
        and any(c.isdigit() or c in "!@#$%^&*" for c in value)
        and "%" not in value
        and "{" not in value
    )


OPTION_PLACES: Final = Anchor(rf"{BLANK}--?(?:[\pL\pN_]{{1,20}}-)?(?:pass|pwd|token|secret|api-?key)")
CLIENT_PLACES: Final = Anchor(r"\b(?:mysql|mongo|mariadb|redis-cli|sshpass)")  # apart: an option may be named after one
PGPASS_PLACES: Final = Anchor(r"(?m)^[^\s:]+:(?:\pN{2,5}|\*):")
# With what stands in everything that the pattern matches, in lower case.
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
            rule == "xml" and KEY_MATERIAL.search(value)
        ):
            yield Hit(match.start(group), match.end(group), RANK, "SECRET", rule)


KEY_MATERIAL: Final = re.compile(r"(?=[a-z0-9+/]*[0-9])(?=[0-9+/]*[a-z])[a-z0-9+/]{20}", re.IGNORECASE)


def said(page: Page) -> Iterator[Hit]:
    """`my password is hunter2`, `with password 'S3cret!'`, `ada@example.org / S3cret!`."""
    text = page.text
    for match in SAID_NAMES.read(SAID, page.low):
        start, end = match.span("v")
        value = text[start:end]
        quotes = match["q"].strip("*(")
        if not quotes:
            value = value.rstrip(".,;:?)]}'\"*")
            value = value.rstrip("!") if value.rstrip("!").isalpha() and not SAYS.search(match["way"]) else value
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
    """Whether what follows the word "password" in a sentence is one."""
    if len(value) < 4 or REFERENCE.match(value) or value.lower() in WORDS or value.lower().strip("!") in PREDICATES:
        return False
    if not quoted and not value.isascii() and not any(c.isascii() and c.isalnum() for c in value):
        return False  # prose that is written without blanks
    if value.endswith("=") and not value.endswith("=="):
        return False  # an attribute: `type="password" name=…`
    if value[0] in ",|;)]}&<-/?" and not quoted and not telling:
        return False
    if value[0] in ",|;)]}&<" or (not quoted and (CODE_ACCESS.match(value) or value[0] in ".[(")):
        return False
    if value.isdigit():
        return (telling or quoted) and (pin or len(value) >= 6)
    if mixed(value):
        return True
    if quoted:
        return " " not in value and len(value) >= 5
    return telling and value.isalpha() and value.islower() is False and not value.istitle() and len(value) >= 8


CODE_ACCESS: Final = re.compile(r"[\w.]*[\[(]")


def mixed(value: str) -> bool:
    """Whether a word holds both letters and digits or signs, as passwords do and words do not."""
    letters = sum(c.isalpha() for c in value)
    if len(value) < 5 or not letters or "://" in value or "/" in value[1:-1]:
        return False
    digits = sum(c.isdigit() for c in value)
    signs = sum(not c.isalnum() and c not in "-_.'/,:()" for c in value)
    return bool(signs) or (digits > 0 and letters > 1 and len(value) >= 6)


def entropy(page: Page) -> Iterator[Hit]:
    """Long random values on configuration lines, whatever their key is called, unless it is a digest of something."""
    for match in CONFIG_LINE.finditer(page.text):
        value = match[2]
        if FINGERPRINT.search(match[1]) or not random_looking(value):
            continue
        yield Hit(match.start(2), match.end(2), ENTROPY_RANK, "SECRET", "entropy")


def random_looking(value: str) -> bool:
    """Whether a value has the letters of random base64: all three kinds, none of them rare, 4.2 bits a character."""
    digits, upper, lower = (sum(map(test, value)) for test in (str.isdigit, str.isupper, str.islower))
    if min(digits, upper, lower) < max(2, len(value) // 12) or value.count("/") > len(value) // 12 + 1:
        return False
    return bits(value) >= 4.2


def bits(value: str) -> float:
    """Shannon entropy a character."""
    length = len(value)
    return -sum(n / length * math.log2(n / length) for n in Counter(value).values())


DETECTORS: Final[tuple[Detector, ...]] = (
    Detector(
        "assignment",
        r"(?i)(?:pass|pwd|pswd|kennwort|contrase|senha|wachtwoord|parola|senord|secret|token|credential|key|salt|auth|cv[vc]|pin|otp|dsn|sig|session_?id|sid|csrf|xsrf"
        r"|code|phrase|mnemonic|access|encryptedusername|x-amz-)[\w.-]*(?:\\?[\"'\])]){0,2}\s*(?:[:=,]|-\s[\"'])",
        assigned,
    ),
    Detector(
        "structured_secret",
        r"(?i)<[\w:.-]*(?:pass|pwd|secret|token|key)|value=[\"']|-(?:pass|pwd|token|secret|api-?key)|mysql|mongo|mariadb|redis-cli|sshpass|identified by|requirepass|masterauth|psk=|set password|\blogin\s|\.(?:login|authenticate)\(|:(?:\d+|\*):",
        structured,
    ),
    Detector(
        "said",
        r"(?i)passw|passc|passp|\bpwd\b|\bpw\b|kennwort|contrase|mot de passe|senha|wachtwoord|\bpin\b|(?:api|access|private|security|license|subscription|encryption) ?key\b|token|secret|\bcv[vc]\b|(?:security|verification|login|time) code\b|\botp\b|credentials|@[a-z0-9.-]+(?:\s{1,2}[/|]|:|\s:|;)",
        said,
    ),
    Detector("entropy", r"[\w\"'][ \t]*[:=]>?[ \t]*[\"']?[A-Za-z0-9+/_-]{20}", entropy, digit=True),
)
