"""PostgreSQL keeps deleted rows in its pages; the nightly rewrite overwrites them, and only where it must."""

import os

import pytest
from django.db import connection

from privacy import erasure, rewriting
from privacy.models import Erasure
from tests import factories as cast

pytestmark = pytest.mark.django_db(transaction=True)
MARK = "zebrafinch"


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
    assert "feedback_interaction" in rewriting.rewrite()
    assert MARK.encode() not in bytes_of("feedback_interaction")
    assert not Erasure.objects.filter(overwritten_at__isnull=True).exists()
    assert rewriting.rewrite() == []


@pytest.mark.skipif("DATABASE_URL" in os.environ, reason="about SQLite")
def test_sqlite_needs_no_rewrite() -> None:
    cast.asked(cast.project())
    erasure.erase(cast.person(cast.project()))
    erasure.settle()
    assert rewriting.rewrite() == [] and Erasure.objects.get().overwritten_at
