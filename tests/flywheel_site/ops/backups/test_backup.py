"""A backup is made while others write, and holds the database and the releases of one moment, without keys."""

import io
import json
import os
import threading
import time
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from flywheel_site.ops.backups import archive, state
from tests import factories as cast

pytestmark = pytest.mark.django_db(transaction=True)


def backup(target: Path, *options: str) -> dict[str, Any]:
    """Make one by the command."""
    out = io.StringIO()
    call_command("backup", str(target), *options, "--json", stdout=out)
    found: dict[str, Any] = json.loads(out.getvalue())
    return found


def filled() -> Any:
    """A shop with a release, in which Anna and Ben were confirmed."""
    shop = cast.project()
    for person, question in ((cast.ANNA, "When do you open on Saturdays?"), (cast.BEN, "Where do I park my red car?")):
        cast.said(shop, cast.asked(shop, person, question=question), "thumbs_up", subject=person)
    cast.turn(shop)
    cast.cut(shop)
    return shop


def test_it_holds_the_releases_and_every_row(tmp_path: Path) -> None:
    filled()
    found = backup(tmp_path)
    with archive.opened(Path(found["file"])) as (document, members):
        archive.verify(document, members, lambda done, total: None)
    assert document["releases"] == ["shop/v1"] and document["rows"]["feedback_interaction"] == 2
    assert any(name.startswith("releases/shop/v1/sft.jsonl") for name in document["members"])
    assert Path(found["file"]).stat().st_mode & 0o077 == 0


def test_it_holds_no_key_and_says_which_to_keep(tmp_path: Path) -> None:
    filled()
    found = backup(tmp_path)
    assert {"FLYWHEEL_MASTER_KEY", "SECRET_KEY"} <= set(found["keys_left_out"])
    with zipfile.ZipFile(found["file"]) as members:
        for name in members.namelist():
            data = members.read(name)
            assert settings.MASTER_KEY.encode() not in data and settings.SECRET_KEY.encode() not in data, name


def test_writes_during_the_backup_are_not_held_up_and_not_half_in_it(tmp_path: Path) -> None:
    shop = filled()
    done = threading.Event()
    written: list[int] = []

    def write() -> None:
        from django.db import connection

        while not done.is_set():
            cast.said(shop, cast.asked(shop, cast.CLEO), "thumbs_down", subject=cast.CLEO)
            written.append(1)
        connection.close()

    thread = threading.Thread(target=write)
    thread.start()
    try:
        found = [backup(tmp_path / f"{number}.zip") for number in range(3)]
    finally:
        done.set()
        thread.join()
    assert written
    for each in found:
        with archive.opened(Path(each["file"])) as (document, _):
            rows = document["rows"]
            assert rows["feedback_interaction"] - rows["feedback_signal"] in (0, 1)


def test_a_release_that_is_cut_again_meanwhile_begins_the_backup_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from privacy.erasure import erasure

    shop, add, calls = filled(), archive.add_release, []

    def slow(writer: archive.Writer, name: str) -> None:
        calls.append(name)
        if len(calls) == 1:
            erasure.erase(cast.person(shop))
            erasure.settle()
        add(writer, name)

    monkeypatch.setattr(archive, "add_release", slow)
    found = backup(tmp_path)
    assert calls == ["shop/v1", "shop/v1.1"]
    with archive.opened(Path(found["file"])) as (document, _):
        assert document["releases"] == ["shop/v1.1"] and document["rows"]["feedback_interaction"] == 1


@pytest.mark.parametrize("place", ["", "copies"])
def test_it_refuses_a_place_that_an_erasure_searches(place: str) -> None:
    (settings.VAR / "copies").mkdir(exist_ok=True)
    with pytest.raises(CommandError, match="outside FLYWHEEL_VAR"):
        backup(settings.VAR / place)


def test_it_overwrites_nothing_and_leaves_nothing_where_it_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = tmp_path / "there.zip"
    there.write_bytes(b"mine")
    with pytest.raises(CommandError, match="already"):
        backup(there)

    def full(writer: archive.Writer, name: str) -> None:
        raise OSError(28, "No space left on device")

    filled()
    monkeypatch.setattr(archive, "add_release", full)
    with pytest.raises(CommandError, match="not enough disk space"):
        backup(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["there.zip"]


def test_the_oldest_go_and_the_last_is_noted(tmp_path: Path) -> None:
    for name in ("flywheel-1.zip", "flywheel-2.zip", "other.zip"):
        (tmp_path / name).write_bytes(b"")
    found = backup(tmp_path, "--keep", "1")
    assert sorted(found["removed"]) == ["flywheel-1.zip", "flywheel-2.zip"] and (tmp_path / "other.zip").exists()
    last = state.last()
    assert last is not None and last["made_at"].isoformat() == found["made_at"] and last["bytes"] == found["bytes"]


def test_what_a_killed_backup_left_goes_after_a_day(tmp_path: Path) -> None:
    old, young = tmp_path / ".flywheel-old", tmp_path / ".flywheel-1.zip.ab.part"
    old.mkdir()
    (old / "database.sqlite3").write_bytes(b"words")
    young.write_bytes(b"")
    then = time.time() - 100_000
    os.utime(old, (then, then))
    backup(tmp_path)
    assert not old.exists() and young.exists()


def test_the_list_of_tombstones_is_copied_alone_and_up_to_date(tmp_path: Path) -> None:
    from privacy.erasure import erasure, tombstones

    tombstones.file().unlink(missing_ok=True)
    shop = filled()
    erasure.erase(cast.person(shop))
    assert backup(tmp_path, "--tombstones")["tombstones"] > 0
    assert (tmp_path / "tombstones.jsonl").read_bytes() == tombstones.file().read_bytes()
