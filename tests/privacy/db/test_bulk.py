"""Rows that are read and written without query sets are what query sets read and write."""

from contextlib import nullcontext
from typing import Any

import pytest
from django.db import IntegrityError, connection, models, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from feedback.models import Interaction
from privacy.db import bulk
from privacy.models import Subject
from tests import factories as cast

pytestmark = pytest.mark.django_db


def columns(row: models.Model) -> dict[str, Any]:
    return {name: value for name, value in vars(row).items() if name != "_state"}


def test_a_loaded_row_is_the_query_sets() -> None:
    stored = cast.row(cast.asked(cast.project(), metadata={"ä": [1, None, True]}, tags=["größe", "plain"]))
    names = tuple(str(field.column) for field in Interaction._meta.concrete_fields)
    (read,) = bulk.load(Interaction, names, "id = %s", [stored.pk])
    assert columns(read) == columns(stored) and read == stored and not read._state.adding
    assert read.subject == stored.subject


def test_a_column_that_was_not_loaded_is_read_when_it_is_asked_for() -> None:
    stored = cast.row(cast.asked(cast.project()))
    (read,) = bulk.load(Interaction, ("id",), "id = %s", [stored.pk])
    assert read.question == stored.question


@pytest.mark.parametrize("number", [0, 1, 3, bulk.KEYS + 1])
def test_a_list_of_keys_of_any_length_is_looked_up(number: int) -> None:
    shop = cast.project()
    keys = [shop.pk, *range(10**6, 10**6 + number)]
    assert list(bulk.select_in("SELECT id FROM feedback_project WHERE id IN ({keys})", keys)) == [(shop.pk,)]
    assert list(bulk.select_in("SELECT id FROM feedback_project WHERE id IN ({keys})", [])) == []


def test_an_upsert_inserts_and_replaces_but_keeps_what_is_unchanged() -> None:
    names = ("id", "namespace", "digest", "created_at")
    now = bulk.stamp(timezone.now())
    bulk.upsert(Subject, names, [(1, "shop", "a", now)])
    bulk.upsert(Subject, names, [(1, "other", "b", now), (2, "shop", "c", now)], unchanged=("namespace",))
    assert list(Subject.objects.order_by("id").values_list("namespace", "digest")) == [("shop", "b"), ("shop", "c")]
    bulk.upsert(Subject, names, [(1, "other", "d", now)], keep=True)
    bulk.update(Subject, ("id", "digest"), [(2, "e"), (3, "f")])
    bulk.update(Subject, ("id", "digest"), [])
    assert list(Subject.objects.order_by("id").values_list("digest", flat=True)) == ["b", "e"]


@pytest.mark.parametrize("watched", [False, True])
def test_a_statement_gives_and_raises_the_same_whether_or_not_it_is_watched(watched: bool) -> None:
    shop = cast.project()
    with CaptureQueriesContext(connection) if watched else nullcontext():
        assert [tuple(row) for row in bulk.select("SELECT name FROM feedback_project WHERE id = %s", [shop.pk])] == [
            (shop.name,)
        ]
        with pytest.raises(IntegrityError), transaction.atomic():
            bulk.execute("UPDATE feedback_project SET name = %s WHERE id = %s", [None, shop.pk])
        with transaction.atomic():
            transaction.set_rollback(True)
            with pytest.raises(transaction.TransactionManagementError):
                bulk.select("SELECT 1")


@pytest.mark.parametrize("number", [0, 1, 3, 250])
def test_rows_get_the_keys_under_which_they_are_found(number: int) -> None:
    people = [Subject(namespace="shop", digest=str(place)) for place in range(number)]
    with transaction.atomic():
        bulk.insert(people)
    found = Subject.objects.in_bulk([person.pk for person in people])
    assert [found[person.pk].digest for person in people] == [str(place) for place in range(number)]
