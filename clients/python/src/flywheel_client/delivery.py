"""Sends one batch, and reads what the answer means for each event in it. Logs counts, never text."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

import httpx

from .errors import refusal
from .events import Event
from .outbox import Outcome
from .retries import is_retryable, retry_after
from .transport import JSON_HEADERS, logger, problem

# Refusals of the call itself (address, method, key, redirect): no event in the batch caused them.
OF_THE_CALL = frozenset({401, 403, 404, 405, 407, 410, 411, 415, 426})


class Advice(Enum):
    """What the sender should do before the next batch."""

    GO_ON = "go on"
    WAIT = "wait"  # The server or the network is not ready; the events are not at fault.
    SPLIT = "split"  # The whole batch is refused: it is too large, or one of its events is at fault.
    SUSPECT = "suspect"  # The server fails on it: perhaps because of one event.


@dataclass(frozen=True, slots=True)
class Delivery:
    """A batch's outcome, the advice for the next one, and seconds to wait if the server named them."""

    outcome: Outcome
    advice: Advice = Advice.GO_ON
    wait: float | None = None


def deliver(http: httpx.Client, url: str, events: Sequence[Event]) -> Delivery:
    """Post a batch once. Never raises because of the network or the server."""
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
    if status in {500, 501, 505, 507}:
        return Delivery(everything, Advice.SUSPECT, asked)
    if is_retryable(status):
        return Delivery(everything, Advice.WAIT, asked)
    if 400 <= status < 500 and status not in OF_THE_CALL and len(events) > 1:
        return Delivery(everything, Advice.SPLIT)
    if not response.is_success:
        said = problem(response).errors
        why = refusal(status, said[0].code if said else None)
        logger.error("%d events refused: %s", len(events), why)
        return Delivery(Outcome(refused=len(events), reasons=(why,) * len(events)))
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
    delivered = not_consented = 0
    again: list[Event] = []
    reasons: list[str] = []
    for event, result in zip(events, results, strict=True):
        fields = result if isinstance(result, dict) else {}
        status = fields.get("status")
        if not isinstance(status, int) or is_retryable(status):
            again.append(event)
        elif not 200 <= status < 300:
            error = fields.get("error")
            reasons.append(refusal(status, error.get("code") if isinstance(error, dict) else None))
        elif fields.get("stored") is False or fields.get("reason") == "no_consent":
            not_consented += 1
        else:
            delivered += 1
    if reasons:
        why = ", ".join(f"{number} x {said}" for said, number in sorted(Counter(reasons).items()))
        logger.warning("%d of %d events refused: %s", len(reasons), len(events), why)
    outcome = Outcome(delivered, not_consented, len(reasons), tuple(again), tuple(reasons))
    # A single item that keeps failing must not block the queue for ever.
    return Delivery(outcome, Advice.SUSPECT if again else Advice.GO_ON, asked)
