"""Brings a database from before 0.1.0 to the state of each app's first migration; the later migrations then run as
usual. The old migrations no longer exist, and their last state lacks some tables, columns and indexes. So the database
is compared with the state after the first migrations, and the difference is applied.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.db.migrations import AddConstraint, AddField, AddIndex, CreateModel
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation
from django.db.migrations.recorder import MigrationRecorder
from django.db.migrations.state import ModelState, ProjectState, StateApps
from django.db.models import F

from curation.models import EvalCase
from privacy.db.state import APPS, is_older

FIRST = "0001_initial"
# The last migration of each app before they were folded: all of them must have run.
LAST = {
    ("privacy", "0005_lines_without_a_notice_are_in_no_index_of_notices"),
    ("feedback", "0006_no_index_says_what_another_says"),
    ("curation", "0023_keys_of_questions_are_short"),
}


class CannotUpgradeError(Exception):
    """The database is older than the last version before 0.1.0."""


@dataclass
class Difference:
    """What a database lacks, as operations by app and as names, and the columns that no model uses."""

    operations: list[tuple[str, Operation]] = field(default_factory=list)
    added: list[str] = field(default_factory=list)
    unused: list[str] = field(default_factory=list)


def is_needed() -> bool:
    """Whether the database was made by migrations from before 0.1.0."""
    return is_older(MigrationLoader(connection, ignore_no_migrations=True))


def applied() -> list[tuple[str, str]]:
    """Our apps' migrations that the database has on record."""
    recorder = MigrationRecorder(connection)
    return [key for key in recorder.applied_migrations() if key[0] in APPS] if recorder.has_table() else []


def on_disk() -> set[tuple[str, str]]:
    """The migrations in this version."""
    return set(MigrationLoader(None, ignore_no_migrations=True).disk_migrations)


def upgrade() -> Difference:
    """Add what the tables lack, in one transaction. Raises `CannotUpgradeError`."""
    if not set(applied()) >= LAST:
        raise CannotUpgradeError(
            "This database is older than the last version before 0.1.0. Migrate it with that version first."
        )
    first = MigrationLoader(None).project_state([(app, FIRST) for app in APPS])
    state, found = first.clone(), Difference()
    for (app, name), model in first.models.items():
        if app in APPS:
            columns = {each.column: each.name for each in first.apps.get_model(app, name)._meta.local_concrete_fields}
            compare(model, columns, state, found)
    with connection.schema_editor() as editor:
        for app, operation in found.operations:
            before = state.clone()
            operation.state_forwards(app, state)
            operation.database_forwards(app, editor, before, state)
        fill(state.apps, found)
        recorder = MigrationRecorder(connection)
        for app, name in set(applied()) - on_disk():
            recorder.record_unapplied(app, name)
    return found


def compare(model: ModelState, columns: Mapping[str, str], state: ProjectState, found: Difference) -> None:
    """Remove from a state what the database lacks of a model with these columns (to fields), and note how to add it."""
    app, name, options = model.app_label, model.name_lower, model.options
    table = options.get("db_table") or f"{app}_{name}"
    with connection.cursor() as cursor:
        if table not in connection.introspection.table_names(cursor):
            state.remove_model(app, name)
            made = CreateModel(model.name, list(model.fields.items()), options, model.bases, model.managers)
            found.operations.append((app, made))
            found.added.append(table)
            return
        there = {column.name for column in connection.introspection.get_table_description(cursor, table)}
        named = connection.introspection.get_constraints(cursor, table)
    missing = [column for column in columns if column not in there]
    indexes = [index for index in options.get("indexes", ()) if index.name not in named]
    constraints = [rule for rule in options.get("constraints", ()) if rule.name not in named]
    for index in indexes:
        state.remove_index(app, name, index.name)
    for rule in constraints:
        state.remove_constraint(app, name, rule.name)
    for column in missing:
        state.remove_field(app, name, columns[column])
    fields = [AddField(name, columns[column], model.fields[columns[column]]) for column in missing]
    rest = [*(AddIndex(name, index) for index in indexes), *(AddConstraint(name, rule) for rule in constraints)]
    found.operations.extend((app, operation) for operation in (*fields, *rest))
    found.added.extend(f"{table}.{column}" for column in missing)
    found.added.extend(each.name for each in (*indexes, *constraints))
    found.unused.extend(f"{table}.{column}" for column in sorted(there - columns.keys()))


def fill(old: StateApps, found: Difference) -> None:
    """Give new columns the values that older rows imply, and curators the new permission."""
    dated = [old.get_model("feedback", name) for name in ("interaction", "signal", "parkedsignal")]
    for model in dated:
        rows = model._base_manager.filter(occurred_at__gt=F("received_at"))
        rows.update(occurred_at=F("received_at"))  # some senders' clocks were fast
        if f"{model._meta.db_table}.effective_at" in found.added:
            model._base_manager.update(effective_at=F("occurred_at"))
    kind = ContentType.objects.get_for_model(EvalCase)
    permission, _ = Permission.objects.get_or_create(
        content_type=kind, codename="change_evalcase", defaults={"name": "Can change eval case"}
    )
    for group in Group.objects.filter(name="curator"):
        group.permissions.add(permission)
