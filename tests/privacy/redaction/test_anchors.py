"""Positions count characters, whatever script the text is in."""

import re

from hypothesis import given
from hypothesis import strategies as st

from privacy.redaction import redact
from privacy.redaction.anchors import Anchor, places

WORDS = "[0-9]+|at|é"


@given(st.text(alphabet="at09 é€𝄞\n") | st.text())
def test_an_anchor_stands_where_the_pattern_matches(text: str) -> None:
    assert Anchor(WORDS).spans(text) == [match.span() for match in re.finditer(WORDS, text)]


@given(st.text(alphabet="a@é"))
def test_a_sign_is_found_at_each_of_its_places(text: str) -> None:
    assert places(text, "@") == [match.start() for match in re.finditer("@", text)]


def test_an_option_that_is_named_after_a_client_hides_no_password_of_it() -> None:
    assert str(redact("run -mysql-passx -psecretvalue9")) == "run -mysql-passx -p[SECRET_1]"
