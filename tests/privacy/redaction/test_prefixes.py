"""Every prefix of a provider's tokens is found in the example listed with it."""

import re

import pytest

from privacy.redaction import redact
from privacy.redaction.detectors.secrets.prefixes import PREFIXES


@pytest.mark.parametrize(("opening", "rest", "example"), PREFIXES, ids=[row[0] for row in PREFIXES])
def test_the_example_of_a_prefix_is_found_whole(opening: str, rest: str, example: str) -> None:
    assert re.fullmatch(opening + rest, example)
    found = redact(f"Look at {example}, please.")
    assert found == "Look at [SECRET_1], please."
    assert found.spans[0].rule == "token_prefix"


def test_every_prefix_stands_in_the_list_once() -> None:
    openings = [opening for opening, *_ in PREFIXES]
    assert len(openings) == len(set(openings))
