"""The byte scan: what it finds, that it continues where it stopped, and that nothing slips through between two steps."""

import json
import random
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone

from curation.models import Dataset
from privacy.erasure import byte_scan, erasure, scan, tables
from privacy.erasure.byte_scan import Finder, Marker
from privacy.models import PrivacyRequest
from privacy.requests import lifecycle
from privacy.requests.lifecycle import LEASE
from tests import factories as cast

TEXT = "What does a season ticket for the blue tram cost on working days?"
MARKER = Marker(b"k" * 32, b"s" * 16)


def finder(text: str = TEXT) -> Finder:
    """Looks for a text."""
    return Finder(frozenset(byte_scan.fingerprints(text, MARKER)), MARKER)


@pytest.mark.parametrize(
    "text", [TEXT, "Wo hält die Straßenbahn nach Köln-Süd?", "語言を話すことができますか、教えてください"]
)
@pytest.mark.parametrize("written", ["{}", '{{"q": " {}"}}', "before {} after"])
def test_a_text_is_found_however_it_stands_in_a_file(text: str, written: str) -> None:
    for each in (text, json.dumps(text)[1:-1]):
        data = b"\0\1 " + written.format(each).encode() + b"\0"
        assert finder(text).find(data)
    assert not finder(text).find(b"\0 Something else stands here, and it is about the red ferry.\0")


def test_what_was_found_once_is_found_again() -> None:
    looking, data = finder(), b" " + TEXT.encode()
    assert looking.find(data) == looking.find(data) == looking.wanted
    assert not looking.find(b" nothing of the kind is in here at all") and looking.find(data)


@pytest.mark.parametrize("length", range(40, 200, 7))
def test_a_text_across_the_place_where_a_step_ended_is_found(length: int, tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr(byte_scan, "CHUNK", 64)
    file = tmp_path / "file"
    file.write_bytes(random.Random(length).randbytes(length).replace(b" ", b"x") + b" " + TEXT.encode())
    found: set[str] = set()
    place: tuple[str, int] | None = (str(file), 0)
    steps, read = 0, 0
    while place:
        done = byte_scan.scan([place[0]], finder(), place[1], seconds=0)
        found.update(*done.hits.values())
        place, steps, read = done.next, steps + 1, read + done.bytes
    size = file.stat().st_size
    assert steps == -(-size // 64) > 1 and read == size
    assert {bytes.fromhex(digest) for digest in found} >= finder().find(b" " + TEXT.encode())


def in_small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each file and each row is a step of its own; of the files, only the database's and the logs, which are few."""
    few = [path for path in scan.paths() if path.startswith((f"{settings.VAR}/log", f"{settings.VAR}/test.sqlite3"))]
    monkeypatch.setattr(scan, "paths", lambda since=0.0: few)
    monkeypatch.setattr(scan, "STEP", 0)
    monkeypatch.setattr(tables, "ROWS", 1)


def executed() -> PrivacyRequest:
    """Anna is erased, and the scan is next."""
    cast.asked(cast.project(), question=TEXT)
    cast.asked(cast.project(), cast.BEN)
    made = lifecycle.submit("shop", cast.ANNA, "erasure", verified_by="key", origin="shop")
    assert lifecycle.claim(made)
    lifecycle.execute(made)
    erasure.settle()
    erasure.overwrite_free_pages()
    PrivacyRequest.objects.update(lease_until=None)
    return PrivacyRequest.objects.get()


@pytest.mark.django_db(transaction=True)
def test_a_scan_in_many_steps_comes_to_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    made = executed()
    in_small_steps(monkeypatch)
    monkeypatch.setattr(scan, "STEP", 60)
    while not scan.look(made):
        pass
    at_once = scan.verdict(made)
    made.progress, steps = {}, 0
    monkeypatch.setattr(scan, "STEP", 0)
    while not scan.look(made):
        steps += 1
    small = {name: value for name, value in scan.verdict(made).items() if name != "bytes"}
    assert steps > 5 and small == {name: value for name, value in at_once.items() if name != "bytes"}
    assert at_once["clean"] and at_once["shared_with_others"]


@pytest.mark.django_db(transaction=True)
def test_the_first_words_of_a_value_that_others_hold_too_are_no_residue_elsewhere() -> None:
    cast.asked(cast.project(), question="Where is my umbrella?")
    cast.asked(cast.project(), cast.BEN, question="Where is my umbrella?")
    made = lifecycle.submit("shop", cast.ANNA, "erasure", verified_by="key", origin="shop")
    Dataset.objects.update(name="Where is my umbrella?")
    assert lifecycle.advance(made).state == "closed"
    said = PrivacyRequest.objects.get().scan
    assert said["clean"] and not said["hits"] and said["shared_with_others"]


@pytest.mark.django_db(transaction=True)
def test_the_first_words_of_a_value_that_nobody_else_holds_are_residue_elsewhere() -> None:
    cast.asked(cast.project(), question="Where is my umbrella?")
    made = lifecycle.submit("shop", cast.ANNA, "erasure", verified_by="key", origin="shop")
    Dataset.objects.update(name="Where is my umbrella?")
    assert "curation_dataset.name" in lifecycle.advance(made).error


@pytest.mark.django_db(transaction=True)
def test_residue_is_found_in_steps_too(monkeypatch: pytest.MonkeyPatch) -> None:
    made = executed()
    (settings.VAR / "log" / "forgotten.txt").write_text(f"a copy: {TEXT}")
    in_small_steps(monkeypatch)
    try:
        assert lifecycle.advance(made).error == "text is left in log/forgotten.txt"
    finally:
        (settings.VAR / "log" / "forgotten.txt").unlink()
    PrivacyRequest.objects.update(lease_until=None)
    assert lifecycle.advance(PrivacyRequest.objects.get()).state == "closed"


@pytest.mark.django_db(transaction=True)
def test_each_step_takes_the_lease_anew_and_counts_as_no_failed_try(monkeypatch: pytest.MonkeyPatch) -> None:
    made, leases = executed(), []
    in_small_steps(monkeypatch)
    note = lifecycle.keep_place

    def noted(request: PrivacyRequest) -> None:
        PrivacyRequest.objects.update(tries=4)
        note(request)
        row = PrivacyRequest.objects.get()
        leases.append((row.lease_until, row.tries, bool(row.progress)))

    monkeypatch.setattr(lifecycle, "keep_place", noted)
    assert lifecycle.advance(made).state == "closed" and PrivacyRequest.objects.get().progress == {}
    assert len(leases) > 5 and leases == sorted(leases)
    assert {(tries, noted) for _, tries, noted in leases} == {(1, True)}


@pytest.mark.django_db(transaction=True)
def test_whoever_lost_the_lease_stops_scanning(monkeypatch: pytest.MonkeyPatch) -> None:
    made = executed()
    monkeypatch.setattr(scan, "STEP", 0)

    def slow(request: PrivacyRequest) -> bool:
        PrivacyRequest.objects.update(lease_until=timezone.now() + timedelta(hours=1))  # another worker's
        return False

    monkeypatch.setattr(scan, "look", slow)
    assert lifecycle.advance(made).state == "executed"
    row = PrivacyRequest.objects.get()
    assert (
        row.progress == made.progress
        and row.error == ""
        and row.lease_until
        and row.lease_until > timezone.now() + LEASE.length
    )
