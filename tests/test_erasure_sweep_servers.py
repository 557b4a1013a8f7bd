"""On real servers: web, worker, PostgreSQL and Redis; after an erasure and the nightly rewrite, no byte is left."""

import os
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import psycopg
import pytest
import redis
from django.conf import settings
from django.db import connection

from curation.models import Release
from feedback import capture
from feedback.models import Project
from privacy.erasure import erasure, retention, scan
from privacy.models import Erasure, PrivacyRequest
from tests import factories as cast
from tests.test_erasure_sweep import columns_with_the_mark, files_with_the_mark, plant, text_columns

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres, pytest.mark.worker, pytest.mark.slow]
OTHERS = 200
LONG = 300.0  # the tests beside these have long transactions in the same server, and the machine may be busy
JSON = {"Content-Type": "application/json"}


def new_mark() -> str:
    """A word that nothing else in the server holds, and that no rule of the redactor takes for a secret."""
    return "zebra" + "".join(random.choice("bdfgklmnprstv") + random.choice("aeiou") for _ in range(8))


def cluster() -> Path:
    """The folder of the server's files: its data, its log beside it; skipped where they are another machine's."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW data_directory")
        folder = Path(cursor.fetchone()[0])
        cursor.execute("SHOW wal_recycle")
        recycled = cursor.fetchone()[0] == "on"
    if recycled or not (folder / "PG_VERSION").is_file():
        pytest.skip("the server's files are not here, or it runs with wal_recycle=on")
    return folder


def server_files_with(mark: str, folder: Path) -> list[str]:
    """The server's files that hold the mark: tables, indexes, samples of values, write-ahead log, its log."""
    found = []
    for path in [*folder.rglob("*"), *folder.parent.glob("*.log")]:
        try:
            if path.is_file() and mark.encode() in path.read_bytes().lower():
                found.append(str(path.relative_to(folder.parent)))
        except FileNotFoundError:  # the server removes files of its own while it works
            continue
    return found


def parts(files: list[str]) -> set[str]:
    """The parts of the server that they belong to: data/base, data/pg_wal, …"""
    return {"/".join(name.split("/")[:2]) for name in files}


def redis_keys_with(mark: str) -> list[str]:
    """The keys of the broker and of the cache that hold the mark, in name or value; and Redis's file, if it has one."""
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        names = [bytes(name) for name in client.scan_iter()]
        found = [
            str(name) for name in names if mark.encode() in b" ".join([name, *scan.values_of(client, name)]).lower()
        ]
        folder = Path(client.config_get("dir")["dir"])
    kept = [path for path in folder.glob("*") if path.suffix in (".rdb", ".aof", ".log") and path.is_file()]
    return found + [path.name for path in kept if mark.encode() in path.read_bytes().lower()]


def keep_long_values_plain() -> None:
    """Long values are compressed when they are put aside, and a search in the files would not see them."""
    columns = [(field.model._meta.db_table, field.column) for _, field in text_columns()]
    with connection.cursor() as cursor:
        for table, column in columns:
            cursor.execute(f"ALTER TABLE {table} ALTER COLUMN {column} SET STORAGE EXTERNAL")


def many_others(shop: Project) -> None:
    """The person is one among many."""
    for start in range(0, OTHERS, 50):
        sent = [
            cast.interaction(subject=f"other-{n}", question=f"When does tram {n} leave from the market square?")
            for n in range(start, start + 50)
        ]
        capture.record(shop, sent)


@pytest.fixture
def shop(web: str) -> Project:
    return cast.project()


@pytest.fixture
def product(web: str, shop: Project) -> Iterator[httpx.Client]:
    """A product that calls the server with a key of the shop's."""
    headers = {"Authorization": f"Bearer {cast.key(shop)}"}
    with httpx.Client(base_url=f"{web}/api/v1", headers=headers, timeout=30) as client:
        yield client


def by_the_doors(product: httpx.Client, url: str, shop: Project, mark: str) -> None:
    """What a product, a browser and a consumer of releases do with the person's text; some of it is refused."""
    long = " ".join(f"{mark} asks for page {n} of the book about birds." for n in range(200))
    talk = {
        "id": "by-http",
        "subject": cast.ANNA,
        "question": long,
        "answer": f"The {mark} is on page nine.",
        "consent": cast.ALL,
    }
    assert product.post("/interactions", json=talk).status_code == 201
    assert product.post("/interactions", json={**talk, "answer": f"No {mark}."}).status_code == 409
    assert product.post("/interactions", json={**talk, "surprise": mark}).status_code == 400
    assert product.post("/interactions", content=f'{{"question": "{mark}', headers=JSON).status_code == 400
    sent = {"interaction": "by-http", "signal": "edit", "correction": f"The {mark} is on page ten."}
    assert product.post("/feedback", json=sent).status_code == 201
    assert product.get("/interactions/by-http").text.count(mark) > OTHERS
    page = product.post("/privacy/link", json={"subject": cast.ANNA}).json()["url"]
    there = f"{url}{urlsplit(page).path}"
    assert mark in httpx.get(f"{there}/data.json").text and mark in httpx.get(f"{there}/data").text
    assert mark in product.get(f"/releases/{shop.name}:v1/files/eval_cases.jsonl").text


def address() -> str:
    """The test's database, for a connection of one's own."""
    server = urlsplit(os.environ["DATABASE_URL"])
    return server._replace(scheme="postgresql", path=f"/{connection.settings_dict['NAME']}").geturl()


def until(holds: Callable[[], Any], why: str) -> None:
    """Return when it holds; fail after five minutes."""
    end = time.monotonic() + LONG
    while not holds():
        assert time.monotonic() < end, why
        time.sleep(0.2)


def closed(product: httpx.Client, request: str) -> bool:
    """Whether the worker has closed it; what kept it is told by the assertion."""
    said = product.get(f"/privacy/requests/{request}").json()
    row = PrivacyRequest.objects.get(pk=request)
    assert row.tries < 5, row.error
    return bool(said["status"] == "closed")


def rewritten() -> bool:
    """Rewrite, if the worker does not: whether no erasure waits for it any more."""
    retention.rewrite()
    return not Erasure.objects.filter(overwritten_at__isnull=True).exists()


@contextmanager
def log_kept() -> Iterator[None]:
    """The write-ahead log keeps all its parts: a rewrite of a test beside this one would drop them."""
    slot = f"kept_for_{connection.settings_dict['NAME']}"
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_create_physical_replication_slot(%s, true)", [slot])
        try:
            yield
        finally:
            cursor.execute("SELECT pg_drop_replication_slot(%s)", [slot])


@pytest.fixture(autouse=True)
def not_at_night(monkeypatch: pytest.MonkeyPatch) -> None:
    """The worker's nightly rewrite is far away."""
    monkeypatch.setenv("REWRITE_HOUR", str((datetime.now(UTC).hour + 12) % 24))


def test_no_byte_is_left_in_postgresql_redis_files_and_logs(
    worker: object, web: str, shop: Project, product: httpx.Client
) -> None:
    folder, mark = cluster(), new_mark()
    keep_long_values_plain()
    many_others(shop)
    with log_kept():
        plant(shop, mark)
        by_the_doors(product, web, shop, mark)
        access = product.post("/privacy/requests", json={"subject": cast.ANNA, "kind": "access"}).json()["id"]
        until(lambda: closed(product, access), "the access request is not closed")
        assert mark in product.get(f"/privacy/requests/{access}").text
        assert "data/pg_wal" in parts(server_files_with(mark, folder))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
        cursor.execute("CHECKPOINT")
    planted = {f"{model._meta.db_table}.{field.column}" for model, field in text_columns()}
    assert planted <= columns_with_the_mark(mark) and files_with_the_mark(mark)
    assert "data/base" in parts(server_files_with(mark, folder))

    request = product.post("/privacy/requests", json={"subject": cast.ANNA, "kind": "erasure"}).json()["id"]
    assert product.get("/interactions/by-http").status_code == 404, "hidden at once"
    until(lambda: closed(product, request), "the erasure is not closed")
    assert server_files_with(mark, folder), "PostgreSQL has no need of a rewrite any more"
    until(rewritten, "a transaction holds on to the old rows, or a lock puts the rewrite off again and again")

    assert columns_with_the_mark(mark) == set()
    assert [name for name in files_with_the_mark(mark) if "sqlite" not in name] == []
    assert redis_keys_with(mark) == []
    assert server_files_with(mark, folder) == []
    assert product.get("/interactions/by-http").status_code in (404, 410)
    assert Release.objects.get(state="published").version == "v1.1"
    assert product.get(f"/privacy/requests/{access}").json().get("data", {}) == {}


def test_the_samples_that_the_planner_keeps_go_too() -> None:
    mark, shop = new_mark(), cast.project()
    for number in range(20):
        cast.asked(shop, id=f"n{number}", question=f"Where does a {mark} live, number {number}?")
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE feedback_interaction ALTER COLUMN question SET STATISTICS 100")
        cursor.execute("ANALYZE feedback_interaction")

    def sampled() -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_stats WHERE histogram_bounds::text LIKE %s", [f"%{mark}%"])
            return int(cursor.fetchone()[0])

    assert sampled()
    erasure.erase(cast.person(shop))
    erasure.settle()
    assert retention.rewrite(patience=LONG), "a transaction holds on to the old rows"
    assert not sampled()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE feedback_interaction")
    cast.asked(shop, cast.BEN, question=f"Where does a {mark} live?")
    assert not sampled(), "and none is taken again"


def test_an_erasure_waits_for_a_transaction_that_still_sees_the_rows() -> None:
    cast.asked(cast.project())
    with psycopg.connect(address()) as reader:
        reader.execute("SELECT count(*) FROM feedback_interaction")
        erasure.erase(cast.person(cast.project()))
        erasure.settle()
        assert retention.rewrite(patience=0.3) == [] and Erasure.objects.filter(overwritten_at__isnull=True).exists()
    assert retention.rewrite(patience=LONG), "the reader has gone"
    assert not Erasure.objects.filter(overwritten_at__isnull=True).exists()
