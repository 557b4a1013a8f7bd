"""`manage.py verify_release`: releases by name, by folder, and all of them."""

import io
import json
import shutil
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from curation.models import Release
from curation.releases.files import folder
from curation.releases.verify import ADDED, CASES, line_fault
from privacy.erasure import erasure
from tests import factories as cast

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def release() -> Release:
    """One of one record."""
    shop = cast.project()
    cast.said(shop, cast.asked(shop), "thumbs_up")
    cast.turn(shop)
    return cast.cut(shop)


def said(*what: str) -> str:
    """What the command prints."""
    out = io.StringIO()
    call_command("verify_release", *what, stdout=out, stderr=io.StringIO())
    return out.getvalue()


def test_a_whole_release_holds_by_any_of_its_names(release: Release) -> None:
    for what in (["shop:v1"], ["shop:latest"], [str(folder(release))], []):
        assert said(*what).startswith("The release is intact"), what
    assert said("shop:v1", "shop:latest").startswith("All 2 releases are intact")


def test_a_changed_byte_is_told_by_its_place_and_not_by_its_text(release: Release, tmp_path: Path) -> None:
    copied = tmp_path / "shop" / "v1"
    shutil.copytree(folder(release), copied)
    path = copied / "eval_cases.jsonl"
    path.write_bytes(path.read_bytes().replace(b"Saturdays", b"Sundayyys"))
    faults = io.StringIO()
    with pytest.raises(CommandError, match=r"^\d+ faults\. Do not use"):
        call_command("verify_release", str(copied), stdout=io.StringIO(), stderr=faults)
    assert "shop/v1/eval_cases.jsonl: does not match the manifest" in faults.getvalue()
    assert "Sundayyys" not in faults.getvalue()
    assert said("shop:v1"), "the copy alone was changed"


def test_what_is_not_there_is_said() -> None:
    with pytest.raises(CommandError, match="No release is published yet"):
        said()
    with pytest.raises(CommandError, match="neither a release nor a folder"):
        said("shop:v7")


def test_a_release_that_was_taken_back_has_no_files(release: Release) -> None:
    shop = release.dataset.project
    cast.said(shop, cast.asked(shop, cast.BEN, question="Where is the harbour?"), "thumbs_up")
    erasure.erase(cast.person(shop))
    erasure.settle()
    with pytest.raises(CommandError, match="was withdrawn"):
        said("shop:v1")
    assert said("shop:v1.1").startswith("The release is intact")


def test_a_case_from_before_0_1_0_is_whole_and_a_later_one_without_a_field_is_not(release: Release) -> None:
    case = json.loads((folder(release) / CASES).read_text().splitlines()[0])
    old = {name: value for name, value in case.items() if name not in ADDED}
    assert line_fault(CASES, old) is None
    assert line_fault(CASES, {**old, "steps": []}) == "the line has no accepted"
