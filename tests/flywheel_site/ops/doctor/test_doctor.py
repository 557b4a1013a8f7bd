"""`doctor` says what is wrong and what to do, and ends with the severity of the worst."""

import io
import json
import os
import shutil
import time
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from flywheel_site.ops import doctor, heartbeats
from flywheel_site.ops.backups import state
from privacy.db import condition, engine
from privacy.db import state as database_state
from privacy.models import Erasure, PrivacyRequest
from privacy.subjects import master_keys
from tests import factories as cast

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module", autouse=True)
def compact(django_db_setup: None, django_db_blocker: Any) -> None:
    """The database file without what earlier tests deleted."""
    with django_db_blocker.unblock():
        if engine.one_writer():
            connection.cursor().execute("VACUUM")


@pytest.fixture(autouse=True)
def healthy(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """An installation in which all is well."""
    master_keys.expect_known()
    (settings.VAR / "flywheel_master_key").unlink(missing_ok=True)
    settings.BACKUP_HOURS, settings.MASTER_KEY_MADE = 26, None
    state.note(timezone.now(), 1, 1.0)
    for name in (heartbeats.BEAT, heartbeats.WORK, f"{heartbeats.WORKER}celery-here"):
        heartbeats.beat_now(name)
    usage = shutil.disk_usage(settings.VAR)._replace(total=100, used=20, free=80)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage)
    monkeypatch.setattr(condition, "keeps_old_log", lambda: False)
    monkeypatch.setattr(engine, "not_durable", list)
    yield
    state.last_file().unlink(missing_ok=True)


def wrong() -> dict[str, str]:
    """{words: severity} of what is not well."""
    return {each.words: each.severity.name for each in doctor.examine() if each.severity is not doctor.Severity.OK}


def examined(*options: str) -> tuple[int, dict[str, Any]]:
    """The command's exit status, and what it prints as JSON."""
    out, status = io.StringIO(), 0
    try:
        call_command("doctor", "--json", *options, stdout=out)
    except CommandError as error:
        status = error.returncode
    return status, json.loads(out.getvalue())


def test_all_is_well() -> None:
    assert wrong() == {}
    status, found = examined()
    assert status == 0 and found["status"] == "ok"
    assert {"settings", "keys", "database", "migrations", "broker", "workers", "disk", "clock", "backups"} <= {
        each["part"] for each in found["findings"]
    }


def test_a_warning_is_1_and_a_fault_is_2(settings: Any) -> None:
    state.last_file().unlink()
    assert examined()[0] == 1
    (heartbeats.folder() / heartbeats.BEAT).unlink()
    status, found = examined()
    assert status == 2 and found["status"] == "fault"


def test_each_finding_says_what_to_do() -> None:
    state.last_file().unlink()
    for path in heartbeats.folder().iterdir():
        path.unlink()
    for finding in doctor.examine(deployed=True):
        assert bool(finding.todo) == (finding.severity is not doctor.Severity.OK), finding


def test_settings_are_judged_as_a_productions_only_for_one() -> None:
    _, here = examined()
    status, there = examined("--deploy")
    codes = {each["code"] for each in there["findings"]}
    assert status == 2 and {"flywheel.E008", "flywheel.E009"} <= codes
    assert not {"flywheel.E008"} & {each["code"] for each in here["findings"]}


@pytest.mark.parametrize(("part", "words"), [("beat", "Beat has sent nothing"), ("work", "No worker has taken")])
def test_silence_is_noticed(part: str, words: str) -> None:
    old = time.time() - 3600
    os.utime(heartbeats.folder() / part, (old, old))
    assert any(each.startswith(words) and "60 minutes" in each for each in wrong())


def test_no_worker_is_a_fault() -> None:
    (heartbeats.folder() / f"{heartbeats.WORKER}celery-here").unlink()
    assert wrong() == {"No worker has reported in the last minute.": "FAULT"}


@pytest.mark.parametrize(("free", "severity"), [(10, "WARNING"), (3, "FAULT"), (60, None)])
def test_the_disk_is_looked_at(monkeypatch: pytest.MonkeyPatch, free: int, severity: str | None) -> None:
    usage = shutil.disk_usage("/")._replace(total=100, used=100 - free, free=free)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage)
    assert list(wrong().values()) == ([severity] if severity else [])


@pytest.mark.parametrize(("seconds", "severity"), [(1, None), (10, "WARNING"), (-100, "FAULT")])
def test_clocks_are_compared(monkeypatch: pytest.MonkeyPatch, seconds: int, severity: str | None) -> None:
    monkeypatch.setattr(condition, "now", lambda: timezone.now() + timedelta(seconds=seconds))
    assert list(wrong().values()) == ([severity] if severity else [])


def test_a_clock_that_went_back_is_a_fault() -> None:
    from feedback.models import Interaction

    cast.asked(cast.project())
    Interaction.objects.update(received_at=timezone.now() + timedelta(hours=1), pending=False)
    assert "in the future" in next(iter(wrong()))


def test_late_requests_and_given_up_erasures_are_faults() -> None:
    shop = cast.project()
    cast.asked(shop)
    PrivacyRequest.objects.create(
        subject=cast.person(shop),
        namespace=shop.namespace,
        kind="erasure",
        state="restricted",
        due_at=timezone.now() - timedelta(days=1),
    )
    Erasure.objects.create(namespace=shop.namespace, tries=5)
    assert wrong() == {
        "1 request of a person overdue.": "FAULT",
        "1 erasure given up after too many failures.": "FAULT",
    }


def test_another_master_key_is_a_fault(settings: Any) -> None:
    settings.MASTER_KEY = "of another installation"
    assert any("fingerprint" in words for words in wrong())


def test_an_old_backup_is_told_and_can_be_left_unwatched(settings: Any) -> None:
    state.note(timezone.now() - timedelta(hours=50), 1, 1.0)
    assert wrong() == {"The last one is 50 hours old.": "WARNING"}
    settings.BACKUP_HOURS = 0
    assert wrong() == {}


def test_postgresql_that_does_not_wait_for_the_disk_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "not_durable", lambda: ["synchronous_commit"])
    monkeypatch.setattr(condition, "keeps_old_log", lambda: True)
    assert sorted(wrong().values()) == ["FAULT", "WARNING"]


def test_a_log_of_postgresql_that_takes_up_text_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(condition, "logs_text", lambda: ["log_statement"])
    [(words, severity)] = wrong().items()
    assert severity == "WARNING" and words.endswith("log_statement.")


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL's planner needs statistics")
def test_statistics_of_sqlite_are_told_until_they_are_dropped() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
        [(words, severity)] = wrong().items()
        assert severity == "WARNING" and "ANALYZE" in words
        cursor.execute("DROP TABLE sqlite_stat1")
    assert wrong() == {}


def test_without_its_database_it_examines_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database_state, "trouble", lambda: "The database cannot be reached: refused.")
    status, found = examined()
    assert status == 2 and {"broker", "disk", "backups"} <= {each["part"] for each in found["findings"]}
    assert "clock" not in {each["part"] for each in found["findings"]}


def test_an_examination_that_fails_is_a_finding_and_ends_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> Any:
        raise ValueError("a secret")

    monkeypatch.setitem(doctor.WITHOUT_DATABASE, "broker", broken)
    status, found = examined()
    assert status == 2 and "secret" not in json.dumps(found)
    assert found["findings"][-1]["part"] == "backups"


def test_the_databases_condition_is_read_on_both() -> None:
    assert condition.size() > 0 and condition.version().split()[0] in ("SQLite", "PostgreSQL")
    assert condition.dead() == [] and 0 <= condition.connections_used() <= 1
    assert condition.oldest_transaction() >= 0 and not condition.too_old()
    assert abs((condition.now() - timezone.now()).total_seconds()) < 60
