"""`import_log` of other products' exports, recognised by their records: conversations, votes, corrections, times, people."""

import json
from collections.abc import Collection
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from curation.models import ReviewTask
from feedback.importing.formats import FORMATS
from feedback.models import Interaction, Signal
from tests import factories as cast

pytestmark = pytest.mark.django_db
EXPORTS = Path(__file__).parent / "exports"
HELD = ("--consent", "capture,evaluation,training", "--notice", "Terms of 2026")
Q1, A1 = "When does the shop open on Saturdays?", "It opens at ten in the morning."
Q2, A2, RIGHT = "And when does it close?", "It closes at six.", "It closes at four."
Q3, A3 = "How long can I return an item?", "Within 30 days of delivery."
TURNS = {(Q1, A1), (Q2, A2), (Q3, A3)}
UP, DOWN = (A1, "thumbs_up"), (A2, "thumbs_down")
NOTE, NOON = "Saturdays it is four.", "2026-01-31T12:00"


def imported(capsys: Any, name: str, *options: str) -> dict[str, Any]:
    """What importing this export says."""
    capsys.readouterr()
    call_command("import_log", str(EXPORTS / name), "--project", "shop", "--json", *HELD, *options)
    return dict(json.loads(capsys.readouterr().out))


def turns() -> set[tuple[str, str]]:
    return {(str(row.question), str(row.answer)) for row in Interaction.objects.all()}


def votes() -> list[tuple[str, str]]:
    """(answer, kind) of each vote."""
    rows = Signal.objects.select_related("interaction").order_by("occurred_at", "pk")
    return sorted((str(row.interaction.answer), row.kind) for row in rows)


def row(answer: str) -> Interaction:
    return next(each for each in Interaction.objects.select_related("subject") if each.answer == answer)


# Export: the turns in it, the votes, whether the votes' note and the correction are in it, whether it names people.
WHOLE: dict[str, tuple[str, Collection[tuple[str, str]], Collection[tuple[str, str]], bool, bool, bool]] = {
    "langsmith_runs.jsonl": ("langsmith", TURNS, [UP, DOWN], True, False, True),
    "langfuse_traces.csv": ("langfuse", TURNS, [UP, DOWN], False, False, True),
    "langfuse_blob_traces.jsonl": ("langfuse", TURNS, [], False, False, True),
    "langfuse_observations.json": ("langfuse", TURNS, [], False, False, True),
    "phoenix_spans.csv": ("phoenix", TURNS, [], False, False, True),
    "phoenix_spans.jsonl": ("phoenix", TURNS, [], False, False, True),
    "phoenix_api.json": ("phoenix", TURNS, [], False, False, True),
    "opik_traces.json": ("opik", TURNS, [UP, DOWN], True, False, True),
    "opik_trace.json": ("opik", [(Q2, A2)], [DOWN], True, False, True),
    "opik_trace.csv": ("opik", [(Q2, A2)], [DOWN], True, False, True),
    "message_rows.csv": ("messages", TURNS, [UP, DOWN], False, True, True),
    "openai_messages.jsonl": ("openai", TURNS, [UP, DOWN], False, True, True),
    "openai_requests.jsonl": ("openai", TURNS, [UP, DOWN], True, True, True),
    "openai_responses.jsonl": ("openai", [(Q1, A1)], [UP], False, False, True),
    "sharegpt.json": ("sharegpt", TURNS, [], False, False, False),
    "open_webui_chats.json": (
        "open-webui", TURNS | {(Q1, "It opens at nine.")}, [UP, DOWN, ("It opens at nine.", "thumbs_down")], True, False, True,
    ),
    "open_webui_feedback.json": (
        "open-webui", [(Q1, A1), (Q2, A2), (Q1, "It opens at nine.")],
        [UP, DOWN, ("It opens at nine.", "thumbs_down")], True, False, True,
    ),
    "librechat.json": ("librechat", [(Q1, A1), (Q2, A2)], [UP, DOWN], True, False, True),
    "librechat_tree.json": ("librechat", [(Q1, A1), (Q2, A2)], [UP, DOWN], True, False, True),
    "librechat_database.jsonl": ("librechat", [(Q1, A1), (Q2, A2)], [UP, DOWN], True, False, True),
    "librechat.csv": ("librechat", [(Q1, A1), (Q2, A2)], [], False, False, False),
    "chatgpt_conversations.json": ("chatgpt", [(Q1, A1), (Q2, A2)], [], False, False, False),
}  # fmt: skip


@pytest.mark.parametrize("name", WHOLE)
def test_an_export_gives_one_interaction_for_each_turn_with_its_votes(capsys: Any, name: str) -> None:
    format, expected, given, has_note, has_correction, has_people = WHOLE[name]
    shop = cast.project()
    counts = imported(capsys, name)
    assert counts["problems"] == [] and counts["format"] == format
    assert turns() == set(expected) and votes() == sorted(given)
    closing = row(A2) if (Q2, A2) in expected else None
    if closing:
        roles = [turn["role"] for turn in closing.context if turn["role"] != "system"]
        assert roles == ["user", "assistant"] and closing.context[-1]["content"] == A1
    comments = {str(signal.comment) for signal in Signal.objects.all()}
    assert any(NOTE in comment for comment in comments) == has_note
    assert {str(signal.correction) for signal in Signal.objects.all()} - {""} == ({RIGHT} if has_correction else set())
    if has_people:
        asker = cast.person(shop, "user-17")
        assert all(
            each.subject == asker for each in Interaction.objects.select_related("subject") if each.question != Q3
        )
        assert all(signal.subject in (asker, None) for signal in Signal.objects.all())
    again = imported(capsys, name)
    assert (again.get("stored", 0), again["signals"]) == (0, 0)
    assert again["replayed"] == counts["stored"] == len(expected)


TIMED = [name for name in WHOLE if not name.startswith(("phoenix", "sharegpt"))]


@pytest.mark.parametrize("name", TIMED)
def test_times_are_those_of_the_turns(capsys: Any, name: str) -> None:
    cast.project()
    imported(capsys, name)
    found = {str(each.answer): each.occurred_at.isoformat()[:16] for each in Interaction.objects.all()}
    same = "2026-01-31T12:00" if name == "openai_messages.jsonl" else "2026-01-31T12:05"  # a transcript has one time
    expected = {A1: NOON, A2: same, A3: "2026-01-31T12:10"}
    assert {answer: expected[answer] for answer in found if answer in expected} == {
        answer: moment for answer, moment in found.items() if answer in expected
    }


VOTES_ALONE = {
    "langsmith_feedback.jsonl": ("langsmith_runs.jsonl", 1),
    "langfuse_scores.json": ("langfuse_observations.json", 1),
    "langfuse_blob_scores.jsonl": ("langfuse_blob_traces.jsonl", 1),
    "phoenix_annotations.csv": ("phoenix_spans.csv", 1),
    "chatgpt_message_feedback.json": ("chatgpt_conversations.json", 0),
}


@pytest.mark.parametrize("name", VOTES_ALONE)
def test_a_file_of_scores_joins_the_conversations_of_its_product(capsys: Any, name: str) -> None:
    talks, grades = VOTES_ALONE[name]
    cast.project()
    imported(capsys, talks)
    Signal.objects.all().delete()
    counts = imported(capsys, name)
    assert counts["problems"] == [] and counts.get("no_vote", 0) == grades
    assert {UP, DOWN} <= {vote for vote in votes() if vote[1] != "edit"} | set()
    assert not any(kind not in ("thumbs_up", "thumbs_down", "edit") for _, kind in votes())
    corrections = {str(signal.correction) for signal in Signal.objects.all()} - {""}
    assert corrections == (
        {RIGHT} if name in ("langsmith_feedback.jsonl", "langfuse_scores.json", "phoenix_annotations.csv") else set()
    )
    assert imported(capsys, name)["signals"] == 0


def test_votes_that_come_before_their_conversation_wait_for_it(capsys: Any) -> None:
    cast.project()
    counts = imported(capsys, "langfuse_scores.json")
    assert counts["signals_waiting"] == 3 and not Signal.objects.exists()
    imported(capsys, "langfuse_observations.json")
    assert {UP, DOWN} <= set(votes())


@pytest.mark.parametrize(
    "name",
    [
        "langsmith_runs.jsonl",
        "langfuse_observations.json",
        "phoenix_spans.csv",
        "opik_trace.json",
        "open_webui_chats.json",
    ],
)
def test_what_was_retrieved_is_a_source(capsys: Any, name: str) -> None:
    cast.project()
    imported(capsys, name)
    source = row(A2 if name == "opik_trace.json" else A1).sources[0]
    assert source["url"] == "https://shop.example/hours" and "opens at ten and closes at four" in source["text"]


def test_a_judges_grade_labels_nothing_and_stays_with_the_conversation(capsys: Any) -> None:
    cast.project()
    imported(capsys, "opik_traces.json")
    assert row(A2).metadata["scores"] == {"Hallucination": 0.1}


def test_a_score_of_any_name_is_a_vote_where_the_operator_says_so(capsys: Any) -> None:
    cast.project()
    imported(capsys, "langfuse_traces.csv", "--vote", "hallucination", "--threshold", "0.5")
    assert votes() == sorted([UP, DOWN, (A2, "thumbs_down")])


def test_pictures_are_kept_as_their_type_and_tools_are_no_turns(capsys: Any) -> None:
    cast.project()
    imported(capsys, "openai_messages.jsonl")
    assert row(A2).metadata["media"] == [{"type": "image_url", "media_type": "image/png"}]
    assert "base64" not in json.dumps(list(Interaction.objects.values("question", "answer", "context", "metadata")))


@pytest.mark.parametrize(
    "name", [name for name in WHOLE if name.endswith(("runs.jsonl", "chats.json", "requests.jsonl"))]
)
def test_what_an_export_says_is_decided(capsys: Any, name: str) -> None:
    shop = cast.project()
    imported(capsys, name)
    run = cast.turn(shop)
    assert run is not None and run.counts["confirmed"] >= 1
    assert ReviewTask.objects.filter(interaction=row(A2)).exists() or run.counts.get("corrected")


def test_a_format_can_be_named_and_every_format_has_an_export_in_the_tests(capsys: Any) -> None:
    cast.project()
    counts = imported(capsys, "sharegpt.json", "--format", "sharegpt")
    assert counts["stored"] == 3
    assert {format for format, *_ in WHOLE.values()} == set(FORMATS)


def brought(tmp_path: Path, capsys: Any, content: Any, *options: str, name: str = "log.json") -> dict[str, Any]:
    """What importing this content says."""
    (tmp_path / name).write_text(content if isinstance(content, str) else json.dumps(content))
    return imported(capsys, str(tmp_path / name), *options)


SAID = [{"role": "user", "content": Q1}, {"role": "assistant", "content": A1}]
TALK = [*SAID, {"role": "user", "content": Q2}, {"role": "assistant", "content": A2}]
HOURS = {
    "id": "t-1",
    "timestamp": "2026-01-31T12:00:00Z",
    "name": "chain",
    "userId": "user-17",
    "sessionId": "s",
    "tags": [],
}
SHAPES: dict[str, tuple[str, Any]] = {
    "lists of messages": ("openai", [TALK[:2], TALK]),
    "a message a row": ("messages", [{"conversation_id": "c", **message} for message in TALK]),
    "one conversation": ("messages", TALK),
    "parts and tools of a message": (
        "openai",
        {
            "messages": [
                {"role": "developer", "content": "Help."},
                {"role": "user", "content": [{"type": "text", "text": Q1}]},
                {"role": "assistant", "content": "Let me look.", "tool_calls": [{"id": "t", "function": {"name": "hours"}}]},
                {"role": "tool", "content": "10"},
                {"role": "assistant", "content": [{"type": "text", "text": A1}]},
            ]
        },
    ),
    "a proxy's log": ("openai", {"id": "r", "messages": TALK[:1], "response": {"choices": [{"message": TALK[1]}]}, "startTime": NOON + ":00Z"}),
    "a request as JSON in a text": ("openai", {"request": json.dumps({"messages": TALK[:1]}), "response": json.dumps({"choices": [{"message": TALK[1]}]})}),
    "a completion": ("openai", {"messages": TALK[:1], "completion": A1}),
    "ShareGPT of a trainer": ("sharegpt", {"system": "Help.", "conversations": [{"role": "user", "content": Q1}, {"role": "assistant", "content": A1}]}),
    "an arena's log": ("sharegpt", {"conversation_id": "c", "model": "m", "tstamp": 1769860800.5, "conversation": TALK[:2]}),
    "a downloaded trace of Langfuse": (
        "langfuse",
        {"trace": {**HOURS, "input": {"kwargs": {"question": Q1}}, "output": {"answer": A1}}, "observations": [], "scores": []},
    ),
    "a session of Langfuse": ("langfuse", {"id": "s", "traces": [{**HOURS, "input": [{"role": "user", "content": Q1}], "output": A1}]}),
    "a decorated function in Langfuse": ("langfuse", [{**HOURS, "input": {"args": [Q1], "kwargs": {}}, "output": A1, "projectId": "p"}]),
    "a graph's state in LangSmith": (
        "langsmith",
        [{"id": "r", "run_type": "chain", "name": "g", "inputs": {"messages": [["user", Q1]]},
          "outputs": {"messages": [{"type": "human", "content": Q1}, {"type": "ai", "content": "", "tool_calls": [{"id": "t"}]},
                                   {"type": "tool", "content": "10"}, {"type": "ai", "content": A1}]}}],
    ),
    "calls of a model alone in LangSmith": (
        "langsmith",
        [{"id": "r1", "trace_id": "t", "parent_run_id": "t", "run_type": "llm", "start_time": "2026-01-31T12:00:00", "inputs":
          {"messages": [{"role": "user", "content": f"Rewrite: {Q1}"}]}, "outputs": {"choices": [{"message": {"role": "assistant", "content": "hours?"}}]}},
         {"id": "r2", "trace_id": "t", "parent_run_id": "t", "run_type": "llm", "start_time": "2026-01-31T12:00:01", "inputs":
          {"messages": TALK[:1]}, "outputs": {"choices": [{"message": TALK[1]}]}}],
    ),
    "an example of LangSmith": ("langsmith", [{"inputs": {"question": Q1}, "outputs": {"answer": A1}}]),
    "Opik in TypeScript": ("opik", [{"id": "o", "input": {"input": Q1}, "output": {"output": A1}, "startTime": NOON, "threadId": "s", "feedbackScores": []}]),
    "a table of Python's objects": ("opik", f"id,input,output,feedback_scores,thread_id\no,\"{{'input': '{Q1}'}}\",\"{{'output': '{A1}'}}\",[],s\n"),
    "an early chat of Open WebUI": (
        "open-webui",
        [{"id": "c", "user_id": "u", "chat": {"messages": [{"id": f"m{n}", **message} for n, message in enumerate(TALK[:2])]}}],
    ),
}  # fmt: skip


@pytest.mark.parametrize("shape", SHAPES)
def test_other_shapes_of_the_same_products_are_read(tmp_path: Path, capsys: Any, shape: str) -> None:
    format, content = SHAPES[shape]
    cast.project()
    counts = brought(tmp_path, capsys, content, name="log.csv" if isinstance(content, str) else "log.json")
    assert counts["problems"] == [] and counts["format"] == format
    assert (Q1, A1) in turns() and turns() <= {(Q1, A1), (Q2, A2)}
    assert counts["stored"] == len(turns())


VOTED: dict[str, tuple[dict[str, Any], str]] = {
    "a score in a column of its own": ({**HOURS, "user-feedback": [0]}, "thumbs_down"),
    "a category": ({**HOURS, "scores": {"user-feedback": ["👍"]}}, "thumbs_up"),
    "a score of the API": (
        {**HOURS, "scores": [{"name": "thumbs", "value": -1, "dataType": "NUMERIC", "source": "API"}]},
        "thumbs_down",
    ),
    "a model's": (
        {**HOURS, "scores": [{"name": "helpfulness", "value": 1, "dataType": "NUMERIC", "source": "EVAL"}]},
        "",
    ),
}


@pytest.mark.parametrize("way", VOTED)
def test_votes_of_langfuse_are_read_wherever_they_are(tmp_path: Path, capsys: Any, way: str) -> None:
    record, kind = VOTED[way]
    cast.project()
    brought(tmp_path, capsys, [{**record, "input": Q1, "output": A1}])
    assert [row.kind for row in Signal.objects.all()] == ([kind] if kind else [])


def test_a_conversation_that_went_on_keeps_its_earlier_turns(tmp_path: Path, capsys: Any) -> None:
    cast.project()
    for messages, stored in ((TALK[:2], 1), (TALK, 1), (TALK, 0)):
        counts = brought(tmp_path, capsys, [{"id": "c", "messages": messages}])
        assert (counts.get("stored", 0), counts["problems"]) == (stored, [])
    assert sorted(row.external_id for row in Interaction.objects.all()) == ["c", "c:2"]


def test_a_record_without_an_answer_is_named_and_the_rest_goes_in(tmp_path: Path, capsys: Any) -> None:
    cast.project()
    unanswered: list[Any] = [
        {"messages": TALK[:1]},
        {"messages": [{"role": "system", "content": "x"}]},
        {"messages": "x"},
        7,
        [1],
        None,
    ]
    counts = brought(
        tmp_path,
        capsys,
        [
            *unanswered,
            {"messages": TALK[:2]},
            {"messages": TALK, "id": "c"},
            {"messages": TALK, "id": "d"},
            {"messages": TALK, "id": "e"},
        ],
    )
    assert [problem["line"] for problem in counts["problems"]] == [1, 2, 3, 4, 5, 6] and counts["stored"] == 7


def test_spans_far_from_their_trace_are_named_and_not_taken_for_conversations(
    tmp_path: Path, capsys: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("feedback.importing.reading.TRACES", 2)
    cast.project()
    spans = json.loads((EXPORTS / "phoenix_api.json").read_text())
    roots = [span for span in spans if span["parent_id"] is None]
    others = [span for span in spans if span["parent_id"] is not None]
    counts = brought(tmp_path, capsys, [*roots, *others])
    assert counts["stored"] == 3 and all("Sort the file" in problem["problem"] for problem in counts["problems"])
    assert len(counts["problems"]) >= 2
