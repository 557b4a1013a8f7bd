"""Numbers by what introduces them, account names by their position, and numbers that are neither."""

import pytest

from privacy.redaction import Numbering, redact

FOUND = [
    ("CARD", "the card ⟦4539148803436460⟧ was charged twice"),
    ("CARD", "Karte ⟦5425 2334 3010 9904⟧ sperren"),
    ("CARD", "cartão de crédito ⟦5555 5555 5555 4445⟧"),
    ("CARD", "карта ⟦4276 1234 5678 9011⟧"),
    ("CARD", "2044;⟦4716108999716531⟧;03/27"),
    ("CARD", "9,⟦6011111111111117⟧,12/29"),
    ("NATIONAL_ID", "我的身份证号码是⟦11010519491231002X⟧"),
    ("NATIONAL_ID", "여권번호 ⟦M12345678⟧"),
    ("NATIONAL_ID", "паспорт ⟦4510 654321⟧"),
    ("NATIONAL_ID", "RUT ⟦12.345.678-5⟧"),
    ("NATIONAL_ID", "MBI: ⟦2WU8-PR3-RM07⟧"),
    ("PHONE", "联系电话：⟦13987654321⟧"),
    ("PHONE", "電話番号は⟦03-1234-5678⟧です"),
    ("PHONE", "chiamami al ⟦347 123 4567⟧"),
    ("PHONE", "подзвоніть ⟦067 123 45 67⟧"),
    ("PHONE", "beni ⟦0532 123 45 67⟧ ara"),
    ("SECRET", "votre code de vérification est ⟦583920⟧"),
    ("SECRET", "Use ⟦558201⟧ as your login code"),
    ("SECRET", "https://app.example.org/reset?token=⟦Zk3pQ9vLw8xT2mN7⟧&uid=4"),
    ("SECRET", "https://x.example.com/invite/⟦8fKq2LmZ7tRw4YbN1cVd⟧"),
    ("USERNAME", "cd /home/⟦pnowak⟧/src && make"),
    ("USERNAME", "C:\\Users\\⟦Elena Petrova⟧\\Downloads\\cv.docx"),
    ("USERNAME", "-rw-r--r-- 1 ⟦mkowalczyk⟧ staff 1204 May 3 10:11 notes.txt"),
    ("USERNAME", "⟦rkaur⟧@build7:~/app$ ls"),
]
NOT_FOUND = [
    "Betriebsferien 23.12.-06.01. und 01.07.2024-15.07.2024",
    "profit of +250 000 000, views: +3 400 000, delta +44 200 000",
    "section size addr .text  317552 9216   .data 73728 291840",
    "/home/ubuntu/app, /home/runner/work, C:\\Users\\Public\\Documents",
    "git clone git@github.com:acme/x.git",
    "rsync -a dist/ ubuntu@host.example.com:/srv/www",
    "systemctl restart getty@tty1.service and logo@2x.png",
    "error code 50012345 in https://shop.example.com/p/standing-desk-oak-120",
    "the graphics card 123456 is new",
    "1.0 1.000 3.4 .654 5.8 .479 1.1 .995 3.5 .644 5",
    "a wrong or missing password?\\n{e}",
]


@pytest.mark.parametrize(("kind", "marked"), FOUND)
def test_what_introduces_a_number_names_it(kind: str, marked: str) -> None:
    text = marked.replace("⟦", "").replace("⟧", "")
    assert (marked.index("⟦"), marked.index("⟧") - 1, kind) in [span[:3] for span in redact(text).spans]


@pytest.mark.parametrize("text", NOT_FOUND)
def test_other_numbers_and_machines_stay(text: str) -> None:
    assert redact(text) == text


def test_all_backup_codes_of_a_list_are_hidden() -> None:
    assert redact("Recovery codes: k3m9-x2pq, 8hh2-w0zt and 9pl2-qq7t").findings == {"SECRET": 3}


def test_a_part_of_a_name_has_the_number_of_the_whole() -> None:
    assert redact("Ask Priya Raghunathan. Raghunathan knows it, Priya told me.") == (
        "Ask [PERSON_1]. [PERSON_1] knows it, [PERSON_1] told me."
    )
    assert redact("Maria is here. Maria Keller ordered.") == "[PERSON_1] is here. [PERSON_1] ordered."


def test_a_part_of_a_name_is_known_in_the_next_text() -> None:
    numbering = Numbering(b"key")
    redact("My name is Zorblax Quint", numbering=numbering)
    later = Numbering.restored(b"key", numbering.state())
    assert redact("Quint called, and zorblax wrote", numbering=later) == "[PERSON_1] called, and [PERSON_1] wrote"
    assert later.state() == numbering.state() and "quint" not in str(numbering.state()).lower()


def test_two_people_with_one_first_name_stay_two() -> None:
    assert redact("Maria Keller met Maria Vogt.") == "[PERSON_1] met [PERSON_2]."
