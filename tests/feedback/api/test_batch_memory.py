"""Batches take turns, so that a dozen at once do not need a dozen times the memory of one."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

import pytest

from feedback.api import batch
from feedback.api.views import BatchView
from privacy.api.problems import Problem

BODY = b'{"items": []}'
CALLER = SimpleNamespace(grant=None, project=None, scopes=())


class Sent:
    """A request with a batch, as far as the view looks at it."""

    content_type, auth = "application/json", CALLER

    def __init__(self, arrived: threading.Event | None = None, length: int = len(BODY)) -> None:
        self.arrived = arrived
        self.META = {"CONTENT_LENGTH": str(length)}

    @property
    def body(self) -> bytes:
        if self.arrived:
            assert self.arrived.wait(10)
        return BODY

    def read(self, size: int) -> bytes:
        return b""


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many batches were being worked on whenever one began."""
    lock, working, seen = threading.Lock(), [0], []

    def record(*arguments: Any) -> list[dict[str, Any]]:
        with lock:
            working[0] += 1
            seen.append(working[0])
        time.sleep(0.05)
        with lock:
            working[0] -= 1
        return []

    monkeypatch.setattr(batch, "record", record)
    return seen


def test_two_batches_are_worked_on_at_once_and_no_more(at_once: list[int]) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda request: BatchView().post(request), [Sent() for _ in range(8)]))
    assert [answer.status_code for answer in answers] == [200] * 8
    assert max(at_once) == 2


def test_who_sends_slowly_keeps_nobody_out(at_once: list[int]) -> None:
    arrived = threading.Event()
    with ThreadPoolExecutor(4) as pool:
        slow = [pool.submit(BatchView().post, Sent(arrived)) for _ in range(3)]
        assert pool.submit(BatchView().post, Sent()).result(10).status_code == 200
        arrived.set()
        assert [one.result(10).status_code for one in slow] == [200] * 3


def test_a_batch_that_is_refused_leaves_the_door_open(at_once: list[int]) -> None:
    for _ in range(3):
        with pytest.raises(Problem):
            BatchView().post(Sent(length=10**9))
    assert BatchView().post(Sent()).status_code == 200
