"""Reviewers who ask at the same moment are given different tasks, on either database."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.contrib.auth.models import User
from django.db import connection, transaction

from curation.models import ReviewTask
from curation.policies import versions
from curation.review import deciding
from feedback.models import Project
from tests import factories as cast

pytestmark = pytest.mark.django_db(transaction=True)
REVIEWERS, TASKS = 4, 24


@pytest.fixture
def shop() -> Project:
    made = cast.project()
    versions.revise(made, {"review": {"second_share": 0}}, "Each task once", None)
    for place in range(TASKS):
        talk = cast.asked(made, f"person-{place}", question=f"Question {place}: when does shop {place} open?")
        cast.said(made, talk, "thumbs_down")
    cast.turn(made)
    return made


def decide_all(name: str, together: Barrier) -> list[int]:
    """Claim and decide until nothing is left, beginning with the others; the tasks, in turn."""
    user, seen = User.objects.get(username=name), []
    together.wait()
    try:
        while (task := deciding.claim_next(ReviewTask.objects.all(), user)) is not None:
            deciding.resolve(task, deciding.Verdict("approve"), user)
            seen.append(task.pk)
    finally:
        connection.close()
    return seen


def test_reviewers_at_once_decide_every_task_once(shop: Project) -> None:
    names, together = [f"reviewer-{n}" for n in range(REVIEWERS)], Barrier(REVIEWERS)
    for name in names:
        User.objects.create_user(name)
    with ThreadPoolExecutor(REVIEWERS) as pool:
        seen = list(pool.map(lambda name: decide_all(name, together), names))
    decided = sorted(key for keys in seen for key in keys)
    assert decided == sorted(ReviewTask.objects.values_list("pk", flat=True)) and len(decided) == TASKS


@pytest.mark.skipif("connection.vendor != 'postgresql'")
def test_a_claim_under_way_is_passed_over_and_not_waited_for(shop: Project) -> None:
    rita, sam = User.objects.create_user("rita"), User.objects.create_user("sam")

    def claim_beside() -> int | None:
        try:
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '100ms'")
            task = deciding.claim_next(ReviewTask.objects.all(), sam)
            return None if task is None else task.pk
        finally:
            with connection.cursor() as cursor:
                cursor.execute("RESET lock_timeout")  # the connection goes back to its pool, for other tests
            connection.close()

    with transaction.atomic(), ThreadPoolExecutor(1) as pool:
        first = deciding.claim_next(ReviewTask.objects.all(), rita)
        other = pool.submit(claim_beside).result(timeout=10)
        assert first is not None and other is not None and other != first.pk
