"""Control of runs: cancelled after a batch, continued, or given up if their process is dead."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from curation import pipeline, tasks
from curation.models import CurationPolicy, Decision, Run, RunState
from curation.runs import control, pace
from feedback.models import Project
from tests import factories as cast
from tests.console.world import signed_in, staff

pytestmark = pytest.mark.django_db
LIST = "admin:curation_run_changelist"


def waiting(number: int, shop: Project) -> None:
    for place in range(number):
        cast.said(shop, cast.asked(shop, f"person-{place}"), "thumbs_up")


@pytest.fixture
def one_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SMALLEST", "BATCH", "LARGEST"):
        monkeypatch.setattr(pace, name, 1)


def cancelled_after_two(shop: Project) -> Run:
    """A run of five that is cancelled during its second batch."""

    def cancel(done: int, total: int) -> None:
        if done == 1:
            assert control.cancel(Run.objects.get())

    waiting(5, shop)
    run = pipeline.curate(shop, progress=cancel)
    assert run is not None
    return run


@pytest.mark.usefixtures("one_at_a_time")
def test_a_cancelled_run_keeps_what_it_did_and_leaves_the_rest() -> None:
    run = cancelled_after_two(cast.project())
    assert run.state == RunState.CANCELLED and run.finished_at is not None
    assert 0 < Decision.objects.count() < 5 and not control.cancel(run)


@pytest.mark.usefixtures("one_at_a_time")
def test_its_project_rests_until_somebody_goes_on_and_others_do_not() -> None:
    shop, other = cast.project(), cast.project("other")
    cancelled_after_two(shop)
    before = Decision.objects.filter(project=shop).count()
    cast.said(other, cast.asked(other), "thumbs_up")
    assert list(control.resting()) == [shop]
    assert tasks.sweep() == 1 and Decision.objects.filter(project=other).count() == 1
    assert Decision.objects.filter(project=shop).count() == before
    assert tasks.curate_project(shop.pk)
    assert Decision.objects.filter(project=shop).count() == 5 and not control.resting().exists()
    cast.said(shop, cast.asked(shop, "late"), "thumbs_up")
    assert tasks.sweep() == 1


def test_a_run_whose_process_is_dead_is_called_failed_and_the_next_does_the_rest() -> None:
    shop = cast.project()
    waiting(2, shop)
    dead = Run.objects.create(project=shop, policy=shop.policies.get(), total=2)
    Run.objects.filter(pk=dead.pk).update(alive_at=timezone.now() - control.SILENT - timedelta(seconds=1))
    tasks.sweep()
    dead.refresh_from_db()
    assert dead.state == "failed"
    assert Decision.objects.count() == 2 and Run.objects.filter(state="done").count() == 1


def test_who_comes_second_joins_the_run_that_is_under_way() -> None:
    shop = cast.project()
    waiting(2, shop)
    first = Run.objects.create(project=shop, policy=shop.policies.get(), total=5, read=3, counts={"confirmed": 3})
    run = pipeline.curate(shop)
    assert run == first and (run.state, run.read, run.total, run.counts) == ("done", 5, 5, {"confirmed": 5})


def test_a_run_by_an_older_policy_is_not_joined() -> None:
    shop = cast.project()
    waiting(1, shop)
    older = Run.objects.create(project=shop, policy=shop.policies.get(), total=1)
    CurationPolicy.objects.create(project=shop, version=2, settings={})
    run = pipeline.curate(shop)
    assert run is not None and run != older and run.policy.version == 2


def test_the_console_shows_how_far_a_run_is_and_cancels_it() -> None:
    shop = cast.project()
    run = Run.objects.create(project=shop, policy=shop.policies.get(), total=4_000, read=1_000)
    curator = signed_in(staff("curator", shop))
    page = curator.get(reverse(LIST)).content.decode()
    assert f'data-run="{run.pk}"' in page and 'max="4000" value="1000"' in page
    address = reverse("admin:curation_run_cancel", args=[run.pk])
    assert curator.get(address).status_code == 404
    assert curator.post(address).status_code == 302
    run.refresh_from_db()
    assert run.state == "cancelled"
    page = curator.get(reverse(LIST)).content.decode()
    assert "data-live" not in page and f"{shop} is paused" in page
    assert "had already ended" in curator.post(address, follow=True).content.decode()


def test_only_who_may_run_may_cancel_and_only_of_ones_own_projects() -> None:
    shop, other = cast.project(), cast.project("other")
    run = Run.objects.create(project=shop, policy=shop.policies.get(), total=2)
    address = reverse("admin:curation_run_cancel", args=[run.pk])
    assert signed_in(staff("reviewer", shop)).post(address).status_code == 403
    stranger: Client = signed_in(staff("curator", other))
    assert stranger.post(address).status_code == 404
    assert f"{shop}" not in stranger.get(reverse(LIST)).content.decode().split("result_list")[0]
    run.refresh_from_db()
    assert run.state == "running"
