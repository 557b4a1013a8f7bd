"""Statements of the write path: to the driver itself or through Django's cursor, they give and raise the same."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import IntegrityError, connection, connections, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from feedback.models import Project
from privacy.db import bulk
from privacy.db.instances import unsaved
from privacy.models import Subject

pytestmark = pytest.mark.django_db
NAMED = "SELECT name FROM feedback_project WHERE name IN ({}) ORDER BY name"


@contextmanager
def watched() -> Iterator[None]:
    with CaptureQueriesContext(connection) as queries:
        yield
    assert len(queries) > 0


@contextmanager
def alone() -> Iterator[None]:
    yield


@pytest.fixture(params=[alone, watched])
def road(request: pytest.FixtureRequest) -> Iterator[None]:
    with request.param():
        yield


def test_a_statement_gives_its_rows(shop: Project, road: None) -> None:
    wanted = [shop.name, "no such"]
    assert [tuple(row) for row in bulk.run(NAMED.format(bulk.several(wanted)), wanted)] == [(shop.name,)]


def test_a_statement_without_rows_gives_none(shop: Project, road: None) -> None:
    assert bulk.run("UPDATE feedback_project SET name = %s WHERE id = %s", ["shop 2 %s", shop.pk]) == []
    shop.refresh_from_db()
    assert shop.name == "shop 2 %s"


def test_what_the_driver_refuses_is_an_error_of_djangos(shop: Project, road: None) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        bulk.run("UPDATE feedback_project SET name = %s WHERE id = %s", [None, shop.pk])


def test_a_transaction_that_failed_takes_no_statement(shop: Project, road: None) -> None:
    with transaction.atomic():
        transaction.set_rollback(True)
        with pytest.raises(transaction.TransactionManagementError):
            bulk.run(NAMED.format("%s"), [shop.name])


@pytest.mark.parametrize("number", [1, 3, 250])
def test_rows_get_the_keys_under_which_they_are_found(number: int, road: None) -> None:
    people = [
        unsaved(Subject, namespace="shop", digest=f"{place}", created_at=timezone.now()) for place in range(number)
    ]
    with transaction.atomic():
        bulk.insert(people)
    found = Subject.objects.in_bulk([person.pk for person in people])
    assert [found[person.pk].digest for person in people] == [person.digest for person in people]


def test_where_an_event_loop_runs_the_connection_is_that_of_its_task() -> None:
    bulk.own()

    async def looked_up() -> bool:
        return bulk.own() is connections["default"]

    assert asyncio.run(looked_up())
