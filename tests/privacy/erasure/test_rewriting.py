"""PostgreSQL keeps deleted rows in its pages; the nightly rewrite overwrites them, and only where it must."""

import os
from urllib.parse import urlsplit

import psycopg
import pytest
from django.db import connection

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
