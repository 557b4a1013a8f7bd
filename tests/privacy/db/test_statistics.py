"""PostgreSQL's statistics are updated for tables that grew, and only for those: on a large table ANALYZE takes seconds."""

from datetime import date

import pytest

from feedback.models import Outcome, Project
from privacy.db import bulk, engine
from tests import factories as cast

pytestmark = [pytest.mark.postgres, pytest.mark.django_db]
ROWS = 10_000


def add(of: Project, first: int, number: int) -> None:
    Outcome.objects.bulk_create(
        Outcome(project=of, day=date(2026, 11, 1), kind="interaction", result="stored", slot=slot)
        for slot in range(first, first + number)
    )


def counted() -> int:
    """The rows of the table at its last ANALYZE."""
    [(number,)] = bulk.select("SELECT reltuples FROM pg_class WHERE oid = %s::regclass", [Outcome._meta.db_table])
    return int(number)


def test_a_table_that_grew_much_is_analyzed_and_one_that_grew_little_is_not() -> None:
    shop = cast.project()
    add(shop, 0, ROWS)
    assert counted() != ROWS
    engine.analyze(Outcome, Project)
    assert counted() == ROWS
    add(shop, ROWS, ROWS // 20)
    engine.analyze(Outcome)
    assert counted() == ROWS
    add(shop, 2 * ROWS, ROWS // 2)
    engine.analyze(Outcome)
    assert counted() == ROWS + ROWS // 20 + ROWS // 2


def test_an_empty_table_has_not_grown() -> None:
    assert not engine.has_grown(Outcome)
