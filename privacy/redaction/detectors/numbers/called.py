"""Numbers that a text calls a card, an identity number, a telephone or an account number, in many languages and scripts.

What introduces such a number counts more than its check digits: a customer's typing error does not make a card public.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from privacy.redaction.anchors import LATIN_END, Anchor, ascii_part
from privacy.redaction.hits import Detector, Hit, Page

# Words that call a number something, by type. Those of scripts without blanks stand right before their number.
CUES: Final[tuple[tuple[str, int, str], ...]] = (
    ("NATIONAL_ID", 71,
        r"carta d'identita|documento d'identita|cedula|carte d'identite|numero fiscal|dowod(?:u)? osobist(?:y|ego)|rodne cislo|pasaport|pas cislo|korkort|titulo de eleitor|south african id(?:entity)?|sa id|id(?:entity)? card|identity number|mbi|medicare(?: beneficiary)?(?: id(?:entifier)?| number)?|身份证号?码?|身份證號?碼?|身分證(?:字號|號碼)?|居民身份证|(?:公民)?身份号码|护照号?码?|護照號?碼?|社保号|統一編號|マイナンバー|個人番号|パスポート番号?|旅券番号|運転免許証?番号?"
        r"|주민등록번호|주민번호|여권번호|여권 번호|운전면허번호|외국인등록번호|паспорт[ау]?|номер паспорта|серия и номер|инн|снилс|полис омс|загранпаспорт|паспорт громадянина|іпн|рнокпп|carta d'identità|c\.?i\.? numero|documento d'identità|tessera sanitaria|passaporto"
        r"|cuit|cuil|rut|rfc|cédula|cedula|documento(?: de identidad)?|c\.c\.|carteira de identidade|cnh|título de eleitor|carta de condução|cartão de cidadão|número de contribuinte|passaporte|tc kimlik(?: no| numara\w*)?|t\.?c\.? ?(?:no|kimlik)|kimlik (?:no|numara\w*)|pasaport(?: no| numara\w*)?"
        r"|personalausweis(?:nummer)?|reisepass(?:nummer)?|pass(?:nummer|-?nr\.?)|ausweis(?:nummer)?|sozialversicherungsnummer|steuernummer|steuer-id|carte d'identité|cni|numéro fiscal|permis de conduire|identiteitskaart|id-kaart|rijbewijs|paszport(?:u)?|dow[oó]d(?:u)? osobist(?:y|ego)|nip|rodné číslo|občansk[ýé]ho? průkaz\w*|pas(?:ová|u)? číslo|cnp|carte de identitate|pașaport\w*"
        r"|pasnummer|körkort(?:et)?|førerkort|kørekort|cpr(?:-nummer)?|αφμ|α\.φ\.μ\.|αμκα|αριθμός ταυτότητας|ταυτότητα(?:ς)?|διαβατήριο|תעודת זהות|ת\.?ז\.?|דרכון|مספר זהות|رقم الهوية|الهوية|الرقم القومي|رقم الجواز|جواز السفر|आधार|पैन|पासपोर्ट|hkid|nric|ktp|npwp|mykad|ic no\.?|cccd|cmnd|căn cước"),
    ("CARD", 84,
        r"(?:(?:credit|debit|bank|payment|atm|gift) ?)?cards?|kredit-?karten?(?:nummer)?|debitkarte|bankkarte|ec-karte|kartennummer|karte|carte(?: bancaire| bleue| de crédit| de paiement)?|tarjetas?(?: de (?:crédito|débito))?|cartão(?: de (?:crédito|débito))?"
        r"|carta(?: di (?:credito|debito))?|creditcard|betaalkaart|pinpas|kart[aęy](?: kredytow[aeęy]| płatnicz[aeęy])?|kreditkort(?:et)?|betalkort(?:et)?|betalingskort|kort(?:nummer)?(?:et)?|platební(?:ho|mu|m)? kart[aěou]{1,2}|kartou|kartě|kartom|k[aá]rty[aá][a-záéíóöőúüű]{0,8}|cardul|kart(?:ı[a-zıçğöşü]{0,5}|a)?(?: numara\w*)?|kredi kart\w*"
        r"|карт[аеуыой]{1,2}|картк[аиуою]{1,2}|κάρτα(?:ς)?|visa|master ?card|amex|american express|maestro|discover card|diners(?: club)?|jcb|unionpay|银行卡号?|信用卡号?|卡号|銀行卡|信用卡|カード番号|クレジットカード|카드 ?번호|카드|בטאקה|כרטיס(?: אשראי)?|بطاقة|البطاقة|कार्ड|carte(?: bancaire| bleue| de credit| de paiement)?|tarjetas?(?: de (?:credito|debito))?|cartao(?: de credito)?|karta(?: kredytowa| platnicza)?|karty|kart"),
    ("PHONE", 66,
        r"手机号?码?|手機號?碼?|拨打|撥打|请打|請打|致电|致電|来电|來電|打给我|打給我|电话号?码?|電話番号|電話號?碼?|電話|联系方式|連絡先|携帯(?:番号|電話)?|お電話|전화번호|전화|연락처|휴대폰(?: ?번호)?|핸드폰|тел(?:ефон)?\.?|моб(?:ильный)?\.?|телефону?|هاتف|رقم الهاتف|جوال|موبايل|טלפון|נייד|फ़?ोन(?: नंबर)?|मोबाइल(?: नंबर)?|τηλ\.?|τηλέφωνο|κινητό|telefon(?:u|um|unu)?"),
    ("ACCOUNT", 67,
        r"cislo uctu|银行账号|账号|賬號|帳號|帐号|账户|口座番号|계좌번호|계좌|(?:лицевой |расч[её]тный )?сч[её]т[ауе]?|номер сч[её]та|рахун(?:ок|ку)|رقم الحساب|الحساب|חשבון|खाता(?: संख्या)?|λογαριασμ(?:ός|ού)|订单号?|訂單號?|注文番号|주문 ?번호|номер заказа|hesap (?:no|numara\w*)|rachun(?:ek|ku)|konto(?:nummer)?|číslo účtu|účtu"),
    ("POSTCODE", 42, r"psc|cod postal|邮编|邮政编码|郵遞區號|郵便番号|우편번호|почтовый индекс|индекс|поштовий індекс|posta kodu|psč|kod pocztowy|postnummer|cod poștal|ταχυδρομικός κώδικας|τ\.κ\.|מיקוד|الرمز البريدي|पिन कोड"),
)  # fmt: skip
VALUES: Final[dict[str, re.Pattern[str]]] = {
    "CARD": re.compile(r"\d(?:[ ._/-]{0,2}\d){11,18}(?![0-9A-Za-z])"),
    "NATIONAL_ID": re.compile(
        r"(?=(?:[^\d\n]{0,4}\d){5})[A-Z]{0,4}[ .№-]{0,2}\d(?:[ ./-]?(?:\d|[A-Z](?![a-z]))){4,19}(?:\([0-9A-Z]\))?(?![0-9A-Za-z])"
    ),
    "PHONE": re.compile(r"\+?\(?\d(?:[ ().-]{0,2}\d){6,13}(?!\d)"),
    "ACCOUNT": re.compile(r"[A-Z]{0,4}\d(?:[ -]?[0-9A-Z]){5,29}(?![0-9A-Za-z])"),
    "POSTCODE": re.compile(r"〒?\d{3}[ -]?\d{2,4}(?!\d)"),
}
# What may stand between the word and its number.
LINK: Final = (
    r"(?:number|numbers|no|nr|num|id|#|№|n[°º]|is|was|are|ending|ends|in|with|the|my|his|her|card|code|account|lautet|ist|ihr|meine?r?|nummer|numéro|est|c'est|numero|número|es|é|è|di|de|da|del|mi|mia|mio|meu|minha|numer|to|jest|är|er|číslo|je|este|numărul|numara\w*|номер|мой|моя|мои|это|мій|моя|αριθμός|είναι|μου|הוא|שלי|מספר|هو|رقم|هي|नंबर|है|संख्या"
    r"|expired?|declined|blocked|block|please|visa|mastercard|amex)"
)
# The same in scripts without blanks, where letters may follow: `身分證是B123456789`.
LINK_OF_CJK: Final = r"(?:号码?|號碼?|番号|번호|は|是|为|為|が|이|가|는|은|을)"
FILLER: Final = re.compile(
    rf"(?:[\s:：=＝#(（「『\"',，、*_-]{{0,3}}(?:{LINK}(?![a-zäöüß])|{LINK_OF_CJK})){{0,4}}[\s:：=＝#№(（「『\"'.、*_-]{{0,4}}"
)
WHOLE: Final = "|".join(pattern for _, _, pattern in CUES)
BEFORE: Final = re.compile(r"[0-9A-Za-z_\u00aa-\u1fff]\Z")
NOT_REAL: Final = re.compile(
    r"(?:invalid|test|sample|example|dummy|fake|graphics?|video|sound|network|report|business|score|post|memory|sd|id of the)[ _-]{0,2}\Z"
)
ANYWHERE: Final = Anchor(rf"(?i)(?:{WHOLE})".replace(r"\w", r"[\pL\pN_]"))  # RE2's `\w` is ASCII alone
IN_ASCII: Final = Anchor(rf"(?i)\b(?:{ascii_part(WHOLE)})\b")
KINDS: Final = tuple((kind, rank, re.compile(pattern)) for kind, rank, pattern in CUES)
NEAR: Final = 48
GROUPED: Final = re.compile(
    r"(?<![\d-])\d{4}(?P<gap>[ -])\d{4}(?P=gap)\d{4}(?P=gap)\d{4}(?![\d-])"
)  # as cards are written
DATE: Final = re.compile(
    r"\d{1,2}[./-]\d{1,2}[./-]\d{2,4}\Z|(?:19|20)\d\d[./-]\d{1,2}[./-]\d{1,2}\Z|\d{1,3}(?:\.\d{1,3}){3}\Z"
)
LATIN: Final = re.compile(r"[A-Za-z\u00c0-\u1fff]")


@lru_cache(maxsize=1024)  # of words of the list above alone
def kinds_of(cue: str) -> tuple[tuple[str, int], ...]:
    """What a word can call a number, with the ranks."""
    return tuple((kind, rank) for kind, rank, pattern in KINDS if pattern.fullmatch(cue))


def called(page: Page) -> Iterator[Hit]:
    """Numbers right after a word that says what they are."""
    text, low = page.text, page.low
    reached = 0
    for start, stop in (IN_ASCII if low.isascii() else ANYWHERE).spans(low):
        if start < reached or (LATIN.match(low, start) and BEFORE.search(low, max(0, start - 1), start)):
            continue
        if stop < len(low) and LATIN.match(low, stop - 1) and low[stop].isalpha() and low[stop] < "\u2e80":
            continue  # a part of a longer word
        filler = FILLER.match(low, stop)
        place = filler.end() if filler else stop
        for kind, rank in kinds_of(low[start:stop]):
            value = VALUES[kind].match(text, place)
            if value is None and kind == "CARD":
                value = GROUPED.search(text, place, place + NEAR)
            if value is None:
                continue
            if not DATE.match(value.group()) and not NOT_REAL.search(low, max(0, start - 12), start):
                reached = value.end()
                yield Hit(value.start(), reached, rank, kind, "called")
            break


DETECTORS: Final[tuple[Detector, ...]] = (
    Detector(
        "called",
        rf"(?i)(?:{WHOLE})",
        called,
        digit=True,
        ascii_gate=rf"(?i)\b(?:{ascii_part(WHOLE)})\b",
        latin_gate=rf"(?i)\b(?:{ascii_part(WHOLE, LATIN_END)})",
    ),
)
