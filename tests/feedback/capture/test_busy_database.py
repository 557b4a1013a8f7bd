"""A database that does not answer: the caller is told to send the same again, and curation lets capture through."""

import sqlite3
import time
from collections.abc import Sequence
from typing import Any

import pytest
from django.conf import settings
from django.db import OperationalError, connection
from django.test import Client

from curation import pipeline
from curation.decisions import derive, judging
from curation.models import CurationPolicy, Decision
from curation.runs import pace
from feedback import capture
from feedback.models import Interaction
from privacy.db import engine
from tests import factories as cast


@pytest.mark.django_db
def test_a_locked_database_is_a_503_to_repeat(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def locked(*given: Any, **options: Any) -> None:
        raise OperationalError("database is locked")

    header = {"authorization": f"Bearer {cast.key(cast.project())}"}
    body = {"id": "q-1", "question": cast.QUESTION, "answer": cast.ANSWER, "consent": cast.ALL, "subject": cast.ANNA}
    with monkeypatch.context() as broken:
        broken.setattr(capture, "record_interaction", locked)
        answer = client.post("/api/v1/interactions", body, content_type="application/json", headers=header)
    assert (answer.status_code, answer["Retry-After"]) == (503, "2")
    assert answer["Content-Type"] == "application/problem+json" and cast.QUESTION not in answer.content.decode()
    assert not Interaction.objects.exists()
    assert client.post("/api/v1/interactions", body, content_type="application/json", headers=header).status_code == 201


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL has many writers")
def test_curation_leaves_sqlites_lock_alone_between_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    shop = cast.project()
    for place in range(4):
        cast.said(shop, cast.asked(shop, f"person-{place}"), "thumbs_up")
    for name in ("SMALLEST", "BATCH", "LARGEST"):
        monkeypatch.setattr(pace, name, 1)
    monkeypatch.setattr(pace, "PAUSE_SECONDS", 60.0)
    written: list[bool] = []

    def another_writer(seconds: float) -> None:
        """What a waiting writer does in the pause."""
        with sqlite3.connect(settings.DATABASES["default"]["NAME"], timeout=0) as other:
            other.execute("UPDATE feedback_project SET name = name")
        written.append(59 < seconds <= 60)

    monkeypatch.setattr(time, "sleep", another_writer)
    run = pipeline.curate(shop)
    assert run is not None and run.read == 4 and written == [True] * 3, "a pause between any two transactions"


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL has many writers")
def test_anybody_can_write_while_curation_works_out_what_hangs_on_a_record_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shop = cast.project()
    cast.said(shop, cast.asked(shop), "thumbs_up")
    real, written = derive.alone, []

    def alone(*given: Any) -> Any:
        with sqlite3.connect(settings.DATABASES["default"]["NAME"], timeout=0) as other:
            written.append(other.execute("UPDATE feedback_project SET name = name").rowcount)
        return real(*given)

    monkeypatch.setattr(derive, "alone", alone)
    run = pipeline.curate(shop)
    assert run is not None and run.read == 1 and written == [1]


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL has no such log")
def test_the_log_is_carried_into_the_file_between_batches_and_never_within_the_lock(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shop = cast.project()
    cast.said(shop, cast.asked(shop), "thumbs_up")
    usual, real, seen = engine.pragma("wal_autocheckpoint"), engine.pragma, []

    def pragma(said: str) -> int | None:
        if said.startswith("wal_checkpoint"):
            seen.append((connection.in_atomic_block, real("wal_autocheckpoint")))
        return real(said)

    monkeypatch.setattr(engine, "pragma", pragma)
    pipeline.curate(shop)
    assert seen == [(False, 0)]
    assert engine.pragma("wal_autocheckpoint") == usual != 0


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL has many writers")
@pytest.mark.parametrize("is_shared", [False, True])
def test_curation_holds_sqlites_lock_for_a_moment_beside_others_and_longer_alone(
    is_shared: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    cast.project()
    monkeypatch.setattr(pace, "PAUSE_SECONDS", 0.0)
    now = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    mine, takes = pace.Pace(), 0.001  # seconds for one interaction
    for _ in range(12):
        with mine.writing():
            now[0] += mine.batch * takes
        if is_shared:
            with sqlite3.connect(settings.DATABASES["default"]["NAME"], timeout=0) as other:
                other.execute("UPDATE feedback_project SET name = name")
    held = pace.HELD_SECONDS_SHARED if is_shared else pace.HELD_SECONDS
    assert mine.batch * takes == pytest.approx(held, rel=0.05)


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL has many writers")
def test_what_was_read_alone_is_written_bit_by_bit_once_others_write(monkeypatch: pytest.MonkeyPatch) -> None:
    shop = cast.project()
    for place in range(14):
        cast.said(shop, cast.asked(shop, f"person-{place}"), "thumbs_up")
    sizes = {"SMALLEST": 1, "BATCH": 4, "LARGEST": 4}
    for name, value in {**sizes, "HELD_SECONDS": 500, "HELD_SECONDS_SHARED": 100, "PAUSE_SECONDS": 0}.items():
        monkeypatch.setattr(pace, name, value)  # with so much time, the others alone make a batch smaller
    real, read, written = pipeline.write, [], []

    def judge(stored: Sequence[Any], policy: CurationPolicy) -> list[judging.Judged]:
        read.append(len(stored))
        if len(read) == 3:
            with sqlite3.connect(settings.DATABASES["default"]["NAME"], timeout=0) as other:
                other.execute("UPDATE feedback_project SET name = name")
        return judged(stored, policy)

    def put(policy: CurationPolicy, some: Sequence[judging.Judged], run: int | None) -> int:
        written.append(len(some))
        return real(policy, some, run)

    judged = judging.judge
    monkeypatch.setattr(judging, "judge", judge)
    monkeypatch.setattr(pipeline, "write", put)
    run = pipeline.curate(shop)
    assert run is not None and run.read == Decision.objects.count() == 14
    assert (read[:3], written[:3]) == ([4, 4, 4], [4, 4, 1])
