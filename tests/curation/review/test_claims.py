"""Reviewers who ask at the same moment are given different tasks, on either database, found by the index of the queue."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.contrib.auth.models import User
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from bench.consolerows import Sizes, fill
from curation.models import FIRST, ReviewTask
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


@pytest.fixture
def busy() -> list[Project]:
    """Projects with thousands of open tasks; a person may see two of them."""
    fill(Sizes(6_000, 2_000))
    return list(Project.objects.order_by("pk")[:2])


def plans(statements: list[str]) -> Iterator[str]:
    """How the database would answer each of them."""
    explain = "EXPLAIN QUERY PLAN" if connection.vendor == "sqlite" else "EXPLAIN"
    for statement in statements:
        with connection.cursor() as cursor:
            cursor.execute(f"{explain} {statement.replace('%', '%%')}", [])
            yield "\n".join(str(row) for row in cursor.fetchall())


def claimed(queue: list[Project], user: User) -> tuple[ReviewTask, list[str]]:
    """The task that is claimed, and the statements that looked for it."""
    keys = [project.pk for project in queue]
    with CaptureQueriesContext(connection) as seen:
        task = deciding.claim_next(ReviewTask.objects.filter(project__in=keys), user, keys)
    assert task is not None
    looks = [each["sql"] for each in seen.captured_queries if each["sql"].startswith("SELECT")]
    return task, [
        look for look in looks if 'FROM "curation_reviewtask"' in look and "resolved_by_id" not in look[-300:]
    ]


def test_the_next_of_two_projects_is_found_without_sorting_what_waits(busy: list[Project]) -> None:
    task, looks = claimed(busy, User.objects.create_user("rita"))
    assert len(looks) >= 2
    for plan in plans(looks):
        assert "TEMP B-TREE" not in plan and "Sort" not in plan, plan
        assert "SCAN curation_reviewtask" not in plan and "Seq Scan on curation_reviewtask" not in plan, plan
        assert "Seq Scan on privacy_subject" not in plan, plan  # hidden people are few, and have an index
    first = ReviewTask.objects.filter(project__in=busy, state="open").order_by(*FIRST)[0]
    assert (task.settles, task.priority) == (first.settles, first.priority) and task.reason not in (
        "audit",
        "least_sure",
    )
