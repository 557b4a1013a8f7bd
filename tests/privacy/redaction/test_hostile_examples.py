"""Each detector's own findings, repeated: the cost per finding does not grow with their number, and rounds end."""

import os
import time

import pytest

from privacy.redaction import redact
from privacy.redaction.detectors import DETECTORS
from privacy.redaction.engine import Pieces
from privacy.redaction.gates import Gate

EXAMPLES = (
    "Am Markt 3|Lindenstraße 4|12 Main Street, Springfield, IL 62704|12 rue de la Paix, 75002 Paris|P.O. Box 123|Apt. 5B"
    "|I live at 12 Elm Court|SW1A 1AA|ada@example.org|ada at example dot org|(415) 555-2671|030 1234567|4111 1111 1111 1111"
    "|my card 180034417209653|DE89 3704 0044 0532 0130 00|my SSN is 219-09-9999|passport no C01X00T47|account no. 123456789012"
    "|192.168.12.14|https://ada:secret7@example.org/x|password=hunter2|the password is hunter2|my pin is 4711"
    "|AKIAIOSFODNN7EXAMPLE|key = 9f86D081884c7d659a2FEaa0c55ad015X|Authorization: Bearer abcDEF123456789ghiJKL"
    "|eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U"
    '|{"key": "password", "value": "x7#kd!R5W"}|https://login.example.com/cb?code=FjpdfZTdXFMTxFQ2RzWkKZ|Ihr Code lautet 481932'
    "|-----BEGIN RSA PRIVATE KEY-----|Cookie: session=38afes7a8|my username is ada_l|/home/jkowalski/app|name,dob,cvv"
    "|born 12.03.1981|Maria Keller|Mr. Smith|my name is Jo Bennett|Dear Jochen,|Kind regards|Name: Manon Laine"
    "|psychologist Cassie O'Brien|Rachel Magnusson, the engineer|an appointment with Dr. Smith|transfer 50 dollars to Maria"
    "|Ginevra Colonna <ginevra@example.it>|Jeg hedder Eilif|Hej Thorkild,|Mvh|我叫王小明|田中さん|Меня зовут Анна|Иван Смирнов|Nguyễn Văn An|Sie|Les|Mary"
    "|curl -u ada:secret7 x|PuTTY-User-Key-File-2: ssh-rsa|root:$6$abcdefgh$abcdefghijklmnopqrstuv:1:0|my iban is DE12 3456"
    "|00:1B:44:11:3A:B7|2001:db8:0:1:8a2e:370:7334:1|- name: DB_PASSWORD\n  value: Wint3r-88|your code is 481932"
).split("|")
SEPARATORS = ("\n", " ", ", ")


def repeated(example: str, separator: str, size: int) -> str:
    unit = example + separator
    return (unit * (size // len(unit) + 1))[:size]


def test_there_is_an_example_for_nearly_every_detector() -> None:
    gate = Gate(DETECTORS)
    opened = {one.name for example in EXAMPLES for one in gate.open(example, gate.sets(example))[0]}
    assert len({one.name for one in DETECTORS} - opened) <= 2


@pytest.mark.parametrize("separator", SEPARATORS, ids=("lines", "spaces", "commas"))
@pytest.mark.parametrize("example", EXAMPLES)
def test_an_example_that_is_repeated_comes_to_an_end(example: str, separator: str) -> None:
    redacted = redact(f"{repeated(example, separator, 4_000)}\nmia@example.com")
    assert "mia@example.com" not in redacted


@pytest.mark.skipif("REDACTION_TIMES" not in os.environ, reason="takes times: a busy machine would fail it")
@pytest.mark.parametrize("separator", SEPARATORS, ids=("lines", "spaces", "commas"))
@pytest.mark.parametrize("example", EXAMPLES)
def test_four_times_as_many_take_at_most_six_times_as_long(example: str, separator: str) -> None:
    taken = []
    for size in (25_000, 25_000, 100_000):
        began = time.process_time()
        redact(repeated(example, separator, size))
        taken.append(time.process_time() - began)
    assert taken[2] < 6 * max(taken[1], 0.01)


def test_the_same_word_is_read_alike_wherever_a_long_text_has_it() -> None:
    assert redact("Sie, " * 400) == "Sie, " * 400


def test_pieces_of_a_text_are_told_after_several_rounds() -> None:
    pieces = Pieces.after([(2, 4), (6, 8)], [5, 5], 12)  # `aaBBccDDeeee`, then `aa[BBB]cc[DDD]eeee`
    assert [pieces.origin(place) for place in (1, 7, 8, 14)] == [1, 4, 5, 8]
    later = pieces.cut([(7, 9)], [6], 18)
    assert [later.origin(place) for place in (1, 18, 21)] == [1, 8, 11]
