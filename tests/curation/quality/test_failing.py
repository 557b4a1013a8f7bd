"""The questions that fail most, and what reviewers say is wrong."""

from datetime import timedelta

import pytest
from django.utils import timezone

from curation.models import ReviewTask
from curation.quality import changes
from curation.review import deciding
from feedback.models import Project
from privacy.models import Subject
from tests import factories as cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> Project:
    """Parking fails three times of four, opening once of two, prices never."""
    made = cast.project()
    for place, (question, kind) in enumerate(
        [
            *[("Where do I park a van?", "thumbs_down")] * 3,
            ("Where do I park a van?", "thumbs_up"),
            ("When do you open on Sundays?", "thumbs_down"),
            ("When do you open on Sundays?", "thumbs_up"),
            ("What does a day ticket cost?", "thumbs_up"),
        ]
    ):
        cast.said(made, cast.asked(made, f"p{place}", question=question, answer=f"{question} So."), kind)
    cast.turn(made)
    return made


def test_the_question_with_most_wrong_conversations_comes_first(shop: Project) -> None:
    found = changes.with_texts(changes.failing_questions(shop))
    assert [(str(one.row.question), one.failing.wrong, one.failing.right.n) for one in found] == [
        ("Where do I park a van?", 3, 4),
        ("When do you open on Sundays?", 1, 2),
    ]
    assert all(one.task == 0 or ReviewTask.objects.get(pk=one.task).interaction_id == one.row.pk for one in found)


def test_who_has_a_request_under_way_is_not_counted(shop: Project) -> None:
    keys = changes.failing_questions(shop)
    Subject.objects.update(restricted_at=timezone.now())
    assert changes.failing_questions(shop) == () and changes.with_texts(keys) == []


def test_another_projects_questions_are_not_there(shop: Project) -> None:
    assert changes.failing_questions(cast.project("other")) == ()


def test_what_reviewers_tick_is_counted(shop: Project) -> None:
    tasks = list(ReviewTask.objects.filter(state="open").order_by("pk"))
    assert len(tasks) >= 2
    for task, tags in zip(tasks, (("outdated", "off topic"), ("outdated",)), strict=False):
        deciding.resolve(task, deciding.Verdict("reject", tags=tags), None)
    long_ago = timezone.now() - timedelta(days=1)
    assert changes.reasons_given(shop, long_ago) == [("outdated", 2), ("off topic", 1)]
    assert changes.reasons_given(shop, timezone.now() + timedelta(days=1)) == []
