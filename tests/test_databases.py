"""Code with SQL, locks or search is tested on both databases in `make test`, even when code is added."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command

from curation.roles import ROLES
from tests import factories as cast
from tests.conftest import CHOICES, FILES
from tests.databases import ROOT, files_for, of_the_database, on_both
from tests.test_layers import plant


def test_every_module_of_the_database_is_tested_on_both() -> None:
    assert {name for name in of_the_database(ROOT) if not files_for(name, ROOT)} == set()


@pytest.mark.parametrize(
    "source",
    [
        "cursor.execute('SELECT 1')",
        "rows.select_for_update(skip_locked=True)",
        "model.objects.bulk_create(rows, ignore_conflicts=True)",
        "if connection.vendor == 'sqlite': pass",
        "from django.contrib.postgres.search import SearchVector",
    ],
)
def test_it_sees_what_is_of_the_database(tmp_path: Path, source: str) -> None:
    plant(tmp_path, "feedback.noun.store", source)
    assert of_the_database(tmp_path) == {"feedback.noun.store"}


def test_the_files_for_a_module_are_those_that_import_it_and_least_besides(tmp_path: Path) -> None:
    plant(tmp_path, "feedback.noun.store", "cursor.execute('SELECT 1')")
    folder = tmp_path / "tests" / "feedback" / "noun"
    folder.mkdir(parents=True)
    imported = {"one": "store", "two": "store, rules", "wide": "store, rules, tables", "other": "rules"}
    for name, words in imported.items():
        (folder / f"test_{name}.py").write_text(f"from feedback.noun import {words}")
    own = [folder / "test_one.py", folder / "test_two.py"]
    assert files_for("feedback.noun.store", tmp_path) == own
    assert files_for("feedback.noun.locks", tmp_path) == own  # reached through the module next to it
    assert files_for("feedback.verb.store", tmp_path) == []


def test_where_no_module_of_a_package_is_imported_all_of_its_folder_is_taken(tmp_path: Path) -> None:
    folder = tmp_path / "tests" / "feedback" / "noun"
    folder.mkdir(parents=True)
    (folder / "test_one.py").write_text("from feedback.noun import rules")
    assert files_for("feedback.noun.store", tmp_path) == [folder / "test_one.py"]


def test_transactions_at_once_are_tested_on_both() -> None:
    named = {str(path.relative_to(ROOT / "tests")) for path in on_both()}
    assert {"feedback/capture/test_concurrency.py", "curation/releases/test_release_killed.py"} <= named


@pytest.mark.parametrize(("markers", "is_on_both"), [(["worker"], True), (["worker", "one_database"], False)])
def test_what_starts_a_server_runs_on_both_unless_it_is_about_something_else(
    markers: list[str], is_on_both: bool
) -> None:
    item: Any = SimpleNamespace(get_closest_marker=lambda name: name if name in markers else None)
    assert CHOICES["both"](item) == is_on_both


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("changed", [False, True])
def test_a_test_with_transactions_leaves_the_roles_and_nothing_else_to_the_next(changed: bool) -> None:
    cast.said(cast.project(), cast.asked(cast.project()), "thumbs_up")
    if changed:
        Group.objects.order_by("pk")[0].permissions.clear()
        ContentType.objects.order_by("pk")[0].delete()
    call_command("flush", interactive=False, verbosity=0)
    roles = {group.name: group.permissions.count() for group in Group.objects.all()}
    assert set(roles) == set(ROLES) and all(roles.values())
    filled = {model for model in apps.get_models() if model._base_manager.exists()}
    assert filled == {ContentType, Permission, Group}


def test_no_file_that_is_left_out_has_a_test_that_is_asked_for(request: pytest.FixtureRequest) -> None:
    for name, may_have in FILES.items():
        asked = {item.path for item in request.session.items if CHOICES[name](item)}
        assert {path for path in asked if not may_have(path)} == set()
