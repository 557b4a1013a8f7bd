"""A release with Parquet: the same records as the JSON Lines, listed, hashed, and written again when a person is
erased.
"""

import hashlib
from pathlib import Path

import pytest

from curation.models import Dataset, Release
from curation.releases import cutting
from curation.releases.files import folder
from privacy.erasure import erasure
from tests import factories as cast

pytestmark = pytest.mark.django_db
parquet = pytest.importorskip("pyarrow.parquet", reason="pyarrow is not installed; see docs/benchmarks/other-tools.md")


def listed(release: Release) -> dict[str, int]:
    """The Parquet files of a release and their records, each checked against its hash."""
    found = {}
    for entry in release.manifest["files"]:
        path: Path = folder(release) / entry["name"]
        assert hashlib.sha256(path.read_bytes()).hexdigest() == entry["sha256"]
        if entry["name"].endswith(".parquet"):
            found[entry["name"]] = parquet.read_table(path).num_rows
            assert found[entry["name"]] == entry["records"]
    return found


def test_the_records_are_there_twice_and_go_together() -> None:
    shop = cast.project()
    Dataset.objects.update(formats=["parquet"])
    for person in ("anna", "ben"):
        talk = cast.asked(shop, person, question=f"What did {len(person)} people of {person[::-1]} order?")
        cast.said(shop, talk, "edit", subject=person, correction=f"{cast.RIGHT} {len(person)}")
    cast.turn(shop)
    release = cast.cut(shop)
    assert listed(release)["eval_cases.parquet"] == 2
    erasure.erase(cast.person(shop, "ben"))
    cutting.recut_stale()
    assert listed(Release.objects.get(recut=1))["eval_cases.parquet"] == 1
