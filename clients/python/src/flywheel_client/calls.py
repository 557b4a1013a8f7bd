"""The API's direct calls as plain data: what to send, and how to read what comes back."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import quote

from .errors import ApiError, FlywheelError, Unreachable, refusal
from .events import encode
from .outbox import Outcome
from .retries import is_retryable

PrivacyKind = Literal["erasure", "access", "withdrawal"]


@dataclass(frozen=True, slots=True)
class Request:
    """One call: method, path below the API's root, and JSON body."""

    method: str
    path: str
    body: bytes | None = None


@dataclass(frozen=True, slots=True)
class Recorded:
    """The answer to ``record``.

    ``reason``, if it was not stored: ``no_consent``, ``queued`` (unreachable now, delivered later) or
    ``refused``. ``redactions``: how many values of each type were replaced. ``feedback_token``: for the
    page's widget.
    """

    id: str
    stored: bool
    redactions: Mapping[str, int] = field(default_factory=dict)
    feedback_token: str | None = None
    reason: str | None = None


def recorded(id: str, answer: Any) -> Recorded:
    """Read the answer to ``POST /interactions``."""
    fields = mapping(answer)
    return Recorded(
        id=str(fields.get("id", id)),
        stored=fields.get("stored") is True,
        redactions=fields.get("redactions") or {},
        feedback_token=fields.get("feedback_token"),
        reason=fields.get("reason"),
    )


def outcome(answer: Recorded) -> Outcome:
    """How a direct call counts in the statistics."""
    return Outcome(delivered=1) if answer.stored else Outcome(not_consented=1)


def may_come_later(error: ApiError | Unreachable) -> bool:
    """Whether background delivery may succeed after a direct call failed."""
    return isinstance(error, Unreachable) or is_retryable(error.status)


def reason(error: ApiError | Unreachable) -> str:
    """Why a direct call was refused, as the statistics name it."""
    if isinstance(error, Unreachable):
        return "unreachable"
    return refusal(error.status, error.errors[0].code if error.errors else None)


def consent(subject: str, purposes: Mapping[str, bool], notice: str | None, method: str | None) -> Request:
    """Record what a person agreed to."""
    body: dict[str, object] = {"subject": subject, "purposes": dict(purposes)}
    if notice is not None:
        body["notice"] = notice
    if method is not None:
        body["method"] = method
    return Request("POST", "/consent", encode(body))


def privacy_request(subject: str, kind: PrivacyKind) -> Request:
    """Ask for erasure, access or withdrawal."""
    return Request("POST", "/privacy/requests", encode({"subject": subject, "kind": kind}))


def privacy_link(subject: str) -> Request:
    """Ask for the person's own page."""
    return Request("POST", "/privacy/link", encode({"subject": subject}))


def releases(dataset: str) -> Request:
    """List a dataset's releases."""
    return Request("GET", f"/datasets/{quote(dataset, safe='')}/releases")


def release(name: str) -> tuple[Request, str | None]:
    """Returns a release's manifest; with a version, the dataset's list, for ``pick_version``."""
    dataset, slash, version = name.rpartition("/")
    if not slash:
        return Request("GET", f"/releases/{quote(name, safe='')}"), None
    if version == "latest":
        return Request("GET", f"/datasets/{quote(dataset, safe='')}/releases/latest"), None
    return releases(dataset), version


def pick_version(answer: Any, version: str) -> Mapping[str, Any]:
    """The manifest of this version in a list. Raises ``FlywheelError`` if there is none."""
    for manifest in listing(answer):
        if manifest.get("version") == version:
            return manifest
    raise FlywheelError("the dataset has no release of that version")


def release_id(manifest: Mapping[str, Any]) -> str:
    """The id of a manifest's release. Raises ``FlywheelError`` if it names none."""
    for name in ("id", "release"):
        if isinstance(value := manifest.get(name), str) and re.fullmatch(r"[\w.:@/-]{1,200}", value):
            return value
    raise FlywheelError("the release's manifest has no id")


def mapping(answer: Any) -> Mapping[str, Any]:
    """An answer that is an object. Raises ``Unreachable`` if something other than the server answered."""
    if not isinstance(answer, Mapping):
        raise Unreachable("the answer is not the JSON object that was expected")
    return answer


def listing(answer: Any) -> list[Mapping[str, Any]]:
    """An answer that is a list of objects, bare or as one page under ``results``."""
    items = answer.get("results", answer.get("releases")) if isinstance(answer, Mapping) else answer
    if not isinstance(items, list) or not all(isinstance(item, Mapping) for item in items):
        raise Unreachable("the answer is not the JSON list that was expected")
    return items
