"""A backup of a running installation comes back in an empty one, without the people who were erased since."""

import io
import json
import os
import shutil
import sqlite3
import struct
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from curation.models import Release, ReleaseState
from flywheel_site.ops.backups import archive, restoring, state
from privacy.erasure import erasure, tombstones
from privacy.requests import lifecycle
from privacy.subjects import master_keys
from tests import factories as cast
from tests.conftest import ROOT, environment_of_child
from tests.servers import free_port

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
COMPARED = """
import json, sys, hashlib
from pathlib import Path
from django.conf import settings
from django.apps import apps
skipped = {"sessions.Session", "privacy.Tombstone", "privacy.Erasure"}
rows = {}
for model in apps.get_models(include_auto_created=True):
    if model._meta.label not in skipped:
        lines = sorted(repr(list(line)) for line in model._base_manager.values_list(*[f.attname for f in model._meta.concrete_fields]))
        rows[model._meta.label] = hashlib.sha256("\\n".join(lines).encode()).hexdigest()
files = {str(p.relative_to(settings.RELEASES)): hashlib.sha256(p.read_bytes()).hexdigest()
         for p in sorted(Path(settings.RELEASES).rglob("*")) if p.is_file()}
print(json.dumps({"rows": rows, "files": files}))
"""


@pytest.fixture
def source(tmp_path: Path) -> Any:
    """A shop with a release that holds Anna and Ben."""
    tombstones.file().unlink(missing_ok=True)
    master_keys.expect_known()
    shop = cast.project()
    for person, question in ((cast.ANNA, "When do you open on Saturdays?"), (cast.BEN, "Where do I park my red car?")):
        talk = cast.asked(shop, person, question=question, id=f"talk-of-{person}")
        cast.said(shop, talk, "thumbs_up", subject=person)
    cast.turn(shop)
    cast.cut(shop)
    (tmp_path / "backups").mkdir()
    return shop


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[dict[str, str]]:
    """The environment of an empty installation with the same keys: a `var/` and a database of its own."""
    var = tmp_path / "elsewhere"
    url, name = f"sqlite:///{var / 'flywheel.sqlite3'}", ""
    if connection.vendor == "postgresql":
        name = f"{connection.settings_dict['NAME']}_restored"
        server = os.environ["DATABASE_URL"].rpartition("/")[0]
        url = f"{server}/{name}"
        with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as server_connection:
            server_connection.execute(f"DROP DATABASE IF EXISTS {name}")
            server_connection.execute(f"CREATE DATABASE {name}")
    yield {**environment_of_child(), "DATABASE_URL": url, "FLYWHEEL_VAR": str(var)}
    if name:
        with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as server_connection:
            server_connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def run(environment: dict[str, str], *command: str, status: int = 0) -> str:
    """What a command of the other installation says; on standard error where it fails."""
    done = subprocess.run(
        [sys.executable, "manage.py", *command], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == status, done.stderr
    return done.stderr if status else done.stdout


def backup(tmp_path: Path) -> Path:
    call_command("backup", str(tmp_path / "backups"), verbosity=0, stdout=io.StringIO())
    return next((tmp_path / "backups").glob("*.zip"))


def restored(file: Path, environment: dict[str, str], *options: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(run(environment, "restore", str(file), "--json", *options))
    return found


def here_and_now(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    """The same of the installation of this process."""
    call_command("shell", command=COMPARED, verbosity=0)
    found: dict[str, Any] = json.loads(capsys.readouterr().out.splitlines()[-1])
    return found


def compared(environment: dict[str, str], then: str) -> dict[str, Any]:
    """Every row and every released file, hashed; what is done then shows that keys go on after those that came back."""
    found: dict[str, Any] = json.loads(
        run(environment, "shell", "--verbosity", "0", "-c", f"{COMPARED}\n{then}").splitlines()[-1]
    )
    return found


def conversations(environment: dict[str, str]) -> list[str]:
    """The names of those that came back."""
    asked = "SELECT external_id FROM feedback_interaction"
    if connection.vendor == "postgresql":
        with psycopg.connect(environment["DATABASE_URL"]) as server:
            return [str(name) for (name,) in server.execute(asked)]
    with closing(sqlite3.connect(Path(environment["FLYWHEEL_VAR"]) / "flywheel.sqlite3")) as database:
        return [str(name) for (name,) in database.execute(asked)]


def test_all_of_it_comes_back(
    source: Any, empty: dict[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = backup(tmp_path)
    there = here_and_now(capsys)
    found = restored(file, empty, "--without-tombstones")
    assert found["back"]["releases"] == 1 and found["went"]["recut"] == []
    here = compared(empty, "from curation.policies import projects; projects.create_project('second')")
    assert {label for label, rows in there["rows"].items() if here["rows"][label] != rows} == set()
    assert here["files"] == there["files"] != {}
    # As if it had been stopped: then it is begun again, and what it left is replaced.
    (Path(empty["FLYWHEEL_VAR"]) / state.marker().name).touch()
    restored(file, empty, "--without-tombstones")
    assert compared(empty, "") == here


def test_who_was_erased_since_the_backup_does_not_come_back(source: Any, empty: dict[str, str], tmp_path: Path) -> None:
    file = backup(tmp_path)
    erasure.erase(cast.person(source))
    erasure.settle()
    call_command("backup", str(tmp_path / "backups"), "--tombstones", stdout=io.StringIO())
    found = restored(file, empty)
    assert found["went"]["subjects"] == 1 and found["went"]["recut"] == ["shop v1 → v1.1"]
    var = Path(empty["FLYWHEEL_VAR"])
    assert not (var / state.marker().name).exists()
    assert sorted(path.name for path in (var / "releases" / "shop").iterdir()) == ["latest", "v1.1"]
    files = {str(path): path.read_bytes() for path in var.rglob("*") if path.is_file()}
    assert [name for name, data in files.items() if b"open on Saturdays" in data] == []
    assert conversations(empty) == ["talk-of-ben-42"]
    assert b'"subject"' in (var / "tombstones.jsonl").read_bytes()


def test_a_request_that_was_open_then_and_is_done_now_ends_the_same(
    source: Any, empty: dict[str, str], tmp_path: Path
) -> None:
    request = lifecycle.submit(source.namespace, cast.ANNA, "erasure", origin="shop", verified_by="key")
    file = backup(tmp_path)
    while not request.is_over:
        lifecycle.advance_all()
        request.refresh_from_db()
    tombstones.append()
    shutil.copy(tombstones.file(), tmp_path / "newest.jsonl")
    found = restored(file, empty, "--tombstones", str(tmp_path / "newest.jsonl"))
    assert found["went"]["subjects"] == 1
    assert conversations(empty) == ["talk-of-ben-42"]


def test_a_filled_installation_is_refused_in_words(source: Any, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"not empty: .*2 interactions"):
        call_command("restore", str(backup(tmp_path)), "--without-tombstones")
    assert Release.objects.get().state == ReleaseState.PUBLISHED and not state.is_unfinished()


def test_another_master_key_is_refused(source: Any, tmp_path: Path, settings: Any) -> None:
    file = backup(tmp_path)
    settings.MASTER_KEY = "another key, of another installation"
    with pytest.raises(CommandError, match="Put the key back first"):
        call_command("restore", str(file), "--without-tombstones")


@pytest.fixture
def as_if_empty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is loaded in these tests: each is refused before."""
    monkeypatch.setattr(restoring, "contents", list)


def test_without_a_list_of_tombstones_it_does_not_begin(source: Any, tmp_path: Path, as_if_empty: None) -> None:
    file = str(backup(tmp_path))
    with pytest.raises(CommandError, match="no tombstone list"):
        call_command("restore", file)
    with pytest.raises(CommandError, match="no tombstone list at this path"):
        call_command("restore", file, "--tombstones", str(tmp_path / "none"))


def of_the_members(file: Path) -> list[int]:
    """Where the archive's bytes are that hold something: those of its headers, as the time of a member, may be any."""
    places: list[int] = []
    data = file.read_bytes()
    with zipfile.ZipFile(file) as members:
        for member in members.infolist():
            name, extra = struct.unpack_from("<HH", data, member.header_offset + 26)
            start = member.header_offset + 30 + name + extra
            places += range(start, start + member.compress_size)
    return places


@pytest.mark.parametrize("share", [0.1, 0.3, 0.5, 0.7, 0.9])
def test_a_changed_byte_is_found_before_anything_is_written(
    source: Any, tmp_path: Path, as_if_empty: None, share: float
) -> None:
    file = backup(tmp_path)
    data, places = bytearray(file.read_bytes()), of_the_members(file)
    data[places[int(len(places) * share)]] ^= 255
    file.write_bytes(data)
    with pytest.raises(CommandError, match=r"damaged|not what the manifest says|no backup"):
        call_command("restore", str(file), "--without-tombstones")
    assert not state.is_unfinished()


def test_half_a_backup_is_none(source: Any, tmp_path: Path) -> None:
    file = backup(tmp_path)
    file.write_bytes(file.read_bytes()[:-200])
    with pytest.raises(CommandError, match="not a backup"):
        call_command("restore", str(file), "--without-tombstones")


@pytest.mark.parametrize("change", [{"engine": "oracle"}, {"migrations": [["privacy", "9999_of_tomorrow"]]}])
def test_a_backup_of_another_kind_or_of_a_newer_version_is_refused(
    source: Any, tmp_path: Path, change: dict[str, Any]
) -> None:
    file = backup(tmp_path)
    with zipfile.ZipFile(file) as members:
        document = json.loads(members.read(archive.MANIFEST)) | change
    with pytest.warns(UserWarning, match="Duplicate name"), zipfile.ZipFile(file, "a") as members:
        members.writestr(archive.MANIFEST, json.dumps(document))
    with pytest.raises(CommandError, match=r"is of oracle|newer version"):
        call_command("restore", str(file), "--without-tombstones")


def test_nothing_serves_until_a_restore_has_ended(empty: dict[str, str]) -> None:
    var = Path(empty["FLYWHEEL_VAR"])
    var.mkdir()
    (var / state.marker().name).touch()
    worker = ["-m", "celery", "--app", "flywheel_site", "worker", "--pool", "solo"]
    environment = {**empty, "PORT": str(free_port())}
    for program in (["-c", "import flywheel_site.rsgi"], worker, ["manage.py", "up"]):
        command = [sys.executable, *program]
        done = subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300, check=False
        )
        assert done.returncode and "Nothing is served" in done.stderr, program


def test_readyz_says_that_a_restore_is_under_way(client: Any) -> None:
    state.marker().touch()
    try:
        answer = client.get("/readyz")
    finally:
        state.marker().unlink()
    assert answer.status_code == 503 and answer.json()["restore"] != "ok"
