"""The data map names every column, and the document is up to date."""

from pathlib import Path

from django.apps import apps

from privacy.db.state import APPS
from privacy.erasure.tables import free_text, personal_models
from privacy.management.commands import datamap

DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "reference" / "data-map.md"


def test_the_document_has_the_map_of_the_models_as_they_are() -> None:
    assert datamap.table() in DOCUMENT.read_text(), "run make docs"


def test_every_column_is_on_the_map_once() -> None:
    mapped = [(table, name) for table, _, columns, _, _ in datamap.rows() for name in columns.split(", ")]
    models = [model for app in APPS for model in apps.get_app_config(app).get_models()]
    columns = [(m._meta.label, f"`{column.name}`") for m in models for column in m._meta.concrete_fields]
    assert sorted(mapped) == sorted(columns)


def test_words_of_people_are_in_personal_tables_alone() -> None:
    personal = {model._meta.label for model in personal_models()}
    holding = {table for table, kind, *_ in datamap.rows() if kind == "words, redacted"}
    assert holding <= personal and holding == {m._meta.label for m in personal_models() if free_text(m)}
