"""Another project's object looks the same as one that never existed: at every address, with every method.

The addresses are read from the URL configuration. A new one fails here until it is entered below: with an object to ask
for, or among those that name none.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from curation.gate import judging
from curation.models import GateRun, Recall
from feedback.models import Interaction, Project, Signal
from privacy.erasure import erasure
from privacy.requests import lifecycle
from tests import factories as cast

pytestmark = pytest.mark.django_db

# Addresses that name no object of a project: a key's own project is all that they reach, or they are open to all.
NAMELESS = {
    "interactions",
    "gate-runs",
    "agent-versions",
    "consent",
    "consent-lookup",
    "privacy-requests",
    "privacy-link",
    "batch",
    "feedback",
    "traces",
    "logs",
    "otlp-langfuse",
    "otlp-metrics",
    "otlp-elsewhere",
    "otlp-grpc",
    "schema",
    "docs",
    "demo-widget",
    "healthz",
    "readyz",
    "metrics",
    None,
}
# The person's own page: the encrypted link is the right to it, no key opens it (tests/privacy).
BY_LINK = {
    "privacy-page",
    "privacy-consents",
    "privacy-delete",
    "privacy-download",
    "privacy-data",
    "privacy-receipt",
}


@dataclass(frozen=True)
class World:
    """A project with one object of each kind, and another whose key asks for them."""

    shop: Project
    arguments: dict[str, list[str]]  # what names the shop's object, by the address's name
    ours: dict[str, str]
    theirs: dict[str, str]


def addresses(resolver: URLResolver | None = None) -> Iterator[URLPattern]:
    """Every address but the console's, whose rows are tested where they are shown."""
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLPattern):
            yield entry
        elif not str(entry.pattern).startswith("admin"):
            yield from addresses(entry)


@pytest.fixture
def world(client: Client) -> World:
    shop, rival = cast.project(), cast.project("rival")
    ours = {"authorization": f"Bearer {cast.key(shop)}"}
    talk = cast.asked(shop, id="theirs")
    cast.said(shop, talk, "edit", correction=cast.RIGHT, id="said")
    cast.said(shop, cast.asked(shop, cast.BEN, question="What is a teapot?", answer="A pot for tea."), "thumbs_up")
    cast.turn(shop)
    release = cast.cut(shop)
    version = call(client, "agent-versions", [], "POST", ours, {"name": "candidate"}).json()
    judged = [{"case": case.id, "answer": "No."} for case in judging.exam(release).cases]
    body = {"release": release.public_id, "candidate": {"name": "candidate"}, "results": judged}
    run = call(client, "gate-runs", [], "POST", ours, body).json()
    erasure.erase(cast.person(shop, cast.BEN))
    erasure.settle()
    asked = lifecycle.submit(shop.namespace, cast.ANNA, "access", verified_by="key", origin=shop.name)
    arguments = {
        "interaction": ["theirs"],
        "feedback-item": ["said"],
        "releases": ["shop"],
        "release-latest": ["shop"],
        "dataset-latest": ["shop"],
        "recalls": ["shop"],
        "recall-ack": ["shop", str(Recall.objects.get().pk)],
        "release": ["shop:v1.1"],
        "release-file": ["shop:v1.1", "eval_cases.jsonl"],
        "gate-run": [str(run["id"])],
        "agent-version": [str(version["id"])],
        "agent-version-decision": [str(version["id"])],
        "privacy-request": [str(asked.id)],
    }
    return World(shop, arguments, ours, {"authorization": f"Bearer {cast.key(rival)}"})


BODIES = {"recall-ack": {"by": "train"}, "agent-version-decision": {"state": "refused", "reason": "worse"}}
ABSENT = {"shop": "nobody", "eval_cases.jsonl": "eval_cases.jsonl"}


def call(
    client: Client, name: str, arguments: list[str], method: str, headers: dict[str, str], body: Any = None
) -> Any:
    data = json.dumps(body if body is not None else BODIES.get(name, {}))
    path = reverse(name, args=arguments)
    return client.generic(method, path, data, content_type="application/json", headers=headers)


def methods(address: URLPattern) -> list[str]:
    """The methods that a call of the API takes."""
    return sorted(address.callback.cls.scopes)  # type: ignore[attr-defined]


def test_every_address_is_entered_in_this_test(world: World) -> None:
    names = {address.name for address in addresses()}
    assert names - NAMELESS - BY_LINK == set(world.arguments)


def test_every_address_with_a_key_says_which_scope_each_method_needs() -> None:
    calls = [address for address in addresses() if address.name not in BY_LINK]
    closed = {address.name for address in calls if hasattr(address.callback, "cls")} - {"schema"}
    assert all(methods(address) for address in calls if address.name in closed)
    open_to_all = {"schema", "docs", "demo-widget", "healthz", "readyz", "metrics", "otlp-grpc", None}
    assert {address.name for address in calls} - closed == open_to_all


def test_with_its_own_key_every_object_is_there(client: Client, world: World) -> None:
    for address in addresses():
        if address.name in world.arguments:
            for method in methods(address):
                answer = call(client, str(address.name), world.arguments[address.name], method, world.ours)
                assert answer.status_code in (200, 204), (address.name, method, answer.content)


def test_anothers_object_is_a_404_like_one_that_never_was(client: Client, world: World) -> None:
    before = state()
    asked = 0
    for address in addresses():
        if address.name not in world.arguments:
            continue
        arguments = world.arguments[address.name]
        absent = [ABSENT.get(argument, "00000000") for argument in arguments]
        for method in methods(address):
            theirs = call(client, address.name, arguments, method, world.theirs)
            never = call(client, address.name, absent, method, world.theirs)
            assert theirs.status_code == 404, (address.name, method, theirs.content)
            assert without_id(theirs) == without_id(never), (address.name, method)
            asked += 1
    assert asked >= 13 and state() == before


def test_feedback_on_anothers_interaction_waits_for_ones_own_and_touches_nothing(client: Client, world: World) -> None:
    before = state()
    body = {"interaction": "theirs", "signal": "thumbs_down", "subject": "u"}
    call(client, "consent", [], "POST", world.theirs, {"subject": "u", "purposes": cast.ALL})
    assert call(client, "feedback", [], "POST", world.theirs, body).status_code == 202
    assert state() == before and Interaction.objects.get(external_id="theirs").project == world.shop


def test_lists_show_ones_own_alone(client: Client, world: World) -> None:
    for name in ("interactions", "agent-versions"):
        assert call(client, name, [], "GET", world.ours).json()["results"]
        assert call(client, name, [], "GET", world.theirs).json()["results"] == []


def test_a_gate_run_cannot_name_anothers_release_or_baseline(client: Client, world: World) -> None:
    body = {"release": "shop:v1.1", "candidate": {"name": "x"}, "results": []}
    before = state()
    assert call(client, "gate-runs", [], "POST", world.theirs, body).status_code in (400, 404)
    assert state() == before


def state() -> tuple[Any, ...]:
    """What a stranger's call must not change."""
    return (
        list(Interaction.objects.order_by("pk").values_list("pk", "revision", "pending")),
        list(Signal.objects.order_by("pk").values_list("pk", "withdrawn_at")),
        list(Recall.objects.order_by("pk").values()),
        GateRun.objects.count(),
    )


def without_id(answer: Any) -> dict[str, Any]:
    """The problem without the id of its request."""
    return {name: value for name, value in answer.json().items() if name != "request_id"}
