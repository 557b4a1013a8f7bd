"""Records in use with the least evidence go to a reviewer, a few at a time, and stay in use meanwhile."""

from typing import Any

import pytest
from django.contrib.auth.models import User

from curation.models import Claim, CurationPolicy, EvalCase, ReviewTask
from curation.policies import versions
from curation.quality import checks
from curation.review import deciding, holds
from feedback.capture import Recorded
from feedback.models import Project
from tests import factories as cast

pytestmark = pytest.mark.django_db


def policy(shop: Project, **review: Any) -> CurationPolicy:
    return versions.revise(shop, {"review": review}, "Checks", None)


def confirmed(shop: Project, number: int, *people: str) -> Recorded:
    """An answer that these people found right."""
    talk = cast.asked(shop, people[0], question=f"When does shop {number} open?", answer=f"At {number} o'clock.")
    for person in people:
        if person != people[0]:
            cast.asked(shop, person, question=f"Who is {person}?")
        cast.said(shop, talk, "thumbs_up", subject=person)
    return talk


def waiting() -> list[str]:
    tasks = ReviewTask.objects.filter(state="open", reason="least_sure").order_by("-priority", "id")
    return [task.interaction.external_id for task in tasks]


def test_the_least_likely_come_first_and_stay_in_use() -> None:
    shop = cast.project()
    confirmed(shop, 7, "a", "b", "c")
    single = confirmed(shop, 8, "d")
    corrected = cast.asked(shop, "e", question="When does shop 9 open?", answer="At noon.")
    cast.said(shop, corrected, "edit", correction="Shop 9 opens at 10 o'clock.")
    cast.turn(shop)
    assert checks.draw(shop, policy(shop, checks=1)) == 1 and waiting() == [corrected.id]
    assert checks.draw(shop, policy(shop, checks=9)) == 1, "three people are enough"
    assert waiting() == [corrected.id, single.id]
    assert EvalCase.objects.filter(status="active").count() == 3


def test_no_more_wait_than_the_policy_says_and_none_twice() -> None:
    shop = cast.project()
    for number in range(5):
        confirmed(shop, number, f"p{number}")
    cast.turn(shop)
    chosen = policy(shop, checks=3)
    assert [checks.draw(shop, chosen) for _ in range(2)] == [3, 0]
    assert checks.draw(shop, policy(shop, checks=0)) == 0


def test_a_verdict_settles_the_claim_and_nobody_is_asked_again() -> None:
    shop = cast.project()
    confirmed(shop, 7, "a")
    cast.turn(shop)
    chosen = policy(shop)
    checks.draw(shop, chosen)
    deciding.resolve(ReviewTask.objects.get(), deciding.Verdict("use"), None)
    cast.turn(shop)
    assert Claim.objects.get().tier == "reviewed" and EvalCase.objects.get().status == "active"
    assert checks.draw(shop, chosen) == 0


def test_a_record_that_a_reviewer_finds_wrong_is_out_of_use() -> None:
    shop = cast.project()
    confirmed(shop, 7, "a")
    cast.turn(shop)
    checks.draw(shop, policy(shop))
    deciding.resolve(ReviewTask.objects.get(), deciding.Verdict("never"), None)
    cast.turn(shop)
    assert not EvalCase.objects.filter(status="active").exists()


def test_a_check_of_a_record_that_has_gone_is_closed() -> None:
    shop = cast.project()
    talk = confirmed(shop, 7, "a")
    cast.turn(shop)
    chosen = policy(shop)
    checks.draw(shop, chosen)
    cast.said(shop, talk, "thumbs_down", subject="a")
    cast.turn(shop)
    checks.draw(shop, chosen)
    assert waiting() == [] and ReviewTask.objects.get(state="open").reason == "bare_down"


@pytest.mark.parametrize(("share", "first"), [(1.0, "least_sure"), (0.0, "bare_down")])
def test_checks_are_served_as_often_as_the_policy_says(share: float, first: str) -> None:
    shop = cast.project()
    confirmed(shop, 7, "a")
    cast.said(shop, cast.asked(shop, "b", question="Is there a car park?"), "thumbs_down")
    cast.turn(shop)
    checks.draw(shop, policy(shop, check_share=share, audit_share=0.0))
    task = deciding.claim_next(ReviewTask.objects.all(), User.objects.create(username="rita"))
    assert task is not None and task.reason == first


def test_a_check_of_a_correction_asks_about_the_correction() -> None:
    shop = cast.project()
    talk = cast.asked(shop, "e", question="When does shop 9 open?", answer="At noon.")
    cast.said(shop, talk, "edit", correction="Shop 9 opens at 10 o'clock.")
    cast.turn(shop)
    checks.draw(shop, policy(shop))
    task = ReviewTask.objects.get()
    record = holds.record(task, versions.current(shop))
    assert holds.is_hold(task) and record is not None and record.expected == "Shop 9 opens at 10 o'clock."
    deciding.resolve(task, deciding.Verdict("use"), None)
    cast.turn(shop)
    assert EvalCase.objects.get(status="active").decision.expected == "Shop 9 opens at 10 o'clock."
    assert Claim.objects.get(tier="reviewed").verdict == "right"
