"""Instances that are made without the constructor are what the constructor makes."""

from typing import Any

import pytest
from django.db import models
from django.utils import timezone

from feedback.models import Interaction, Signal
from privacy.db import bulk
from privacy.db.instances import unsaved
from privacy.models import ConsentEntry, Subject
from tests import factories as cast

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def columns(row: models.Model) -> dict[str, Any]:
    return {name: value for name, value in vars(row).items() if name != "_state"}


@pytest.mark.parametrize(
    ("model", "given"),
    [
        (Subject, {"namespace": "shop", "digest": "d", "created_at": NOW}),
        (ConsentEntry, {"subject": Subject(pk=7), "purpose": "capture", "granted": True, "recorded_at": NOW, "notice": None}),
        (Signal, {"interaction": Interaction(pk=3), "subject_id": 7, "kind": "edit", "received_at": NOW, "effective_at": NOW}),
    ],
)  # fmt: skip
def test_it_has_the_columns_and_keys_that_the_constructor_gives(
    model: type[models.Model], given: dict[str, Any]
) -> None:
    made, constructed = unsaved(model, **given), model(**given)
    assert columns(made) == columns(constructed)
    assert made._state.adding and constructed._state.adding
    assert made._state.fields_cache == constructed._state.fields_cache


@pytest.mark.parametrize("given", [{}, {"created_at": NOW, "no_column": 1}])
def test_it_refuses_a_column_too_few_or_too_many(given: dict[str, Any]) -> None:
    with pytest.raises(TypeError, match=r"privacy\.Subject"):  # `created_at` has another default for each row
        unsaved(Subject, namespace="shop", digest="d", **given)


def test_a_row_that_is_read_without_a_query_set_is_the_query_sets() -> None:
    stored = cast.row(cast.asked(cast.project(), metadata={"ä": [1, None, True]}, tags=["größe", "plain"]))
    names = tuple(str(field.column) for field in Interaction._meta.concrete_fields)
    (read,) = bulk.select(Interaction, names, "id = %s", [stored.pk])
    assert columns(read) == columns(stored) and read == stored and not read._state.adding
    assert read.subject == stored.subject
