"""One-time codes, backup codes, links that admit anybody who has them, and keys that the text calls a key."""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from privacy.redaction.anchors import LATIN_END, Anchor, ascii_part
from privacy.redaction.hits import Detector, Hit, Page

RANK: Final = 91
LINK_RANK: Final = 89

NAME: Final = (
    r"(?:verification|security|confirmation|login|log-in|sign-in|one[ -]time|authentication|auth|access|activation|backup|recovery|reset|sms|2fa|mfa|otp|pairing|unlock|pin|passcode|verify)[ -]?(?:pass)?codes?|\botp\b|one[ -]time pass(?:word|code)|passcode|\btan\b"
    r"|(?:bestaetigungs|sicherheits|verifizierungs|einmal|zugangs|aktivierungs|anmelde|login-?|sms-?|backup-?)-?codes?|code de (?:verification|securite|confirmation|connexion|validation)|codigo de (?:verificacion|seguridad|confirmacion|acceso|verificacao|seguranca)|kod (?:weryfikacyjny|sms|jednorazowy)|dogrulama kodu"
    r"|(?:bestätigungs|sicherheits|verifizierungs|einmal|zugangs|aktivierungs|anmelde|freischalt|login-?|sms-?|backup-?|wiederherstellungs)-?codes?|code de (?:vérification|sécurité|confirmation|connexion|validation)|code à usage unique|código de (?:verificación|seguridad|confirmación|acceso|activación|verificação|segurança|confirmação|acesso)"
    r"|codice (?:di (?:verifica|sicurezza|conferma|accesso)|otp)|verificatiecode|beveiligingscode|bevestigingscode|inlogcode|kod (?:weryfikacyjny|bezpieczeństwa|potwierdzający|sms|jednorazowy)|verifieringskod|säkerhetskod|engångskod|bekræftelseskode|engangskode|ověřovací kód|bezpečnostní kód|cod de verificare|doğrulama kodu\w*|onay kodu\w*|güvenlik kodu\w*"
    r"|код (?:подтверждения|доступа|безопасности|активации|из смс)|проверочный код|код підтвердження|κωδικός (?:επαλήθευσης|επιβεβαίωσης|μίας χρήσης)|קוד (?:אימות|אישור)|رمز (?:التحقق|التأكيد)|सत्यापन कोड|ओटीपी|確認コード|認証コード|ワンタイムパスワード|인증 ?번호|인증 ?코드|验证码|驗證碼|校验码|动态密码"
)
NAMES: Final = Anchor(f"(?i){NAME}")
VALUE: Final = r"(?:[A-Z]-)?(?=[A-Za-z-]{0,8}[0-9])[A-Za-z0-9]{3,12}(?:[ -](?=[A-Za-z]{0,8}[0-9])[A-Za-z0-9]{3,12}){0,7}|[0-9A-Za-z]{2}(?:[ -](?=[0-9A-Za-z]?\d)[0-9A-Za-z]{2}){2,3}"
SAID: Final = re.compile(
    rf"[\s:：=#\"'(（*_>-]{{0,4}}(?:\s{{0,2}}(?:[-*•]|\d{{1,2}}[.)])\s{{1,3}})?(?:(?:is|are|was|your|my|the|ist|lautet|lauten|ihr|est|c'est|es|é|è|jest|to|är|er|je|este|codes?|number|:|for \w+ is|είναι|это|הוא|هو|है|は|是|为|為|이|는|은)[\s:：=#\"'(*_-]{{0,4}}){{0,4}}(?P<v>{VALUE})(?![\w@-]|\.\d)"
)
MORE: Final = re.compile(
    rf"[ ]?(?:,|;|\||/|\n[ \t]*(?:[-*•]|\d{{1,2}}[.)])?|and|und|et|y|e)\s{{1,2}}(?P<v>{VALUE})(?![\w@-]|\.\d)"
)
# `Enter 481932 to log in`, `G-481932 is your verification code`
USE: Final = re.compile(
    rf"\b(?P<v>(?:[A-Z]-)?\d{{4,8}}|\d{{3}}[ -]\d{{3,4}})\s{{1,2}}(?:is|as|ist|als|est|comme|es|como|é|è|come|jest|jako|är|som|er)\s{{1,2}}(?:your|my|the|ihr|dein|votre|ton|su|tu|seu|il tuo|je|uw|twój|din)\s{{1,2}}(?:[\w-]+ ){{0,3}}(?:{NAME}|code|kode?|código|codice|pin)\b",
    re.IGNORECASE,
)
# `Your Acme code: 558-219`, `Votre code Acme est 558219`; a number at the end of its clause, not `your Python code: 4000 lines`
OF_SENDER: Final = r"\b(?:(?:your|ihr|dein|uw) [\w-]+[ -]code|(?:votre|ton) code [\w-]+|(?:su|tu|seu) c[oó]digo (?:d[eo] )?[\w-]+|il tuo codice [\w-]+)"
SENDER: Final = re.compile(
    rf"{OF_SENDER}(?::|\s(?:is|ist|lautet|est|es|é|è|:))\s{{1,2}}(?P<v>\d{{4,8}}|\d{{3}}[ -]\d{{3}})(?=\s*(?:[.;!?)\]\n]|,(?!\d)|$)|\s(?:and|und|et|y|e|en)\b)(?!\.\d)",
    re.IGNORECASE,
)
OTHER_CODES: Final = re.compile(
    r"(?i)\b(?:zip|area|country|dial\w*|error|promo\w*|discount|product|item|postal|booking|tracking)\b"
)
PARAMETER: Final = re.compile(
    r"[?&;#](?:amp;)?(?:code|token|access_token|id_token|refresh_token|auth|auth_?key|authkey|key|sig|signature|ticket|otp|invite|invitation|invite_?code|reset|reset_?token|confirmation_?token|confirm|verify|verification|magic|login_?token|session|sessionid|sid|jwt|hash|h|t|k|s|pwd|passcode|secret|credential|assertion|samlresponse|oobcode|nonce|x-amz-signature|x-amz-credential|x-amz-security-token|x-goog-signature|sv_sig|hmac|policy|share_?key|resourcekey|unsubscribe|uid_token)"
    r"=(?P<v>[A-Za-z0-9_.~+/%=-]{10,2048})",
    re.IGNORECASE,
)
SEGMENT: Final = re.compile(
    r"(?<=/)(?<!/usr/)(?:reset|reset[_-]?password|password[_-]?reset|password/(?:reset|edit)|verify|verify-email|verification|confirm|confirmation|confirm-email|activate|activation|invite|invites|invitation|join|magic|magic-?link|magic_login|login/token|auth/(?:verify|magic|callback)|signin|unsubscribe|unlock|share|shared|s|d|download|token|session|sso)/"
    r"(?:[A-Za-z0-9_-]{1,12}/)?(?P<v>[A-Za-z0-9_.~%+=-]{16,512})(?=[/\s\"'<>?#)\],]|\Z)",
    re.IGNORECASE,
)
BOT: Final = re.compile(r"(?<=/bot)(?P<v>\d{6,12}:[A-Za-z0-9_-]{20,80})")
KEY: Final = re.compile(
    r"(?:(?<=[\s_\"'.(\[{,;:?&-])|(?<=[a-z])(?-i:(?=Key))|\A)(?:key|schlüssel|clé|clave|chave|chiave|sleutel|klucz|nyckel|nøgle|klíč|cheia|anahtar(?:ım)?|ключ)s?(?-i:(?: [a-z]{1,10}){0,3})[\"'\])]{0,2}\s{0,3}(?::=|[:=]|=>|->|\bis\b|\bist\b|\blautet\b|\best\b|\bes\b|\bé\b|\bè\b|-(?=\s))\s{0,3}[\"'`(<]{0,2}(?:(?<=[\"'`])[a-z]{2,12} )?"
    r"(?P<v>[A-Za-z0-9](?:[A-Za-z0-9_+/=-]|\.(?=[A-Za-z0-9])){15,511})",
    re.IGNORECASE,
)
TOKEN_BEFORE: Final = re.compile(r"(?<![\w/.-])(?P<v>[A-Za-z0-9][A-Za-z0-9_+/=-]{15,255})[\"'`]?\s{1,2}\Z")
PUBLIC_KEY: Final = re.compile(
    r"(?:public|primary|foreign|partition|sort|cache|row|object|hot|dict|map|host|idempotency|message|event|i18n|translation|registry|config|group|sort|unique|natural|composite|candidate|publishable|finger ?print|s3|blob|storage|file|etag)[ _.-]?\Z",
    re.IGNORECASE,
)


def spread(value: str) -> bool:
    """Whether a value is as random as keys are: hexadecimal digits, or letters of both cases with digits, few words in it."""
    figures = sum(c.isdigit() for c in value)
    if figures < 3 or len(set(value)) < 8:
        return False
    if HEX.fullmatch(value):
        return len(value) in HEX_SIZES or len(value) >= 32
    mixed = any(c.isupper() for c in value) and any(c.islower() for c in value)
    return (mixed or figures * 5 >= len(value)) and len(value) >= 16


HEX: Final = re.compile(r"[0-9a-f]+|[0-9A-F]+")
HEX_SIZES: Final = frozenset({32, 40, 48, 56, 64, 96, 128})


def one_time(page: Page) -> Iterator[Hit]:
    """Codes that are called one-time, backup or confirmation codes."""
    for start, stop in NAMES.spans(page.low):
        if start and page.low[start - 1].isalnum() and page.low[start] < "\u2e80":
            continue
        match = SAID.match(page.text, stop)
        while match:
            value = match["v"]
            if sum(c.isdigit() for c in value) < 3 and not (value.isdigit()):
                break
            yield Hit(match.start("v"), match.end("v"), RANK, "SECRET", "one_time_code")
            match = MORE.match(page.text, match.end())
    for match in SENDER.finditer(page.text):
        name = match.group()[: match.start("v") - match.start()]
        if re.search(r"[ ][A-Z]", name) and not OTHER_CODES.search(name):
            yield Hit(match.start("v"), match.end("v"), RANK, "SECRET", "one_time_code")
    for match in USE.finditer(page.text):
        yield Hit(match.start("v"), match.end("v"), RANK, "SECRET", "one_time_code")


def links(page: Page) -> Iterator[Hit]:
    """Parameters and parts of addresses that admit anybody who has them."""
    text = page.text
    for match in PARAMETER.finditer(text):
        value = match["v"].rstrip(".")
        if random_token(value):
            yield Hit(match.start("v"), match.start("v") + len(value), LINK_RANK, "SECRET", "link_token")
    for match in SEGMENT.finditer(text):
        value = match["v"].rstrip(".")
        if random_token(value) and "." not in value.strip("."):
            yield Hit(match.start("v"), match.start("v") + len(value), LINK_RANK, "SECRET", "link_token")
    for match in BOT.finditer(text):
        yield Hit(match.start("v"), match.end("v"), LINK_RANK, "SECRET", "link_token")


def random_token(value: str) -> bool:
    """Whether a part of an address is random: it holds digits among letters, or letters of both cases without words."""
    letters = sum(c.isalpha() for c in value)
    figures = sum(c.isdigit() for c in value)
    if value.lower().startswith(("http", "%2f", "/")) or len(set(value)) < 6:
        return False
    turns = sum(a.islower() and b.isupper() for a, b in pairwise(value))
    if figures >= 2 and letters >= 4:
        return len(value) >= 16 or turns > 0 or figures * 3 >= len(value)
    return len(value) >= 20 and turns >= 4 and "-" not in value


def keys(page: Page) -> Iterator[Hit]:
    """Random values that are called a key: `OPENAI_KEY: …`, `my key is …`, `… is the insert key`."""
    for match in KEY_PLACES.read(KEY, page.text):
        value = match["v"].rstrip(".")
        if spread(value) and not PUBLIC_KEY.search(page.text, max(0, match.start() - 16), match.start()):
            yield Hit(match.start("v"), match.start("v") + len(value), RANK, "SECRET", "key")
    for start, _ in KEY_LATER_PLACES.spans(page.text):
        before = TOKEN_BEFORE.search(page.text, max(0, start - 260), start)
        if before and spread(before["v"]):
            yield Hit(before.start("v"), before.end("v"), RANK, "SECRET", "key")


KEYS: Final = "key|schlüssel|clé|clave|chave|chiave|sleutel|klucz|nyckel|nøgle|klíč|cheia|anahtar|ключ"
KEY_LATER: Final = r"(?:is|was|ist|est|es) (?:the|my|our|your|an?|der|la|le|mein|unser) (?:[a-z-]+ )?(?:[a-z-]+ )?(?:key|token|secret|password|clave)"
KEY_PLACES: Final = Anchor(rf"(?i)(?:{KEYS})")
KEY_LATER_PLACES: Final = Anchor(rf"(?i)\b{KEY_LATER}")
USED: Final = r"[0-9] (?:is|as|ist|als|est|comme|es|como|é|è|come|jest|jako|är|som|er) (?:your|my|the|ihr|dein|votre|ton|su|tu|seu|il|je|uw|tw|din)"
DETECTORS: Final[tuple[Detector, ...]] = (
    Detector(
        "one_time_code",
        rf"(?i)(?:{NAME})|{USED}|{OF_SENDER}",
        one_time,
        digit=True,
        ascii_gate=rf"(?i)(?:{ascii_part(NAME)})|{USED}|{OF_SENDER}",
        latin_gate=rf"(?i)(?:{ascii_part(NAME, LATIN_END)})|{USED}|{OF_SENDER}",
    ),
    Detector(
        "link_token",
        r"[?&;#][\w-]+=[A-Za-z0-9]|/bot\d|/(?i:reset|pass|verif|confirm|activ|invit|join|magic|login|auth|signin|unsub|unlock|share|download|token|session|sso)[\w-]*/|/[sd]/",
        links,
    ),
    Detector(
        "key",
        rf"(?i)(?:{KEYS})(?:ım)?s?(?: \pL+){{0,3}}[\"'\])]*\s*(?:[:=-]|(?:is|ist|lautet|est|es|é|è)\s)|{KEY_LATER}",
        keys,
        digit=True,
        ascii_gate=rf"(?i)(?:{ascii_part(KEYS)})s?(?: [a-z]+){{0,3}}[\"'\])]*\s*(?:[:=-]|(?:is|ist|lautet|est|es)\s)|{KEY_LATER}",
    ),
)
