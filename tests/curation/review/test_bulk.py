"""One verdict on many tasks: in short turns, resumed after a kill, with others' work left alone, taken back as a whole."""

import sqlite3
import time
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from curation import tasks
from curation.models import AuditItem, BulkDecision, Decision, EvalCase, ReviewEvent, ReviewTask
from curation.policies import versions
from curation.review import bulk, bulk_admin, deciding
from curation.runs import pace
from feedback.models import Project, ProjectMember
from privacy.erasure import erasure
from privacy.models import Subject
from tests import factories as cast
from tests.console.world import signed_in, staff

pytestmark = pytest.mark.django_db
LIST, BULKS = "/admin/curation/reviewtask/", "/admin/curation/reviewtask/bulks/"


def doubted(shop: Project, number: int) -> list[ReviewTask]:
    """So many answers that were voted down, each a review task of another person."""
    for place in range(number):
        asked = f"Question {place}: when does shop {place} open?"
        cast.said(shop, cast.asked(shop, f"person-{place}", id=f"talk-{place}", question=asked), "thumbs_down")
    cast.turn(shop)
    return list(ReviewTask.objects.filter(state="open").order_by("pk"))


@pytest.fixture
def shop() -> Project:
    made = cast.project()
    versions.revise(made, {"review": {"second_share": 0}}, "Each task once", None)
    return made


@pytest.fixture
def rita(shop: Project) -> User:
    user = staff("reviewer", shop)
    assert user is not None
    return user


@pytest.fixture(autouse=True)
def slowly(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page decides one task itself; the rest is for the worker."""
    monkeypatch.setattr(bulk_admin, "AT_ONCE_SECONDS", 0.0)
    monkeypatch.setattr(bulk, "PAUSE_SECONDS", 0.0)


def begun(user: User, chosen: list[ReviewTask], resolution: str = "approve") -> Client:
    """A window in which the reviewer has just confirmed the verdict on these tasks."""
    window = signed_in(user)
    sent = {"task": [task.pk for task in chosen], "resolution": resolution, "note": "Write to mia@example.com."}
    assert window.post(f"{LIST}bulk/", sent).status_code == 302
    return window


def finished() -> None:
    """The worker goes on until nothing is left."""
    while bulk.unfinished():
        tasks.sweep()


def page(window: Client) -> str:
    """The page of bulk decisions as one line of text."""
    return " ".join(window.get(BULKS).content.decode().split())


def test_many_are_decided_by_the_worker_and_taken_back_as_a_whole(shop: Project, rita: User) -> None:
    chosen = doubted(shop, 5)
    before = list(Decision.objects.order_by("pk").values_list("outcome", "reason", "decided_by"))
    window = begun(rita, chosen)
    assert ReviewTask.objects.filter(state="resolved").count() == 1 and "1 of 5" in page(window)
    finished()
    assert ReviewTask.objects.filter(resolution="approve", resolved_by=rita).count() == 5
    assert EvalCase.objects.count() == 5 and "5 decided" in page(window)
    assert not BulkDecision.objects.exclude(note="").exists(), "the note is kept by the tasks alone"
    assert "mia" not in str(ReviewTask.objects.values_list("note", flat=True))
    window.post(BULKS, {"bulk": BulkDecision.objects.get().pk})
    finished()
    assert list(Decision.objects.order_by("pk").values_list("outcome", "reason", "decided_by")) == before
    assert ReviewTask.objects.filter(state="open", claimed_by=None).count() == 5 and not EvalCase.objects.exists()
    assert "5 undone" in page(window) and BulkDecision.objects.get().state == "undone"


def test_a_killed_worker_loses_nothing_and_the_next_decides_nothing_twice(
    shop: Project, rita: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun(rita, doubted(shop, 4))
    real = deciding.resolve

    def killed(task: ReviewTask, *given: Any) -> Decision:
        made = real(task, *given)
        if ReviewEvent.objects.filter(action="decided").count() == 3:
            raise SystemExit
        return made

    with monkeypatch.context() as broken:
        broken.setattr(deciding, "resolve", killed)
        with pytest.raises(SystemExit):
            finished()
    assert ReviewTask.objects.filter(state="resolved").count() == 2
    # A process that is killed outright leaves its lease behind: it is waited for.
    BulkDecision.objects.update(lease_until=timezone.now() + bulk.LEASE.length)
    assert bulk.unfinished() == [] and not bulk.advance(BulkDecision.objects.get().pk)
    BulkDecision.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    finished()
    assert sorted(ReviewEvent.objects.values_list("task_number", flat=True)) == sorted(
        ReviewTask.objects.values_list("pk", flat=True)
    )


def test_what_changed_meanwhile_is_left_out_and_counted_in_words(shop: Project, rita: User) -> None:
    first, closed, held, voted, hidden, erased, last = doubted(shop, 7)
    window = begun(rita, [first, closed, held, voted, hidden, erased, last])
    sam = User.objects.create_user("sam")
    deciding.resolve(closed, deciding.Verdict("reject"), sam)
    deciding.claim(held, sam)
    cast.said(shop, "talk-3", "thumbs_up")
    Subject.objects.filter(pk=hidden.subject_id).update(restricted_at=timezone.now())
    erasure.erase(cast.person(shop, "person-5"))
    finished()
    assert set(ReviewTask.objects.filter(resolved_by=rita)) == {first, last}
    shown = page(window)
    for words in (
        "This task is already closed.",
        "Somebody else is deciding this task.",
        bulk.VOTED,
        bulk.HIDDEN,
        bulk.GONE,
    ):
        assert f"1 skipped: {words}" in shown, words
    assert "2 decided" in shown


def test_an_answer_that_was_drawn_is_left_to_be_judged_by_itself(shop: Project, rita: User) -> None:
    drawn, other = doubted(shop, 2)
    AuditItem.objects.create(interaction=drawn.interaction, project=shop, subject=drawn.subject, share=1.0)
    window = begun(rita, [drawn, other])
    finished()
    assert list(ReviewTask.objects.filter(state="open")) == [drawn]
    assert bulk.DRAWN in page(window)


def test_undo_keeps_what_was_decided_again_and_stops_what_is_under_way(shop: Project, rita: User) -> None:
    chosen = doubted(shop, 3)
    window = begun(rita, chosen[:2], "reject")
    finished()
    again = deciding.undo(chosen[0], rita)
    deciding.resolve(again, deciding.Verdict("unsure"), rita)
    window.post(BULKS, {"bulk": BulkDecision.objects.get().pk})
    finished()
    assert ReviewTask.objects.get(pk=chosen[0].pk).resolution == "unsure"
    assert ReviewTask.objects.get(pk=chosen[1].pk).state == "open"
    assert f"1 undone</li> <li>1 not undone: {bulk.CHANGED}" in page(window)
    begun(rita, chosen[1:], "reject")
    window.post(BULKS, {"bulk": BulkDecision.objects.latest("pk").pk})
    finished()
    assert ReviewTask.objects.filter(pk__in=[chosen[1].pk, chosen[2].pk], state="open").count() == 2
    assert ReviewEvent.objects.filter(task_number=chosen[2].pk).count() == 0


def test_nobody_takes_back_what_another_decided_and_nothing_is_taken_back_twice(shop: Project, rita: User) -> None:
    window = begun(rita, doubted(shop, 1))
    key = BulkDecision.objects.get().pk
    other = signed_in(staff("curator", shop))
    assert "1 decided" not in page(other)
    for sent in (str(key), "9" * 30, "x", ""):
        assert (
            "This is not one of your bulk decisions" in other.post(BULKS, {"bulk": sent}, follow=True).content.decode()
        )
    assert ReviewTask.objects.filter(state="resolved").count() == 1
    window.post(BULKS, {"bulk": key})
    finished()
    assert "already undone" in window.post(BULKS, {"bulk": key}, follow=True).content.decode()


def test_who_loses_the_right_meanwhile_decides_no_more(shop: Project, rita: User) -> None:
    window = begun(rita, doubted(shop, 3))
    ProjectMember.objects.filter(user=rita).delete()
    finished()
    assert ReviewTask.objects.filter(state="resolved").count() == 1
    assert f"2 skipped: {bulk.NOT_ALLOWED}" in page(window)


def test_a_task_that_fails_is_left_out_and_the_rest_goes_on(
    shop: Project, rita: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = doubted(shop, 3)
    window, real = begun(rita, chosen), deciding.resolve

    def broken(task: ReviewTask, *given: Any) -> Decision:
        if task.pk == chosen[1].pk:
            raise ZeroDivisionError
        return real(task, *given)

    monkeypatch.setattr(deciding, "resolve", broken)
    finished()
    assert f"1 skipped: {bulk.FAILED}" in page(window) and "2 decided" in page(window)


def test_one_page_says_what_came_of_a_few(shop: Project, rita: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk_admin, "AT_ONCE_SECONDS", 5.0)
    chosen = doubted(shop, 3)
    deciding.claim(chosen[0], User.objects.create_user("sam"))
    window = signed_in(rita)
    answer = window.post(f"{LIST}bulk/", {"task": [task.pk for task in chosen], "resolution": "reject"}, follow=True)
    assert answer.request["PATH_INFO"] == reverse("admin:curation_reviewtask_changelist")
    assert "2 decided. 1 were skipped." in answer.content.decode()


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL has many writers")
def test_turns_leave_sqlites_lock_alone_in_between(monkeypatch: pytest.MonkeyPatch) -> None:
    shop = cast.project()
    chosen = doubted(shop, 4)
    user = User.objects.create_superuser("root")
    monkeypatch.setattr(bulk, "HELD_SECONDS", 0.0)
    monkeypatch.setattr(bulk, "PAUSE_SECONDS", pace.PAUSE_SECONDS)
    written: list[float] = []

    def another_writer(seconds: float) -> None:
        """What a waiting capture does in the pause."""
        with sqlite3.connect(settings.DATABASES["default"]["NAME"], timeout=0) as other:
            other.execute("UPDATE feedback_project SET name = name")
        written.append(seconds)

    monkeypatch.setattr(time, "sleep", another_writer)
    made = bulk.begin(list(ReviewTask.objects.select_related("interaction")), deciding.Verdict("reject"), user)
    assert not bulk.advance(made.pk, 60.0)
    assert len(written) == len(chosen) and min(written) > 0.1, "a waiting writer looks every tenth of a second"
