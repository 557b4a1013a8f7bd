"""Text made to exhaust the redactor: the time it takes grows with the length and no faster."""

import base64
import os
import random
import time

import pytest

from privacy.redaction import redact

RANDOM = base64.b64encode(random.Random(1).randbytes(160_000)).decode()
HOSTILE = {
    "letters": "a",
    "digits": "1",
    "digit groups": "1-",
    "at signs": "a@",
    "dots": "a.",
    "spaces": " ",
    "capitals": "Aa ",
    "colons": ":",
    "credentials": "x://a:",
    "assignments": "api_key=",
    "key headers": "-----BEGIN RSA PRIVATE KEY-----\n",
    "token heads": "eyJ",
    "spaced digits": "1 ",
    "brackets": "(",
    "base64": RANDOM,
    "spelt addresses": "a at b dot ",
    "accents": "é",
    "invisible": "a\u200b",
    "names": "Mary ",
    "cards": "4111",
    "zeros": "00 ",
    "streets": "1 A st ",
    "births": "born ",
}


def seconds(text: str) -> float:
    began = time.process_time()
    redact(text)
    return time.process_time() - began


@pytest.mark.skipif("REDACTION_TIMES" not in os.environ, reason="takes times: a busy machine would fail it")
@pytest.mark.parametrize("unit", HOSTILE.values(), ids=HOSTILE)
def test_two_hundred_kilobytes_take_less_than_a_second(unit: str) -> None:
    text = (unit * (200_000 // len(unit) + 1))[:200_000]
    redact(text[:20_000])  # what is loaded at first use is not the text's doing
    small = seconds(text[:50_000])
    large = seconds(text)
    assert large < 1.0
    assert large < 4 * max(small, 0.02) * 2


@pytest.mark.parametrize("unit", HOSTILE.values(), ids=HOSTILE)
def test_hostile_text_is_redacted_and_comes_to_an_end(unit: str) -> None:
    text = (unit * (20_000 // len(unit) + 1))[:20_000]
    redacted = redact(f"{text} mia@example.com")
    assert "mia@example.com" not in redacted
