"""JSON structures are redacted throughout: keys, values, numbers, at any depth."""

import itertools

import pytest

from privacy.redaction import Numbering, RedactionError, is_redacted, redact_json


def test_keys_and_values_are_redacted_at_any_depth() -> None:
    made = redact_json({"ada@example.org": [{"deep": ("see bob@example.org", None, True, 3)}]})
    assert made.value == {"[EMAIL_1]": [{"deep": ["see [EMAIL_2]", None, True, 3]}]}
    assert made.findings == {"EMAIL": 2} and is_redacted(made.value)


def test_it_unpacks_into_value_and_findings() -> None:
    value, findings = redact_json(["ada@example.org"])
    assert value == ["[EMAIL_1]"] and findings == {"EMAIL": 1}


def test_a_key_tells_what_its_value_is() -> None:
    made = redact_json({"password": "hunter2", "full_name": "Zorblax Quint", "phone": "5550142", "note": "hunter2"})
    assert made.value["password"] == "[SECRET_1]"
    assert made.value["full_name"] == "[PERSON_1]"
    assert made.value["phone"] == "[PHONE_1]"


def test_a_number_that_is_a_card_becomes_a_placeholder() -> None:
    made = redact_json({"amount": 4111, "paid_with": 4111111111111111, "ratio": 0.25})
    assert made.value == {"amount": 4111, "paid_with": "[CARD_1]", "ratio": 0.25}


def test_keys_that_become_the_same_are_told_apart() -> None:
    made = redact_json({"ada@example.org": 1, "ADA@example.org": 2})
    assert sorted(made.value.values()) == [1, 2] and is_redacted(made.value)


def test_keys_that_become_the_same_are_counted_and_do_not_grow() -> None:
    spellings = ["".join(letters) for letters in itertools.product("aA", "dD", "aA", "mM", "sS")]
    made = redact_json({f"{spelling}@example.org": spelling for spelling in spellings})
    assert len(made.value) == len(spellings) and max(map(len, made.value)) == len("[EMAIL_1] (32)")


def test_it_shares_the_numbering_of_the_interaction() -> None:
    numbering = Numbering()
    redact_json({"a": "ada@example.org"}, numbering=numbering)
    assert redact_json(["bob@example.org ada@example.org"], numbering=numbering).value == ["[EMAIL_2] [EMAIL_1]"]


def test_sixty_four_levels_are_read_and_more_are_refused() -> None:
    value: object = "ada@example.org"
    for _ in range(64):
        value = [value]
    inner = redact_json(value).value
    while isinstance(inner, list):
        inner = inner[0]
    assert inner == "[EMAIL_1]"
    with pytest.raises(RedactionError, match="deeper than 64"):
        redact_json([value])


def test_what_is_not_json_is_refused_by_its_type() -> None:
    with pytest.raises(RedactionError, match="bytes is not JSON") as caught:
        redact_json({"a": b"hunter2"})
    assert "hunter2" not in str(caught.value)
