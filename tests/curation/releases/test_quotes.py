"""Texts of erased people in the lines of a release that is cut again."""

from curation.releases import quotes
from feedback.texts.fingerprints import text_digest


def test_a_line_from_before_other_answers_were_written_holds_none_and_stays() -> None:
    assert quotes.without_erased({"id": "a", "expected": "At nine."}, set()) is None


def test_only_the_texts_that_may_stay_are_left() -> None:
    line = {"id": "a", "accepted": ["At nine.", "At 9."], "also_rejected": ["At ten."]}
    assert quotes.without_erased(line, {text_digest("At nine."), text_digest("At ten.")}) == {
        **line,
        "accepted": ["At nine."],
    }
