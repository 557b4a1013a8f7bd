"""Exports of older and newer versions, and of tools in between: the same conversation, however it is laid out."""

import csv
import gzip
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


@pytest.mark.parametrize(
    "record",
    [
        {
            "chat_messages": [
                {"sender": "human", "text": QUESTION},
                {"sender": "assistant", "text": ANSWER, "rating": 1},
            ]
        },
        {
            "contents": [
                {"role": "user", "parts": [{"text": QUESTION}]},
                {"role": "model", "parts": [{"text": ANSWER}], "feedback": "up"},
            ]
        },
        {"conversation": [{"role": "user", "content": QUESTION}, {"role": "chatbot", "content": ANSWER, "rating": 1}]},
        {
            "request_body": {"messages": [{"role": "user", "content": QUESTION}]},
            "response_body": {"choices": [{"message": {"role": "assistant", "content": ANSWER}}]},
            "feedback_rating": True,
        },
    ],
)
def test_other_spellings_of_a_conversation_keep_the_vote(tmp_path: Path, record: dict[str, Any]) -> None:
    path = tmp_path / "chats.json"
    path.write_text(json.dumps([record]))
    imported(path)
    row = Interaction.objects.get()
    assert (row.question, row.answer) == (QUESTION, ANSWER)
    assert Signal.objects.get().kind == "thumbs_up"


def test_the_time_of_a_conversation_is_that_of_its_question(tmp_path: Path) -> None:
    said = [{"sender": "human", "text": QUESTION, "created_at": MOMENT}, {"sender": "assistant", "text": ANSWER}]
    path = tmp_path / "chats.json"
    path.write_text(json.dumps([{"uuid": "c1", "created_at": "2025-04-01T10:00:00Z", "chat_messages": said}]))
    imported(path)
    assert Interaction.objects.get().occurred_at.isoformat().startswith("2025-05-01T10:00")


def test_a_list_of_lists_of_records_holds_records(tmp_path: Path) -> None:
    rows = [{"question": f"{QUESTION} {place}", "answer": ANSWER} for place in range(3)]
    path = tmp_path / "log.json"
    path.write_text(json.dumps([rows[:2], rows[2:]]))
    imported(path)
    assert Interaction.objects.count() == 3


@pytest.mark.parametrize("listed", [[[QUESTION, ANSWER]], [["Closed.", [ANSWER]]]])
def test_another_list_is_told_to_be_an_object(tmp_path: Path, capsys: Any, listed: Any) -> None:
    path = tmp_path / "log.jsonl"
    path.write_text(json.dumps(listed))
    with pytest.raises(CommandError):
        imported(path)
    said = capsys.readouterr()
    assert "This is a list" in said.out + said.err


def test_what_is_compressed_twice_is_unpacked_twice(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl.gz"
    path.write_bytes(gzip.compress(gzip.compress(json.dumps({"question": QUESTION, "answer": ANSWER}).encode())))
    imported(path)
    assert Interaction.objects.get().answer == ANSWER


@pytest.mark.parametrize(
    "text", ["<html><table>", "\ufeff\n<!DOCTYPE html>", '<?xml version="1.0"?><Workbook>', "<table>"]
)
def test_a_web_page_under_a_sheets_name_is_told_to_be_saved_as_csv(tmp_path: Path, text: str) -> None:
    path = tmp_path / "log.xls"
    path.write_text(text)
    with pytest.raises(CommandError, match="web page or XML"):
        imported(path)


def test_a_map_with_other_capitals_is_told_the_fields_name(tmp_path: Path) -> None:
    path = table(tmp_path / "log.csv", {"UserQuestion": QUESTION, "Answer": ANSWER})
    with pytest.raises(CommandError, match="Did you mean UserQuestion"):
        imported(path, "--map", "question=user_question,answer=Answer")


VALUES = ["4/5", "4 / 5", "4 out of 5", "4 of 5"]


@pytest.mark.parametrize(("up", "down"), [*((up, "2/5") for up in VALUES), ("80%", "20 %"), ("4 stars", "1 star")])
def test_a_score_may_say_what_it_is_out_of(tmp_path: Path, up: str, down: str) -> None:
    rows = [{"question": f"{QUESTION} {said}", "answer": ANSWER, "feedback": said} for said in (up, down)]
    imported(table(tmp_path / "log.csv", *rows), "--threshold", "4" if "%" not in up else "50")
    assert list(Signal.objects.order_by("pk").values_list("kind", flat=True)) == ["thumbs_up", "thumbs_down"]


@pytest.mark.parametrize("values", [("1/5",), ("0%", "100%"), ("1 star",)])
def test_a_score_out_of_more_than_one_needs_a_threshold(tmp_path: Path, capsys: Any, values: tuple[str, ...]) -> None:
    rows = [{"question": f"{QUESTION} {said}", "answer": ANSWER, "feedback": said} for said in values]
    with pytest.raises(CommandError):
        imported(table(tmp_path / "log.csv", *rows))
    said = capsys.readouterr()
    assert "--threshold" in said.out + said.err and not Signal.objects.exists()


def test_scores_out_of_different_numbers_are_not_compared(tmp_path: Path, capsys: Any) -> None:
    rows = [{"question": f"{QUESTION} {said}", "answer": ANSWER, "feedback": said} for said in ("4/5", "4/10")]
    with pytest.raises(SystemExit):
        imported(table(tmp_path / "log.csv", *rows), "--threshold", "4")
    said = capsys.readouterr()
    assert "different numbers" in said.out + said.err and Signal.objects.count() == 1
