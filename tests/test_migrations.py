"""Older code runs on newer tables: while migrations run, and when somebody goes back to the version before."""

from collections.abc import Iterator

from django.db.migrations.loader import MigrationLoader
from django.db.models import NOT_PROVIDED

from privacy.db.state import APPS

FIRST = [(app, "0001_initial") for app in APPS]


def missing() -> Iterator[tuple[str, str, str]]:
    """The columns that the newest migrations need a value for and the first ones do not know."""
    loader = MigrationLoader(None)
    first, newest = loader.project_state(FIRST).models, loader.project_state().models
    for (app, name), model in first.items():
        if app in APPS:
            for column, field in newest[app, name].fields.items():
                needed = not field.null and not field.many_to_many and field.db_default is NOT_PROVIDED
                if needed and column not in model.fields:
                    yield app, name, column


def test_a_column_added_later_needs_no_value_from_code_that_does_not_know_it() -> None:
    assert list(missing()) == []


def test_no_migration_removes_what_older_code_reads() -> None:
    loader = MigrationLoader(None)
    newest = loader.project_state().models
    for key, model in loader.project_state(FIRST).models.items():
        if key[0] in APPS:
            assert set(model.fields) <= set(newest[key].fields), key
