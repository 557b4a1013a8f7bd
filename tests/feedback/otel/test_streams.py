"""Streamed and cancelled turns, as the real packages export them: an answer that came in pieces is one interaction.

A user who cancels saw a part of the answer. It is stored where the package records it; where it does not, the reason is
said and nothing is stored.
"""

from typing import Any

import pytest
from django.test import Client

from feedback.models import Interaction, Project, TraceReport
from tests import factories as cast
from tests.feedback.otel.recorded_cases import ANSWER, QUESTION, STEP
from tests.feedback.otel.test_recorded import as_it_comes, auth, from_the_end, one_by_one, recorded, send, twice

pytestmark = pytest.mark.django_db
__all__ = ["auth"]
BEGUN = "Refunds are possib"  # the first half, after which the user cancelled
CUTS = [as_it_comes, one_by_one, twice, from_the_end]


def arrived(client: Client, auth: dict[str, str], name: str, cut: Any) -> list[Interaction]:
    for request in cut(recorded(name)):
        send(client, auth, request)
    return list(Interaction.objects.all())


def has_its_person(row: Interaction, shop: Project) -> bool:
    return row.session == "talk-7" and row.subject == cast.person(shop, "mia-1")


@pytest.mark.parametrize("cut", CUTS)
@pytest.mark.parametrize(
    ("name", "steps"),
    [
        ("openai-openinference-stream", ()),
        ("anthropic-stream", ()),
        ("langchain-stream", (STEP,)),
        ("vercel-stream", ()),
    ],
)
def test_a_streamed_turn_is_one_interaction(
    client: Client, shop: Project, auth: dict[str, str], name: str, steps: tuple[dict[str, Any], ...], cut: Any
) -> None:
    (row,) = arrived(client, auth, name, cut)
    assert (row.question, row.answer) == (QUESTION, ANSWER)
    assert [{key: step[key] for key in STEP} for step in row.steps] == list(steps)
    assert [turn["role"] for turn in row.context] == ["system"] and has_its_person(row, shop)


@pytest.mark.parametrize("cut", CUTS)
@pytest.mark.parametrize(
    ("name", "answer"),
    [("openai-cancelled", BEGUN), ("anthropic-cancelled", BEGUN), ("langchain-cancelled", ANSWER)],
)
def test_a_cancelled_turn_is_one_interaction(
    client: Client, shop: Project, auth: dict[str, str], name: str, answer: str, cut: Any
) -> None:
    (row,) = arrived(client, auth, name, cut)  # LangChain reads the stream to its end, whoever has left
    assert (row.question, row.answer) == (QUESTION, answer) and has_its_person(row, shop)


def test_a_cancelled_turn_without_words_is_none_and_the_reason_is_said(
    client: Client, shop: Project, auth: dict[str, str]
) -> None:
    assert arrived(client, auth, "vercel-cancelled", as_it_comes) == []  # its SDK drops the text of a cancelled call
    assert TraceReport.objects.get().missing == "no answer: no model's last words are a text"
