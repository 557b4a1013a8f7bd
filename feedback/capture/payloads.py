"""The shape of what callers send. It is checked here and only here; OpenAPI is generated from the same classes.

msgspec checks a body some ten times faster than nested serializers do, and capture is the hot path. Its messages can
quote what was sent, so they are never passed on: `PayloadError` names the place and what was expected there.
"""

import json
import re
from typing import Annotated, Any, Literal, TypeVar

import msgspec
from msgspec import Meta, Struct

from feedback.api import json_pieces
from feedback.capture.blanks import is_blank
from feedback.signals import SignalKind
from privacy.api.payloads import Moment, SubjectId, require_utc

MAX_DEPTH = 32
ExternalId = Annotated[
    str,
    Meta(pattern=r"^[A-Za-z0-9._:-]{1,128}\Z", description="The caller's own id. Kept as sent, so nothing personal."),
]
Text = Annotated[str, Meta(min_length=1, max_length=200_000)]
ShortText = Annotated[str, Meta(max_length=2_000)]
Label = Annotated[str, Meta(max_length=200)]
T = TypeVar("T")
Purposes = dict[Literal["capture", "evaluation", "training"], bool]


class Message(Struct, forbid_unknown_fields=True):
    """One earlier turn of the conversation."""

    role: Label
    content: Annotated[str, Meta(max_length=200_000)]


class Source(Struct, forbid_unknown_fields=True):
    """What the agent answered from."""

    id: Label | None = None
    title: ShortText | None = None
    url: ShortText | None = None
    text: Annotated[str, Meta(max_length=200_000)] | None = None


class Agent(Struct, forbid_unknown_fields=True):
    """Which agent answered."""

    name: Label | None = None
    version: Label | None = None
    model: Label | None = None
    prompt: ShortText | None = None


class InteractionIn(Struct, forbid_unknown_fields=True, kw_only=True):
    """A question and its answer, as `POST /interactions` takes it."""

    question: Text
    answer: Text
    id: ExternalId | None = None
    dry_run: bool = False
    subject: SubjectId | None = None
    session: Label | None = None
    context: Annotated[list[Message], Meta(max_length=200)] | None = None
    sources: Annotated[list[Source], Meta(max_length=100)] | None = None
    agent: Agent | None = None
    consent: Purposes | None = None
    occurred_at: Moment | None = None
    tags: Annotated[list[Label], Meta(max_length=50)] | None = None
    metadata: dict[str, Any] | None = None

    def __post_init__(self) -> None:
        require_utc(occurred_at=self.occurred_at)
        if is_blank(self.answer):
            raise ValueError("Blank text - at `$.answer`")


class FeedbackIn(Struct, forbid_unknown_fields=True, kw_only=True):
    """What somebody said of an answer, as `POST /feedback` takes it."""

    interaction: ExternalId
    signal: SignalKind
    id: ExternalId | None = None
    correction: Annotated[str, Meta(max_length=200_000)] | None = None
    comment: Annotated[str, Meta(max_length=20_000)] | None = None
    score: Annotated[float, Meta(ge=0, le=1)] | None = None
    subject: SubjectId | None = None
    occurred_at: Moment | None = None

    def __post_init__(self) -> None:
        require_utc(occurred_at=self.occurred_at)


# A key that we do not know is the caller's text, and no error repeats that.
FIELDS = {name for kind in (InteractionIn, FeedbackIn, Message, Source, Agent) for name in kind.__struct_fields__}
FIELDS |= {"items", "type", "results", "case", "repeats", "error", "candidate", "release", "baseline"}


class PayloadError(ValueError):
    """What was sent has not the right shape. `pointer` is a JSON pointer to the place; no value is ever named."""

    def __init__(self, pointer: str, code: str, detail: str) -> None:
        super().__init__(f"{pointer or 'the body'}: {detail}")
        self.pointer, self.code, self.detail = pointer, code, detail

    def below(self, place: str | int) -> "PayloadError":
        """The same of the item at that place, unless it is of the whole body."""
        if self.code == "too_deep":
            return self
        step = place if isinstance(place, int) or place in FIELDS else "-"
        return PayloadError(f"/{step}{self.pointer}", self.code, self.detail)


# What msgspec says, by how it begins: our code, and our words.
EXPECTED = (
    ("Object missing required field", "required", "A required field is missing."),
    ("Object contains unknown field", "unknown_field", "There is a field here that the call does not take."),
    ("Expected `str` of length >=", "too_short", "The text is too short."),
    ("Expected `str` of length <=", "too_long", "The text is too long."),
    ("Expected `array` of length", "too_many", "The list has too many items."),
    ("Expected `str` matching regex", "invalid_id", "Expected 1 to 128 of A-Z a-z 0-9 . _ : -"),
    ("Expected `float`", "out_of_range", "Expected a number from 0 to 1."),
    ("Expected `datetime`", "invalid_time", "Expected a time with its zone, such as 2026-01-31T12:00:00Z."),
    ("Invalid RFC3339", "invalid_time", "Expected a time with its zone, such as 2026-01-31T12:00:00Z."),
    ("Invalid enum value", "invalid_choice", "This is not one of the values that the call takes."),
    ("Blank text", "blank", "The text says nothing."),
    ("Expected", "invalid_type", "The value has the wrong type."),
)
SURROGATE = re.compile("[\ud800-\udfff]")
FIELD = re.compile(r"field `([A-Za-z_]{1,32})`")


def decode(body: bytes) -> Any:
    """The JSON of a body. Refuses what is no UTF-8 JSON, and what `refuse_unstorable` refuses."""
    value = parse(body)
    refuse_unstorable(value)
    return value


def decode_each(body: bytes, name: str) -> Any:
    """The JSON of a body whose list `name` is judged item by item: the items still have to pass `refuse_unstorable`, and
    one that is no JSON at all is a `PayloadError` in its place. What else is in the body is as in `decode`."""
    try:
        value = msgspec.json.decode(body)
    except (RecursionError, ValueError):
        value = _pieced(body, name)
    if not isinstance(value, dict):
        refuse_unstorable(value)
    else:
        refuse_unstorable({field: given for field, given in value.items() if field != name or type(given) is not list})
    return value


def _pieced(body: bytes, name: str) -> Any:
    """The JSON of a body in which something cannot be read, each item of that list read for itself."""
    try:
        found = json_pieces.fields(body)
        items = json_pieces.items(found.pop(name))
    except (KeyError, ValueError):
        return parse(body)
    return {**{field: parse(value) for field, value in found.items()}, name: [_tried(item) for item in items]}


def _tried(item: bytes) -> Any:
    try:
        return msgspec.json.decode(item)
    except (RecursionError, ValueError):
        fault = not_json()
    try:
        value = _lenient(item)
    except PayloadError as error:
        return error
    return value if _fault(value) else fault


def parse(body: bytes) -> Any:
    """The JSON of a body, whatever it says. Raises `PayloadError`, which names the place where it can."""
    try:
        return msgspec.json.decode(body)
    except (RecursionError, ValueError):
        value = _lenient(body)
    raise _fault(value) or not_json()


def _lenient(body: bytes) -> Any:
    """What Python's own reader makes of it, which takes NaN, halves of surrogate pairs and control characters: so that
    a refusal can name their place. Raises `PayloadError` where that reads nothing either."""
    try:
        return json.loads(body.decode("utf-8", "surrogatepass"), strict=False, parse_int=_number)
    except RecursionError:
        raise too_deep() from None
    except ValueError:
        raise not_json() from None


def _number(digits: str) -> float:
    return int(digits) if len(digits) < 25 else float(digits)  # Python reads no more than some thousand digits


def _fault(value: Any) -> "PayloadError | None":
    try:
        refuse_unstorable(value)
    except PayloadError as error:
        return error
    return None


def not_json() -> PayloadError:
    """The refusal of what is no JSON."""
    return PayloadError("", "invalid_json", "This is no valid UTF-8 JSON.")


def too_deep() -> PayloadError:
    """The refusal of bottomless nesting."""
    return PayloadError("", "too_deep", f"Nested deeper than {MAX_DEPTH} levels.")


def refuse_unstorable(value: Any, depth: int = 0) -> None:
    """Refuse what a database cannot hold, or cannot hold safely, naming the place."""
    if isinstance(value, str):
        if "\x00" in value:
            raise PayloadError("", "nul", "The text holds a NUL character.")
        if not value.isascii() and SURROGATE.search(value):
            raise PayloadError("", "surrogate", "The text holds half of a surrogate pair.")
    elif isinstance(value, int | float) and not -(2**63) <= value < 2**64:
        raise PayloadError("", "out_of_range", "The number is not finite, or does not fit into 64 bits.")
    elif isinstance(value, (list, dict)):
        if depth >= MAX_DEPTH:
            raise too_deep()
        if isinstance(value, dict):
            refuse_unstorable("".join(value))
        for place, item in value.items() if isinstance(value, dict) else enumerate(value):
            if type(item) is str and item.isascii() and "\x00" not in item:
                continue  # what most are, without another call
            try:
                refuse_unstorable(item, depth + 1)
            except PayloadError as error:
                raise error.below(place) from None


def convert(value: Any, kind: type[T]) -> T:
    """The value as that class, or a `PayloadError` that names the place."""
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        raise as_payload_error(str(error)) from None


def as_payload_error(message: str) -> PayloadError:
    """Our own words for what msgspec found, with the place as a JSON pointer."""
    said, _, place = message.partition(" - at `")
    steps = re.findall(r"[A-Za-z_]\w*|\d+", place.rpartition("$")[2])
    code, detail = next(
        (rest for start, *rest in EXPECTED if said.startswith(start)), ("invalid", "This is not valid.")
    )
    if code == "required" and (field := FIELD.search(said)):
        steps.append(field[1])
    return PayloadError("".join(f"/{step}" for step in steps), code, detail)


def check_feedback(feedback: FeedbackIn) -> FeedbackIn:
    """What a shape cannot say: an edit carries its correction, a rating its score."""
    if feedback.signal == "edit" and is_blank(feedback.correction or ""):
        raise PayloadError("/correction", "required", "An edit needs the corrected text.")
    if feedback.signal == "rating" and feedback.score is None:
        raise PayloadError("/score", "required", "A rating needs a score from 0 to 1.")
    return feedback
