"""Votes on equal answers to the same question, through capture, curation, review, release and erasure."""

import json
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from curation import pipeline
from curation.models import Claim, Decision, EvalCase, Opinion, PreferencePair, Release, ReleaseQuote, ReviewTask
from curation.policies import versions
from curation.releases import cutting
from curation.releases.files import folder
from curation.review import deciding, holds
from feedback.capture import mark_pending
from feedback.models import Interaction, Project
from privacy.erasure import erasure
from tests import factories as cast

pytestmark = pytest.mark.django_db
QUESTION = "How long is the warranty on the kettle?"
SIX, NINE = "The warranty on the kettle is 6 months.", "The warranty on the kettle is 9 months."


def voted(shop: Project, who: str, answer: str, vote: str, question: str = QUESTION, **given: Any) -> str:
    talk = cast.asked(shop, who, question=question, answer=answer)
    cast.said(shop, talk, vote, **given)
    return talk.id


def cases(release: Release) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder(release) / "eval_cases.jsonl").read_text().splitlines()]


def test_one_up_vote_does_not_outweigh_what_many_said_of_the_same_answer() -> None:
    shop = cast.project()
    voted(shop, "one", NINE, "thumbs_up")
    for who in ("two", "three", "four"):
        voted(shop, who, NINE, "thumbs_down")
    voted(shop, "five", SIX, "thumbs_up")
    voted(shop, "six", f"Sure: {SIX} Anything else?", "thumbs_up")
    cast.turn(shop)
    (case,) = cases(cast.cut(shop))
    assert "6 months" in case["expected"] and case["tier"] == "several"
    assert case["provenance"]["evidence"] == {"for": 2, "against": 0, "conversations": 2}
    assert not ReviewTask.objects.filter(state="open").exists(), "what is settled asks nobody"


def test_a_doubt_is_asked_once_and_its_verdict_settles_every_conversation() -> None:
    shop = cast.project()
    for number in range(6):
        voted(shop, f"person-{number}", NINE, "thumbs_down")
    cast.turn(shop)
    task = ReviewTask.objects.get(state="open")
    deciding.resolve(task, deciding.Verdict("correct", correction=SIX), User.objects.create(username="rita"))
    cast.turn(shop)
    assert not ReviewTask.objects.filter(state="open").exists()
    (case,) = cases(cast.cut(shop))
    assert (case["expected"], case["rejected"], case["tier"]) == (SIX, NINE, "reviewed")
    late = voted(shop, "late", NINE, "thumbs_down")
    cast.turn(shop)
    assert not ReviewTask.objects.filter(state="open", interaction__external_id=late).exists()


def test_a_case_names_what_was_corrected_elsewhere_until_that_person_is_erased() -> None:
    shop = cast.project()
    voted(shop, "one", SIX, "thumbs_up")
    voted(shop, "two", SIX, "thumbs_up")
    voted(shop, "three", NINE, "edit", correction=SIX)
    voted(shop, "four", "The warranty on the kettle is 12 months.", "edit", correction=SIX)
    cast.turn(shop)
    made = cast.cut(shop)
    (case,) = cases(made)
    wrong = {case["rejected"], *case["also_rejected"]}
    assert wrong == {NINE, "The warranty on the kettle is 12 months."}
    assert PreferencePair.objects.filter(status="active").count() == 2, "each rejected answer is a pair of its own"
    quoted = ReleaseQuote.objects.get(release=made)
    text = str(quoted.interaction.answer)
    who = next(name for name in ("three", "four") if cast.person(shop, name).pk == quoted.subject_id)
    erasure.erase(cast.person(shop, who))
    cutting.recut_stale()
    newest = Release.objects.filter(state="published").order_by("-pk")[0]
    assert newest.pk != made.pk and text not in (folder(newest) / "eval_cases.jsonl").read_text()
    assert len(cases(newest)) == 1 and not folder(made).exists()


def test_a_person_who_is_erased_leaves_every_tally() -> None:
    shop = cast.project()
    voted(shop, "one", SIX, "thumbs_up")
    talk = voted(shop, "two", SIX, "thumbs_up")
    cast.turn(shop)
    assert set(Claim.objects.values_list("tier", "supporters")) == {("several", 2)}
    erasure.erase(cast.person(shop, "two"))
    cast.turn(shop)
    assert set(Claim.objects.values_list("tier", "supporters")) == {("single", 1)}
    assert not Opinion.objects.filter(interaction__external_id=talk).exists()
    erasure.erase(cast.person(shop, "one"))
    assert not Claim.objects.exists() and not EvalCase.objects.exists()


def test_facts_of_one_asker_are_taught_to_nobody() -> None:
    shop = cast.project()
    for number, day in enumerate(("Monday", "Tuesday", "Thursday", "Friday", "Sunday")):
        voted(shop, f"person-{number}", f"Your parcel arrives on {day}.", "thumbs_up", "When does my parcel arrive?")
    cast.turn(shop)
    assert not EvalCase.objects.exists() and not ReviewTask.objects.filter(state="open").exists()


def test_a_scope_that_the_policy_names_makes_the_same_words_another_question() -> None:
    shop = cast.project()
    versions.revise(shop, {"evidence": {"scope": ["plan"]}}, "By plan")
    for who, plan, answer in (("one", "plan:pro", SIX), ("two", "plan:free", NINE)):
        talk = cast.asked(shop, who, question=QUESTION, answer=answer, tags=[plan, "web"])
        cast.said(shop, talk, "thumbs_up")
    cast.turn(shop)
    assert {case["expected"] for case in cases(cast.cut(shop))} == {SIX, NINE}


def test_a_release_tells_what_is_not_in_it_and_what_to_do(admin_client: Client) -> None:
    shop = cast.project()
    voted(shop, "one", SIX, "thumbs_up")
    voted(shop, "two", SIX, "thumbs_up")
    voted(shop, "three", "Nobody knows.", "thumbs_down", "What does error E7 mean?")
    cast.asked(shop, "four", question="Is it open on Sundays?")
    cast.turn(shop)
    made = cast.cut(shop)
    funnel = made.manifest["funnel"]
    assert (funnel["conversations"], funnel["decided"], funnel["labelled"], funnel["questions"]) == (4, 3, 2, 1)
    losses = {one["code"]: one for one in funnel["losses"]}
    assert losses["not_voted"]["conversations"] == 1 and losses["bare_down"]["conversations"] == 1
    assert losses["same_question"]["cases"] == 1 and all(one["remedy"] for one in funnel["losses"])
    assert made.manifest["tiers"] == {"single": 0, "several": 1, "sourced": 0, "reviewed": 0}
    assert funnel["review"]["tasks"] == 1
    page = admin_client.get(f"/admin/curation/release/{made.pk}/change/").content.decode()
    for words in ("What is not in it", "The answer has no feedback.", "20 minutes of review", "several people"):
        assert words in page


def test_a_hold_shows_the_record_that_people_elsewhere_have_settled() -> None:
    shop = cast.project()
    question, right = "I have diabetes: when does the desk open?", "It opens at nine o'clock."
    for who in ("one", "two", "three"):
        voted(shop, who, right, "thumbs_up", question)
    late = voted(shop, "four", right, "thumbs_down", question)
    cast.turn(shop)
    decision = EvalCase.objects.get(decision__interaction__external_id=late).decision
    assert decision.reason == "several_found_right"
    task = ReviewTask.objects.get(interaction__external_id=late, state="open")
    shown = holds.record(task, versions.current(shop))
    assert task.reason == "sensitive_topic" and shown is not None and shown.expected == right
    deciding.resolve(task, deciding.Verdict("use", shown=shown.token), None)
    assert EvalCase.objects.get(decision__interaction__external_id=late).decision.reason == "review_used"


WHAT = "What are the rules for families that keep their child at home?"
RULES = "Yes, you must still record the times in and out for all children that attend."


@pytest.mark.parametrize("first", ["correction", "vote"])
def test_a_correction_in_an_odd_form_is_taught_once_somebody_found_the_same_right(first: str) -> None:
    shop = cast.project()

    def correct() -> None:
        voted(shop, "writer", NINE, "thumbs_down", WHAT, correction=RULES)

    def approve() -> None:
        voted(shop, "reader", RULES, "thumbs_up", WHAT)

    for act in (correct, approve) if first == "correction" else (approve, correct):
        act()
        cast.turn(shop)
    assert {(one.outcome, one.reason) for one in Decision.objects.all()} == {
        ("corrected", "down_with_correction"),
        ("confirmed", "up_vote"),
    }
    assert PreferencePair.objects.get().status == "active"
    erasure.erase(cast.person(shop, "reader"))
    cast.turn(shop)
    assert Decision.objects.get().reason == "correction_is_fragment"
    assert ReviewTask.objects.get(state="open").interaction == Decision.objects.get().interaction


def test_a_correction_in_an_odd_form_waits_however_many_wrote_it() -> None:
    shop = cast.project()
    for writer in ("writer", "another writer", "third writer", "fourth writer"):
        voted(shop, writer, NINE, "thumbs_down", WHAT, correction=RULES)
    cast.turn(shop)
    assert set(Decision.objects.values_list("reason", flat=True)) == {"correction_is_fragment"}


def test_a_person_who_corrects_twice_and_changes_their_mind_keeps_no_run_going() -> None:
    shop = cast.project()
    for _ in range(2):
        voted(shop, "writer", NINE, "thumbs_down", correction=SIX)
    voted(shop, "writer", NINE, "thumbs_up")
    cast.turn(shop)
    mark_pending([Interaction.objects.earliest("pk").pk])

    def ends(read: int, _: int) -> None:
        assert read < 20, "the same interactions are decided again and again"

    pipeline.curate(shop, progress=ends)
    assert not Interaction.objects.filter(pending=True).exists()
