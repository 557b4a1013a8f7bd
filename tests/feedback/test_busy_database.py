"""A database that does not answer: the caller is told to send the same again, and curation lets capture through."""

import sqlite3
import time
from typing import Any

import pytest
from django.conf import settings
from django.db import OperationalError, connection
from django.test import Client

from curation import curate, pace
from feedback import capture
from feedback.models import Interaction
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
    monkeypatch.setattr(pace, "BESIDE_OTHERS", 1)
    monkeypatch.setattr(pace, "HELD_BESIDE_OTHERS", 0.0)
    written: list[bool] = []

    def another_writer(seconds: float) -> None:
        """What a waiting writer does in the pause."""
        with sqlite3.connect(settings.DATABASES["default"]["NAME"], timeout=0) as other:
            other.execute("UPDATE feedback_project SET name = name")
        written.append(seconds > 0.1)  # SQLite's busy handler sleeps for at most a tenth of a second

    monkeypatch.setattr(time, "sleep", another_writer)
    run = curate.curate(shop)
    assert run is not None and run.read == 4 and all(written)
    assert len(written) == 5, "a pause after every batch, the last of which finds nothing"


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL has many writers")
def test_curation_takes_large_batches_while_nobody_else_writes(monkeypatch: pytest.MonkeyPatch) -> None:
    shop = cast.project()
    for place in range(6):
        cast.said(shop, cast.asked(shop, f"person-{place}"), "thumbs_up")
    monkeypatch.setattr(pace, "BESIDE_OTHERS", 1)
    monkeypatch.setattr(pace, "HELD_BESIDE_OTHERS", 0.0)
    pauses: list[float] = []
    monkeypatch.setattr(time, "sleep", pauses.append)
    run = curate.curate(shop)
    assert run is not None and run.read == 6 and len(pauses) == 1
