"""Retention: expired data is removed automatically, project by project, and a dry run reports the same beforehand."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from curation.models import AgentVersion, Decision, EvalCase, GateRun, ReviewTask
from curation.review import deciding
from feedback.models import Interaction, ParkedSignal, Project, Signal
from privacy.erasure import retention
from privacy.models import PrivacyRequest, Tombstone
from privacy.requests import lifecycle
from tests import factories as cast
from tests.curation.gate_world import world

pytestmark = pytest.mark.django_db
LONG_AGO = timezone.now() - timedelta(days=91)


def purged() -> dict[str, int]:
    """What was removed, of which a dry run has said the same."""
    said = retention.purge(dry_run=True)
    assert said == retention.purge(dry_run=True), "a dry run removes nothing"
    done = retention.purge()
    assert done == said and not any(retention.purge().values())
    return {kind: number for kind, number in done.items() if number}


def test_conversations_go_after_their_own_projects_days_unless_they_are_used() -> None:
    shop, bank = cast.project(), cast.project("bank")
    Project.objects.filter(pk=bank.pk).update(keep_days=365)
    talks = [cast.asked(shop), cast.asked(bank), cast.asked(shop, cast.BEN)]
    cast.said(shop, talks[0], "copy")
    cast.said(shop, talks[2], "thumbs_up")
    cast.turn(shop)
    assert EvalCase.objects.count() == 1
    assert purged() == {}
    Interaction.objects.update(received_at=LONG_AGO)
    gone = purged()
    assert gone["interactions"] == gone["signals"] == 1
    assert {row.external_id for row in Interaction.objects.all()} == {talks[1].id, talks[2].id}
    assert Tombstone.objects.filter(kind="interaction", reason="expired").count() == 1


def test_a_decision_that_became_nothing_goes_with_its_task() -> None:
    shop = cast.project()
    cast.said(shop, cast.asked(shop), "thumbs_down")
    cast.turn(shop)
    assert ReviewTask.objects.count() == 1
    Interaction.objects.update(received_at=LONG_AGO)
    gone = purged()
    assert gone["review_tasks"] == 1 and not ReviewTask.objects.exists() and not Decision.objects.exists()


def test_what_a_reviewer_noted_goes_and_the_verdict_stays() -> None:
    shop = cast.project()
    cast.said(shop, cast.asked(shop), "thumbs_down")
    cast.turn(shop)
    rita = User.objects.create(username="rita")
    deciding.resolve(ReviewTask.objects.get(), deciding.Verdict("correct", cast.RIGHT, "She meant the old shop."), rita)
    cast.turn(shop)
    assert purged() == {} and ReviewTask.objects.get().note
    ReviewTask.objects.update(resolved_at=LONG_AGO)
    assert purged() == {"review_notes": 1}
    task = ReviewTask.objects.get()
    assert (task.note, task.correction, task.resolution) == ("", cast.RIGHT, "correct") and EvalCase.objects.exists()


def test_answers_to_the_gate_go_but_for_those_that_a_later_run_is_compared_with(client: Client) -> None:
    w = world(client)
    w.body["candidate"] = {**w.body["candidate"], "version": "another"}
    assert w.submit().status_code in (200, 201)
    baseline, second = GateRun.objects.order_by("pk")
    AgentVersion.objects.filter(pk=second.candidate_id).update(state="refused")
    kept = baseline.results.count()
    assert kept and second.results.count() and purged() == {}
    GateRun.objects.update(created_at=LONG_AGO)
    assert purged()["gate_results"] == kept
    assert baseline.results.count() == kept and not second.results.exists() and GateRun.objects.count() == 2


def test_feedback_that_waits_for_its_conversation_goes_after_a_day() -> None:
    shop = cast.project()
    cast.asked(shop)
    cast.said(shop, "not-there-yet", "thumbs_down", cast.ANNA, comment="It was closed.")
    assert ParkedSignal.objects.count() == 1 and purged() == {}
    ParkedSignal.objects.update(received_at=timezone.now() - timedelta(hours=25))
    assert purged() == {"waiting_signals": 1} and not ParkedSignal.objects.exists()


def test_closed_requests_go_when_nobody_can_ask_for_them_any_more() -> None:
    cast.asked(cast.project())
    made = lifecycle.submit("shop", cast.ANNA, "access", verified_by="key", origin="shop")
    lifecycle.advance(made)
    assert purged() == {}
    PrivacyRequest.objects.update(closed_at=timezone.now() - timedelta(days=1096))
    assert purged() == {"requests": 1} and Signal.objects.count() == 0
