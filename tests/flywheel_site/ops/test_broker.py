"""The embedded server's broker: a message sent while somebody reads arrives complete, and once."""

import subprocess
import threading
import time
from pathlib import Path
from queue import Empty
from typing import Any

import pytest
from django.conf import settings
from kombu.connection import Connection

from flywheel_site.ops import broker
from privacy.tasks import sweep

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


@pytest.mark.worker
@pytest.mark.skipif(not settings.REDIS_URL, reason="needs Redis (REDIS_URL)")
def test_garbage_in_redis_does_not_end_the_worker(worker: subprocess.Popen[bytes]) -> None:
    """What is no message of ours is said in a line each; the next task is done."""
    import redis

    log = settings.VAR / "log" / "test-worker.log"
    garbage = [
        b"garbage",
        b"\xff",
        b"[]",
        b"{}",
        b"null",
        b'{"properties": {"delivery_tag": "1", "delivery_info": {}}}',
    ]
    with redis.Redis.from_url(settings.REDIS_URL) as server:
        for content in garbage:
            server.lpush("celery", content)
    sweep.delay()
    deadline = time.monotonic() + 120
    while (
        told(said := log.read_text()) < len(garbage)
        or "Task privacy.tasks.sweep" not in said.rpartition("is not ours")[2]
    ):
        assert worker.poll() is None and time.monotonic() < deadline, said
        time.sleep(0.1)
    assert told(said) == len(garbage) and "Traceback" not in said


def told(said: str) -> int:
    """How many messages a log says were none."""
    return said.count("was discarded") + said.count("was set aside")
