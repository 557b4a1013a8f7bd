"""Only the rows of captured interactions: the limit that this web server and SQLite set together.

As Flywheel does, it reads a body of JSON, writes the rows that come of it (the person, if new, with what they agree to,
the interaction, in a batch its feedback, the counts) in one transaction that is on disk, and answers 201. The database
is a copy of one that Flywheel has begun to fill, with the same tables, indexes, foreign keys and settings; the rows are
those that it stored for the same texts. Only keys, times and unique values are new. Everything else is left out: key
check and limits, the shape of the body, decisions on consent, redaction, digests, look-ups, tokens, middleware. Callers
who wait take turns; they do not share a transaction as Flywheel's do.
"""

import itertools
import os
import random
import secrets
import sqlite3
import threading
from collections.abc import Iterator
from typing import Any

import orjson
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.utils import timezone

from flywheel_site.ops.environment import settled

PEOPLE = 5_000  # as many people as `bench.capture` simulates
SLOTS = 16
TABLES = ("privacy_subject", "privacy_consententry", "feedback_interaction", "feedback_signal")
COUNT = """INSERT INTO feedback_outcome (project_id, day, kind, result, slot, number) VALUES (?, ?, ?, 'stored', ?, ?)
ON CONFLICT (project_id, day, kind, result, slot) DO UPDATE SET number = feedback_outcome.number + excluded.number"""
Row = dict[str, Any]
TURN = threading.Lock()
_here = threading.local()


def database() -> sqlite3.Connection:
    """This thread's connection, with the settings of Flywheel's."""
    if not hasattr(_here, "connection"):
        _here.connection = sqlite3.connect(os.environ["BENCH_DATABASE"], isolation_level=None)
        _here.connection.row_factory = sqlite3.Row
        options = settled({"ENGINE": "django.db.backends.sqlite3"}, pool=0)["OPTIONS"]
        _here.connection.executescript(f"{options['init_command']} PRAGMA foreign_keys = ON")
    found: sqlite3.Connection = _here.connection
    return found


def stored(table: str) -> list[Row]:
    """The rows that Flywheel has left in this table."""
    return [dict(row) for row in database().execute(f"SELECT * FROM {table} ORDER BY id")]


def numbers(rows: list[Row]) -> Iterator[int]:
    """Keys that no row has yet."""
    return itertools.count(rows[-1]["id"] + 1)


left = {table: stored(table) for table in TABLES}
subjects, entries, interactions, signals = (itertools.cycle(left[table]) for table in TABLES)
keys = {table: numbers(left[table]) for table in TABLES}
known: list[int] = []  # keys of the people written so far
told = itertools.count()


def write(talks: list[str], said: list[str]) -> None:
    """Write interactions by these ids, and as many signals, each on one of them, in one transaction. Call in turn."""
    now = str(timezone.now().replace(tzinfo=None))
    new: dict[str, list[Row]] = {table: [] for table in TABLES}
    revised = {"pending": bool(said), "revision": int(bool(said)), "received_at": now, "occurred_at": now}

    def add(table: str, like: Row, **changed: Any) -> int:
        key = next(keys[table])
        new[table].append(like | {"id": key} | changed)
        return key

    for name in talks:
        number = next(told) % PEOPLE
        if number == len(known):
            known.append(add(TABLES[0], next(subjects), digest=secrets.token_hex(32), created_at=now))
            for _ in range(3):
                add(TABLES[1], next(entries), subject_id=known[number], recorded_at=now)
        add(TABLES[2], next(interactions), subject_id=known[number], external_id=name, **revised)
    for name, talk in zip(said, new[TABLES[2]], strict=False):
        about = {"interaction_id": talk["id"], "subject_id": talk["subject_id"]}
        add(TABLES[3], next(signals), external_id=name, received_at=now, occurred_at=now, effective_at=now, **about)
    counts = [(1, now[:10], "interaction", random.randrange(SLOTS), len(talks))]
    counts += [(1, now[:10], "signal", random.randrange(SLOTS), len(said))] if said else []
    here = database()
    here.execute("BEGIN IMMEDIATE")
    for table, some in new.items():
        if some:
            marks = ", ".join("?" * len(some[0]))
            here.executemany(f"INSERT INTO {table} VALUES ({marks})", [tuple(row.values()) for row in some])
    here.executemany(COUNT, counts)
    here.execute("COMMIT")


def view(request: HttpRequest, call: str) -> HttpResponse:
    """Write the rows for the body, and answer."""
    body = orjson.loads(request.body)
    items = body.get("items", [body])
    talks, said = ([item["id"] for item in items if text in item] for text in ("question", "signal"))
    with TURN:
        write(talks, said)
    return JsonResponse({"results": [{"status": 201}] * len(items)}, status=201)


urlpatterns = [path("api/v1/<str:call>", view)]
settings.configure(ROOT_URLCONF=__name__, SECRET_KEY="a bench keeps no secret", ALLOWED_HOSTS=["*"], MIDDLEWARE=[])  # noqa: S106
application = get_wsgi_application()
