"""A worker killed at any step of an erasure: another process, started afterwards, finishes it, and finishes it once."""

import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from curation.models import Recall, Release
from feedback.models import Interaction
from privacy import tasks
from privacy.models import Delivery, Erasure, PrivacyRequest, Subject
from privacy.requests import lifecycle, receipts
from privacy.webhooks import delivery
from tests import factories as cast
from tests.extent import some_of
from tests.privacy.killing import PLACES, arm
from tests.processes import forked

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.worker]
# In `make test` not before a step as well: that is what the one before has left.
SHORT = [place for place in PLACES if not place.endswith(":before")]
CELERY = ["-m", "celery", "--app", "flywheel_site", "worker", "--pool", "solo", "--beat-thread", "--without-gossip"]


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> PrivacyRequest:
    """Anna's erasure: she and Ben are in a release, of whose recalls somebody wants to be told."""
    monkeypatch.setattr(settings, "WEBHOOKS_TO_PRIVATE", True)
    delivery.add("shop", "http://127.0.0.1:9/nobody-listens")
    shop = cast.project()
    for name, question in (
        (cast.ANNA, "How late does the museum open?"),
        (cast.BEN, "Where is the lost property office?"),
    ):
        cast.said(shop, cast.asked(shop, name, question=question), "thumbs_up")
    cast.turn(shop)
    cast.cut(shop)
    return lifecycle.submit("shop", cast.ANNA, "erasure", verified_by="key", origin="shop")


def run(environment: dict[str, str], place: str = "") -> subprocess.CompletedProcess[bytes]:
    """A process that does once what beat asks a worker for."""
    environment = {**environment, "DJANGO_SETTINGS_MODULE": "flywheel_site.settings", "FLYWHEEL_DIES_AT": place}
    command = [sys.executable, "-m", "tests.privacy.killing"]
    return subprocess.run(command, env=environment, check=False, capture_output=True, timeout=120)


def leases_end() -> None:
    """As if the dead worker's leases had run out."""
    past = timezone.now() - timedelta(seconds=1)
    for model in (PrivacyRequest, Erasure):
        model._default_manager.filter(lease_until__isnull=False).update(lease_until=past)
    Release.objects.filter(lease_until__isnull=False).update(lease_until=past)


def finished_once(made: PrivacyRequest) -> None:
    """All of it happened, and nothing twice."""
    row = PrivacyRequest.objects.get()
    assert row.pk == made.pk and row.state == "closed", (row.state, row.error)
    said = receipts.verify(receipts.canonical(row.receipt))
    assert said["scan"]["clean"] and said["counts"]["interactions"] == 1 and said["recalls"][0]["replaced_by"] == "v1.1"
    assert Erasure.objects.count() == 1 and Recall.objects.count() == 1 and Delivery.objects.count() == 1
    assert Subject.objects.count() == 1 and Interaction.objects.get().subject == Subject.objects.get()
    assert (
        Release.objects.get(state="published").version == "v1.1"
        and not Release.objects.filter(state="cutting").exists()
    )


@pytest.mark.parametrize("place", some_of(PLACES, *SHORT))
def test_whatever_the_step_at_which_its_process_is_killed_another_finishes_it_once(
    place: str, made: PrivacyRequest
) -> None:
    def die() -> None:
        arm(place)
        tasks.advance_requests()

    _, status = os.waitpid(forked(die), 0)
    assert os.waitstatus_to_exitcode(status) == -signal.SIGKILL
    leases_end()
    tasks.advance_requests()
    finished_once(made)
    receipt = PrivacyRequest.objects.get().receipt
    tasks.advance_requests()
    assert PrivacyRequest.objects.get().receipt == receipt and Erasure.objects.count() == 1


@pytest.mark.parametrize("place", some_of(PLACES, "folder"))
def test_a_process_started_after_the_kill_finishes_it_once(
    place: str, made: PrivacyRequest, child_environment: dict[str, str]
) -> None:
    ran = run(child_environment, place)
    assert ran.returncode == -signal.SIGKILL, ran.stderr.decode()[-400:]
    leases_end()
    assert run(child_environment).returncode == 0
    finished_once(made)
    receipt = PrivacyRequest.objects.get().receipt
    tasks.advance_requests()
    assert PrivacyRequest.objects.get().receipt == receipt and Erasure.objects.count() == 1


@pytest.mark.slow
@pytest.mark.parametrize("place", some_of(["erase", "folder", "executed:after"], "erase"))
def test_a_restarted_celery_worker_finishes_it_once(
    place: str, made: PrivacyRequest, child_environment: dict[str, str], tmp_path: Path
) -> None:
    schedule = ["--schedule", str(settings.VAR / f"beat-{place.partition(':')[0]}")]
    environment = {**child_environment, "DJANGO_SETTINGS_MODULE": "flywheel_site.settings", "FLYWHEEL_DIES_AT": place}
    said = tmp_path / "said"
    with said.open("w") as errors:
        first = subprocess.run(
            [sys.executable, *CELERY, *schedule, "--include", "tests.privacy.killing"],
            check=False,
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=errors,
            timeout=120,
        )
    assert first.returncode == -signal.SIGKILL, said.read_text()[-2000:]
    leases_end()
    second = subprocess.Popen(
        [sys.executable, *CELERY, *schedule],
        env={**environment, "FLYWHEEL_DIES_AT": ""},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        end = time.monotonic() + 90
        while PrivacyRequest.objects.get().state != "closed" and time.monotonic() < end:
            time.sleep(0.5)
    finally:
        second.terminate()
        second.wait(timeout=30)
    connection.close()
    finished_once(made)
