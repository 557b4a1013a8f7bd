"""How many queries a verdict takes, with the page of the next task."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from curation.models import FIRST, ReviewTask
from curation.policies import versions
from feedback.models import ProjectMember
from tests import factories as cast
from tests.console.test_reviewing import somebody
from tests.console.world import signed_in

pytestmark = pytest.mark.django_db
BY_SCRIPT = {"X-Review": "1"}
NO_CHANCE = {"second_share": 0, "calibration_share": 0, "audit_share": 0, "check_share": 0}
MOST = {"reject": 46, "approve": 57, "correct": 65}
"""Queries of a verdict with the next page. There were 75, 92 and 99 when each part read for itself what it needed."""
HEADS = 2
"""More for somebody of several projects, however many: the first task of each, and their places in the queue."""


@pytest.mark.parametrize("others", [0, 1, 5])
def test_a_verdict_and_the_next_page_take_few_queries(others: int) -> None:
    shop = cast.project()
    versions.revise(shop, {"review": NO_CHANCE}, "Each task once", None)
    for place in range(12):
        talk = cast.asked(shop, f"person-{place}", question=f"Question {place}: when does shop {place} open?")
        cast.said(shop, talk, "thumbs_down")
    cast.turn(shop)
    rita = somebody(shop)
    for number in range(others):
        ProjectMember.objects.create(project=cast.project(f"shop-{number}"), user=rita)
    desk, more = signed_in(rita), HEADS if others else 0
    for verdict in ("reject", "approve", "reject", "correct", "reject"):
        assert queries_of(desk, verdict) <= MOST[verdict] + more, verdict


def queries_of(desk: Client, verdict: str) -> int:
    """The queries of this verdict on the task that is claimed, or else comes first."""
    task = ReviewTask.objects.filter(state="open").order_by("-claimed_until", *FIRST)[0]
    given = {"resolution": verdict, "correction": "At nine, and at ten on a Sunday."}
    with CaptureQueriesContext(connection) as seen:
        answer = desk.post(f"/admin/curation/reviewtask/{task.pk}/decide/", given, headers=BY_SCRIPT)
    assert answer.status_code == 200, answer.content[:300]
    return len(seen)
