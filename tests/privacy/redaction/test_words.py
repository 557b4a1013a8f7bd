"""Words are not names: a word of a language is left alone in that language, and so are things that have a name."""

import pytest

from privacy.redaction import Policy, redact

ORDINARY = [
    "Möchten Sie Ihre Rechnung als Brief? Dann sagen Sie es.",
    "Falls Sie Fragen haben, finden Sie im Kopf der Seite die Nummer.",
    "Les colis arrivent demain. Elles sont contentes, elle aussi.",
    "Une fois payée, la facture est envoyée. Dans ce cas, videz le panier.",
    "Esta tienda abre hoy. Una caja llega mañana, pero el resto no.",
    "Estes pedidos foram pagos. Ela volta, uma vez que chegue.",
    "Prima di pagare, legga. Nella scatola c'è una vite. Ora può ordinare.",
    "Elke bestelling is gratis. Anders neem contact op. Deze doos is leeg.",
    "Alla varor skickas. Andra kunder köpte detta, denna vara är slut.",
    "Dane zostały zapisane. Oto wynik zamówienia.",
    "Yeni sipariş verildi. Yani bekleyin.",
    "am 3. Juni, le 5 Mai 2023, 14 Abril 2024",
    "für Raum 12, für Release 9, Gebühr Rue 5",
    "siehe Abschnitt 6.3.1.2",
    "5.8.5.1. Sicherheit",
]
THINGS = [
    "The Sonja chair is sold out; is Sonja available in blue?",
    "Is the Luna watch waterproof?",
    "The Max plan and the Flora plan differ.",
    "la silla Sonja está agotada",
    "das Regal Ivar ist lieferbar",
    "release Jessie, branch Sid, version Lenny",
    "the Gregorian calendar and the Martin bridge",
]


@pytest.mark.parametrize("text", ORDINARY)
def test_it_leaves_ordinary_words_of_a_language_alone(text: str) -> None:
    assert redact(text) == text


@pytest.mark.parametrize("text", THINGS)
def test_a_thing_that_bears_a_name_is_no_person(text: str) -> None:
    assert redact(text) == text


def test_the_same_word_is_a_name_in_another_language() -> None:
    assert redact("Ich habe gestern mit Elke telefoniert, und sie war nett.") == (
        "Ich habe gestern mit [PERSON_1] telefoniert, und sie war nett."
    )


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Ik heb gisteren met Elke gebeld over de levering.", "Elke"),
        ("Jag pratade med Sten igår om leveransen.", "Sten"),
        ("Le colis est pour Olive et pas pour moi.", "Olive"),
        ("Ieri ho parlato con Viola della consegna.", "Viola"),
        ("Dün Ayşe Demir mağazadaydı.", "Ayşe Demir"),
        ("Χθες ο Γιώργος Παπαδόπουλος ήταν στο κατάστημα.", "Γιώργος Παπαδόπουλος"),
        ("Вчора Оксана Коваль була у магазині.", "Оксана Коваль"),
    ],
)
def test_a_capital_inside_a_sentence_makes_a_word_a_name(text: str, name: str) -> None:
    assert redact(text) == text.replace(name, "[PERSON_1]")


@pytest.mark.parametrize(
    "text",
    [
        "Elke doos wordt gewogen.",
        "--gap-size=ANTAL Mellanrum i kolumner mellan utdatafält.",
        "Pertanyaan pertama meminta Anda untuk memilih.",
        "if true then echo elif false fi",
    ],
)
def test_the_same_word_without_that_sign_is_none(text: str) -> None:
    assert redact(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "00000410  55 00 00 00 12 00 00 00  00 00 00 00 00 00 00 00",
        "00000ed0: 0890 0000 0000 0000 0700 0000 0300",
        "    27bb:\t48 8d 35 d0 38 00 00 \tlea    0x38d0(%rip),%rsi",
        "b64encode(username, password)\nif isinstance(password, str):\n    pass",
        "28\t/usr/share/doc/python3-httplib2",
    ],
)
def test_the_output_of_tools_is_left_as_it_is(text: str) -> None:
    assert redact(text) == text


def test_the_word_after_a_greeted_name_is_no_second_person() -> None:
    for text in ("Hi Lena, You're late", "Hallo Lukas, Ihre Rechnung", "Bonjour Claire, Votre colis est là"):
        assert redact(text).findings == {"PERSON": 1}


def test_a_strict_project_takes_a_word_of_the_lists_for_a_name() -> None:
    for text in ("Alla varor skickas till dig.", "the Sonja chair"):
        assert redact(text) == text
        assert redact(text, Policy(strict=True)).findings == {"PERSON": 1}
    assert Policy.from_dict(Policy(strict=True).to_dict()).strict


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("我的名字是李小龙", "李小龙"),
        ("私は鈴木一郎です", "鈴木一郎"),
        ("田中さんに電話", "田中"),
        ("저는 박지성입니다", "박지성"),
        ("اسمي أحمد حسن", "أحمد حسن"),
        ("קוראים לי יעל לוי", "יעל לוי"),
        ("मेरा नाम प्रिया वर्मा है", "प्रिया वर्मा"),
        ("Меня зовут Ольга Смирнова", "Ольга Смирнова"),
        ("Вчера Иван Смирнов был здесь", "Иван Смирнов"),
        ("Με λένε Γιώργος Παπαδόπουλος", "Γιώργος Παπαδόπουλος"),
        ("Tôi là Trần Thị Mai", "Trần Thị Mai"),
        ("Me llamo María José García López", "María José García López"),
    ],
)
def test_a_name_is_found_where_its_own_language_introduces_it(text: str, name: str) -> None:
    assert redact(text) == text.replace(name, "[PERSON_1]")


def test_what_is_introduced_may_be_no_name() -> None:
    for text in ("我是学生", "私は学生です", "하나는 텍스트입니다"):
        assert redact(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "Meine Adresse ist Musterweg 12, 12345 Musterstadt.",
        "Ich wohne in der Lindenstraße 4, 10115 Berlin.",
        "Bitte an Hauptstr. 5, 80331 München schicken.",
        "Wir ziehen um in die Goethestraße 17.",
        "Rosenweg 12",
    ],
)
def test_a_street_in_a_sentence_is_an_address(text: str) -> None:
    assert "[ADDRESS_1]" in redact(text)


@pytest.mark.parametrize(
    "text",
    ["Es braucht Speicherplatz 20 GB.", "Auf dem Marktplatz 3 Stände.", "Freigabe auf Festplatte 2 und Steckplatz 3"],
)
def test_a_word_that_ends_like_a_street_is_none_by_that_alone(text: str) -> None:
    assert redact(text) == text
