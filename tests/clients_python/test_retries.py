"""Backoff and `Retry-After`, as plain functions."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime

import pytest

from flywheel_client.events import interaction_event
from flywheel_client.ids import uuid7
from flywheel_client.retries import Backoff, is_retryable, retry_after

NOW = datetime(2026, 11, 23, 12, 0, 0, tzinfo=UTC)


def test_the_bound_of_the_delay_doubles_up_to_the_cap() -> None:
    highest = [Backoff(base=1, cap=10).delay(attempt, uniform=lambda low, high: high) for attempt in range(1, 7)]
    assert highest == [2, 4, 8, 10, 10, 10]
    assert Backoff(cap=10).delay(10_000, uniform=lambda low, high: high) == 10


def test_the_jitter_is_full() -> None:
    delays = [Backoff(base=1, cap=8).delay(3) for _ in range(500)]
    assert min(delays) < 1 < 7 < max(delays) <= 8


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("0", 0.0),
        ("7", 7.0),
        ("999999999999999999999", 300.0),
        ("Mon, 23 Nov 2026 12:00:30 GMT", 30.0),
        ("Mon, 23 Nov 2026 11:00:00 GMT", 0.0),
        ("-5", None),
        ("soon", None),
        ("", None),
        (None, None),
    ],
)
def test_it_reads_both_forms_of_retry_after(header: str | None, seconds: float | None) -> None:
    assert retry_after(header, now=NOW) == seconds


def test_only_what_may_change_is_tried_again() -> None:
    assert [status for status in range(200, 600) if is_retryable(status)][:4] == [408, 425, 429, 500]
    assert not any(is_retryable(status) for status in (200, 301, 400, 401, 403, 404, 409, 410, 413, 422))


def test_ids_are_version_7_and_sort_by_time() -> None:
    ids = [uuid7() for _ in range(3)]
    assert {(uuid.UUID(id).version, uuid.UUID(id).variant) for id in ids} == {(7, uuid.RFC_4122)}
    assert ids[0][:8] <= ids[2][:8]
    assert len({uuid7() for _ in range(10_000)}) == 10_000


def test_a_caller_s_own_id_gives_the_same_bytes_at_any_time() -> None:
    fields = {"question": "Q", "answer": "A", "id": "mine"}
    assert interaction_event(fields).payload == b'{"question":"Q","answer":"A","id":"mine"}'  # type: ignore[arg-type]


def test_an_id_of_ours_comes_with_the_time_of_the_call() -> None:
    assert b'"occurred_at":"20' in interaction_event({"question": "Q", "answer": "A"}).payload
