"""The embedded server's broker: what is put while somebody reads arrives whole, and once."""

import threading
from pathlib import Path
from queue import Empty
from typing import Any

import pytest
from kombu.connection import Connection

from flywheel_site import broker

MESSAGES = 1_000


def channel(folder: Path) -> Any:
    """A channel of its own on the broker in this folder."""
    options = {"data_folder_in": str(folder), "data_folder_out": str(folder), "control_folder": str(folder / "control")}
    return Connection(f"{broker.SCHEME}://", transport_options=options).default_channel  # type: ignore[no-untyped-call]


def test_a_message_is_never_read_before_it_is_whole(tmp_path: Path) -> None:
    """A reader that looks all the time gets every message. With kombu's own one in fifteen was empty here."""

    def put() -> None:
        sender = channel(tmp_path)
        for number in range(MESSAGES):
            sender._put("celery", {"number": number})

    writing = threading.Thread(target=put)
    writing.start()
    reader, found, goes_on = channel(tmp_path), [], True
    while goes_on:
        goes_on = writing.is_alive()  # before the look: what was put last is seen, too
        try:
            while True:
                found.append(reader._get("celery")["number"])
        except Empty:
            continue
    assert sorted(found) == list(range(MESSAGES))
    assert not list(tmp_path.glob("*.msg*"))


def test_a_message_waits_for_its_own_queue(tmp_path: Path) -> None:
    here = channel(tmp_path)
    here._put("celery", {"number": 1})
    with pytest.raises(Empty):
        here._get("other")
    assert here._get("celery") == {"number": 1}
