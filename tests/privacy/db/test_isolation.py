"""Work for many things in turn: one that fails is logged, kept and tried again, and the others are done."""

import logging
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from curation import pipeline, tasks
from curation.models import AuditFrame, Dataset, Decision, Period, Release, ReleaseState
from curation.quality import audits
from curation.releases import cutting, folders, periods
from feedback import tasks as feedback_tasks
from feedback.capture import parking
from feedback.models import Interaction, Project
from feedback.rescans import rescan
from flywheel_site.ops.health import backlog
from privacy import tasks as privacy_tasks
from privacy.db import isolation
from privacy.erasure import erasure, retention, tombstones
from privacy.models import PrivacyRequest, RequestStatus, Setback, Tombstone
from privacy.requests import lifecycle
from tests import factories as cast

pytestmark = pytest.mark.django_db
SECRET = "what Anna wrote"


def failing_for(first: Any, real: Any, *, place: int = 0) -> Any:
    """The function, which raises an error that quotes text where it is called for the first project or dataset."""

    def call(*given: Any, **named: Any) -> Any:
        if given[place] == first:
            raise ValueError(SECRET)
        return real(*given, **named)

    return call


@pytest.fixture
def shops() -> tuple[Project, Project]:
    return cast.project("shop"), cast.project("bank")


def test_one_that_fails_is_logged_without_its_message_and_the_others_are_done(caplog: pytest.LogCaptureFixture) -> None:
    def half(number: int) -> float:
        if number == 0:
            raise ValueError(SECRET)
        return 1 / number

    with caplog.at_level(logging.ERROR):
        assert isolation.each("halves", [2, 0, 4], half) == [0.5, 0.25]
    assert "halves failed for 0: ValueError at half:" in caplog.text and SECRET not in caplog.text
    assert isolation.failing("halves") == ["halves failed for 0: ValueError"] and backlog()["failing_work"] == 1
    isolation.each("halves", [0], half)
    assert Setback.objects.get().times == 2
    isolation.each("halves", [0], lambda number: number)
    assert not Setback.objects.exists()


def test_a_setback_about_what_is_gone_is_forgotten_after_a_day() -> None:
    isolation.each("halves", [0], lambda number: 1 / number)
    Setback.objects.update(at=timezone.now() - timedelta(days=2))
    isolation.each("halves", [1], lambda number: 1 / number)
    assert not Setback.objects.exists()


def test_the_hourly_draw_goes_on_after_a_project_that_fails(
    shops: tuple[Project, Project], monkeypatch: pytest.MonkeyPatch
) -> None:
    shop, bank = shops
    monkeypatch.setattr(audits, "draw", failing_for(shop, audits.draw))
    tasks.draw_audits()
    assert AuditFrame.objects.filter(project=bank, measured_at__isnull=False).exists()
    assert isolation.failing("audit") == [f"audit failed for project {shop.pk}: ValueError"]


def test_the_sweep_curates_the_projects_after_one_that_fails(
    shops: tuple[Project, Project], monkeypatch: pytest.MonkeyPatch
) -> None:
    for shop in shops:
        cast.said(shop, cast.asked(shop), "thumbs_up")
    monkeypatch.setattr(pipeline, "curate", failing_for(shops[0], pipeline.curate))
    assert tasks.sweep() == 1
    assert Decision.objects.get().project == shops[1]


def test_a_release_that_cannot_be_cut_again_keeps_no_other_and_no_curation_waiting(
    shops: tuple[Project, Project], monkeypatch: pytest.MonkeyPatch
) -> None:
    for shop in shops:
        cast.said(shop, cast.asked(shop), "thumbs_up")
        cast.turn(shop)
        cast.cut(shop)
    Release.objects.update(state=ReleaseState.STALE)
    cast.said(shops[0], cast.asked(shops[0], question="Is there a car park?"), "thumbs_up")
    real = cutting.publish

    def publish(release: Release, progress: Any) -> Release:
        if release.dataset.project == shops[0]:
            raise ValueError(SECRET)
        return real(release, progress)

    monkeypatch.setattr(cutting, "publish", publish)
    tasks.sweep()
    assert [str(row) for row in Release.objects.filter(recut=1, state="published")] == ["bank v1.1"]
    assert not Interaction.objects.filter(pending=True).exists()


def test_an_erasure_does_not_settle_while_a_file_that_holds_the_person_could_not_be_replaced(
    shops: tuple[Project, Project], monkeypatch: pytest.MonkeyPatch
) -> None:
    cast.said(shops[0], cast.asked(shops[0]), "thumbs_up")
    cast.turn(shops[0])
    cast.cut(shops[0])
    receipt = erasure.erase(cast.person(shops[0]))

    def fail(*_: Any) -> None:
        raise OSError(SECRET)

    with monkeypatch.context() as patched:
        patched.setattr(cutting, "publish", fail)
        assert erasure.settle() == 0
    receipt.refresh_from_db()
    assert receipt.settled_at is None
    type(receipt).objects.update(lease_until=None)
    Release.objects.update(lease_until=None)
    assert erasure.settle() == 1


def test_the_schedules_after_one_that_fails_are_entered_and_the_command_says_so(
    shops: tuple[Project, Project], monkeypatch: pytest.MonkeyPatch
) -> None:
    long_ago = timezone.now() - timedelta(days=10)
    Dataset.objects.update(cadence="weekly", scheduled_since=long_ago)
    monkeypatch.setattr(periods, "enter", failing_for(Dataset.objects.get(name="shop"), periods.enter))
    with pytest.raises(SystemExit) as ended:
        call_command("run_due")
    assert ended.value.code == 1
    assert set(Period.objects.values_list("dataset__name", flat=True)) == {"bank"}


def test_files_of_the_datasets_after_one_that_fails_are_tidied(
    shops: tuple[Project, Project], monkeypatch: pytest.MonkeyPatch
) -> None:
    tidied: list[str] = []
    real = failing_for(Dataset.objects.get(name="shop"), lambda dataset: tidied.append(dataset.name))
    monkeypatch.setattr(folders, "tidy", real)
    tasks.sweep()
    assert tidied == ["bank"]


def test_retention_goes_on_after_a_project_that_fails_and_the_command_says_so(
    shops: tuple[Project, Project], monkeypatch: pytest.MonkeyPatch
) -> None:
    talks = [cast.asked(shop) for shop in shops]
    Interaction.objects.update(received_at=timezone.now() - timedelta(days=400))
    from feedback import personal_data

    monkeypatch.setattr(personal_data, "expire_in", failing_for(shops[0], personal_data.expire_in))
    with pytest.raises(CommandError, match=f"project {shops[0].pk}: ValueError"):
        call_command("purge")
    assert [row.external_id for row in Interaction.objects.all()] == [talks[0].id]


def test_the_second_redaction_goes_on_after_a_project_that_fails_and_the_command_says_so(
    shops: tuple[Project, Project], monkeypatch: pytest.MonkeyPatch
) -> None:
    for shop in shops:
        cast.asked(shop)
    Interaction.objects.update(scan_due=True)
    monkeypatch.setattr(rescan, "rescan_batch", failing_for(shops[0], rescan.rescan_batch))
    with pytest.raises(CommandError, match="second redaction failed"):
        call_command("rescan")
    assert [row.project for row in Interaction.objects.filter(scan_due=True)] == [shops[0]]


def test_a_privacy_request_that_fails_keeps_no_other_waiting(
    shops: tuple[Project, Project], monkeypatch: pytest.MonkeyPatch
) -> None:
    cast.asked(shops[0], cast.ANNA)
    cast.asked(shops[0], cast.BEN)
    first, second = (
        lifecycle.submit(shops[0].namespace, who, PrivacyRequest.Kind.ACCESS, verified_by="desk")
        for who in (cast.ANNA, cast.BEN)
    )
    real = lifecycle.STEPS[RequestStatus.VERIFIED]
    monkeypatch.setitem(lifecycle.STEPS, RequestStatus.VERIFIED, failing_for(first, real))
    privacy_tasks.advance_requests()
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, first.error, second.state) == ("verified", "ValueError", "closed")


def test_erasures_settle_while_the_list_of_tombstones_cannot_be_written(
    shops: tuple[Project, Project], monkeypatch: pytest.MonkeyPatch
) -> None:
    cast.asked(shops[0])
    erasure.erase(cast.person(shops[0]))
    assert Tombstone.objects.exists()

    def full() -> None:
        raise OSError(28, SECRET)

    monkeypatch.setattr(tombstones, "append", full)
    assert privacy_tasks.sweep() == 1 and Setback.objects.get().error == "OSError (No space left on device)"


def test_stale_feedback_is_dropped_while_other_feedback_cannot_be_handed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> int:
        raise ValueError(SECRET)

    monkeypatch.setattr(parking, "hand_over", fail)
    monkeypatch.setattr(parking, "drop_stale", lambda: 3)
    assert feedback_tasks.sweep() == 3


def test_what_one_holder_of_data_cannot_expire_keeps_no_other_from_it(
    shops: tuple[Project, Project], monkeypatch: pytest.MonkeyPatch
) -> None:
    from curation import personal_data

    def fail(before: Any) -> dict[str, int]:
        raise ValueError(SECRET)

    cast.asked(shops[0])
    Interaction.objects.update(received_at=timezone.now() - timedelta(days=400))
    monkeypatch.setattr(personal_data, "expire", fail)
    assert retention.purge()["interactions"] == 1
