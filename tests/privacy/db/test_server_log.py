"""PostgreSQL's own log, which no erasure reaches, takes up no text of ours."""

from pathlib import Path

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from privacy.db import condition
from tests import factories as cast

pytestmark = [pytest.mark.postgres, pytest.mark.django_db]
MARK = "Zwergdommel"


def test_a_statement_that_fails_leaves_no_text_in_the_servers_log() -> None:
    cast.project()
    with connection.cursor() as cursor:
        cursor.execute("SHOW data_directory")
        logs = list(Path(cursor.fetchone()[0]).parent.glob("*.log"))
    if condition.logs_text() or not logs:
        pytest.skip("the server was given, and has other settings or no log here")
    before = sum(len(log.read_bytes()) for log in logs)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE feedback_project SET name = NULL, namespace = %s", [MARK])
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT CAST(%s AS text) || (1 / 0)", [MARK])
    written = b"".join(log.read_bytes() for log in logs)
    assert len(written) > before
    assert MARK.encode() not in written
