"""Scheduled releases: one per period however many workers look and whatever happens; failures are reported and retried."""

import json
import os
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from curation import tasks
from curation.models import Dataset, Period, PeriodState, Release
from curation.releases import cutting, periods
from curation.releases.files import folder
from feedback.models import Project
from tests import factories as cast
from tests.processes import forked

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
MONDAY = datetime(2026, 11, 16, 12, tzinfo=UTC)


def new_vote(shop: Project, number: int) -> None:
    """Something to release: question and answer of their own, told from others."""
    talk = cast.asked(
        shop, f"guest-{number}", question=f"Which counter sells ticket {number * 7919}?", answer=f"Counter {number}."
    )
    cast.said(shop, talk, "thumbs_up")


@pytest.fixture
def dataset(db: None) -> Dataset:
    """A dataset that is released every Monday at three in Berlin, with something to release."""
    return weekly()


def weekly() -> Dataset:
    shop = cast.project()
    new_vote(shop, 1)
    Dataset.objects.update(cadence="weekly", time_zone="Europe/Berlin", scheduled_since=LONG_AGO)
    return Dataset.objects.get()


def states() -> list[tuple[str, str]]:
    return list(Period.objects.order_by("due_at").values_list("name", "state"))


def newest() -> Period:
    return Period.objects.exclude(state="missed").get()


def failing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "curation.releases.files.write", lambda *args: (_ for _ in ()).throw(OSError("no space for Anna"))
    )


def test_what_is_due_is_curated_and_released_once(dataset: Dataset) -> None:
    (period,) = periods.run_due(MONDAY)[-1:]
    assert (period.name, period.state, period.release) == ("2026-W47", "done", Release.objects.get())
    assert Release.objects.get().period == "2026-W47" and folder(Release.objects.get()).is_dir()
    assert periods.run_due(MONDAY) == [] and Release.objects.count() == 1


def test_nothing_is_made_up_for_from_before_the_cadence_was_set(dataset: Dataset) -> None:
    Dataset.objects.update(scheduled_since=MONDAY)
    assert periods.run_due(MONDAY + timedelta(days=6)) == []
    assert [p.name for p in periods.run_due(MONDAY + timedelta(days=7))] == ["2026-W48"]


def test_a_dataset_by_hand_is_left_alone(dataset: Dataset) -> None:
    Dataset.objects.update(cadence="manual")
    assert periods.run_due(MONDAY) == [] and not Period.objects.exists()


def test_after_an_outage_there_is_one_catch_up(dataset: Dataset) -> None:
    Dataset.objects.update(cadence="cron", cron="0 3 * * *", scheduled_since=MONDAY - timedelta(days=1))
    periods.run_due(MONDAY)
    new_vote(Project.objects.get(), 2)
    tried = periods.run_due(MONDAY + timedelta(days=10))
    assert [(p.name, p.state) for p in tried] == [("2026-11-26T02:00Z", "done")]
    assert Release.objects.count() == 2
    assert [state for _, state in states()] == ["done", *["missed"] * 9, "done"]


def test_a_clock_an_hour_off_either_way_finds_the_same_period(dataset: Dataset) -> None:
    due = datetime(2026, 11, 16, 2, tzinfo=UTC)
    early = [p.name for p in periods.run_due(due + timedelta(minutes=30))]
    late = [p.name for p in periods.run_due(due - timedelta(minutes=30))]
    assert (early, late) == (["2026-W47"], []) and Release.objects.count() == 1


def test_another_time_zone_does_not_release_the_same_week_again(dataset: Dataset) -> None:
    periods.run_due(MONDAY)
    new_vote(Project.objects.get(), 2)
    Dataset.objects.update(time_zone="Pacific/Honolulu")
    periods.run_due(MONDAY + timedelta(hours=6))
    assert Release.objects.count() == 1


@pytest.mark.parametrize(("day", "hours"), [("2026-03-29", 24), ("2026-10-25", 26)])
def test_the_days_on_which_clocks_are_changed_have_one_release_each(dataset: Dataset, day: str, hours: int) -> None:
    midnight = datetime.fromisoformat(f"{day}T00:00").replace(tzinfo=UTC) - timedelta(hours=2)
    Dataset.objects.update(cadence="cron", cron="30 2 * * *", scheduled_since=midnight)
    for minute in range(0, hours * 60, 10):
        new_vote(Project.objects.get(), minute + 1) if minute % 240 == 0 else None
        periods.run_due(midnight + timedelta(minutes=minute))
    assert Release.objects.count() == 1 and [state for _, state in states()] == ["done"]


def test_nothing_new_cuts_nothing(dataset: Dataset) -> None:
    periods.run_due(MONDAY)
    (period,) = periods.run_due(MONDAY + timedelta(days=7))
    assert (period.state, period.release, Release.objects.count()) == ("nothing_new", None, 1)


def test_a_dataset_with_nothing_in_it_is_not_released(db: None) -> None:
    cast.project()
    Dataset.objects.update(cadence="weekly", scheduled_since=LONG_AGO)
    (period,) = periods.run_due(MONDAY)
    assert (period.state, Release.objects.count()) == ("nothing_new", 0)


def test_a_try_that_fails_is_said_without_its_words_and_repeated_later_and_later(
    dataset: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing(monkeypatch)
    pauses = []
    periods.enter(dataset, timezone.now())
    for _ in range(cutting.MAX_TRIES):
        began = timezone.now()
        (period,) = periods.run_due(max(began, newest().next_at))
        assert period.error == "OSError" and periods.run_due() == [], "it waits"
        pauses.append(period.next_at - began)
    assert period.state == "failed" and not Release.objects.exists()
    assert pauses[:4] == sorted(pauses[:4]) and pauses[0] < timedelta(minutes=2) < timedelta(hours=1) < pauses[3]


def test_a_try_after_a_failure_makes_the_release(dataset: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as broken:
        failing(broken)
        (period,) = periods.run_due()
    (after,) = periods.run_due(period.next_at)
    assert (after.state, after.error, after.tries) == ("done", "", 2)
    assert [row.version for row in Release.objects.all()] == ["v1"]


def test_the_sweep_leaves_a_scheduled_cut_to_its_period(dataset: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as broken:
        failing(broken)
        periods.run_due()
    Release.objects.update(created_at=LONG_AGO)
    assert list(cutting.unfinished()) == []


def test_what_was_given_up_is_tried_once_more_when_somebody_asks(
    dataset: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        failing(broken)
        periods.run_due()
        Period.objects.update(tries=cutting.MAX_TRIES - 1, next_at=LONG_AGO)
        assert periods.run_due()[0].state == "failed"
    assert periods.run_due() == [] and periods.retry(dataset) == 1
    assert periods.run_due()[0].state == "done"


def test_a_period_that_failed_is_cut_with_the_one_after_it(dataset: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    Dataset.objects.update(scheduled_since=MONDAY - timedelta(days=1))
    with monkeypatch.context() as broken:
        failing(broken)
        periods.run_due(MONDAY)
    periods.run_due(MONDAY + timedelta(days=7))
    assert states() == [("2026-W47", "missed"), ("2026-W48", "done")]
    assert [(row.version, row.period) for row in Release.objects.all()] == [("v1", "2026-W48")]


def test_a_worker_that_dies_is_followed_by_another_when_its_lease_ends(dataset: Dataset) -> None:
    periods.enter(dataset, timezone.now())
    period = periods.waiting(timezone.now()).get()
    assert periods.claim(period, timezone.now()) and not periods.claim(period, timezone.now())
    assert periods.run_due() == []
    Period.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert periods.run_due()[0].state == "done"
    stale = newest()
    stale.lease_until = timezone.now()
    periods.settle(stale, PeriodState.FAILED, error="late")
    assert newest().state == "done", "the one that was away has no say"


def test_a_period_whose_every_try_kills_its_worker_is_given_up(dataset: Dataset) -> None:
    periods.enter(dataset, timezone.now())
    Period.objects.update(tries=cutting.MAX_TRIES, lease_until=timezone.now() - timedelta(seconds=1))
    assert periods.run_due()[0].state == "failed"


def test_one_dataset_in_trouble_does_not_keep_the_others_waiting(
    dataset: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = cast.project("hotel")
    new_vote(other, 5)
    Dataset.objects.filter(name="hotel").update(cadence="weekly", scheduled_since=LONG_AGO)
    Dataset.objects.filter(name="shop").update(time_zone="No/Where")
    assert [(p.dataset.name, p.state) for p in periods.run_due(MONDAY)] == [("hotel", "done")]


def test_the_task_does_the_same(dataset: Dataset) -> None:
    assert (tasks.run_due(), tasks.run_due()) == (1, 0)


def test_the_command_says_what_it_did_and_its_exit_status_tells(
    dataset: Dataset, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        failing(broken)
        with pytest.raises((SystemExit, CommandError)) as ended:
            call_command("run_due", "--json")
        assert getattr(ended.value, "code", 1) == 1
    (failed,) = json.loads(capsys.readouterr().out)
    assert (failed["dataset"], failed["state"], failed["error"]) == ("shop", "waiting", "OSError") and failed["next_at"]
    Period.objects.update(next_at=LONG_AGO)
    call_command("run_due", "--json")
    (done,) = json.loads(capsys.readouterr().out)
    assert (done["state"], done["release"], done["error"]) == ("done", "shop:v1", "")
    call_command("run_due")
    assert capsys.readouterr().out == "Nothing is due.\n"


@pytest.mark.django_db(transaction=True)
def test_three_beats_at_once_make_one_release() -> None:
    weekly()

    def beat(_: int) -> int:
        try:
            return len(periods.run_due(MONDAY))
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as pool:
        tried = list(pool.map(beat, range(3)))
    assert Release.objects.count() == 1 and Period.objects.filter(state="done").count() == 1, tried


@pytest.mark.django_db(transaction=True)
def test_three_processes_at_once_make_one_release(tmp_path: Path) -> None:
    weekly()

    def run_due(said: Path) -> None:
        with said.open("w") as out:
            call_command("run_due", "--json", stdout=out)

    said = [tmp_path / name for name in ("first", "second", "third")]
    children = [forked(lambda each=each: run_due(each)) for each in said]  # type: ignore[misc]
    assert [os.waitpid(child, 0)[1] for child in children] == [0, 0, 0]
    assert sum(len(json.loads(each.read_text())) for each in said) == 1 == Release.objects.count()
