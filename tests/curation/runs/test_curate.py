"""The pull: what is new becomes decisions, tasks and records, once."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from curation import pipeline
from curation.models import Decision, EvalCase, Example, PreferencePair, ReviewTask
from feedback.models import Interaction
from tests import factories as cast

pytestmark = pytest.mark.django_db


def test_a_thumbs_up_becomes_a_golden_case_and_an_example() -> None:
    shop = cast.project()
    talk = cast.asked(shop)
    cast.said(shop, talk, "thumbs_up")
    cast.turn(shop)
    assert EvalCase.objects.get().kind == "golden" and EvalCase.objects.get().decision.expected == cast.ANSWER
    assert (Example.objects.get().authored, Example.objects.get().depth) == ("agent", 1)
    assert not PreferencePair.objects.exists() and not ReviewTask.objects.exists()


@pytest.mark.parametrize("signal", ["edit", "thumbs_down"])
def test_a_correction_becomes_a_regression_case_an_example_and_a_pair(signal: str) -> None:
    shop = cast.project()
    talk = cast.asked(shop)
    cast.said(shop, talk, signal, correction=cast.RIGHT)
    cast.turn(shop)
    case = EvalCase.objects.get()
    assert (case.kind, case.decision.expected, case.decision.rejected) == ("regression", cast.RIGHT, cast.ANSWER)
    assert (Example.objects.get().authored, Example.objects.get().depth) == ("human", 0)
    assert PreferencePair.objects.get().decision_id == case.decision_id


def test_a_bare_thumbs_down_goes_to_review_and_becomes_nothing() -> None:
    shop = cast.project()
    talk = cast.asked(shop)
    cast.said(shop, talk, "thumbs_down")
    cast.turn(shop)
    assert cast.task(talk).reason == "bare_down" and cast.task(talk).detail
    assert not (EvalCase.objects.exists() or Example.objects.exists() or PreferencePair.objects.exists())


def test_running_again_with_nothing_new_does_nothing() -> None:
    shop = cast.project()
    cast.said(shop, cast.asked(shop), "thumbs_up")
    assert cast.turn(shop) is not None
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert cast.turn(shop) is None
    assert len(queries) == 1


def test_a_changed_mind_changes_what_was_derived() -> None:
    shop = cast.project()
    talk = cast.asked(shop)
    cast.said(shop, talk, "thumbs_up")
    cast.turn(shop)
    cast.said(shop, talk, "thumbs_down")
    cast.turn(shop)
    assert not EvalCase.objects.exists() and cast.task(talk).state == "open"
    cast.said(shop, talk, "edit", correction=cast.RIGHT)
    cast.turn(shop)
    assert EvalCase.objects.get().kind == "regression"
    assert ReviewTask.objects.get().state == "cancelled"


@pytest.mark.parametrize(
    ("agreed", "cases", "examples"),
    [
        ({"evaluation": True}, 1, 0),
        ({"training": True}, 0, 1),
        ({}, 0, 0),
        ({"evaluation": True, "training": True}, 1, 1),
    ],
)
def test_each_record_needs_consent_for_its_own_purpose(agreed: dict[str, bool], cases: int, examples: int) -> None:
    shop = cast.project()
    cast.said(shop, cast.asked(shop, consent={"capture": True, **agreed}), "thumbs_up")
    cast.turn(shop)
    assert (EvalCase.objects.count(), Example.objects.count()) == (cases, examples)


def test_a_correction_needs_its_authors_consent_too() -> None:
    shop = cast.project()
    cast.asked(shop, cast.BEN, consent={"capture": True, "evaluation": True})
    talk = cast.asked(shop)
    cast.said(shop, talk, "edit", cast.BEN, correction=cast.RIGHT)
    cast.turn(shop)
    assert EvalCase.objects.count() == 1 and not Example.objects.exists()


def test_the_same_question_with_the_same_answer_stands_once() -> None:
    shop = cast.project()
    for name, question in (
        (cast.ANNA, "Is it open today?"),
        (cast.BEN, "  is it OPEN today "),
        (cast.CLEO, "Is it open now?"),
    ):
        cast.said(shop, cast.asked(shop, name, question=question, answer="Yes, it is open until six."), "thumbs_up")
    cast.turn(shop)
    assert sorted(EvalCase.objects.values_list("status", flat=True)) == ["active", "active", "duplicate"]
    duplicate = EvalCase.objects.get(status="duplicate")
    assert duplicate.canonical is not None and duplicate.reason == "same_question" and duplicate.detail


def test_one_correction_of_a_confirmed_answer_goes_to_a_person_and_several_that_agree_replace_it() -> None:
    shop = cast.project()
    cast.said(shop, cast.asked(shop, cast.ANNA), "thumbs_up")
    cast.turn(shop)
    cast.said(shop, cast.asked(shop, cast.BEN), "edit", correction=cast.RIGHT)
    cast.turn(shop)
    assert not EvalCase.objects.exists() and ReviewTask.objects.filter(state="open").count() == 1
    for who in (cast.CLEO, cast.DAN):
        cast.said(shop, cast.asked(shop, who), "edit", correction=cast.RIGHT)
    cast.turn(shop)
    assert set(EvalCase.objects.values_list("kind", "status")) == {
        ("regression", "active"),
        ("regression", "duplicate"),
    }
    assert not ReviewTask.objects.filter(state="open").exists()


def test_a_vote_that_arrives_during_a_run_is_not_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    shop = cast.project()
    talk = cast.asked(shop)
    cast.said(shop, talk, "thumbs_up")
    real = pipeline.carry_out

    def meanwhile(*args: object) -> object:
        cast.said(shop, talk, "thumbs_down")
        return real(*args)  # type: ignore[arg-type]

    monkeypatch.setattr("curation.pipeline.carry_out", meanwhile)
    cast.turn(shop)
    monkeypatch.undo()
    assert Interaction.objects.get().pending
    cast.turn(shop)
    assert Decision.objects.get().outcome == "ambiguous"


def test_a_restricted_person_is_left_alone() -> None:
    shop = cast.project()
    talk = cast.asked(shop)
    cast.said(shop, talk, "thumbs_up")
    from django.utils import timezone

    type(cast.person(shop)).objects.update(restricted_at=timezone.now())
    assert cast.turn(shop) is None


def test_the_number_of_queries_does_not_grow_with_the_batch() -> None:
    shop = cast.project()
    counts = []
    for number in (3, 30):
        for index in range(number):
            talk = cast.asked(shop, question=f"What is the price of ticket kind {number}-{index} on weekdays?")
            cast.said(shop, talk, "thumbs_up" if index % 2 else "edit", correction=None if index % 2 else cast.RIGHT)
        with CaptureQueriesContext(connection) as queries:
            cast.turn(shop)
        counts.append(sum("data_version" not in query["sql"] for query in queries))  # that hangs on the time it takes
    assert counts[1] <= counts[0] + 2


def test_every_rated_interaction_ends_with_an_outcome_and_a_reason() -> None:
    shop = cast.project()
    signals = ("thumbs_up", "thumbs_down", "edit", "rating", "retry", "copy", "accept", "abandon", "follow_up")
    for signal in signals:
        given = {"correction": cast.RIGHT} if signal == "edit" else {"score": 0.5} if signal == "rating" else {}
        cast.said(shop, cast.asked(shop, question=f"A question about {signal}?"), signal, **given)
    cast.turn(shop)
    assert Decision.objects.count() == len(signals)
    assert all(row.detail for row in Decision.objects.all())
    assert not Interaction.objects.filter(pending=True).exists()


def test_a_thumbs_up_on_a_stream_that_was_cut_makes_no_golden_case_but_its_correction_a_regression_case() -> None:
    shop = cast.project()
    cut: dict[str, Any] = {"metadata": {"cut": "closed"}}
    liked, mended = cast.asked(shop, **cut), cast.asked(shop, question="How late is it open on Mondays?", **cut)
    cast.said(shop, liked, "thumbs_up")
    cast.said(shop, mended, "edit", correction=cast.RIGHT)
    cast.turn(shop)
    golden, regression = EvalCase.objects.get(kind="golden"), EvalCase.objects.get(kind="regression")
    assert (golden.status, golden.reason, regression.status) == ("filtered", "truncated", "active")
