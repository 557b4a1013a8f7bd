"""Many items in one body: each is judged by itself, and all that are good are stored in one transaction."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction

from feedback import capture, outcomes
from feedback.models import Outcome, Project
from feedback.payloads import FeedbackIn, InteractionIn, PayloadError, convert
from privacy.redaction import RedactionError

MAX_ITEMS = 1_000
STATUS = {Outcome.Result.STORED: 201, Outcome.Result.PARKED: 202}


def record(project: Project, items: Sequence[Any]) -> list[dict[str, Any]]:
    """{status, id?, error?} for each item, in order. A bad item never fails its neighbours.

    One transaction for all, with a savepoint for each: one wait for the disk however many they are.
    """
    with transaction.atomic():
        return [record_one(project, item, place) for place, item in enumerate(items)]


def record_one(project: Project, item: Any, place: int) -> dict[str, Any]:
    """How one item ended."""
    kind = item.get("type") if isinstance(item, dict) else None
    try:
        if kind == "interaction":
            recorded = capture.record_interaction(project, convert(without_type(item), InteractionIn))
        elif kind == "feedback":
            recorded = capture.record_signal(project, convert(without_type(item), FeedbackIn))
        else:
            raise PayloadError(
                "/type", "invalid_choice", 'Expected an object with the type "interaction" or "feedback".'
            )
    except PayloadError as error:
        outcomes.count(project, "signal" if kind == "feedback" else "interaction", Outcome.Result.REFUSED)
        return refusal(400, f"/items/{place}{error.pointer}", error.code, error.detail)
    except capture.Conflict:
        return refusal(409, f"/items/{place}/id", "conflict", "This id was used for another body.")
    except capture.Gone:
        return refusal(410, f"/items/{place}", "gone", "This was erased or has expired.")
    except RedactionError:
        outcomes.count(project, "signal" if kind == "feedback" else "interaction", Outcome.Result.REFUSED)
        return refusal(422, f"/items/{place}", "not_redactable", "The text could not be redacted.")
    if recorded.result == Outcome.Result.NO_CONSENT:
        return {"status": 200, "stored": False, "reason": "no_consent"}
    answer: dict[str, Any] = {"status": STATUS.get(recorded.result, 200), "id": recorded.id}
    if recorded.token:
        answer |= {"stored": True, "redactions": dict(recorded.redactions), "feedback_token": recorded.token}
    return answer


def without_type(item: dict[str, Any]) -> dict[str, Any]:
    """The item as its own call would take it."""
    return {name: value for name, value in item.items() if name != "type"}


def refusal(status: int, pointer: str, code: str, detail: str) -> dict[str, Any]:
    """The result of an item that was not stored."""
    return {"status": status, "error": {"pointer": pointer, "code": code, "detail": detail}}
