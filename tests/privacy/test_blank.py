"""Whether a text says anything."""

import pytest

from privacy.blank import says_something

ZERO_WIDTH, FILLER = "\u200b\u200d\ufeff", "\u3164"


@pytest.mark.parametrize(
    "text",
    [
        "", "  \n\t", "\u00a0\u2003", ZERO_WIDTH, FILLER, "\uffa0\u115f\u1160", "\u2800", "\u00ad", "\u202e\u2066", "\U000e0041",
        "\ufe0f\u20e3", "\u0301", "\ue000", "<br>", "<p></p>", "<p>\u200b</p>", "<div class='a b'>\n</div>", "<!-- Yes -->",
        "<!-- Yes", "&nbsp;", "&#8203;", "&#x3164;", "<b>&nbsp;</b>", "**", "** **", "# ", "> ", "- ", "***", "---", "```\n```",
        "``", "`\u200b`", "[](https://example.org)", "![](https://example.org/a.png)", "[\u200b](https://example.org)", "...", "?", "“”",
    ],
)  # fmt: skip
def test_what_shows_no_word_says_nothing(text: str) -> None:
    assert not says_something(text)


@pytest.mark.parametrize(
    "text",
    [
        "x", "Yes", "7", "否", "نعم", "हाँ", "한", "½", "Ⅳ", "👍", "€", "=", "!=", "a < b", "1 <2> 3", "**No**", "<b>No</b>",
        "[Yes](https://example.org)", "![a plan](a.png)", "`<br>`", "`|`", "&lt;", f"{ZERO_WIDTH}x{FILLER}", "# 4", "- x",
    ],
)  # fmt: skip
def test_a_short_answer_says_something(text: str) -> None:
    assert says_something(text)


def test_a_long_text_is_read_in_a_moment() -> None:
    assert not says_something("<!--" * 10_000 + "[" * 10_000 + "`" * 10_000)
