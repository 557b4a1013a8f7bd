"""Names that no list has, where their own language introduces, greets or signs with them; and programs named like people."""

import pytest

from privacy.redaction import Policy, redact

INTRODUCED = [
    ("Jeg hedder Regnar.", "Regnar"),
    ("Mit navn er Anine.", "Anine"),
    ("Jag är Siw från Lund.", "Siw"),
    ("Mitt namn är Esbjörn.", "Esbjörn"),
    ("Nimeni on Aapeli.", "Aapeli"),
    ("Ik ben Tjerk uit Utrecht.", "Tjerk"),
    ("Mevrouw Wiepie belde.", "Wiepie"),
    ("Mam na imię Cezariusz.", "Cezariusz"),
    ("Jmenuji se Kvído.", "Kvído"),
    ("Mă numesc Costinel.", "Costinel"),
    ("Benim adım Cavidan.", "Cavidan"),
    ("Sou Carminda de Lisboa.", "Carminda"),
    ("Sono Agatino di Torino.", "Agatino"),
    ("Hej Thorkild,\ntak for hjælpen", "Thorkild"),
    ("Merhaba Sakire,\nteşekkürler", "Sakire"),
    ("Med venlig hilsen\nEilif", "Eilif"),
    ("Groetjes,\nSipke", "Sipke"),
    ("仲地みなみさんに電話しました。", "仲地みなみ"),
    ("我叫靳宛妻。", "靳宛妻"),
]
ORDINARY = [
    "Hallo Kundenservice,\nmein Paket fehlt.",
    "Ik ben blij met de lamp.",
    "Jeg er fra Aarhus.",
    "Bonjour Madame,\nmerci",
    "Groetjes\nGroetjes\nMvh\nMvh",
    "Unstable is always called Sid in Debian.",
    "Ninja and Make are build systems for Linux.",
    "Kan ik Red Hat-pakketten gebruiken? Die Toy Story-Filme laufen.",
    "de Debian Project Leider",
    "La directory è /home/utente, chez nous /home/utilisateur/x.",
    "Boston, MA wird mit CP 1251 gelesen",
    "APT y este documento son 2 programas",
    "オプションは rw、suid、dev、jean です",
    "Los campos Changelog, Readme y Extra-Files no son obligatorios.",
]


@pytest.mark.parametrize(("text", "name"), INTRODUCED)
def test_a_name_that_no_list_has_is_found_where_it_is_introduced(text: str, name: str) -> None:
    assert name not in redact(text)


@pytest.mark.parametrize("text", ORDINARY)
def test_what_only_looks_like_an_introduction_or_a_name_stays(text: str) -> None:
    assert redact(text) == text


def test_a_person_with_a_program_s_name_is_found_where_no_program_is_spoken_of() -> None:
    assert "Amanda" not in redact("Yesterday Amanda called about the parcel.")
    assert redact("Bacula and Amanda are backup software.") == "Bacula and Amanda are backup software."
    assert "Amanda" not in redact("Bacula and Amanda are backup software.", Policy(strict=True))


def test_a_suffix_in_the_alphabet_of_another_language_is_no_part_of_a_name() -> None:
    assert redact("Richard Stallman이 시작했다.") == "[PERSON_1]이 시작했다."


def test_a_token_of_letters_alone_is_told_from_an_identifier() -> None:
    token = "hf_" + "qWmZtRkPxLdNvBsJhGfYcEaUiOoTrQeWyA"
    assert token not in redact(f"export HF={token}")
    assert redact("hf_depotShelfPositionCountersTableRows") == "hf_depotShelfPositionCountersTableRows"


def test_a_password_of_words_and_underscores_is_hidden_where_it_has_its_own_line() -> None:
    assert "Heron" not in redact("-ADMIN_PASSWORD=grey_Heron_over_pond\n+ADMIN_PASSWORD=$ADMIN_PASSWORD")
    assert redact("password: Form_Field") == "password: Form_Field"


@pytest.mark.parametrize(
    "text",
    [
        "我是程序员。",
        "我是高中生，",
        "저는 한국인이에요",
        "저는 대학생입니다. 사용자님, 안녕하세요.",
        "أنا طالب جامعي",
        "这位先生，请坐。",
    ],
)
def test_words_for_people_are_no_names_in_other_scripts(text: str) -> None:
    assert redact(text) == text


def test_a_dotless_i_is_a_letter_of_turkish_and_a_disguise_in_an_address() -> None:
    assert redact("Aşağıdaki Tam Alan Adı bölümüne bakınız.") == "Aşağıdaki Tam Alan Adı bölümüne bakınız."
    assert redact("mail mıke@example.com") == "mail [EMAIL_1]"
