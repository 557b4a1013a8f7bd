"""Columns: what the header row of a table names, in CSV, Markdown, HTML, and JSON with columns and rows."""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from privacy.redaction.anchors import LATIN_END, Anchor
from privacy.redaction.hits import Detector, Hit, Page

RANK: Final = 68
LONGEST_CELL: Final = 160
MOST_CELLS: Final = 64
LONGEST_LINE: Final = 8_000
LONGEST_HEADER: Final = 600
LONGEST_NAME: Final = 32
Cell = tuple[int, int]

# What a column may be called, by type. `NAME` alone is a person's name only next to another personal column.
COLUMNS: Final[tuple[tuple[str, re.Pattern[str]], ...]] = tuple(
    (kind, re.compile(rf"(?:{pattern})\Z"))
    for kind, pattern in (
        ("SECRET", r"(?:user|db|account|login|admin|wifi|email)?[ _-]?(?:pass(?:word|wd|phrase|code|wort)?|pwd|pin|cvv2?|cvc2?|secret|token|api[ _-]?key|otp|kennwort|contraseña|senha|mot de passe|wachtwoord|hasło|heslo|lösenord|adgangskode|passord|parola|şifre|пароль|密码|密碼|パスワード|비밀번호)"),
        ("PERSON", r"(?:full|first|last|middle|given|family|sur|customer|client|patient|employee|contact|user|member|account|card ?holder|holder|maiden|display|student|guest|passenger|owner)[ _-]?(?:full ?)?names?|surname|forename|cardholder|patient|employee|customer|vorname|nachname|familienname|prénom|nom de famille|apellidos?|nombre completo|nome completo|cognome|sobrenome|achternaam|voornaam|imię|nazwisko|имя|фамилия|фио|姓名|氏名|名前|이름|성명"),
        ("NAME", r"names?|nom|nome|nombre|naam|namn|navn|nimi|jméno|isim|ad soyad|имя|όνομα|שם|الاسم|नाम"),
        ("BIRTH_DATE", r"d\.?o\.?b\.?|(?:date of )?birth[ _-]?(?:date|day)?|born(?: on)?|geburts(?:datum|tag)|geboren(?: am)?|(?:date de )?naissance|(?:fecha de )?nacimiento|(?:data de )?nascimento|data di nascita|geboortedatum|födelsedatum|data urodzenia|urodzon[ya]|narozen[ýáa]?|(?:datum|dátum) naro[dz]en[íi]a?|född(?:elsedag)?|fød(?:t|selsdato|selsdag)|doğum tarihi|data nașterii|дата (?:рождения|народження)|出生日期|生年月日|생년월일"),
        ("PHONE", r"(?:work|home|mobile|cell|contact|customer|office)?[ _-]?(?:tele)?(?:phone|fon|fone|fono)(?:[ _-]?(?:number|no|nr|nummer))?|mobile(?:[ _-]?(?:number|no))?|cell|tel\.?(?:[ _-]?(?:nr|no))?|téléphone|teléfono|celular|telemóvel|handy(?:nummer)?|rufnummer|телефон|电话|手机|電話|전화(?:번호)?"),
        ("NATIONAL_ID", r"ssn|social[ _-]?security(?:[ _-]?(?:number|no))?|national[ _-]?id|passport(?:[ _-]?(?:number|no))?|tax[ _-]?id|nino|dni|nif|cpf|pesel|bsn|steuer-?id|personnummer|driver'?s?[ _-]?licen[cs]e|codice fiscale|инн|паспорт|身份证号?|주민등록번호"),
        ("CARD", r"(?:credit|debit|payment)?[ _-]?card[ _-]?(?:number|no|nr)?|cc[ _-]?(?:number|num|no)?|pan|kreditkarte|kartennummer|tarjeta|carte|卡号"),
        ("IBAN", r"iban"),
        ("ACCOUNT", r"(?:bank[ _-]?)?(?:account|acct|customer|client|member|patient|policy)[ _-]?(?:number|no|nr|id|#)|konto(?:nummer)?|mrn|routing[ _-]?(?:number|no)?|sort[ _-]?code"),
        ("POSTCODE", r"zip(?:[ _-]?code)?|post(?:al)?[ _-]?code|plz|postleitzahl|code postal|código postal|cep|cap|postnummer"),
        ("ADDRESS", r"(?:home|street|postal|billing|shipping|mailing)?[ _-]?address(?:[ _-]?line)?[ _-]?\d?|street|adresse|anschrift|straße|dirección|endereço|indirizzo|adres|адрес|地址|住所|주소"),
        ("USERNAME", r"user[ _-]?name|login|nick(?:name)?|screen[ _-]?name|benutzername|usuario"),
        ("EMAIL", r"e-?mail(?:[ _-]?address)?"),
    )
)  # fmt: skip
EMPTY: Final = re.compile(
    r"[\s\-–—.?*]*\Z|(?:n/?a|none|null|nan|unknown|yes|no|true|false|required|optional|string|text|varchar.*|int(?:eger)?|date|bool(?:ean)?|redacted|\[.*\])\Z",
    re.IGNORECASE,
)
DIGIT: Final = re.compile(r"\d")
FORMS: Final[dict[str, re.Pattern[str]]] = {
    "PERSON": re.compile(r"[^\W\d_](?:[^\d\n@/\\<>{}=_]{1,60})\Z"),
    "NAME": re.compile(r"[^\W\d_](?:[^\d\n@/\\<>{}=_]{1,60})\Z"),
    "BIRTH_DATE": re.compile(r"(?=(?:.*\d){2})[\w ./,-]{4,24}\Z"),
    "PHONE": re.compile(r"\+?[\d(][\d ()./-]{4,22}(?:x\d+)?\Z"),
    "NATIONAL_ID": re.compile(r"(?=(?:.*\d){4})[\w ./-]{5,24}\Z"),
    "CARD": re.compile(r"\d(?:[ -]?\d){11,18}\Z"),
    "IBAN": re.compile(r"[A-Za-z]{2}\d{2}[\w ]{8,32}\Z"),
    "ACCOUNT": re.compile(r"(?=(?:.*\d){4})[\w -]{5,34}\Z"),
    "POSTCODE": re.compile(r"(?=.*\d)[\w -]{3,10}\Z"),
    "ADDRESS": re.compile(r"(?=.*\d).{5,120}\Z"),
    "USERNAME": re.compile(r"[\w.@-]{3,40}\Z"),
    "SECRET": re.compile(r"\S(?:.{1,200})\Z"),
}
SECRET_IN_FORM: Final = re.compile(r"\d|[^\w\s]")

# A cell of a row: in quotes, or up to the next separator.
SPLITS: Final = {
    sign: re.compile(
        rf"[ ]*(?:\"((?:[^\"\n]|\"\"){{0,{LONGEST_CELL}}})\"|([^{re.escape(sign)}\n]{{0,{LONGEST_CELL}}}))[ ]*(?:{re.escape(sign)}|\r?$)",
        re.MULTILINE,
    )
    for sign in (",", ";", "\t", "|")
}
RULE: Final = re.compile(r"[\s|:+=-]+\Z")
ROW: Final = re.compile(r"<tr\b[^<>]{0,200}>(.*?)(?=</tr>|<tr\b|</table>|\Z)", re.IGNORECASE | re.DOTALL)
CELL: Final = re.compile(r"<t[hd]\b[^<>]{0,200}>\s*([^<>]{0,160}?)\s*(?=<)", re.IGNORECASE)
COLUMNS_OF_JSON: Final = re.compile(
    r"\"(?:columns|fields|headers?|cols|names)\"\s*:\s*\[([^\[\]{}]{2,800})\]\s*,\s*\"(?:rows|data|values|records|items)\"\s*:\s*\[",
    re.IGNORECASE,
)
JSON_ROW: Final = re.compile(r"\s*,?\s*\[([^\[\]{}]{0,2000})\]")
JSON_CELL: Final = re.compile(r"\s*(?:\"((?:[^\"\\]|\\.){0,400})\"|([^,\[\]\"]{1,60}))\s*(?:,|$)")


def named(header: list[str]) -> dict[int, str]:
    """The personal columns of a header row, by position."""
    found: dict[int, str] = {}
    for place, word in enumerate(header):
        low = " ".join(word.lower().strip(" *_\"'`:#").split())
        if 2 <= len(low) <= 32:
            kind = next((kind for kind, pattern in COLUMNS if pattern.match(low)), "")
            if kind:
                found[place] = kind
    if set(found.values()) <= {"NAME"} or (set(found.values()) <= {"NAME", "SECRET"} and len(header) > 6):
        return {place: kind for place, kind in found.items() if kind != "NAME"}
    return found


def cell_hits(text: str, columns: dict[int, str], cells: list[Cell]) -> Iterator[Hit]:
    """The personal cells of one row."""
    for place, kind in columns.items():
        if place >= len(cells) or kind == "EMAIL":
            continue
        start, end = cells[place]
        value = text[start:end]
        form = FORMS[kind]
        if any(name.match(value.lower()) for _, name in COLUMNS):
            continue  # `login(username, password)`: code, or one more header
        if EMPTY.match(value) or "\x00" in value or not form.match(value):
            continue
        if kind == "SECRET" and not SECRET_IN_FORM.search(value) and len(value) < 6:
            continue
        yield Hit(start, end, RANK if kind != "SECRET" else 93, "PERSON" if kind == "NAME" else kind, "column")


def trimmed(text: str, start: int, end: int) -> Cell:
    """A cell's value without the blanks and quotes around it."""
    value = text[start:end]
    start += len(value) - len(value.lstrip(" \t\"'`*"))
    value = text[start:end]
    return start, max(start, end - len(value) + len(value.rstrip(" \t\r\"'`*")))


def cells_of(text: str, start: int, end: int, sign: str) -> list[Cell]:
    """The cells of a line."""
    found: list[Cell] = []
    if sign == "|":
        while start < end and text[start] in " \t|":
            start += 1
            if text[start - 1] == "|":
                break
    place, split = start, SPLITS[sign]
    while place <= end and len(found) < MOST_CELLS:
        match = split.match(text, place, end)
        if match is None:
            break
        group = 1 if match[1] is not None else 2
        found.append(trimmed(text, *match.span(group)))
        if match.end() >= end or match.end() == place:
            break
        place = match.end()
    return found


def in_lines(text: str) -> Iterator[Hit]:
    """Rows below a header line: comma, semicolon, tab or bar between the cells."""
    reached = 0
    for place, _ in HEADER.spans(text):
        if place < reached:
            continue
        start = text.rfind("\n", 0, place + 1) + 1
        end = line_end(text, max(start, place))
        reached = end
        sign = next((sign for sign in ("|", "\t", ";", ",") if text.find(sign, start, end) >= 0), "")
        if not sign or end - start > LONGEST_HEADER or end == len(text):
            continue
        header = cells_of(text, start, end, sign)
        names = [text[a:b] for a, b in header]
        if len(header) < 2 or any(len(name) > LONGEST_NAME or DIGIT.match(name) for name in names):
            continue
        columns = named(names)
        while columns and end < len(text):
            start = end + 1
            end = line_end(text, start)
            if end - start > LONGEST_LINE or (sign == "|" and RULE.match(text[start:end])):
                continue
            cells = cells_of(text, start, end, sign)
            if len(cells) != len(header) and not (sign == "|" and abs(len(cells) - len(header)) < 2):
                break
            reached = end
            yield from cell_hits(text, columns, cells)


def line_end(text: str, start: int) -> int:
    """The end of the line that contains this place."""
    end = text.find("\n", start)
    return len(text) if end < 0 else end


WORDS: Final = (
    "first_name last_name full_name firstname lastname name nom nome nombre naam namn navn nimi jméno isim имя όνομα dob birth born geb naiss nacim nascim nascita födels född fød urodz narod naroz doğum naște phone tel mobil cell fon handy ssn social national passport tax nino dni nif cpf pesel bsn card cc pan iban account acct"
    " customer patient konto mrn routing zip post plz cep cap pass pwd pin cvv cvc secret token otp senha contras hasło парол address street adres anschrift stra direcc endere indir email e-mail user login фамил фио теле дат родж рожд адрес 姓名 氏名 名前 이름 성명 电话 手机 電話 전화 密码 生年 出生 생년 地址 住所 주소 卡号"
).split()
# A cell of a header: it begins at a line's beginning or behind a sign, and ends at another sign.
FIRST_CELL: Final = r"[ \"'*]*(?:[A-Za-z'-]+[ _-])?(?:{words})[^\n,;|\t<\x00]*"
ASCII_WORDS: Final = "|".join(word for word in WORDS if word.isascii())
LATIN_WORDS: Final = "|".join(word for word in WORDS if all(letter < LATIN_END for letter in word))
HEADER_GATE: Final = r"(?i)(?:^|\n){cell}[,;\t|]|[|\t;,]{cell}(?:[,;\t|]|\r?\n)"
HEADER: Final = Anchor(HEADER_GATE.format(cell=FIRST_CELL.format(words="|".join(WORDS))))


def in_html(text: str) -> Iterator[Hit]:
    """Rows of an HTML table below its header row."""
    columns: dict[int, str] = {}
    for row in ROW.finditer(text):
        cells = [cell.span(1) for cell in CELL.finditer(text, *row.span(1))]
        if "<th" in row.group()[:4000].lower():
            columns = named([text[start:end] for start, end in cells])
        elif columns:
            yield from cell_hits(text, columns, cells)


def in_json(text: str) -> Iterator[Hit]:
    """`{"columns": ["name", "ssn"], "rows": [[…], …]}`."""
    for match in COLUMNS_OF_JSON.finditer(text):
        columns = named([cell[1] or "" for cell in JSON_CELL.finditer(text, *match.span(1))])
        place = match.end()
        while columns and (row := JSON_ROW.match(text, place)):
            cells = [cell.span(1 if cell[1] is not None else 2) for cell in JSON_CELL.finditer(text, *row.span(1))]
            yield from cell_hits(text, columns, cells)
            place = row.end()


def columns(text: str) -> Iterator[Hit]:
    """The personal cells of all tables of a text."""
    if "\n" in text:
        yield from in_lines(text)
    if "<th" in text or "<TH" in text:
        yield from in_html(text)
    if '"rows"' in text or '"data"' in text or '"values"' in text or '"records"' in text:
        yield from in_json(text)


def of_page(page: Page) -> Iterable[Hit]:
    """The same for a page."""
    return columns(page.text)


GATE: Final = r"(?i)(?:[,;\t|] ?[\"']?|\n[\"']?|^[\"']?)(?:{words}|(?:full|first|last|given|family|customer|patient|home|work|mobile|contact|user|date)[ _-](?:name|phone|number|of|email|address))[A-Za-z \"'_-]*[,;\t|\n]"
OTHER_TABLES: Final = r"<th[ >]|<TH[ >]|\"(?i:columns|fields|headers?|cols|names)\"\s*:\s*\["
DETECTORS: Final[tuple[Detector, ...]] = (
    Detector(
        "column",
        rf"{GATE.format(words='|'.join(WORDS))}|{OTHER_TABLES}",
        of_page,
        ascii_gate=rf"{GATE.format(words=ASCII_WORDS)}|{OTHER_TABLES}",
        latin_gate=rf"{GATE.format(words=LATIN_WORDS)}|{OTHER_TABLES}",
    ),
)
