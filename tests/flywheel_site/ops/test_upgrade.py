"""A database from before 0.1.0 is upgraded: what its tables lack is added, and its rows stay."""

import io
from pathlib import Path

import pytest
from django.contrib.auth.models import Group
from django.core.management import CommandError, call_command
from django.core.management.base import SystemCheckError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder

from curation.models import BulkDecision, BulkItem, EvalCase, Opinion
from feedback.models import Interaction, Signal
from flywheel_site.ops import upgrade
from flywheel_site.ops.doctor import Severity, examine
from privacy.db import state
from tests import factories as cast

pytestmark = pytest.mark.django_db(transaction=True)


def older() -> None:
    """Take the database back to what the last version before 0.1.0 left."""
    MigrationExecutor(connection).migrate([(app, "0001_initial") for app in state.APPS])
    with connection.schema_editor() as editor:
        editor.delete_model(BulkItem)
        editor.delete_model(BulkDecision)
        editor.remove_field(Signal, Signal._meta.get_field("effective_at"))
    recorder = MigrationRecorder(connection)
    for app, name in upgrade.LAST:
        recorder.record_applied(app, name)


def test_the_tables_are_completed_and_the_rows_stay(tmp_path: Path) -> None:
    shop = cast.project()
    cast.said(shop, cast.asked(shop), "thumbs_up")
    cast.turn(shop)
    said_at = Signal.objects.get().occurred_at
    Group.objects.get(name="curator").permissions.filter(codename="change_evalcase").delete()
    older()
    is_refused_in_words(tmp_path)
    out = io.StringIO()
    call_command("upgrade", stdout=out)
    assert "feedback_signal.effective_at" in out.getvalue() and "curation_bulkitem" in out.getvalue()
    assert Signal.objects.get().effective_at == said_at and Interaction.objects.count() == 1
    assert BulkDecision.objects.count() == 0
    call_command("migrate", check_unapplied=True, verbosity=0)
    cast.turn(shop)
    assert Opinion.objects.count() == 1 == EvalCase.objects.filter(status="active").count()
    assert Group.objects.get(name="curator").permissions.filter(codename="change_evalcase").exists()
    assert set(upgrade.applied()) <= upgrade.on_disk() and not upgrade.is_needed()


def test_a_database_of_this_version_is_left_alone() -> None:
    out = io.StringIO()
    call_command("upgrade", stdout=out)
    assert "Nothing to upgrade" in out.getvalue()


def test_a_database_of_a_newer_version_is_left_alone() -> None:
    recorder = MigrationRecorder(connection)
    recorder.record_applied("privacy", "0999_of_a_later_version")
    try:
        assert not upgrade.is_needed() and state.trouble() == ""
        call_command("migrate", verbosity=0, skip_checks=False)
    finally:
        recorder.record_unapplied("privacy", "0999_of_a_later_version")


def is_refused_in_words(folder: Path) -> None:
    """What the commands and doctor say of the older database before it is upgraded."""
    with pytest.raises(SystemCheckError, match="upgrade"):
        call_command("migrate", verbosity=0, skip_checks=False)
    faults = [each for each in examine(deployed=False) if each.severity is Severity.FAULT and each.part == "database"]
    for refused in (state.trouble(), *(each.words for each in faults)):
        assert "before 0.1.0" in refused and "manage.py upgrade" in refused
    assert faults
    with pytest.raises(CommandError, match=r"pg_dump too\. Then run manage\.py upgrade"):
        call_command("backup", str(folder))
    assert not list(folder.iterdir())
    recorder, last = MigrationRecorder(connection), ("curation", "0023_keys_of_questions_are_short")
    recorder.record_unapplied(*last)
    with pytest.raises(CommandError, match="Migrate it with that version first"):
        call_command("upgrade")
    recorder.record_applied(*last)
