"""Unrated answers drawn at random: a reviewer's verdict on one makes an eval case of a kind of its own."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from curation.gate.verdicts import Case
from curation.models import Decision, EvalCase, Release, ReviewTask
from curation.policies import versions
from curation.quality import audits
from curation.releases.files import folder
from curation.review import deciding
from feedback.models import Project
from tests import factories as cast

pytestmark = pytest.mark.django_db
SUNDAY = "Is the shop open on Sundays?"


def drawn(shop: Project) -> None:
    """Everything is drawn into the audit."""
    policy = versions.current(shop)
    policy.settings = {"audit": {"share": 1.0}}
    policy.save()
    audits.draw(shop, policy, timezone.now() + timedelta(hours=2))


def judged(shop: Project, talk: Any, resolution: str, text: str = "") -> None:
    deciding.resolve(cast.task(talk), deciding.Verdict(resolution, correction=text), None)
    cast.turn(shop)


def lines(made: Release) -> dict[str, dict[str, Any]]:
    """The eval cases of a release, by question."""
    path = Path(folder(made), "eval_cases.jsonl")
    return {line["question"]: line for line in map(json.loads, path.read_text().splitlines())}


def test_a_drawn_answer_without_a_vote_becomes_a_sampled_case() -> None:
    shop = cast.project()
    unrated = cast.asked(shop)
    wrong = cast.asked(shop, cast.BEN, question=SUNDAY, answer="Yes.")
    rated = cast.asked(shop, cast.CLEO, question="Where is the shop?", answer="On the market square.")
    cast.said(shop, rated, "thumbs_up")
    cast.turn(shop)
    drawn(shop)
    judged(shop, unrated, "approve")
    judged(shop, wrong, "correct", "No, it is closed on Sundays.")
    judged(shop, rated, "approve")
    made = cast.cut(shop)
    cases = lines(made)
    assert {question: case["kind"] for question, case in cases.items()} == {
        cast.QUESTION: "sampled",
        SUNDAY: "sampled",
        "Where is the shop?": "golden",
    }
    assert cases[SUNDAY]["rejected"] == "Yes." and cases[cast.QUESTION]["rejected"] is None
    counts = made.manifest["counts"]
    assert (counts["golden"], counts["regression"], counts["sampled"]) == (1, 0, 2)


def test_a_reviewed_answer_that_was_not_drawn_is_no_sample() -> None:
    shop = cast.project()
    talk = cast.asked(shop)
    cast.said(shop, talk, "thumbs_down")
    cast.turn(shop)
    judged(shop, talk, "approve")
    drawn(shop)
    assert EvalCase.objects.get().kind == "golden"


def test_a_vote_takes_a_case_out_of_the_sample() -> None:
    shop = cast.project()
    talk = cast.asked(shop)
    drawn(shop)
    judged(shop, talk, "approve")
    assert EvalCase.objects.get().kind == "sampled"
    cast.said(shop, talk, "thumbs_up")
    cast.turn(shop)
    assert EvalCase.objects.get().kind == "golden"


def test_a_verdict_on_an_unrated_answer_knows_its_question_at_once() -> None:
    shop = cast.project()
    rated = cast.asked(shop, question="When does the shop open?", answer=cast.ANSWER)
    cast.said(shop, rated, "thumbs_up")
    cast.turn(shop)
    talk = cast.asked(shop, cast.BEN, question="When does the shop open, please?", answer=cast.ANSWER)
    drawn(shop)
    deciding.resolve(cast.task(talk), deciding.Verdict("approve"), None)
    keys = {bytes(key) for key in Decision.objects.values_list("question", flat=True)}
    assert len(keys) == 1 and b"" not in keys
    assert EvalCase.objects.filter(status="active").count() == 1
    assert not ReviewTask.objects.filter(state="open", interaction=cast.row(talk)).exists()


@pytest.mark.parametrize(
    ("kind", "rejected", "golden"),
    [("golden", None, True), ("regression", "No.", False), ("sampled", None, True), ("sampled", "No.", False)],
)
def test_the_gate_holds_a_sampled_case_to_what_the_agent_did(kind: Any, rejected: str | None, golden: bool) -> None:
    assert Case("c1", kind, "Is it open?", "Yes.", rejected).is_golden is golden
