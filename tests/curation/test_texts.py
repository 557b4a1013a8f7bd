"""Whether a text says anything: a blank never does, however it is written, and a short one does."""

import time

import pytest

from curation.texts import says_something

SHORT = (
    "x", "Yes", " 42.", "４２.", "Paris", "%", "∞", "👍", "-1", "+", "#", "*", "是", "<3", "...", "?", "*x*", "**Yes**", "<b>Yes</b>",
    "> Yes", "# Yes", "- Yes", "[EMAIL_1]", "&lt;", "`<br>`", "```\nls\n```", "```html\n<br>\n```", "a <b", "0",
)  # fmt: skip
BLANK = (
    "", " ", "\n\t", "\u3164", "\u200b\u200d", "\u2800", "\u00ad", "\ufeff", "\u2060", "\uffa0 \u115f", "\u180e", "\ufffc",
    "\u0301", "<b></b>", "<br>", "<br/>", "<p>&nbsp;</p>", "<p>\u3164</p>", "<div class='a'>\n \n</div>", "<!-- x -->",
    "**", "****", "**\u3164**", "\u200b**\u200b**", "---", "* * *", "```\n```", "```python\n```", "~~~\n~~~", "[](http://x)", "![](x.png)", "&#8203;", "&nbsp;", "&zwnj;",
)  # fmt: skip


@pytest.mark.parametrize("text", SHORT)
def test_a_short_answer_says_something(text: str) -> None:
    assert says_something(text)


@pytest.mark.parametrize("text", BLANK)
def test_a_blank_says_nothing_however_it_is_written(text: str) -> None:
    assert not says_something(text)


@pytest.mark.parametrize("piece", ["<", "<a", "`", "~~~", "[](", "![](", "<!--", "* ", "_", "\n> ", "```\n", "- - "])
def test_it_reads_a_long_hostile_text_in_no_time(piece: str) -> None:
    began = time.perf_counter()
    says_something(piece * 20_000)
    assert time.perf_counter() - began < 0.5
