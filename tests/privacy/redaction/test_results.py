"""`Redacted` text: only the redactor makes it, and everybody reads it as a plain string."""

import copy
import json
import pickle

import pytest

from privacy.redaction import Redacted, Span, is_redacted, redact
from privacy.redaction.results import MAX_DEPTH


def test_nobody_else_can_make_it() -> None:
    with pytest.raises(TypeError, match="only the redactor"):
        Redacted("ada@example.org")


def test_it_tells_what_was_replaced_and_never_the_value() -> None:
    made = redact("mail ada@example.org or bob@example.org")
    assert made == "mail [EMAIL_1] or [EMAIL_2]"
    assert made.spans == (Span(5, 20, "EMAIL", "email"), Span(24, 39, "EMAIL", "email"))
    assert made.findings == {"EMAIL": 2}
    assert "example" not in repr(made.spans)


def test_what_is_derived_from_it_is_plain() -> None:
    made = redact("mail ada@example.org")
    for derived in (made + "!", made.upper(), made[:], made.strip(), f"{made}", str(made), "".join([made])):
        assert type(derived) is str


def test_it_can_be_pickled_and_copied() -> None:
    made = redact("mail ada@example.org")
    for same in (pickle.loads(pickle.dumps(made)), copy.copy(made), copy.deepcopy(made)):  # noqa: S301 - our own bytes
        assert isinstance(same, Redacted) and same == made and same.spans == made.spans


def test_it_is_json_like_any_string() -> None:
    assert json.dumps({"a": redact("ada@example.org")}) == '{"a": "[EMAIL_1]"}'


def test_stored_text_is_redacted_and_has_no_spans() -> None:
    made = Redacted.stored("mail [EMAIL_1]")
    assert isinstance(made, Redacted) and made.spans == () and made.findings == {}


def test_a_structure_is_redacted_when_all_its_strings_are() -> None:
    text = Redacted.stored("x")
    assert is_redacted({text: [text, 1, None, True, 2.5, (text,)]})
    assert not is_redacted({"x": text})
    assert not is_redacted([text, ["x"]])
    assert not is_redacted(b"x")


def test_a_structure_deeper_than_allowed_is_not_redacted() -> None:
    value: object = Redacted.stored("x")
    for _ in range(MAX_DEPTH + 3):
        value = [value]
    assert not is_redacted(value)
