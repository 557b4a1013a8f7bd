"""A disk that is full, or fills up in the middle of a line: nothing of the list is lost, and the rest goes on."""

import errno
import os
import resource
import subprocess
import sys
from typing import Any

import orjson
import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError
from django.test import Client

from feedback.models import Interaction
from privacy import tasks
from privacy.db import disk_space
from privacy.erasure import erasure, tombstones
from privacy.models import Erasure, PrivacyRequest, Subject, Tombstone
from privacy.requests import lifecycle
from tests import factories as cast

pytestmark = pytest.mark.django_db(transaction=True)
real = os.write


@pytest.fixture(autouse=True)
def no_list() -> None:
    """Each test begins without a list."""
    tombstones.file().unlink(missing_ok=True)


def buried(number: int = 3) -> list[str]:
    """So many tombstones to write; their digests."""
    digests = [f"{place:064x}" for place in range(number)]
    Tombstone.objects.bulk_create(Tombstone(kind="interaction", digest=each) for each in digests)
    return digests


def fill_up(monkeypatch: pytest.MonkeyPatch, room: int) -> None:
    """A disk with that many bytes left: it takes a part without an error, and then nothing."""
    left = [room]

    def write(descriptor: int, data: Any) -> int:
        if left[0] <= 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        part = memoryview(data)[: left[0]]
        left[0] -= len(part)
        return real(descriptor, part)

    monkeypatch.setattr(os, "write", write)


def listed() -> list[str]:
    """The digests in the file, every line of which must be whole."""
    return [orjson.loads(raw)["digest"] for raw in tombstones.file().read_bytes().splitlines()]


@pytest.mark.parametrize("room", [0, 1, 150, 250])
def test_a_full_disk_tears_no_line_and_loses_none(monkeypatch: pytest.MonkeyPatch, room: int) -> None:
    first = buried(1)
    tombstones.append()
    digests = buried(4)[1:] if Tombstone.objects.all().delete() else []
    with monkeypatch.context() as patched:
        fill_up(patched, room)
        with pytest.raises(OSError, match="No space left"):
            tombstones.append()
    assert listed() == first and Tombstone.objects.filter(exported=False).count() == 4
    assert tombstones.append() == 4
    assert listed() == first + first + digests


def test_a_write_that_takes_a_few_bytes_at_a_time_is_finished(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "write", lambda descriptor, data: real(descriptor, bytes(data[:7])))
    digests = buried()
    assert tombstones.append() == 3 and listed() == digests


LIMITED = """
import resource, django
django.setup()
from privacy.db import disk_space
from privacy.erasure import tombstones
resource.setrlimit(resource.RLIMIT_FSIZE, (400, 400))
try:
    disk_space.append(tombstones.file(), b"x" * 200 + b"\\n")
    disk_space.append(tombstones.file(), b"y" * 300 + b"\\n")
except OSError as error:
    print(error.strerror)
"""


def test_the_systems_own_limit_leaves_the_file_as_it_was(child_environment: dict[str, str]) -> None:
    assert resource.RLIMIT_FSIZE
    environment = {**child_environment, "DJANGO_SETTINGS_MODULE": "flywheel_site.settings"}
    ran = subprocess.run([sys.executable, "-c", LIMITED], env=environment, capture_output=True, text=True, check=True)
    assert "too large" in ran.stdout and tombstones.file().read_bytes() == b"x" * 200 + b"\n"


def test_while_it_is_full_erasures_settle_and_the_log_says_why(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, client: Client
) -> None:
    cast.asked(cast.project())
    erasure.erase(cast.person(cast.project()))
    assert client.get("/readyz").status_code == 200
    with monkeypatch.context() as patched:
        fill_up(patched, 100)
        assert tasks.sweep() == 1 and not Erasure.objects.filter(settled_at__isnull=True).exists()
        assert "list of tombstones failed for append: OSError (No space left on device)" in caplog.text
        answer = client.get("/readyz")
    assert answer.status_code == 503 and answer.json()["disk"] == "No space left on device"
    tasks.sweep()
    assert len(listed()) == 2 and client.get("/readyz").status_code == 200


@pytest.mark.parametrize(
    "error", [OSError(errno.ENOSPC, "No space left on device"), OperationalError("database or disk is full")]
)
def test_what_needs_the_disk_waits_in_words_and_is_not_set_aside(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, error: Exception
) -> None:
    cast.asked(cast.project())
    erasure.erase(cast.person(cast.project()))

    def fail() -> None:
        raise error

    with monkeypatch.context() as patched:
        patched.setattr("curation.personal_data.settle", fail)
        for _ in range(erasure.MAX_TRIES + 1):
            assert tasks.sweep() == 0
            Erasure.objects.update(lease_until=None)
    assert "waits for disk space" in caplog.text
    assert tasks.sweep() == 1


def test_a_request_waits_for_the_disk_and_then_closes(monkeypatch: pytest.MonkeyPatch) -> None:
    cast.asked(cast.project())
    made = lifecycle.submit("shop", cast.ANNA, "erasure", verified_by="key", origin="shop")
    full = OSError(errno.ENOSPC, "No space left on device")
    with monkeypatch.context() as patched:
        patched.setattr("curation.personal_data.settle", lambda: (_ for _ in ()).throw(full))
        fill_up(patched, 0)
        for _ in range(lifecycle.MAX_TRIES + 1):
            lifecycle.advance(made)
            PrivacyRequest.objects.update(lease_until=None)
    made.refresh_from_db()
    assert made.state == "executed" and "the disk is full (No space left on device)" in made.error
    Erasure.objects.update(lease_until=None)
    assert lifecycle.advance(made).state == "closed"


@pytest.mark.parametrize(
    "line",
    [
        b'{"kind":"subj',
        b"\xff\xfe\x00",
        b"[]",
        b"17",
        b"null",
        b'{"kind":"subject"}',
        b"{" * 5_000,
        b'{"kind":"other","digest":"a","reason":"erased","buried_at":"2026-01-01T00:00:00+00:00"}',
        b'{"kind":"subject","digest":"a","reason":"erased","buried_at":"2026-01-01T00:00:00"}',
        b'{"kind":"subject","digest":["a"],"reason":"erased","buried_at":"2026-01-01T00:00:00+00:00"}',
    ],
)
@pytest.mark.parametrize("place", ["first", "middle", "last"])
def test_a_torn_line_is_named_and_the_others_are_replayed(line: bytes, place: str, capsys: Any) -> None:
    cast.asked(cast.project(), id="talk-of-anna")
    erasure.erase(cast.person(cast.project()))
    tombstones.append()
    whole = tombstones.file().read_bytes().splitlines(keepends=True)
    at = {"first": 0, "middle": 1, "last": 2}[place]
    whole.insert(at, line if place == "last" else line + b"\n")
    tombstones.file().write_bytes(b"".join(whole))
    Tombstone.objects.all().delete()
    cast.asked(cast.project(), id="talk-of-anna")
    Subject.objects.update(created_at="2026-01-01T00:00:00+00:00")
    with pytest.raises(CommandError, match=rf"could not be read: 1 \(line {at + 1}\)"):
        call_command("replay_tombstones")
    assert "2 tombstones read; erased again: 1 people" in capsys.readouterr().out
    assert not Interaction.objects.exists()


@pytest.mark.parametrize("harm", ["torn", "gone"])
def test_a_list_that_is_torn_or_gone_is_written_again_in_full(harm: str) -> None:
    digests = buried()
    tombstones.append()
    if harm == "torn":
        tombstones.file().write_bytes(tombstones.file().read_bytes()[:-30])
    else:
        tombstones.file().unlink()
    assert tombstones.append() == 3
    torn: list[int] = []
    found = [row.digest for some in tombstones.lines(tombstones.file(), torn) for row in some]
    assert sorted(set(found)) == digests and torn == ([3] if harm == "torn" else [])


def test_a_line_buried_again_meanwhile_is_written_again() -> None:
    buried(1)
    row = Tombstone.objects.get()
    tombstones.mark_exported({row.pk: row.buried_at.replace(year=2020)})
    assert Tombstone.objects.filter(exported=False).count() == 1


def test_nothing_is_left_of_looking_for_room(monkeypatch: pytest.MonkeyPatch) -> None:
    before = set(tombstones.file().parent.iterdir())
    assert disk_space.problem() == ""
    fill_up(monkeypatch, 10)
    assert disk_space.problem() == "No space left on device" and set(tombstones.file().parent.iterdir()) == before
