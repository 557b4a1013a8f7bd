"""The order of open tasks: the one whose verdict settles most comes first, and randomly drawn ones never wait behind
them.
"""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from curation.models import FIRST, CurationPolicy, ReviewTask
from curation.policies import versions
from curation.quality import audits
from curation.releases import funnel
from curation.review import deciding
from feedback.models import Project
from privacy.erasure import erasure
from tests import factories as cast

pytestmark = pytest.mark.django_db
KETTLE, TOASTER = "How long is the warranty on the kettle?", "How long is the warranty on the toaster?"


def doubted(shop: Project, who: str, question: str, answer: str = "The warranty is 9 months.") -> str:
    talk = cast.asked(shop, who, question=question, answer=answer)
    cast.said(shop, talk, "thumbs_down")
    return talk.id


def served(shop: Project) -> list[tuple[str, int]]:
    tasks = ReviewTask.objects.filter(project=shop, state="open").order_by(*FIRST)
    return [(str(task.interaction.question), task.settles) for task in tasks.select_related("interaction")]


def with_settings(shop: Project, **settings: object) -> CurationPolicy:
    policy = versions.current(shop)
    policy.settings = settings
    policy.save()
    return policy


def drawn(shop: Project) -> None:
    policy = versions.current(shop)
    audits.draw(shop, policy, timezone.now() + timedelta(hours=2))


def test_the_verdict_that_settles_most_conversations_is_asked_for_first() -> None:
    shop = cast.project()
    doubted(shop, "one", KETTLE)
    for who in ("two", "three", "four"):
        doubted(shop, who, TOASTER)
    cast.turn(shop)
    assert served(shop) == [(TOASTER, 3), (KETTLE, 1)]
    task = deciding.claim_next(ReviewTask.objects.filter(project=shop), User.objects.create(username="rita"))
    assert task is not None and task.settles == 3


def test_what_a_task_settles_follows_the_evidence_of_later_runs() -> None:
    shop = cast.project()
    doubted(shop, "one", KETTLE)
    doubted(shop, "two", TOASTER)
    cast.turn(shop)
    assert served(shop) == [(KETTLE, 1), (TOASTER, 1)]
    for who in ("three", "four"):
        doubted(shop, who, TOASTER)
    cast.turn(shop)
    assert served(shop) == [(TOASTER, 3), (KETTLE, 1)]
    erasure.erase(cast.person(shop, "four"))
    cast.turn(shop)
    assert served(shop) == [(TOASTER, 2), (KETTLE, 1)]


def test_answers_that_claim_different_things_are_settled_apart() -> None:
    shop = cast.project()
    doubted(shop, "one", KETTLE)
    doubted(shop, "two", KETTLE)
    doubted(shop, "three", KETTLE, "The warranty is 12 months.")
    cast.turn(shop)
    assert served(shop) == [(KETTLE, 2), (KETTLE, 1)]


def test_minutes_of_review_are_counted_by_the_tasks_that_are_served_first(monkeypatch: pytest.MonkeyPatch) -> None:
    shop = cast.project()
    for who in ("one", "two", "three"):
        doubted(shop, who, TOASTER)
    doubted(shop, "four", KETTLE)
    doubted(shop, "five", KETTLE, "The warranty is 12 months.")
    cast.turn(shop)
    found = funnel.funnel(shop)["review"]
    assert found == {"tasks": 3, "minutes": 20, "conversations": 5, "records": 2}, "two answers are to one question"
    monkeypatch.setattr(funnel, "SECONDS_A_VERDICT", 20 * 60)
    found = funnel.funnel(shop)["review"]
    assert (found["conversations"], found["records"]) == (3, 1)
    assert (
        "would decide 3 conversations and add up to 1 eval case; 3 open tasks." in funnel.lines(funnel.funnel(shop))[-1]
    )


def test_a_question_that_has_its_case_gains_none() -> None:
    shop = cast.project()
    cast.said(shop, cast.asked(shop, question=KETTLE, answer="The warranty is 6 months."), "thumbs_up")
    cast.turn(shop)
    cast.cut(shop)
    talk = cast.asked(shop, cast.BEN, question=KETTLE, answer="The warranty is 6 months.")
    with_settings(shop, audit={"share": 1.0})
    drawn(shop)
    assert ReviewTask.objects.filter(state="open", interaction=cast.row(talk)).exists()
    review = funnel.funnel(shop)["review"]
    assert review["tasks"] == 2 and review["records"] == 1, "nobody has asked yet what the second is about"


@pytest.mark.parametrize(("share", "first"), [(1.0, "audit"), (0.0, "bare_down")])
def test_what_chance_drew_is_served_as_often_as_the_policy_says(share: float, first: str) -> None:
    shop = cast.project()
    cast.asked(shop, "silent")
    with_settings(shop, audit={"share": 1.0}, review={"audit_share": share})
    drawn(shop)
    for who in ("one", "two"):
        doubted(shop, who, TOASTER)
    cast.turn(shop)
    task = deciding.claim_next(ReviewTask.objects.filter(project=shop), User.objects.create(username="rita"))
    assert task is not None and task.reason == first
