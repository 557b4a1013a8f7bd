"""Tells a possible secret from a reference to one, a placeholder or a word."""

import math
import re
from collections import Counter
from typing import Final

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
# Words that follow "the password is" in a sentence about passwords.
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
CODE_START: Final = re.compile(
    r"(?:new|await|return|not|lambda|def|class|async|function|func|let|const|var)(?:[({\[]|\Z)"
)


def plausible(value: str, *, quoted: bool, sure: bool) -> bool:
    """Whether a value could be a secret: no reference to one kept elsewhere, no keyword, no placeholder. `quoted`: it
    is in quotes. `sure`: its place allows nothing else.
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
    """Whether a value that begins like a placeholder (`new-…`, `a …`) has what those lack: digits and letters of both
    cases or, after `the`, `old` and the like, one of these and no word for a secret.
    """
    if value[0] in "<{[($%\\" or CALL_LIKE.match(value):
        return False
    figures, mixed_case = any(c.isdigit() for c in value), not (value.islower() or value.isupper())
    if figures and mixed_case:
        return True
    phrase = PHRASE.match(value)
    return phrase is not None and (figures or INNER_CASE.search(value) is not None) and not SECRET_WORD.search(value)


PHRASE: Final = re.compile(r"(?:my|the|some|an?|new|old|missing|wrong|forgot)[ _-](?=\S)", re.IGNORECASE)
INNER_CASE: Final = re.compile(r"[a-z][ _-]?[A-Z]")
SECRET_WORD: Final = re.compile(r"pass|pwd|secret|token|key|credential|value|string|here|user|example", re.IGNORECASE)


CALL_LIKE: Final = re.compile(
    r"[\w.]+[(\[]|(?:process|os|env|settings?|config|args?|options?|params?|self|this|request)\."
)
KINDS: Final = (re.compile(r"\d"), re.compile(r"[^\w.-]"))  # digits and signs; letters are told by their cases
CONSTANT: Final = re.compile(r"_?[a-z]+(?:_[a-z]+)+|_[a-z]+|[A-Z]+(?:_[A-Z]+)+")
SNAKE: Final = re.compile(r"(?:[A-Z][a-z]*_?)+")
SLOT: Final = re.compile(r"\w+\[:[a-z]+\]|__[a-z_]+__")  # `host[:port]`, `__weakref__`
IDENTIFIER: Final = re.compile(r"[A-Za-z_.-]+\d?")


def identifier_like(value: str) -> bool:
    """Whether a value reads as a name in a program rather than as something random."""
    return bool(IDENTIFIER.fullmatch(value)) or "(" in value or "[" in value or "::" in value


def counted(value: str, key: str) -> bool:
    """Whether a value is just a number of something (`max_token: 4096`), not a numeric password or PIN."""
    return (
        value.replace(".", "").isdigit()
        and not re.search(r"pass|pwd|pin|cvv|cvc|otp|secret|code", key)
        and len(value) < 16
    )


def unquoted(value: str) -> str:
    """An unquoted value without the punctuation of the sentence around it."""
    return value.rstrip(".,;:!?)]}'\"") if not value.endswith("==") else value


def loosely(value: str, key: str, alone: bool) -> bool:
    """Whether an unquoted value, as in env files and YAML, could be a secret; a plain word must be alone on its line."""
    if not plausible(value, quoted=False, sure=True) or "(" in value or CODE_START.match(value):
        return False
    if plausible(value, quoted=False, sure=False):
        return True
    if value.isdigit():
        return len(value) >= 4
    if alone and "_" in value and value.replace("_", "").isalpha() and not value.islower() and not value.isupper():
        return not SNAKE.fullmatch(value)  # `grey_Heron_over_pond`: neither a variable's name nor a constant's
    if alone and JOINED.fullmatch(value) and not SECRET_WORD.search(value):
        return True
    return (
        alone and value.isalnum() and len(value) >= 4 and value.lower() not in PREDICATES and value.lower() not in key
    )


# `Willow-fence-lane`, `copper.Lantern.5`: words with a capital, or a number behind them; no path of a program's names has both.
JOINED: Final = re.compile(
    r"(?=[^A-Z]*[A-Z])[A-Za-z]+(?:-[A-Za-z]+){1,5}(?:[-.]?\d{1,6})?|(?=[^A-Z]*[A-Z])[A-Za-z]+(?:\.[A-Za-z]+){0,4}\.\d{1,6}"
)


MANY_SIGNS: Final = 8  # different ones, including blanks: generated keys and salts have that many, no sentence does


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


# `nine grey geese at noon`: what a passphrase is made of, where its key leaves no doubt.
PLAIN_WORDS: Final = re.compile(r"[a-z]+(?: [a-z]+){2,9}(?: \d{1,6})?")


def worded(value: str) -> bool:
    """Whether a value is a passphrase of plain words; a hint or a message begins with a capital or mentions the secret."""
    return bool(PLAIN_WORDS.fullmatch(value)) and not SECRET_WORD.search(value)


def mixed(value: str) -> bool:
    """Whether a word holds both letters and digits or signs, as passwords do and words do not."""
    letters = sum(c.isalpha() for c in value)
    if len(value) < 5 or not letters or "://" in value or "/" in value[1:-1]:
        return False
    digits = sum(c.isdigit() for c in value)
    signs = sum(not c.isalnum() and c not in "-_.'/,:()" for c in value)
    return bool(signs) or (digits > 0 and letters > 1 and len(value) >= 6)


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
