"""One batch over the wire, and what its answer means for each event in it. Logs counts, never text."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

import httpx

from .events import Event
from .outbox import Outcome
from .retries import is_retryable, retry_after
from .transport import JSON_HEADERS, logger


class Advice(Enum):
    """What the sender should do before the next batch."""

    GO_ON = "go on"
    WAIT = "wait"  # The server or the network is not ready; the events are not at fault.
    SHRINK = "shrink"  # The batch as a whole is too large.
    SUSPECT = "suspect"  # The server fails on it: perhaps one event of it is the cause.


@dataclass(frozen=True, slots=True)
class Delivery:
    """A batch's outcome, the advice for the next one, and seconds where the server named them."""

    outcome: Outcome
    advice: Advice = Advice.GO_ON
    wait: float | None = None


def deliver(http: httpx.Client, url: str, events: Sequence[Event]) -> Delivery:
    """Post a batch once. Never raises for what the network or the server does."""
    body = b'{"items":[' + b",".join(event.batch_item for event in events) + b"]}"
    try:
        response = http.post(url, content=body, headers=JSON_HEADERS)
    except httpx.HTTPError as error:
        logger.info("%d events not sent: %s", len(events), type(error).__name__)
        return Delivery(Outcome(again=tuple(events)), Advice.WAIT)
    return read_answer(events, response)


def read_answer(events: Sequence[Event], response: httpx.Response) -> Delivery:
    """Sort a batch's events by what the server answered for the whole, then for each."""
    status = response.status_code
    everything = Outcome(again=tuple(events))
    asked = retry_after(response.headers.get("Retry-After"))
    if status == httpx.codes.REQUEST_ENTITY_TOO_LARGE:
        return Delivery(everything, Advice.SHRINK)
    if status in {500, 501, 505, 507}:
        return Delivery(everything, Advice.SUSPECT, asked)
    if is_retryable(status):
        return Delivery(everything, Advice.WAIT, asked)
    if not response.is_success:
        logger.error("%d events refused with status %d", len(events), status)
        return Delivery(Outcome(refused=len(events)))
    results = _results(response)
    if results is None or len(results) != len(events):
        logger.warning("the answer to a batch of %d is unreadable; it will be sent again", len(events))
        return Delivery(everything, Advice.SUSPECT)
    return _sorted(events, results, asked)


def _results(response: httpx.Response) -> list[object] | None:
    try:
        document = json.loads(response.content)
    except (ValueError, RecursionError):
        return None
    results = document.get("results") if isinstance(document, dict) else None
    return results if isinstance(results, list) else None


def _sorted(events: Sequence[Event], results: Sequence[object], asked: float | None) -> Delivery:
    delivered = not_consented = refused = 0
    again: list[Event] = []
    for event, result in zip(events, results, strict=True):
        fields = result if isinstance(result, dict) else {}
        status = fields.get("status")
        if not isinstance(status, int) or is_retryable(status):
            again.append(event)
        elif not 200 <= status < 300:
            refused += 1
        elif fields.get("stored") is False or fields.get("reason") == "no_consent":
            not_consented += 1
        else:
            delivered += 1
    if refused:
        logger.warning("%d of %d events refused", refused, len(events))
    outcome = Outcome(delivered, not_consented, refused, tuple(again))
    # An item that keeps failing alone must not block the queue for ever.
    return Delivery(outcome, Advice.SUSPECT if again else Advice.GO_ON, asked)
