"""An assumption of the engine: masking closes gates and never opens one, so a later round can skip closed gates."""

import re
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from privacy.redaction import DEFAULT_POLICY, Policy, Term, compile_policy, redact
from privacy.redaction.detectors import DETECTORS
from privacy.redaction.engine import MASK
from privacy.redaction.gates import gate
from privacy.redaction.hits import Detector
from tests.extent import extent
from tests.privacy.redaction.test_properties import TEXTS

ESCAPED = re.compile(r"\\[^SWDB]")
CLASS = re.compile(r"\[\^[^\]]*\]|\[[^\]]*\]")


@pytest.mark.parametrize("detector", [one for one in DETECTORS if one.gate], ids=lambda one: one.name)
def test_no_gate_matches_a_mask(detector: Detector) -> None:
    pattern = ESCAPED.sub(lambda match: "0" if match[0] == r"\x" else "e", detector.gate)
    assert not re.search(r"\\[SWDB]", pattern)
    assert [one for one in CLASS.findall(pattern) if one[1] == "^" and "000" not in one] == []
    assert "." not in CLASS.sub("", pattern)


def opened(text: str) -> set[str]:
    """The names of the detectors that a text opens."""
    every = gate(compile_policy(DEFAULT_POLICY))
    return {detector.name for detector in every.open(text, every.sets(text))[0]}


@given(TEXTS, st.lists(st.tuples(st.integers(0, 80), st.integers(1, 30), st.integers(1, 30)), min_size=1, max_size=3))
@settings(max_examples=extent(75, 300), deadline=None)
def test_what_is_masked_opens_nothing(text: str, stretches: list[tuple[int, int, int]]) -> None:
    masked = text
    for start, length, size in stretches:
        masked = masked[:start] + MASK * size + masked[start + length :]
    assert opened(masked) <= opened(text)


def test_a_password_is_found_after_a_login_that_is_redacted() -> None:
    assert str(redact("machine example.org login Mary Smith password hunter2")).endswith("password [SECRET_1]")


def test_a_name_is_found_that_the_rest_of_its_word_had_hidden() -> None:
    part = Policy(terms=(Term("PART", pattern="Mc", must_match=("Mc",), must_not_match=("x",)),))
    assert str(redact("I met McKevin today", part)) == "I met [PART_1][PERSON_1] today"


@given(TEXTS.map(lambda text: text.encode("ascii", "ignore").decode()))
@settings(max_examples=extent(75, 300), deadline=None)
def test_the_sets_for_ascii_open_what_those_for_all_texts_do(text: str) -> None:
    every = gate(compile_policy(DEFAULT_POLICY))
    assert opened(text) == {detector.name for detector in every.open(text, every.sets("ä"))[0]}


def test_policies_share_their_gates() -> None:
    own = gate(
        compile_policy(Policy(terms=(Term("ORDER", pattern=r"X-\d+", must_match=("X-1",), must_not_match=("X",)),)))
    )
    assert own.sets("") == gate(compile_policy(DEFAULT_POLICY)).sets("")


def test_the_detectors_are_imported_by_the_first_text_or_by_a_server_that_prepares() -> None:
    said = "import sys, privacy.redaction as r; print('privacy.redaction.detectors' in sys.modules); r.prepare(); print('privacy.redaction.detectors' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", said], check=True, capture_output=True, text=True)
    assert done.stdout.split() == ["False", "True"]
