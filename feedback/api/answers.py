"""The answers of the capture and privacy calls, for OpenAPI."""

from datetime import datetime
from typing import Annotated, Any, NotRequired, TypedDict

from msgspec import Meta

from feedback.api.batch import MAX_ITEMS
from feedback.capture.payloads import FeedbackIn, InteractionIn


class Stored(TypedDict):
    """The result of sending an interaction."""

    stored: bool
    id: NotRequired[str | None]
    redactions: NotRequired[dict[str, int]]
    feedback_token: NotRequired[str]
    reason: NotRequired[str]
    dry_run: NotRequired[bool]
    interaction: NotRequired[dict[str, Any]]


class FeedbackStored(TypedDict):
    """The result of sending feedback."""

    id: NotRequired[str]
    stored: NotRequired[bool]
    reason: NotRequired[str]


class InteractionItem(InteractionIn, tag_field="type", tag="interaction", forbid_unknown_fields=True, kw_only=True):
    """An interaction in a batch."""


class FeedbackItem(FeedbackIn, tag_field="type", tag="feedback", forbid_unknown_fields=True, kw_only=True):
    """Feedback in a batch."""


class Items(TypedDict):
    """The body of a batch: interactions and feedback, each with its `type`. Each is checked by itself."""

    items: Annotated[list[InteractionItem | FeedbackItem], Meta(max_length=MAX_ITEMS)]


class ItemError(TypedDict):
    """Why an item was not stored."""

    pointer: str
    code: str
    detail: str


class ItemResult(TypedDict):
    """The result of one item."""

    status: int
    id: NotRequired[str | None]
    stored: NotRequired[bool]
    reason: NotRequired[str]
    redactions: NotRequired[dict[str, int]]
    feedback_token: NotRequired[str]
    dry_run: NotRequired[bool]
    interaction: NotRequired[dict[str, Any]]
    error: NotRequired[ItemError]


class Results(TypedDict):
    """The results of the items, in order."""

    results: list[ItemResult]


class ConsentState(TypedDict):
    """The person's current consent."""

    purposes: dict[str, bool]


class ConsentHistory(TypedDict):
    """The person's current consent, and the ledger behind it."""

    purposes: dict[str, bool]
    history: list[dict[str, Any]]


class RequestMade(TypedDict):
    """A person's request, as accepted."""

    id: str
    status: str
    due_at: datetime


class RequestShown(TypedDict):
    """A person's request, and how far it has come."""

    id: str
    kind: str
    status: str
    due_at: datetime
    counts: dict[str, int]
    receipt: dict[str, Any] | None
    data: NotRequired[dict[str, Any]]


class Link(TypedDict):
    """The address of a person's own page."""

    url: str
    expires_at: datetime
