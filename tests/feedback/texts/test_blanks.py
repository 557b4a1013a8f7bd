"""Which texts count as blank; a blank is neither an answer nor a correction at any entry point."""

import json
import time
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from feedback.models import Interaction, Project, Signal
from feedback.texts.blanks import is_blank
from tests import factories as cast

BLANK = [
    "",
    " ",
    "\t\r\n",
    "\u00a0",
    "\u2003\u3000",
    "\u3164",
    "\uffa0\u115f\u1160",
    "\u200b\u200d\ufeff",
    "\u2060\u180e",
    "\u2800\u2800",
    "\u00ad",
    "\u034f",
    "\u0301",
    "\ufe0f",
    "\U000e0041",
    "\ufffc",
    "\u202e\u2066",
    "\u0000",
    "<p></p>",
    "<p>\u200b</p>",
    "<br/>",
    "<div class='x'><span> </span></div>",
    "<!-- TODO: write -->",
    "<!---->",
    "<!DOCTYPE html>",
    "&nbsp;",
    "&#8203;&zwnj;",
    "&#x3164;",
    "<p>&nbsp;</p>",
    "&nbsp",
    "![]()",
    "[]()",
    "[ ](https://example.org)",
    "**",
    "****",
    "** **",
    "__",
    "***",
    "---",
    "- - -",
    "* * *",
    "___",
    "–",
    "———",
    "```\n```",
    "```python\n\n```",
    "~~~\n~~~",
    "#",
    "## ",
    ">",
    "> > ",
    "-",
    "*",
    "•",
    "- [ ]",
    "* [x] ",
    "|---|:--|",
    "| | |\n|---|---|",
    "====",
    "`",
    "``",
    "~~~~",
    "\\",
    "# \n\n---\n> **\n",
]
SAYS = [
    "x",
    "Yes",
    "0",
    "7",
    "?",
    "...",
    "👍",
    "✓",
    "да",
    "はい",
    "ㅋ",
    "가",
    "नहीं",
    "C#",
    "[]",
    "{}",
    "()",
    "=>",
    "->",
    "&&",
    "||",
    "+",
    "=",
    "<",
    "$",
    "%",
    "**No**",
    "# Ten",
    "> nine",
    "- at ten",
    "<p>ten</p>",
    "&lt;p&gt;",
    "&amp;",
    "![chart](a.png)",
    "![](a.png)",
    "<img src='a.png'>",
    "[here](https://example.org)",
    "```\nx\n```",
    "| a |\n|---|",
    "`=`",
    "<!-- a --> b",
    "<!-- b",
    "\u3164x",
    "e\u0301",
    "1.",
    ":-)",
    "`<br>`",
    "```html\n<br>\n```",
]
SOME = ["\u3164", "\u200b", "<p></p>", "&nbsp;", "![]()", "**", "---", "\u2800", " \u00a0"]


@pytest.mark.parametrize("text", BLANK)
def test_a_text_that_shows_nothing_is_blank(text: str) -> None:
    assert is_blank(text)


@pytest.mark.parametrize("text", SAYS)
def test_a_short_text_that_says_something_is_not(text: str) -> None:
    assert not is_blank(text)


@pytest.mark.parametrize(
    "piece",
    [
        "<!--",
        "<",
        "<p",
        "![](",
        "[ ",
        "&",
        "> ",
        "|",
        "```",
        "- [",
        "\u3164",
        "* ",
        ":",
        "=",
        "> x",
        "\t",
        "[\t",
        "<a src",
    ],
)
def test_a_long_text_is_read_in_time_of_its_length(piece: str) -> None:
    began = time.process_time()
    for end in ("", " ü"):
        is_blank("*" + piece * (200_000 // len(piece)) + end)
        is_blank(piece * (200_000 // len(piece)) + end)
    assert time.process_time() - began < 1


@pytest.mark.django_db
@pytest.mark.parametrize("text", SOME)
def test_a_blank_is_no_correction_and_no_answer_by_the_api(
    client: Client, shop: Project, auth: dict[str, str], text: str
) -> None:
    talk = cast.asked(shop)

    def post(path: str, body: Any) -> Any:
        return client.post(f"/api/v1/{path}", json.dumps(body), content_type="application/json", headers=auth)

    edit = {"interaction": talk.id, "signal": "edit", "correction": text}
    blank = {"question": "q?", "answer": text, "consent": cast.ALL}
    said, asked = post("feedback", edit), post("interactions", blank)
    items = [{"type": "feedback", **edit}, {"type": "interaction", **blank}]
    together = post("batch", {"items": items}).json()["results"]
    errors = [said.json()["errors"][0], asked.json()["errors"][0], *(result["error"] for result in together)]
    assert [error["pointer"].split("/")[-1] for error in errors] == ["correction", "answer"] * 2
    assert [error["code"] for error in errors] == ["required", "blank"] * 2
    assert not Signal.objects.exists() and Interaction.objects.count() == 1


@pytest.mark.django_db
def test_nor_is_it_in_an_import(shop: Project, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines: list[dict[str, Any]] = [{"question": "q?", "answer": text} for text in SOME]
    lines += [{"question": "q?", "answer": "a", "feedback": {"thumb": "down", "signal": "edit", "correction": SOME[0]}}]
    (tmp_path / "log.jsonl").write_text("\n".join(map(json.dumps, lines)))
    with pytest.raises(CommandError, match="Nothing was stored"):
        call_command(
            "import_log", str(tmp_path / "log.jsonl"), project=shop.name, consent="capture", notice="May we?", json=True
        )
    assert json.loads(capsys.readouterr().out)["bad"] == len(lines) and not Interaction.objects.exists()
