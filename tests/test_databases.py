"""What is SQL, locks or search is tested on both databases in `make test`, whatever is added."""

from pathlib import Path

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command

from curation.roles import ROLES
from tests.conftest import CHOICES, FILES
from tests.databases import ROOT, files_for, of_the_database
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


def test_the_files_for_a_module_are_those_that_import_it_and_where_there_are_none_its_folders(tmp_path: Path) -> None:
    folder = tmp_path / "tests" / "feedback" / "noun"
    folder.mkdir(parents=True)
    one, other = folder / "test_one.py", folder / "test_other.py"
    one.write_text("from feedback.noun.store import write")
    other.write_text("from feedback.noun import rules")
    assert files_for("feedback.noun.store", tmp_path) == [one]
    assert files_for("feedback.noun.locks", tmp_path) == [one, other]
    assert files_for("feedback.verb.store", tmp_path) == []


@pytest.mark.django_db(transaction=True)
def test_a_test_with_transactions_leaves_the_roles_to_the_next() -> None:
    call_command("flush", interactive=False, verbosity=0)
    roles = {group.name: group.permissions.count() for group in Group.objects.all()}
    assert set(roles) == set(ROLES) and all(roles.values())


def test_no_file_that_is_left_out_has_a_test_that_is_asked_for(request: pytest.FixtureRequest) -> None:
    for name, may_have in FILES.items():
        asked = {item.path for item in request.session.items if CHOICES[name](item)}
        assert {path for path in asked if not may_have(path)} == set()
