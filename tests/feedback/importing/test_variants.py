"""Exports of older and newer versions, and of tools in between: the same conversation, however it is laid out."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from feedback.models import Interaction, Signal
from tests import factories as cast

pytestmark = pytest.mark.django_db
HELD = ("--consent", "capture,evaluation,training", "--notice", "Terms of 2026")
QUESTION, ANSWER = "When does the shop open on Saturdays?", "It opens at ten in the morning."
MOMENT = "2025-05-01T10:00:00Z"


def imported(path: Path, *options: str) -> None:
    call_command("import_log", str(path), "--project", cast.project().name, *HELD, *options)


def table(path: Path, *rows: dict[str, Any]) -> Path:
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def test_texts_that_a_table_of_langfuse_holds_as_json_lose_their_quotes(tmp_path: Path) -> None:
    shared = {"traceId": "t1", "startTime": MOMENT, "traceName": "chat", "environment": "default"}
    root = {"id": "o1", "type": "SPAN", "name": "chat", "parentObservationId": "", "input": json.dumps(QUESTION)}
    tool = {"id": "o2", "type": "TOOL", "name": "find", "parentObservationId": "o1", "input": '{"day": 6}'}
    imported(
        table(
            tmp_path / "observations.csv",
            {**shared, **root, "output": json.dumps(ANSWER)},
            {**shared, **tool, "output": json.dumps("At ten.")},
        )
    )
    row = Interaction.objects.get()
    assert (row.question, row.answer, row.steps[0]["result"]) == (QUESTION, ANSWER, "At ten.")


def test_a_data_frames_index_without_a_name_is_no_column(tmp_path: Path) -> None:
    span = {"": "x1", "name": "chat", "context.span_id": "x1", "context.trace_id": "t1", "start_time": MOMENT}
    words = {"attributes.input.value": QUESTION, "attributes.output.value": ANSWER, "span_kind": "CHAIN"}
    imported(table(tmp_path / "spans.csv", {**span, "parent_id": "", **words}))
    assert Interaction.objects.get().answer == ANSWER


def test_a_later_column_without_a_name_is_named_by_its_place(tmp_path: Path, capsys: Any) -> None:
    with pytest.raises(CommandError):
        imported(table(tmp_path / "log.csv", {"question": QUESTION, "answer": ANSWER, "": "lost"}))
    said = capsys.readouterr()
    assert "column 3" in said.out + said.err


@pytest.mark.parametrize("speakers", [("human", "assistant"), ("user", "bot")])
def test_a_conversation_may_hold_pairs_under_the_speakers_names(tmp_path: Path, speakers: tuple[str, str]) -> None:
    pairs = [
        dict(zip(speakers, texts, strict=True)) for texts in ((QUESTION, ANSWER), ("And when is it full?", "At noon."))
    ]
    path = tmp_path / "pairs.json"
    path.write_text(json.dumps([{"conversation_id": "c1", "conversation": pairs}]))
    imported(path)
    first, then = Interaction.objects.order_by("pk")
    assert (first.question, first.answer, then.answer) == (QUESTION, ANSWER, "At noon.")
    assert [turn["content"] for turn in then.context] == [QUESTION, ANSWER]


def test_the_ratings_of_a_help_desk_are_votes(tmp_path: Path) -> None:
    words = {"Good": "thumbs_up", "Good with comment": "thumbs_up", "Bad with comment": "thumbs_down", "Offered": None}
    rows = [
        {"Ticket ID": f"t-{place}", "Description": QUESTION, "Agent reply": f"{ANSWER} {place}", "Satisfaction": word}
        for place, word in enumerate(words)
    ]
    named = "question=Description,answer=Agent reply,id=Ticket ID,feedback=Satisfaction"
    imported(table(tmp_path / "tickets.csv", *rows), "--map", named)
    given = {signal.interaction.external_id: signal.kind for signal in Signal.objects.select_related("interaction")}
    assert given == {f"t-{place}": kind for place, kind in enumerate(words.values()) if kind}


@pytest.mark.parametrize(
    "titles",
    [
        (["Support in May"],),
        (["Conversation", None, "Judgement"],),
        (["Support in May"], [None], ["Chat", None, "Judgement"]),
    ],
)
def test_titles_above_a_sheets_header_are_no_header(tmp_path: Path, titles: Any) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    for row in (*titles, ["question", "answer", "feedback", "ts", "user", "id"]):
        book.active.append(row)
    book.active.append([QUESTION, ANSWER, "good", MOMENT, "u-1", "c-1"])
    book.active.merge_cells("A1:B1")
    book.save(tmp_path / "log.xlsx")
    imported(tmp_path / "log.xlsx")
    assert (Interaction.objects.get().answer, Signal.objects.get().kind) == (ANSWER, "thumbs_up")


def test_a_header_with_few_names_above_numbers_stays_a_header(tmp_path: Path, capsys: Any) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    book.active.append(["question", "answer"])
    book.active.append([QUESTION, ANSWER, 1, 2])
    book.save(tmp_path / "log.xlsx")
    with pytest.raises(CommandError):
        imported(tmp_path / "log.xlsx")
    said = capsys.readouterr()
    assert "column 3" in said.out + said.err
