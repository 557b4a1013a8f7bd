"""Requests that none of our pages sends get a plain "not found" and break nothing."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from curation.models import ReviewTask
from tests import factories as cast
from tests.console.world import SUPERUSER, signed_in, staff

pytestmark = pytest.mark.django_db
HUGE, LONG = "9" * 5_000, "9" * 30


@pytest.fixture
def task() -> ReviewTask:
    """An answer that was voted down."""
    project = cast.project()
    talk = cast.asked(project)
    cast.said(project, talk, "thumbs_down")
    cast.turn(project)
    return cast.task(talk)


@pytest.fixture
def rita(task: ReviewTask) -> Client:
    return signed_in(staff(SUPERUSER, task.project))


def sent(client: Client, name: str, *arguments: Any, **form: Any) -> int:
    """The status of what comes of this form."""
    return client.post(reverse(f"admin:curation_{name}", args=arguments), form).status_code


@pytest.mark.parametrize("key", [HUGE, LONG, "-1", "²", ""])
def test_a_number_that_is_no_task_leads_back_to_the_list(rita: Client, key: str) -> None:
    answers = [
        rita.post(reverse(f"admin:curation_reviewtask_{page}"), {"task": key, "resolution": "approve"})
        for page in ("blind", "bulk", "assign")
    ]
    assert {(answer.status_code, answer["Location"]) for answer in answers} == {(302, "/admin/curation/reviewtask/")}


def test_a_task_beside_a_number_that_is_none_is_decided(rita: Client, task: ReviewTask) -> None:
    answer = rita.post(reverse("admin:curation_reviewtask_assign"), {"task": [LONG, HUGE, task.pk], "assignee": ""})
    assert answer.status_code == 302
    assert sent(rita, "reviewtask_bulk", task=[LONG, HUGE, task.pk], resolution="reject") == 302
    task.refresh_from_db()
    assert task.resolution == "reject"


@pytest.mark.parametrize(
    "until",
    ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00", "tomorrow", ""],
)
def test_a_moment_outside_of_time_gives_nothing_back(rita: Client, task: ReviewTask, until: str) -> None:
    assert sent(rita, "reviewtask_leave", task.pk, until=until) == 205


def test_a_project_or_a_run_of_a_number_that_is_none_is_not_there(rita: Client) -> None:
    assert sent(rita, "run_start", project=HUGE) == 404
    for page in ("gaterun_change", "agentversion_change", "reviewtask_change"):
        assert rita.get(reverse(f"admin:curation_{page}", args=[HUGE])).status_code == 404
