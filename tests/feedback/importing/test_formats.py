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
    assert row(A2).metadata["media"] == [{"type": "image_url"}]
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
