"""Brings the tables of a database from before 0.1.0 to those of each app's first migration.

The migrations of that time are gone. Their last state lacks some tables, columns and indexes of today's models, so the
database is compared with the models and the difference applied.
"""

from dataclasses import dataclass, field
from itertools import chain

from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.db import connection, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import F

from curation.models import EvalCase
from feedback.models import Interaction, ParkedSignal, Signal

APPS = ("privacy", "feedback", "curation")
# The last migration of each app before they were folded: all of them must have run.
LAST = {
    ("privacy", "0005_lines_without_a_notice_are_in_no_index_of_notices"),
    ("feedback", "0006_no_index_says_what_another_says"),
    ("curation", "0023_keys_of_questions_are_short"),
}


class CannotUpgradeError(Exception):
    """The database is older than the last version before 0.1.0."""


@dataclass(frozen=True)
class Changes:
    """What was added to the database, and which columns no model uses."""

    added: list[str] = field(default_factory=list)
    unused: list[str] = field(default_factory=list)


def is_needed() -> bool:
    """Whether the database was made by migrations from before 0.1.0."""
    return bool(set(applied()) - {(app, name) for app, name in applied() if name == "0001_initial"} - on_disk())


def applied() -> list[tuple[str, str]]:
    """The migrations of our apps that the database has on record."""
    recorder = MigrationRecorder(connection)
    return [key for key in recorder.applied_migrations() if key[0] in APPS] if recorder.has_table() else []


def on_disk() -> set[tuple[str, str]]:
    """The migrations that this version has."""
    return set(MigrationLoader(None, ignore_no_migrations=True).disk_migrations)


def upgrade() -> Changes:
    """Add what the tables lack, in one transaction. Raises `CannotUpgradeError`."""
    if not set(applied()) >= LAST:
        raise CannotUpgradeError(
            "This database is older than the last version before 0.1.0. Migrate it with that version first."
        )
    changes = Changes()
    with connection.schema_editor() as editor:
        for model in chain.from_iterable(apps.get_app_config(label).get_models() for label in APPS):
            complete(editor, model, changes)
    fill(changes)
    recorder = MigrationRecorder(connection)
    for app, name in set(applied()) - on_disk():
        recorder.record_unapplied(app, name)
    return changes


def complete(editor: BaseDatabaseSchemaEditor, model: type[models.Model], changes: Changes) -> None:
    """Create the table of a model, or add the columns, indexes and constraints that it lacks."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if table not in connection.introspection.table_names(cursor):
            editor.create_model(model)
            changes.added.append(table)
            return
        there = {column.name for column in connection.introspection.get_table_description(cursor, table)}
        named = connection.introspection.get_constraints(cursor, table)
    for column in model._meta.local_concrete_fields:
        if column.column not in there:
            editor.add_field(model, column)
            changes.added.append(f"{table}.{column.column}")
    for index in model._meta.indexes:
        if index.name not in named:
            editor.add_index(model, index)
            changes.added.append(index.name)
    for constraint in model._meta.constraints:
        if constraint.name not in named:
            editor.add_constraint(model, constraint)
            changes.added.append(constraint.name)
    changes.unused.extend(
        f"{table}.{name}" for name in there - {each.column for each in model._meta.local_concrete_fields}
    )


def fill(changes: Changes) -> None:
    """Give the new columns what older rows imply, and curators the permission that is new."""
    for model in (Interaction, Signal, ParkedSignal):
        rows = model._base_manager.filter(occurred_at__gt=F("received_at"))
        rows.update(occurred_at=F("received_at"))  # a sender's clock was fast
    for model in (Signal, ParkedSignal):
        if f"{model._meta.db_table}.effective_at" in changes.added:
            model._base_manager.update(effective_at=F("occurred_at"))
    kind = ContentType.objects.get_for_model(EvalCase)
    permission, _ = Permission.objects.get_or_create(
        content_type=kind, codename="change_evalcase", defaults={"name": "Can change eval case"}
    )
    for group in Group.objects.filter(name="curator"):
        group.permissions.add(permission)
