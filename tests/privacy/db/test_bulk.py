"""Rows that are read and written without query sets are what query sets read and write."""

from contextlib import nullcontext
from typing import Any

import pytest
from django.db import IntegrityError, connection, models, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from feedback.models import Interaction, Signal
from privacy.db import bulk, rows
from privacy.models import Subject
from tests import factories as cast

pytestmark = pytest.mark.django_db


def columns(row: models.Model) -> dict[str, Any]:
    return {name: value for name, value in vars(row).items() if name != "_state"}


def test_a_loaded_row_is_the_query_sets() -> None:
    stored = cast.row(cast.asked(cast.project(), metadata={"ä": [1, None, True]}, tags=["größe", "plain"]))
    names = tuple(str(field.column) for field in Interaction._meta.concrete_fields)
    (read,) = rows.load(Interaction, names, "id = %s", [stored.pk])
    assert columns(read) == columns(stored) and read == stored and not read._state.adding
    assert read.subject == stored.subject


def test_a_column_that_was_not_loaded_is_read_when_it_is_asked_for() -> None:
    stored = cast.row(cast.asked(cast.project()))
    (read,) = rows.load(Interaction, ("id",), "id = %s", [stored.pk])
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
def test_rows_are_found_under_the_keys_that_were_kept_for_them(number: int) -> None:
    with transaction.atomic():
        for turn in "ab":
            keys = rows.reserve({Subject: number, Interaction: 0})()
            people = [Subject(pk=key, namespace="shop", digest=f"{turn}{key}") for key in keys[Subject]]
            assert len(people) == number and list(keys[Interaction]) == []
            rows.insert(people)
            assert not any(person._state.adding for person in people)
            Subject.objects.create(namespace="shop", digest=f"{turn} of a query set")
    found = dict(Subject.objects.values_list("pk", "digest"))
    assert len(found) == 2 * number + 2 and all(found[person.pk] == person.digest for person in people)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("commit", [True, False])
def test_statements_that_go_together_are_carried_out_in_order_and_all_or_none(commit: bool) -> None:
    with transaction.atomic(), bulk.together(commit=commit):
        rows.insert([Subject(namespace="shop", digest="a")])
        found = rows.ask(Subject, ("id", "digest"), "namespace = %s", ["shop"])
        rows.insert([Subject(namespace="shop", digest="b")])
    assert [person.digest for person in found()] == ["a"]
    with pytest.raises(IntegrityError), transaction.atomic(), bulk.together(commit=commit):
        rows.insert([Subject(namespace="shop", digest=digest) for digest in "ca"])
    assert sorted(Subject.objects.values_list("digest", flat=True)) == ["a", "b"]


def test_what_fails_together_leaves_the_transaction_around_it_whole() -> None:
    with transaction.atomic():
        Subject.objects.create(namespace="shop", digest="a")
        with pytest.raises(IntegrityError), transaction.atomic(), bulk.together():
            rows.insert([Subject(namespace="shop", digest="a")])
        Subject.objects.create(namespace="shop", digest="b")
    assert Subject.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_a_key_that_refers_to_nothing_is_refused_with_the_commit() -> None:
    shop = cast.project()
    stray = Signal(
        project_id=shop.pk, interaction_id=10**6, subject_id=10**6, external_id="s", occurred_at=timezone.now()
    )
    with pytest.raises(IntegrityError), transaction.atomic(), bulk.together(commit=True):
        rows.insert([stray])
    assert not Signal.objects.exists()
