"""Long text is read in windows. A value that crosses the end of a window is hidden completely, however long it is."""

import random
import re
import string

import pytest

from privacy.redaction import redact
from privacy.redaction.gates import LONGEST, OVERLAP, WINDOW

EDGE = WINDOW + OVERLAP
PROSE = "the order page says that it was shipped but the tracking number does not work " * 400
LETTERS = string.ascii_letters + string.digits


def token(length: int) -> str:
    return "".join(random.Random(length).choices(LETTERS, k=length))


SECRETS = {
    "a token": f"eyJ{token(200)}.eyJ{token(1200)}.{token(342)}",
    "a token with a long header": f"eyJ{token(3000)}.eyJ{token(2200)}.{token(342)}",
    "a bearer's": f"Authorization: Bearer {token(4000)}",
    "a bearer's that is longer than a window": f"Authorization: Bearer {token(LONGEST)}",
    "a bearer's that is longer than is read again": f"Authorization: Bearer {token(2 * LONGEST)}",
    "cookies": "Cookie: " + "; ".join(f"k{n}={token(60 + n)}" for n in range(90)),
}


@pytest.mark.parametrize("name", SECRETS)
@pytest.mark.parametrize("before", [0, EDGE - 20, EDGE - 300, EDGE - 1100, EDGE - 2000, EDGE - 4500, EDGE - 9000])
def test_nothing_is_left_of_what_a_window_cut_in_two(name: str, before: int) -> None:
    start = PROSE[:before].rsplit(" ", 1)[0]
    made = redact(f"{start} {SECRETS[name]} {PROSE[:9000]}")
    assert not re.search(r"[A-Za-z0-9]{25,}", made)
    assert made.endswith(PROSE[:9000]) and made.startswith(start)


def test_a_token_that_is_longer_than_its_provider_says_leaves_no_rest() -> None:
    assert redact(f"use sk-{token(600)} now") == "use [SECRET_1] now"


@pytest.mark.parametrize("size", [EDGE - 1, EDGE, EDGE + 1, 3 * EDGE])
def test_values_are_found_in_each_window(size: int) -> None:
    text = PROSE[:size] + " ada@example.org " + PROSE[:size] + " bob@example.org"
    assert "[EMAIL_1]" in redact(text) and redact(text).endswith("[EMAIL_2]")
