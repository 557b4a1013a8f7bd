"""A dataset's schedule in the console: checked when it is saved, shown as the next three times, and what came of it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from curation.models import Dataset, Period
from curation.releases import periods
from tests import factories as cast

pytestmark = pytest.mark.django_db
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def dataset() -> Dataset:
    cast.project()
    Dataset.objects.update(scheduled_since=LONG_AGO)
    return Dataset.objects.get()


@pytest.fixture
def root(client: Client) -> Client:
    client.force_login(User.objects.create_superuser("root"))
    return client


def page(dataset: Dataset) -> str:
    return reverse("admin:curation_dataset_change", args=[dataset.pk])


def saved(root: Client, dataset: Dataset, **given: Any) -> str:
    """What the console says when that is saved."""
    form = {"formats": [], "system_prompt": "", "holdout": "0", "cadence": "manual", "cron": "", "time_zone": "UTC"}
    return root.post(page(dataset), form | given, follow=True).content.decode()


def test_a_schedule_is_saved_counts_from_then_on_and_says_its_next_three_times(root: Client, dataset: Dataset) -> None:
    said = saved(root, dataset, cadence="cron", cron="30  6 * * 1-5", time_zone="America/New_York")
    dataset.refresh_from_db()
    assert (dataset.cadence, dataset.cron, dataset.time_zone) == ("cron", "30 6 * * 1-5", "America/New_York")
    assert timezone.now() - dataset.scheduled_since < timedelta(minutes=1)
    assert said.count("06:30 America/New_York") == 3
    assert root.get(page(dataset)).content.decode().count("06:30 America/New_York") == 3


def test_other_changes_leave_the_schedule_running(root: Client, dataset: Dataset) -> None:
    saved(root, dataset, cadence="weekly")
    Dataset.objects.update(scheduled_since=LONG_AGO)
    saved(root, dataset, cadence="weekly", system_prompt="Be brief.", formats=["kto", "dpo"], holdout="0.1")
    dataset.refresh_from_db()
    assert (dataset.scheduled_since, dataset.system_prompt, dataset.holdout) == (LONG_AGO, "Be brief.", 0.1)
    assert dataset.formats == ["kto", "dpo"] or dataset.formats == ["dpo", "kto"]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"cadence": "cron", "cron": ""}, "A cron line has five fields"),
        ({"cadence": "cron", "cron": "0 25 * * *"}, "Bad hour"),
        ({"cadence": "weekly", "time_zone": "Mars/Olympus"}, "Select a valid choice"),
        ({"cadence": "hourly"}, "Select a valid choice"),
        ({"formats": ["docx"]}, "Select a valid choice"),
        ({"holdout": "1.5"}, "less than or equal to 0.9"),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field(
    root: Client, dataset: Dataset, given: dict[str, Any], words: str
) -> None:
    assert words in saved(root, dataset, **given)
    dataset.refresh_from_db()
    assert (dataset.cadence, dataset.formats, dataset.scheduled_since) == ("manual", [], LONG_AGO)


def test_parquet_is_refused_where_its_library_is_not_installed(
    root: Client, dataset: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("curation.releases.formats.parquet.installed", lambda: False)
    assert "pip install pyarrow" in saved(root, dataset, formats=["parquet"])
    monkeypatch.setattr("curation.releases.formats.parquet.installed", lambda: True)
    saved(root, dataset, formats=["parquet"])
    assert Dataset.objects.get().formats == ["parquet"]


def test_a_period_that_failed_says_so_and_is_tried_again_on_demand(
    root: Client, dataset: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    talk = cast.asked(dataset.project)
    cast.said(dataset.project, talk, "thumbs_up")
    Dataset.objects.update(cadence="weekly", scheduled_since=timezone.now() - timedelta(days=8))
    with monkeypatch.context() as broken:
        broken.setattr("curation.releases.files.write", lambda *args: (_ for _ in ()).throw(OSError("Anna")))
        periods.run_due()
    Period.objects.filter(state="waiting").update(state="failed")
    shown = root.get(page(dataset)).content.decode()
    assert "OSError" in shown and "Try again now" in shown and "Anna" not in shown
    assert "OSError" in root.get(reverse("admin:curation_dataset_changelist")).content.decode()
    root.post(reverse("admin:curation_dataset_again", args=[dataset.pk]))
    periods.run_due()
    assert Period.objects.filter(state="done").count() == 1
    assert "Try again now" not in root.get(page(dataset)).content.decode()
