"""Figures for Prometheus: who may read them, what they count, and that they are there while the database is not."""

import errno
import os
import socket
import subprocess
import sys
import time
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from feedback.models import Interaction, Signal
from flywheel_site.ops import heartbeats, waiting
from flywheel_site.ops.backups import state
from flywheel_site.ops.metrics import traffic
from privacy.db import bulk, disk_space
from privacy.models import Erasure, PrivacyRequest
from tests import factories as cast

pytestmark = pytest.mark.django_db


def figures(client: Client, **headers: str) -> dict[str, float]:
    """{name{labels}: value} of all samples."""
    answer = client.get("/metrics", headers=headers)
    assert answer.status_code == 200
    return {
        sample.name + "".join(f" {key}={value}" for key, value in sorted(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(answer.content.decode())
        for sample in family.samples
    }


@pytest.mark.parametrize(
    ("peer", "forwarded", "trusted", "status"),
    [
        ("127.0.0.1", "", "", 200),
        ("10.0.0.7", "", "", 403),
        ("127.0.0.1", "203.0.113.9", "", 403),  # a proxy on this machine speaks for somebody
        ("10.1.1.1", "127.0.0.1", "10.1.1.1/32", 200),
        ("10.1.1.1", "203.0.113.9", "10.1.1.1/32", 403),
        ("10.9.9.9", "127.0.0.1", "10.1.1.1/32", 403),  # who is no proxy of ours may claim nothing
    ],
)
def test_an_address_opens_it(
    client: Client, settings: Any, peer: str, forwarded: str, trusted: str, status: int
) -> None:
    import ipaddress

    settings.TRUSTED_PROXIES = [ipaddress.ip_network(trusted)] if trusted else []
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    answer = client.get("/metrics", headers=headers, REMOTE_ADDR=peer)
    assert answer.status_code == status and (status == 200 or b"flywheel_" not in answer.content)


def test_a_token_opens_it_from_anywhere_and_no_other_does(client: Client, settings: Any) -> None:
    settings.METRICS_TOKEN = "a token of the operator's"
    for given, status in (("Bearer a token of the operator's", 200), ("Bearer another", 403), ("", 403)):
        headers = {"Authorization": given} if given else {}
        assert client.get("/metrics", headers=headers, REMOTE_ADDR="198.51.100.4").status_code == status
    settings.METRICS_TOKEN = ""
    assert client.get("/metrics", headers={"Authorization": "Bearer "}, REMOTE_ADDR="198.51.100.4").status_code == 403


def test_requests_are_counted_by_call_and_status_and_by_nothing_that_was_sent(client: Client) -> None:
    name = "flywheel_request_seconds_count call={} method={} status={}"
    before = figures(client)
    client.get("/healthz")
    client.get("/anna-17/no-such-page")
    client.post("/api/v1/interactions", "{}", content_type="application/json")
    after = figures(client)
    for call, method, status in (("healthz", "GET", 200), ("none", "GET", 404), ("interactions", "POST", 401)):
        key = name.format(call, method, status)
        assert after[key] == before.get(key, 0) + 1, key
    assert not any("anna" in key for key in after)


def test_a_vote_that_waits_for_curation_ages_until_a_run_is_at_it(client: Client) -> None:
    shop = cast.project()
    cast.said(shop, cast.asked(shop), "thumbs_up")
    old = timezone.now() - timedelta(hours=2)
    Interaction.objects.update(received_at=old - timedelta(days=30))
    Signal.objects.update(received_at=old)
    assert figures(client)["flywheel_oldest_waiting_seconds work=interactions"] == pytest.approx(7200, abs=60)
    cast.turn(shop)
    Interaction.objects.update(pending=True)  # as new rules do: the run that was just there counts
    assert figures(client)["flywheel_oldest_waiting_seconds work=interactions"] < 60


def test_what_is_late_and_what_was_given_up_is_counted(client: Client) -> None:
    person = cast.person((shop := cast.project(), cast.asked(shop))[0])
    now = timezone.now()
    made = {"subject": person, "namespace": shop.namespace, "kind": "erasure", "state": "restricted"}
    PrivacyRequest.objects.create(**made, due_at=now - timedelta(days=1), tries=5)
    PrivacyRequest.objects.create(**made, due_at=now + timedelta(days=2))
    PrivacyRequest.objects.create(**{**made, "state": "closed"}, due_at=now - timedelta(days=9))
    Erasure.objects.create(namespace=shop.namespace, executed_at=now - timedelta(hours=3), tries=5)
    found = figures(client)
    assert [found[f"flywheel_privacy_requests state={each}"] for each in ("open", "overdue", "due_soon")] == [2, 1, 1]
    assert found["flywheel_set_aside work=requests"] == found["flywheel_set_aside work=erasures"] == 1
    assert found["flywheel_oldest_waiting_seconds work=erasures"] == pytest.approx(10_800, abs=60)
    assert waiting.set_aside()["webhooks"] == 0


def test_signs_of_life_and_the_last_backup_are_there(client: Client) -> None:
    state.last_file().unlink(missing_ok=True)
    for path in heartbeats.folder().glob("*"):
        path.unlink()
    silent = figures(client)
    assert silent["flywheel_workers"] == silent["flywheel_last_backup_timestamp_seconds"] == 0
    heartbeats.beat_now(heartbeats.BEAT)
    heartbeats.beat_now(f"{heartbeats.WORKER}celery-here")
    state.note(timezone.now(), 17, 1.0)
    alive = figures(client)
    assert alive["flywheel_workers"] == 1 and alive["flywheel_last_backup_bytes"] == 17
    assert alive["flywheel_heartbeat_timestamp_seconds part=beat"] == pytest.approx(time.time(), abs=60)
    state.last_file().unlink()


def test_a_database_that_is_away_is_a_figure(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*args: Any) -> Any:
        raise OperationalError("away")

    monkeypatch.setattr(bulk, "select", away)
    found = figures(client)
    assert found["flywheel_up part=database"] == 0 and found["flywheel_up part=broker"] == 1
    assert "flywheel_disk_free_bytes" in found and "flywheel_pending_interactions" not in found


def test_folders_of_servers_that_ended_go(settings: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.VAR = tmp_path
    monkeypatch.setenv(traffic.SHARED, "")  # undone at the end, whatever `share` makes of it
    monkeypatch.setattr(socket, "gethostname", lambda: "here-1")
    for name in ("here-1-99999999", "there-7", "here-1-1"):
        (tmp_path / "metrics" / name).mkdir(parents=True)
    monkeypatch.setattr(os, "getppid", lambda: 77)
    monkeypatch.delitem(sys.modules, "prometheus_client")
    traffic.share()
    assert sorted(path.name for path in (tmp_path / "metrics").iterdir()) == ["here-1-1", "here-1-77", "there-7"]


COUNT = """
from pathlib import Path
import os, sys
from flywheel_site.ops.metrics import traffic
traffic.share()
seconds = traffic.request_seconds()
for number in range(200):
    seconds.labels(f"call-{number}", "GET", "200").observe(1.0)
[file] = Path(os.environ[traffic.SHARED]).iterdir()
print(file.stat().st_size, file.stat().st_blocks * 512, b"call-199" in file.read_bytes())
"""


def test_what_counts_requests_has_its_place_on_the_disk_before_it_is_full(tmp_path: Any) -> None:
    environment = {**os.environ, "FLYWHEEL_VAR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "flywheel_site.settings"}
    environment.pop(traffic.SHARED, None)
    done = subprocess.run([sys.executable, "-c", COUNT], env=environment, capture_output=True, text=True, check=True)
    size, on_disk, is_counted = done.stdout.split()
    assert int(size) == traffic.ROOM <= int(on_disk) and is_counted == "True"


def test_a_server_that_starts_on_a_full_disk_counts_by_itself(
    settings: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def full(*given: Any) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    settings.VAR = tmp_path
    monkeypatch.delenv(traffic.SHARED, raising=False)
    monkeypatch.delitem(sys.modules, "prometheus_client")
    monkeypatch.setattr(disk_space, "write", full)
    traffic.share()
    assert traffic.SHARED not in os.environ and "No space left on device" in caplog.text
