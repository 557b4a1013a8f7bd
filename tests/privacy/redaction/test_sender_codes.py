"""A code that a message names by its sender (`Your Acme code: …`) is a secret; a number of something else is not."""

import pytest

from privacy.redaction import redact


@pytest.mark.parametrize(
    "text",
    [
        "Your Acme code: 558-219",
        "Votre code Acme est 558219.",
        "Dein Kiosk-Code ist 448812 und gilt 5 Minuten.",
        "Your Acme code is 558219. Do not share it.",
    ],
)
def test_the_code_of_a_sender_is_redacted(text: str) -> None:
    assert redact(text).findings == {"SECRET": 1}
    assert not any(digits in redact(text) for digits in ("558", "219", "448", "812"))


@pytest.mark.parametrize(
    "text",
    [
        "your Python code: 4000 lines",
        "Your Rust code is 1200 lines long",
        "Your Promo code: 2026",
        "Your Acme code is 5582.19",
    ],
)
def test_another_number_after_a_code_stays(text: str) -> None:
    assert redact(text) == text
