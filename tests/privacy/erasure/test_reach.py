"""The cost of an erasure depends on the person's data, not on the size of the tables."""

import os

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from privacy.erasure import erasure
from privacy.requests import lifecycle
from tests import factories as cast

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("DATABASE_URL" in os.environ, reason="reads SQLite's plans"),
]


def released() -> None:
    """Anna, and Ben who corrected what she was told, are in a release."""
    shop = cast.project()
    for name in (cast.ANNA, cast.BEN):
        for place in ("ferry", "museum"):
            talk = cast.asked(shop, name, question=f"Where does {name} hand in what was found at the {place}?")
            cast.said(shop, talk, "thumbs_up")
        cast.said(shop, cast.asked(shop, name), "thumbs_down", correction=cast.RIGHT, subject=cast.BEN)
    cast.turn(shop)
    cast.cut(shop)


def whole_tables(statements: list[str]) -> set[str]:
    """The parts of the plans that read a table from end to end; a list of keys that the statement brings is none."""
    read: set[str] = set()
    with connection.cursor() as cursor:
        for statement in statements:
            if statement.startswith(("SELECT", "UPDATE", "DELETE")):
                cursor.execute(f"EXPLAIN QUERY PLAN {statement}")
                steps = [step for *_, step in cursor.fetchall() if not step.startswith("SCAN json_each ")]
                read |= {f"{step}: {statement}" for step in steps if step.startswith("SCAN ")}
    return read


@pytest.mark.parametrize("purpose", [None, "capture", "evaluation", "training"])
def test_no_statement_of_an_erasure_reads_a_whole_table(purpose: str | None) -> None:
    released()
    anna = cast.person(cast.project())
    with CaptureQueriesContext(connection) as seen:
        done = erasure.erase(anna, purpose)
    assert done.counts["examples" if purpose != "evaluation" else "eval_cases"] >= 2
    assert whole_tables([query["sql"] for query in seen.captured_queries]) == set()


def test_neither_does_hiding_nor_showing() -> None:
    released()
    anna = cast.person(cast.project())
    with CaptureQueriesContext(connection) as seen:
        lifecycle.submit("shop", cast.ANNA, "erasure", verified_by="key", origin="shop")
        shown = erasure.export(anna)
    assert len(shown["interactions"]) == 3
    assert whole_tables([query["sql"] for query in seen.captured_queries]) == set()
