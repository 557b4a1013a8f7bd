"""JSON that an attribute limit cut, or that somebody wrote wrongly, never becomes a person's words."""

import contextlib
import json
import time
from typing import Any

import pytest
from django.test import Client

from feedback.capture.payloads import PayloadError
from feedback.models import Interaction, Project, Signal
from feedback.otel.attributes import data, text_or_data
from tests import factories as cast
from tests.feedback.otel.test_traces import ANSWER, CHAT, QUESTION, ROOT, TOOL, auth, chat, export, send, span, vote

pytestmark = pytest.mark.django_db
__all__ = ["auth"]
ASKED = [{"role": "system", "content": "Be kind."}, {"role": "user", "content": 'Where is "my" parcel? It\'s late.'}]
SAID = ASKED[1]["content"]
WHOLE = json.dumps(ASKED)
CUT = WHOLE[:-12]
UNREADABLE = {
    "cut within a text": CUT,
    "cut within an escape": WHOLE[: WHOLE.index('\\"') + 1],
    "cut within a unicode escape": '[{"role": "user", "content": "Gr\\u00f',
    "cut after a message": WHOLE[: WHOLE.index("}") + 1],
    "cut after a comma": WHOLE[: WHOLE.index("}") + 2],
    "cut after a key": '[{"role"',
    "cut within a number": '[{"role": "user", "content": "Where?", "at": 12.',
    "cut within a name": '[{"role": "user", "content": "Where?", "new": tru',
    "cut to its bracket": "[{",
    "encoded twice and cut": json.dumps(WHOLE)[:40],
    "cut and then encoded again": json.dumps(CUT),
    "escaped and cut": json.dumps(WHOLE)[1:40],
    "Python's repr, cut": repr(ASKED)[:40],
    "Python's repr of objects within": "[{'role': 'user', 'content': Text('Where?')}]",
    "texts side by side": "[{'role': 'user', 'content': 'Where' 'is it?'}]",
    "quotes that are not escaped": '[{"role": "user", "content": "Where is "my" parcel?"}]',
    "an ellipsis of the exporter": CUT + "...",
    "data that is no message, cut": '{"status": "late", "days": 1',
    "data that is no message, cut with a mark": '{"status": "late", "days": 12... [truncated]',
    "one message after another": '{"role": "user", "content": "Where?"}\n{"role": "user", "content": "And?"}',
    "nested without end": '[{"role": "user", "content": ' + "[" * 50_000,
}
READABLE = {
    "with NaN": WHOLE[:-2] + ', "score": NaN, "least": -Infinity}]',
    "with a line break in a text": WHOLE.replace("Be kind.", "Be\nkind."),
    "with a byte order mark": "\ufeff" + WHOLE,
    "encoded twice": json.dumps(WHOLE),
    "encoded three times": json.dumps(json.dumps(WHOLE)),
    "escaped": json.dumps(WHOLE)[1:-1],
    "Python's repr": repr(ASKED),
    "Python's repr, encoded": json.dumps(repr(ASKED)),
    "a comma too many": WHOLE[:-1] + ",]",
    "under messages": json.dumps({"messages": ASKED}),
}
PLAIN = [
    "[urgent] Where is my parcel?",
    "{name} asks where it is",
    "{{greeting}} and hello",
    "[1] See the docs.",
    "[1, 2, 3] is a list; how do I turn it round?",
    '["a", "b"] is a list of two',
    '{"a": 1} gives me an error, why?',
    "{'a': 1} or dict(a=1)?",
    '{"role": "user"} is missing something, what?',
    '{"a": 1, why does that not parse?}',
    "{ int x = 1; }",
    "[link](https://example.org) is broken",
    "['tis the season",
    "[1, 2, ...] goes on",
    "[wait] what...",
    "[12 apples",
    '"[[links]] are broken"',
    '{"status": "late", "days": 3}',
    '["red", "green"]',
]


def asked_in(name: str, text: str) -> dict[str, Any]:
    given = {"gen_ai.input.messages": None, name: text}
    return chat(**given)


def refusal(answer: Any) -> str:
    """What the exporter is told; the answer is a success all the same, and one span was not taken."""
    assert answer.status_code == 200
    partial = answer.json()["partialSuccess"]
    assert partial["rejectedSpans"] == "1"
    return str(partial["errorMessage"])


INPUTS = ("gen_ai.input.messages", "gen_ai.prompt.0.content")


@pytest.mark.parametrize(
    ("name", "how"),
    [
        *(("gen_ai.prompt", how) for how in UNREADABLE),
        *((name, how) for name in INPUTS for how in list(UNREADABLE)[::4]),
    ],
)
def test_broken_json_is_refused_with_the_attributes_name_and_never_a_question(
    client: Client, shop: Project, auth: dict[str, str], name: str, how: str
) -> None:
    said = refusal(send(client, auth, export(span(asked_in(name, UNREADABLE[how])))))
    assert name in said and "Where" not in said and "kind" not in said
    assert not Interaction.objects.exists()
    assert cast.totals(shop)["interaction"] == {"refused": 1, "received": 1}


@pytest.mark.parametrize("name", ["gen_ai.output.messages", "gen_ai.completion", "gen_ai.completion.0.content"])
@pytest.mark.parametrize("how", ["cut within a text", "Python's repr, cut", "encoded twice and cut"])
def test_broken_json_never_becomes_an_answer(client: Client, auth: dict[str, str], name: str, how: str) -> None:
    given = chat(**{"gen_ai.output.messages": None, name: UNREADABLE[how]})
    assert name in refusal(send(client, auth, export(span(given))))
    assert not Interaction.objects.exists()


@pytest.mark.parametrize(
    ("name", "how"),
    [*(("gen_ai.prompt", how) for how in READABLE), *(("gen_ai.input.messages", how) for how in list(READABLE)[::4])],
)
def test_what_is_certain_is_dug_out(client: Client, auth: dict[str, str], name: str, how: str) -> None:
    assert send(client, auth, export(span(asked_in(name, READABLE[how])))).json() == {}
    row = Interaction.objects.get()
    assert row.question == SAID
    assert [turn["role"] for turn in row.context] == ["system"]


@pytest.mark.parametrize("text", PLAIN)
def test_plain_text_that_begins_with_a_bracket_stays_plain_text(
    client: Client, auth: dict[str, str], text: str
) -> None:
    given = chat(
        **{
            "gen_ai.input.messages": None,
            "gen_ai.output.messages": None,
            "gen_ai.prompt": text,
            "gen_ai.completion": text,
        }
    )
    assert send(client, auth, export(span(given))).json() == {}
    row = Interaction.objects.get()
    assert (row.question, row.answer) == (text, text)


@pytest.mark.parametrize(
    "event",
    [
        ("gen_ai.user.message", "gen_ai.choice", {"content": CUT}, {"content": "On its way."}),
        ("gen_ai.user.message", "gen_ai.choice", {"content": "Where?"}, {"message": '{"content": "On its'}),
        ("gen_ai.user.message", "gen_ai.choice", {"content": "Where?"}, {"message": "{'content': 'On its"}),
    ],
)
def test_broken_json_in_the_events_of_the_first_convention_is_refused(
    client: Client, auth: dict[str, str], event: tuple[str, str, dict[str, str], dict[str, str]]
) -> None:
    asked, answered, question, answer = event
    given = chat(**{"gen_ai.input.messages": None, "gen_ai.output.messages": None})
    sent = send(client, auth, export(span(given, events=[(asked, question), (answered, answer)])))
    assert "gen_ai." in refusal(sent) and not Interaction.objects.exists()


@pytest.mark.parametrize("written", [json.dumps, lambda parts: parts])
def test_a_content_of_several_parts_is_its_text_in_every_convention(
    client: Client, auth: dict[str, str], written: Any
) -> None:
    parts = written([{"type": "text", "text": "Where is it?"}, {"type": "image_url", "image_url": "x"}])
    none = {"gen_ai.input.messages": None}
    send(client, auth, export(span(chat(**none), events=[("gen_ai.user.message", {"content": parts})])))
    send(client, auth, export(span(chat(**none, **{"gen_ai.prompt.0.content": parts}), id=TOOL)))
    assert [row.question for row in Interaction.objects.all()] == ["Where is it?"] * 2


def test_an_older_convention_that_is_whole_stands_in_for_a_newer_one_that_is_cut(
    client: Client, auth: dict[str, str]
) -> None:
    given = chat(**{"gen_ai.input.messages": CUT, "gen_ai.prompt": WHOLE})
    assert send(client, auth, export(span(given))).json() == {}
    assert Interaction.objects.get().question == SAID


def test_a_span_that_cannot_be_read_takes_no_neighbour_along(client: Client, auth: dict[str, str]) -> None:
    broken = span(asked_in("gen_ai.input.messages", CUT), id=ROOT)
    assert "gen_ai.input.messages" in refusal(send(client, auth, export(broken, span(chat()))))
    assert Interaction.objects.get().external_id.endswith(CHAT)


def test_the_steps_within_a_turn_that_cannot_be_read_do_not_become_turns(client: Client, auth: dict[str, str]) -> None:
    outer = span(asked_in("gen_ai.input.messages", CUT), id=ROOT)
    steps = [span(chat(), parent=ROOT), span(asked_in("gen_ai.input.messages", CUT), id=TOOL, parent=ROOT)]
    assert refusal(send(client, auth, export(outer, *steps))).startswith("1: gen_ai.input.messages")
    assert not Interaction.objects.exists()


def test_cut_instructions_are_no_training_text(client: Client, auth: dict[str, str]) -> None:
    given = chat(**{"gen_ai.system_instructions": '[{"type": "text", "content": "Be ki'})
    assert "gen_ai.system_instructions" in refusal(send(client, auth, export(span(given))))
    assert not Interaction.objects.exists()


def test_sources_that_are_cut_are_named_and_the_conversation_is_stored(client: Client, auth: dict[str, str]) -> None:
    retrieval = span({"gen_ai.retrieval.documents": '[{"id": "faq-1", "content": "Two da'}, id=TOOL, parent=CHAT)
    assert "gen_ai.retrieval.documents" in refusal(send(client, auth, export(retrieval, span(chat()))))
    assert Interaction.objects.get().sources == []


def test_feedback_on_a_span_that_cannot_be_read_is_kept(client: Client, auth: dict[str, str]) -> None:
    broken = span(asked_in("gen_ai.input.messages", CUT), events=[vote(**{"gen_ai.evaluation.score.value": 1})])
    refusal(send(client, auth, export(broken)))
    assert not Signal.objects.exists()
    send(client, auth, export(span(chat())))
    assert Signal.objects.get().interaction.external_id.endswith(CHAT)


@pytest.mark.parametrize(
    "hostile",
    [
        "[" * 99_000,
        "[" + " " * 99_000 + "x",
        '"[' + " " * 99_000 + 'x"',
        "[ " * 49_000 + "x",
        "[x]" + "!" * 99_000,
        "{'a': " * 16_000,
        "[-" * 49_000,
        '"[\\"' * 30_000,
        "['" + "\\" * 99_000,
    ],
)
def test_a_hostile_attribute_is_read_in_good_time(hostile: str) -> None:
    began = time.process_time()
    for read in (data, text_or_data):
        with contextlib.suppress(PayloadError):
            assert read(hostile, "gen_ai.prompt") == hostile
    assert time.process_time() - began < 1


def test_what_is_whole_is_read_as_before(client: Client, auth: dict[str, str]) -> None:
    given = chat(**{"gen_ai.input.messages": QUESTION, "gen_ai.output.messages": json.dumps(ANSWER)})
    assert send(client, auth, export(span(given))).json() == {}
    assert Interaction.objects.get().answer == "On its way."
