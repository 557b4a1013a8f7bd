"""Heartbeats of beat, workers and the work between them; sessions that have ended are deleted."""

import os
import subprocess
import time
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.utils import timezone

from flywheel_site import tasks
from flywheel_site.ops import heartbeats
from tests.processes import STOP_SECONDS


@pytest.fixture(autouse=True)
def silence() -> None:
    """Each test begins without a sign."""
    for path in heartbeats.folder().glob("*"):
        path.unlink()


@pytest.mark.worker
@pytest.mark.django_db(transaction=True)
def test_a_worker_with_beat_gives_all_signs_and_takes_its_own_away(worker: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 120
    while heartbeats.last(heartbeats.WORK) is None and time.monotonic() < deadline:
        time.sleep(0.2)
    assert heartbeats.last(heartbeats.BEAT) and heartbeats.last(heartbeats.WORK) and heartbeats.alive() == 1
    worker.terminate()
    worker.wait(2 * STOP_SECONDS)
    assert heartbeats.workers() == {}


def test_a_silent_worker_is_not_alive_and_is_forgotten_after_a_day() -> None:
    for name, age in (("worker-a", 5), ("worker-b", 120), ("worker-c", 90_000)):
        heartbeats.beat_now(name)
        then = time.time() - age
        os.utime(heartbeats.folder() / name, (then, then))
    assert heartbeats.alive() == 1 and set(heartbeats.workers()) == {"a", "b"}
    assert not (heartbeats.folder() / "worker-c").exists()


@pytest.mark.django_db
def test_sessions_that_have_ended_are_deleted(settings: Any) -> None:
    for days in (-1, 1):
        session = SessionStore()
        session.create()
        Session.objects.filter(pk=session.session_key).update(expire_date=timezone.now() + timedelta(days=days))
    tasks.clear_sessions()
    assert Session.objects.count() == 1
