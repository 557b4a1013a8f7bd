"""Batches: each item is checked separately, and all good ones are stored in one transaction."""

from collections import Counter
from collections.abc import Collection, Sequence
from typing import Any, TypeGuard

from feedback import capture
from feedback.capture import Recorded, Refusal
from feedback.capture.dry_run import preview
from feedback.capture.json_bodies import refuse_unstorable
from feedback.capture.payloads import FeedbackIn, InteractionIn, PayloadError, check_feedback, convert
from feedback.models import Project, WriteResult
from feedback.projects.tokens import token_of
from privacy.api.scopes import Scope
from privacy.redaction import RedactionError

MAX_ITEMS = 1_000
STATUS = {WriteResult.STORED: 201, WriteResult.PARKED: 202}
REFUSALS: dict[type[Exception], tuple[int, str, str, str]] = {
    capture.Conflict: (409, "/id", "conflict", "This id was already used with another body."),
    capture.Gone: (410, "", "gone", "This was erased or has expired."),
}
NOT_REDACTABLE = (422, "", "not_redactable", "The text could not be redacted.")
NEEDS = {"interaction": Scope.INGEST, "feedback": Scope.FEEDBACK}


class NotAllowed(PayloadError):
    """The key does not carry the scope that the item's own call needs."""


def record(project: Project, items: Sequence[Any], scopes: Collection[str]) -> list[dict[str, Any]]:
    """{status, id?, error?} for each item, in order. A bad item never affects the others."""
    read = [parsed(item, scopes) for item in items]
    payloads = [payload for payload in read if not isinstance(payload, PayloadError) and not is_trial(payload)]
    refused = Counter(
        ("signal" if is_feedback(item) else "interaction", str(WriteResult.REFUSED))
        for item, payload in zip(items, read, strict=True)
        if isinstance(payload, PayloadError)
    )
    ended = iter(capture.record(project, payloads, refused=refused))
    results = []
    for place, payload in enumerate(read):
        if isinstance(payload, PayloadError):
            status = 403 if isinstance(payload, NotAllowed) else 400
            results.append(refusal(status, f"/items/{place}{payload.pointer}", payload.code, payload.detail))
        elif is_trial(payload):
            results.append(previewed(project, payload, place))
        else:
            results.append(answer(next(ended), place))
    return results


def is_trial(payload: InteractionIn | FeedbackIn) -> TypeGuard[InteractionIn]:
    """Whether it only asks what would be stored (`dry_run`)."""
    return isinstance(payload, InteractionIn) and payload.dry_run


def parsed(item: Any, scopes: Collection[str]) -> InteractionIn | FeedbackIn | PayloadError:
    """The item as a payload, or the error in it."""
    if isinstance(item, PayloadError):  # the item could not be read at all
        return item
    kind = item.get("type") if isinstance(item, dict) else None
    if isinstance(kind, str) and kind in NEEDS and NEEDS[kind] not in scopes:
        return NotAllowed("", "scope", "This key does not carry the scope that the item needs.")
    try:
        refuse_unstorable(item)
        if kind == "interaction":
            return convert(without_type(item), InteractionIn)
        if kind == "feedback":
            return check_feedback(convert(without_type(item), FeedbackIn))
    except PayloadError as error:
        return error
    return PayloadError("/type", "invalid_choice", 'Expected an object with the type "interaction" or "feedback".')


def is_feedback(item: Any) -> bool:
    """Whether the item says that it is feedback."""
    return isinstance(item, dict) and item.get("type") == "feedback"


def answer(recorded: Recorded | Refusal, place: int) -> dict[str, Any]:
    """The result of one item."""
    if isinstance(recorded, Exception):
        status, pointer, code, detail = REFUSALS.get(type(recorded), NOT_REDACTABLE)
        return refusal(status, f"/items/{place}{pointer}", code, detail)
    if recorded.result == WriteResult.NO_CONSENT:
        return {"status": 200, "stored": False, "reason": "no_consent"}
    result: dict[str, Any] = {"status": STATUS.get(recorded.result, 200), "id": recorded.id}
    if recorded.row:
        token = token_of(recorded.row)
        result |= {"stored": True, "redactions": dict(recorded.redactions), "feedback_token": token}
    return result


def previewed(project: Project, payload: InteractionIn, place: int) -> dict[str, Any]:
    """The result of an item with `dry_run`."""
    try:
        return {"status": 200, **preview(project, payload)}
    except RedactionError as error:
        return answer(error, place)


def without_type(item: dict[str, Any]) -> dict[str, Any]:
    """The item in the form that its own call takes."""
    return {name: value for name, value in item.items() if name != "type"}


def refusal(status: int, pointer: str, code: str, detail: str) -> dict[str, Any]:
    """The result of an item that was not stored."""
    return {"status": status, "error": {"pointer": pointer, "code": code, "detail": detail}}
