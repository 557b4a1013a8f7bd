"""Placeholders are numbered by distinct value through one interaction."""

import json

from privacy.redaction import DEFAULT_POLICY, Numbering, compile_policy, redact
from privacy.redaction.engine import Look


def test_one_value_has_one_number_in_question_and_answer() -> None:
    numbering = Numbering(b"key")
    assert redact("I am ada@example.org, not bob@example.org", numbering=numbering) == "I am [EMAIL_1], not [EMAIL_2]"
    assert redact("Hello BOB@example.org", numbering=numbering) == "Hello [EMAIL_2]"


def test_spellings_of_one_value_are_equal() -> None:
    numbering = Numbering()
    assert redact("card 4111 1111 1111 1111", numbering=numbering) == "card [CARD_1]"
    assert redact("card 4111-1111-1111-1111", numbering=numbering) == "card [CARD_1]"
    assert redact("ada(at)example(dot)org or ada@example.org", numbering=numbering) == "[EMAIL_1] or [EMAIL_1]"


def test_it_goes_on_where_it_was_left() -> None:
    numbering = Numbering(b"key")
    redact("ada@example.org", numbering=numbering)
    state = json.loads(json.dumps(numbering.state()))
    restored = Numbering.restored(b"key", state)
    assert redact("bob@example.org and ada@example.org", numbering=restored) == "[EMAIL_2] and [EMAIL_1]"


def test_its_state_holds_no_value() -> None:
    numbering = Numbering(b"key")
    redact("ada@example.org, 4111 1111 1111 1111", numbering=numbering)
    assert "ada" not in str(numbering.state()) and "4111111111111111" not in str(numbering.state())


def test_another_key_gives_other_digests() -> None:
    one, other = Numbering(b"one"), Numbering(b"other")
    redact("ada@example.org", numbering=one)
    redact("ada@example.org", numbering=other)
    assert one.state() != other.state()


def test_a_placeholder_that_was_typed_is_left_alone_and_keeps_its_number() -> None:
    assert redact("[EMAIL_1] is not ada@example.org") == "[EMAIL_1] is not [EMAIL_2]"


def test_a_typed_placeholder_refers_to_a_value_that_has_its_number() -> None:
    numbering = Numbering()
    redact("ada@example.org", numbering=numbering)
    assert redact("is [EMAIL_1] ada@example.org?", numbering=numbering) == "is [EMAIL_1] [EMAIL_1]?"


def test_typed_placeholders_cannot_swell_the_state() -> None:
    numbering = Numbering()
    redact(" ".join(f"[EMAIL_{number}]" for number in range(3000)) + " ada@example.org", numbering=numbering)
    redact(" ".join(f"[NOTHING_{number}]" for number in range(3000)) + " ada@example.org", numbering=numbering)
    assert sum(map(len, numbering.state().values())) <= 1001


def test_what_only_looks_like_a_placeholder_is_read_like_any_text() -> None:
    look = Look(compile_policy(DEFAULT_POLICY))
    look.read("[OWN_WORD_1] [EMAIL_2]")
    assert look.folded == "[OWN_WORD_1] " + "\x00" * len("[EMAIL_2]")
