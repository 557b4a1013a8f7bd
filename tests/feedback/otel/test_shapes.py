"""One interaction a user's turn, whatever the trace looks like and however its export is cut."""

import json
from collections.abc import Sequence
from typing import Any

import pytest
from django.test import Client

from feedback.models import Interaction, Project, Signal, Trace
from feedback.otel import waiting
from tests import factories as cast
from tests.feedback.otel.test_traces import AGREED, auth, export, send, vote
from tests.feedback.otel.test_traces import attributes as written

pytestmark = pytest.mark.django_db
__all__ = ["auth"]
TRACE = "5b8efff798038103d269b633813fc60c"
QUESTION, ANSWER = "Where is the parcel of order 4711?", "It waits at the depot in Lund."
START = 1_763_884_800_000_000_000
CALL = {"type": "tool_call", "id": "call_1", "name": "find_order", "arguments": {"order": "4711"}}


def span(name: str, parent: Any = "", at: Any = (0, 9), trace: Any = TRACE, **given: Any) -> dict[str, Any]:
    """A span; names are padded to ids, `at` are its seconds."""
    return {
        "traceId": trace,
        "spanId": name.encode().hex().ljust(16, "0")[:16],
        "parentSpanId": parent.encode().hex().ljust(16, "0")[:16] if parent else "",
        "name": name,
        "startTimeUnixNano": str(START + at[0] * 10**9),
        "endTimeUnixNano": str(START + at[1] * 10**9),
        "attributes": written({key.replace("__", "."): value for key, value in given.items()}),
        "events": [],
    }


def said(role: str, text: str = "", *parts: dict[str, Any]) -> dict[str, Any]:
    return {"role": role, "parts": [*([{"type": "text", "content": text}] if text else []), *parts]}


def model(name: str, parent: str, at: tuple[int, int], asked: Sequence[Any], told: Any, **more: Any) -> dict[str, Any]:
    texts = {"gen_ai.input.messages": json.dumps(asked), "gen_ai.output.messages": json.dumps([told])}
    return span(name, parent, at, **{"gen_ai.operation.name": "chat", **texts, **AGREED, **more})


def agent(name: Any = "root", parent: Any = "", at: Any = (0, 9), **more: Any) -> dict[str, Any]:
    asked, told = json.dumps([said("user", QUESTION)]), json.dumps([said("assistant", ANSWER)])
    given = {"gen_ai.operation.name": "invoke_agent", "gen_ai.input.messages": asked, "gen_ai.output.messages": told}
    return span(name, parent, at, **{**given, "user.id": "u-1", **AGREED, **more})


def loop(parent: str = "root") -> list[dict[str, Any]]:
    """A call that asks for a tool with a text next to it, the tool, and the call that answers."""
    asked = [said("system", "Be kind."), said("user", QUESTION)]
    first = said("assistant", "Let me look.", CALL)
    result = said("tool", "", {"type": "tool_call_response", "id": "call_1", "response": "In the depot."})
    tool = {"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "find_order", "gen_ai.tool.call.id": "call_1"}
    more = {"gen_ai.tool.call.arguments": '{"order": "4711"}', "gen_ai.tool.call.result": "In the depot."}
    return [
        model("one", parent, (1, 2), asked, first),
        span("tool", parent, (3, 4), **tool, **more),
        model("two", parent, (5, 6), [*asked, first, result], said("assistant", ANSWER)),
    ]


def retrieval(parent: str, name: str = "found", at: tuple[int, int] = (1, 2)) -> dict[str, Any]:
    found = [{"id": "d1", "title": "Depots", "url": "https://shop.example/d", "content": "Lund has one.", "score": 0.5}]
    return span(
        name, parent, at, **{"gen_ai.operation.name": "retrieval", "gen_ai.retrieval.documents": json.dumps(found)}
    )


def one() -> Interaction:
    row = Interaction.objects.get()
    assert told(row) == (QUESTION, ANSWER)
    return row


def told(row: Interaction) -> tuple[str, str]:
    return str(row.question), str(row.answer)


STEP = {
    "type": "tool_call",
    "id": "call_1",
    "name": "find_order",
    "arguments": {"order": "4711"},
    "result": "In the depot.",
}


def test_text_beside_a_tool_call_is_one_interaction(client: Client, auth: dict[str, str]) -> None:
    send(client, auth, export(*loop(), span("root")))
    assert one().steps == [STEP] and one().context == [{"role": "system", "content": "Be kind."}]


def test_a_call_that_only_asks_for_a_tool_is_no_turn(client: Client, auth: dict[str, str]) -> None:
    send(client, auth, export(loop()[0], span("root")))
    assert not Interaction.objects.exists()


def test_a_turn_with_query_rewriting_is_one_interaction(client: Client, auth: dict[str, str]) -> None:
    rewritten = "What is the location of parcel 4711?"
    first = model(
        "one", "root", (1, 2), [said("system", "Rewrite."), said("user", QUESTION)], said("assistant", rewritten)
    )
    template = f"Context: Lund has a depot.\nQuestion: {rewritten}"
    second = model("two", "root", (3, 4), [said("user", template)], said("assistant", ANSWER))
    send(client, auth, export(first, second, span("root")))
    assert told(one()) == (QUESTION, ANSWER)


@pytest.mark.parametrize("about", ["Is this safe? {q}", "Which language is this in? {q}"])
def test_a_call_that_judges_the_question_is_no_answer(client: Client, auth: dict[str, str], about: str) -> None:
    guard = model("one", "root", (1, 2), [said("user", about.format(q=QUESTION))], said("assistant", "Yes, it is."))
    answer = model("two", "root", (1, 5), [said("user", QUESTION)], said("assistant", ANSWER))
    send(client, auth, export(guard, answer, span("root")))
    assert told(one()) == (QUESTION, ANSWER)


def test_a_title_that_is_made_of_the_talk_is_no_answer(client: Client, auth: dict[str, str]) -> None:
    answer = model("one", "root", (1, 2), [said("user", QUESTION)], said("assistant", ANSWER))
    talk = f"Give this a title.\nUser: {QUESTION}\nAgent: {ANSWER}"
    title = model("two", "root", (3, 4), [said("user", talk)], said("assistant", "A parcel in a depot"))
    send(client, auth, export(answer, title, span("root")))
    assert told(one()) == (QUESTION, ANSWER)


@pytest.mark.parametrize("parent", ["root", "gone"])
def test_children_that_came_first_are_superseded_by_their_turn(
    client: Client, shop: Project, auth: dict[str, str], parent: str
) -> None:
    for each in [retrieval("chain"), *loop("chain"), span("chain", "root", (1, 8))]:
        send(client, auth, export(each))
    assert Interaction.objects.count() == 1
    send(client, auth, export(agent()))
    row = one()
    assert row.steps == [STEP] and row.subject == cast.person(shop, "u-1")
    assert [(source["title"], source["url"], source["text"], source["score"]) for source in row.sources] == [
        ("Depots", "https://shop.example/d", "Lund has one.", 0.5)
    ]


def test_a_turn_split_over_exports_is_one_interaction(client: Client, auth: dict[str, str]) -> None:
    for each in [agent(), *loop("chain"), retrieval("root")]:
        send(client, auth, export(each))
    assert one().steps == [STEP] and len(one().sources) == 1


@pytest.mark.parametrize("backwards", [False, True])
def test_the_same_export_twice_and_spans_out_of_order_are_one_interaction(
    client: Client, shop: Project, auth: dict[str, str], backwards: bool
) -> None:
    spans = [retrieval("root"), *loop(), agent()]
    body = export(*(spans[::-1] if backwards else spans))
    assert [send(client, auth, body).json() for _ in range(3)] == [{}] * 3
    assert one().steps == [STEP] and one().text_changed_at is None
    assert cast.totals(shop)["interaction"]["stored"] == 1


def test_two_agents_of_one_turn_are_one_interaction(client: Client, auth: dict[str, str]) -> None:
    inner = model("deep", "help", (3, 4), [said("user", "Find 4711")], said("assistant", "Depot, Lund"))
    helper = agent("help", "root", (2, 5), **{"gen_ai.input.messages": json.dumps([said("user", "Find 4711")])})
    send(client, auth, export(inner, helper, agent()))
    assert told(one()) == (QUESTION, ANSWER)


def test_two_turns_of_one_trace_are_two_interactions(client: Client, auth: dict[str, str]) -> None:
    asked = [said("user", QUESTION)]
    first = model("one", "root", (1, 2), asked, said("assistant", ANSWER))
    more = [*asked, said("assistant", ANSWER), said("user", "And when does it open?")]
    second = model("two", "root", (3, 4), more, said("assistant", "At nine."))
    send(client, auth, export(first, second, span("root")))
    assert list(Interaction.objects.order_by("id").values_list("question", flat=True)) == [
        QUESTION,
        more[-1]["parts"][0]["content"],
    ]


def test_a_thousand_spans_are_one_interaction(client: Client, auth: dict[str, str]) -> None:
    deep = [span(f"s{n}", f"s{n - 1}" if n else "root", (1, 8), **{"http.route": "/"}) for n in range(990)]
    send(client, auth, export(*deep, *loop("s5"), retrieval("s900"), agent()))
    assert one().steps == [STEP] and len(one().sources) == 1


def test_a_cancelled_turn_keeps_what_the_user_saw_and_nothing_where_they_saw_nothing(
    client: Client, auth: dict[str, str]
) -> None:
    silent = {"gen_ai.output.messages": "[]"}
    part = model("one", "root", (1, 2), [said("user", QUESTION)], said("assistant", ANSWER))
    send(client, auth, export(part, agent(**silent)))
    assert told(one()) == (QUESTION, ANSWER)
    gone = [{**each, "traceId": "a" * 32} for each in (loop()[0], agent(**silent))]
    send(client, auth, export(*gone))
    assert Interaction.objects.count() == 1


@pytest.mark.parametrize("shape", ['{"a": 1, "b": [2]}', "[1, 2]", "ChatMessage(role='user', content='Hi')"])
def test_a_shape_that_is_not_known_is_refused_and_never_a_question(
    client: Client, shop: Project, auth: dict[str, str], shape: str
) -> None:
    given = {"openinference.span.kind": "AGENT", "input.value": shape, "output.value": ANSWER, **AGREED}
    partial = send(client, auth, export(span("root", **given))).json()["partialSuccess"]
    assert "input.value holds messages of an unknown shape" in partial["errorMessage"]
    assert not Interaction.objects.exists()


def test_two_interactions_that_turn_out_to_be_one_turn_are_merged_with_their_votes(
    client: Client, shop: Project, auth: dict[str, str]
) -> None:
    send(
        client,
        auth,
        export(model("one", "chain", (1, 2), [said("user", "Find 4711")], said("assistant", "Depot, Lund"))),
    )
    send(client, auth, export(model("two", "chain", (3, 4), [said("user", QUESTION)], said("assistant", ANSWER))))
    assert Interaction.objects.count() == 2
    cast.said(shop, Interaction.objects.latest("id").external_id, "thumbs_up")
    send(client, auth, export(agent(), span("chain", "root", (0, 5))))
    assert Signal.objects.get().interaction == one()


NAMES = [
    TRACE,
    TRACE.upper(),
    f"{TRACE}-{b'root'.hex().ljust(16, '0')}",
    f"{TRACE.upper()}-{b'TWO'.hex()}0000000000",
    "resp-7",
]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("first", [True, False])
def test_feedback_joins_by_what_a_product_holds_whether_it_comes_first_or_last(
    client: Client, shop: Project, auth: dict[str, str], name: str, first: bool
) -> None:
    def rate() -> int:
        body = {"interaction": name, "signal": "edit", "correction": "It waits in Lund, says mia@example.com."}
        return client.post(
            "/api/v1/feedback", json.dumps(body), content_type="application/json", headers=auth
        ).status_code

    spans = [*loop(), agent(**{"gen_ai.response.id": "resp-7"})]
    if first:
        assert rate() == 202
        send(client, auth, export(*spans))
    else:
        for each in spans:
            send(client, auth, export(each))
        assert rate() == 201
    signal = Signal.objects.get()
    assert signal.interaction == one() and signal.correction.endswith("[EMAIL_1].")


def test_an_interaction_with_an_id_of_its_own_is_known_by_its_trace_too(
    client: Client, shop: Project, auth: dict[str, str]
) -> None:
    event = vote(**{"gen_ai.evaluation.score.value": 1})
    send(client, auth, export(agent(**{"flywheel.interaction.id": "talk-1"})))
    assert one().external_id == "talk-1"
    cast.said(shop, TRACE, "thumbs_up")
    assert Signal.objects.get().interaction == one() and event


def test_spans_without_a_turn_are_forgotten_after_an_hour(client: Client, auth: dict[str, str]) -> None:
    send(client, auth, export(retrieval("gone"), loop("gone")[0]))
    row = Trace.objects.get()
    assert "mia" not in json.dumps(row.parts) and len(row.parts) == 2
    assert waiting.drop_stale(row.received_at + waiting.WAIT / 2) == 0
    assert waiting.drop_stale(row.received_at + waiting.WAIT * 1.1) == 1 and not Trace.objects.exists()


def test_what_waits_is_redacted_and_goes_with_its_person(client: Client, shop: Project, auth: dict[str, str]) -> None:
    asked = [said("user", "I am mia@example.com, where is it?")]
    send(client, auth, export(model("one", "gone", (1, 2), asked, said("assistant", "", CALL), **{"user.id": "u-9"})))
    row = Trace.objects.get()
    assert "mia@" not in json.dumps(row.parts) and "[EMAIL_1]" in json.dumps(row.parts)
    assert "u-9" not in json.dumps([row.parts, row.places, row.turns, row.links])
    from privacy.erasure import erasure

    erasure.erase(cast.person(shop, "u-9"))
    assert not Trace.objects.exists()


def test_a_turn_whose_person_does_not_consent_takes_along_what_was_stored_of_it(
    client: Client, shop: Project, auth: dict[str, str]
) -> None:
    send(client, auth, export(loop()[2]))
    assert Interaction.objects.count() == 1
    refused = {f"flywheel.consent.{purpose}": False for purpose in cast.ALL}
    send(client, auth, export(agent(**refused)))
    assert not Interaction.objects.exists() and not Trace.objects.exists()
