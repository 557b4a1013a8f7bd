"""PostgreSQL keeps deleted rows in its pages; the nightly rewrite overwrites them, and only where it must."""

import os
import shutil
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
from django.db import connection

from feedback.models import Interaction
from privacy.erasure import erasure, retention
from privacy.models import Erasure
from tests import factories as cast

pytestmark = pytest.mark.django_db(transaction=True)
MARK = "zebrafinch"
LONG = 300.0  # seconds; the tests beside this one have long transactions in the same server


def other_database() -> str:
    """The address of the server's own database, beside the test's."""
    return urlsplit(os.environ["DATABASE_URL"])._replace(scheme="postgresql", path="/postgres").geturl()


def bytes_of(table: str) -> bytes:
    """The pages of a table, as they are in its file, and of what it keeps apart for long values."""
    with connection.cursor() as cursor:
        cursor.execute("CHECKPOINT")
        cursor.execute(
            "SELECT pg_read_binary_file(pg_relation_filepath(oid)) FROM pg_class WHERE relname = %s "
            "UNION ALL SELECT pg_read_binary_file(pg_relation_filepath(reltoastrelid)) FROM pg_class "
            "WHERE relname = %s AND reltoastrelid <> 0",
            [table, table],
        )
        return b"".join(bytes(row[0]) for row in cursor.fetchall())


@pytest.mark.postgres
def test_no_byte_is_left_in_the_pages_after_the_rewrite() -> None:
    for number in range(20):
        cast.asked(cast.project(), id=f"n{number}", question=f"Where does a {MARK} live, number {number}?")
    cast.asked(cast.project(), cast.BEN)
    erasure.erase(cast.person(cast.project()))
    erasure.settle()
    assert MARK.encode() in bytes_of("feedback_interaction"), "PostgreSQL has no need of a rewrite any more"
    assert "feedback_interaction" in retention.rewrite(patience=LONG)
    assert MARK.encode() not in bytes_of("feedback_interaction")
    assert not Erasure.objects.filter(overwritten_at__isnull=True).exists()
    assert retention.rewrite() == []


@pytest.fixture
def pg_repack() -> Iterator[None]:
    """The extension, where the server has it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_available_extensions WHERE name = 'pg_repack'")
        if not cursor.fetchone() or not shutil.which("pg_repack"):
            pytest.skip("no pg_repack: apt-get install postgresql-15-repack")
        cursor.execute("CREATE EXTENSION pg_repack")
        yield
        cursor.execute("DROP EXTENSION pg_repack CASCADE")


@pytest.mark.postgres
@pytest.mark.usefixtures("pg_repack")
def test_with_pg_repack_no_table_of_ours_is_locked() -> None:
    for number in range(20):
        cast.asked(cast.project(), id=f"n{number}", question=f"Where does a {MARK} live, number {number}?")
    cast.asked(cast.project(), cast.BEN)
    erasure.erase(cast.person(cast.project()))
    erasure.settle()
    statements: list[str] = []

    def note(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        statements.append(sql)
        return execute(sql, *rest)

    with connection.execute_wrapper(note):
        assert "feedback_interaction" in retention.rewrite(patience=LONG)
    assert [sql for sql in statements if "VACUUM" in sql] == ["VACUUM FULL pg_catalog.pg_statistic"]
    assert MARK.encode() not in bytes_of("feedback_interaction")
    assert Interaction.objects.count() == 1


@pytest.mark.postgres
@pytest.mark.usefixtures("pg_repack")
def test_what_a_killed_pg_repack_left_is_removed_and_the_table_copied() -> None:
    cast.asked(cast.project(), question=f"Where does a {MARK} live?")
    erasure.erase(cast.person(cast.project()))
    erasure.settle()
    with connection.cursor() as cursor:  # as it leaves the table if it is killed after it has begun
        cursor.execute(
            "SELECT create_pktype, create_log, create_trigger FROM repack.tables "
            "WHERE relid = 'feedback_interaction'::regclass"
        )
        [statements] = cursor.fetchall()
        for statement in statements:
            cursor.execute(statement)
    assert "feedback_interaction" in retention.rewrite(patience=LONG)
    assert MARK.encode() not in bytes_of("feedback_interaction")
    assert left_by_pg_repack() == 0


@pytest.mark.postgres
@pytest.mark.usefixtures("pg_repack")
def test_if_pg_repack_cannot_run_the_erasure_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    cast.asked(cast.project(), question=f"Where does a {MARK} live?")
    erasure.erase(cast.person(cast.project()))
    erasure.settle()
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE repack.table_1 AS SELECT * FROM feedback_interaction")
    monkeypatch.setattr("shutil.which", lambda program: "false")
    with pytest.raises(RuntimeError, match="pg_repack did not copy"):
        retention.rewrite(patience=LONG)
    assert Erasure.objects.filter(overwritten_at__isnull=True).exists()
    assert left_by_pg_repack() == 0


def left_by_pg_repack() -> int:
    """How many tables are in its schema."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'repack'")
        [(number,)] = cursor.fetchall()
        return int(number)


@pytest.mark.postgres
def test_it_waits_for_a_writer_in_another_database_of_the_server() -> None:
    """A snapshot counts whoever writes anywhere in the server: VACUUM would copy the deleted rows for their sake."""
    cast.asked(cast.project(), question=f"Where does a {MARK} live?")
    erasure.erase(cast.person(cast.project()))
    erasure.settle()
    with psycopg.connect(other_database()) as writer:
        writer.execute("CREATE TEMPORARY TABLE held (id int)")
        assert retention.rewrite(patience=0.3) == []
        assert Erasure.objects.filter(overwritten_at__isnull=True).exists()
    assert "feedback_interaction" in retention.rewrite(patience=LONG)
    assert MARK.encode() not in bytes_of("feedback_interaction")


@pytest.mark.skipif("DATABASE_URL" in os.environ, reason="about SQLite")
def test_sqlite_needs_no_rewrite() -> None:
    cast.asked(cast.project())
    erasure.erase(cast.person(cast.project()))
    erasure.settle()
    assert retention.rewrite() == [] and Erasure.objects.get().overwritten_at
