"""The shapes of payloads, checked only here; OpenAPI is generated from the same classes.

msgspec checks a body about ten times faster than nested serializers do, and capture is the hot path. Its messages may
quote what was sent, so they are never passed on: `PayloadError` names the place and what was expected there.
"""

import re
from typing import Annotated, Any, Literal, TypeVar

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from feedback.signals import SignalKind
from feedback.texts.blanks import is_blank
from privacy.api.payloads import Moment, SubjectId, require_utc

ExternalId = Annotated[
    str,
    Meta(
        pattern=r"^[A-Za-z0-9._:-]{1,128}\Z",
        description="The caller's own id. Stored as sent, so it must not be personal.",
    ),
]
Text = Annotated[str, Meta(min_length=1, max_length=200_000)]
ShortText = Annotated[str, Meta(max_length=2_000)]
Label = Annotated[str, Meta(max_length=200)]
T = TypeVar("T")
Purposes = dict[Literal["capture", "evaluation", "training"], bool]


class Medium(Struct, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """A picture, a recording or a file in a message: its type and address, never its bytes."""

    type: Label
    url: ShortText = ""
    media_type: Label = ""

    def __post_init__(self) -> None:
        if self.url[:5].lower() == "data:":
            raise ValueError("Media bytes")


class Message(Struct, forbid_unknown_fields=True, kw_only=True):
    """An earlier turn of the conversation, as chat APIs write it.

    Its content is a text or a list of parts, with tool calls, or the result of one. Media are stored as their type and
    address.
    """

    role: Label
    content: Annotated[str, Meta(max_length=200000)] | Annotated[list[Any], Meta(max_length=200)] | UnsetType | None = (
        UNSET
    )
    parts: Annotated[list[Any], Meta(max_length=200)] | UnsetType = UNSET
    tool_calls: Annotated[list[Any], Meta(max_length=200)] | UnsetType | None = UNSET
    tool_call_id: Label | UnsetType | None = UNSET
    name: Label | UnsetType | None = UNSET
    media: Annotated[list[Medium], Meta(max_length=50)] | UnsetType = UNSET
    # Further fields of API replies, which a turn does not keep.
    function_call: Any = UNSET
    refusal: Any = UNSET
    annotations: Any = UNSET
    audio: Any = UNSET

    def __post_init__(self) -> None:
        if type(self.content) is not str and not (self.content or self.parts or self.tool_calls or self.function_call):
            raise ValueError("Object missing required field `content`")


class Source(Struct, forbid_unknown_fields=True):
    """A document that the agent answered from."""

    id: Label | None = None
    title: ShortText | None = None
    url: ShortText | None = None
    text: Annotated[str, Meta(max_length=200_000)] | None = None
    score: float | None = None


class Step(Struct, forbid_unknown_fields=True, kw_only=True):
    """Something the agent did between question and answer: a tool call and its result."""

    type: Literal["tool_call"] = "tool_call"
    name: Label
    id: Label | None = None
    arguments: Any = None
    result: Any = None
    error: Annotated[str, Meta(max_length=20_000)] | None = None


class StepCorrection(Struct, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """What one of the answer's steps should have been: the step by its id, or its place from 0, and the right tool,
    arguments, or both."""

    id: Label | None = None
    index: Annotated[int, Meta(ge=0, lt=1_000)] | None = None
    name: Label | None = None
    arguments: Any = None

    def __post_init__(self) -> None:
        if (self.id is None) == (self.index is None):
            raise ValueError("One of id and index - at `$`")
        if self.name is None and self.arguments is None:
            raise ValueError("Neither name nor arguments - at `$`")


class Agent(Struct, forbid_unknown_fields=True):
    """Which agent answered."""

    name: Label | None = None
    version: Label | None = None
    model: Label | None = None
    prompt: ShortText | None = None


class InteractionIn(Struct, forbid_unknown_fields=True, kw_only=True):
    """The body of `POST /interactions`: a question and its answer."""

    question: Text
    answer: Text
    id: ExternalId | None = None
    dry_run: bool = False
    subject: SubjectId | None = None
    session: Label | None = None
    context: Annotated[list[Message], Meta(max_length=200)] | None = None
    sources: Annotated[list[Source], Meta(max_length=100)] | None = None
    steps: Annotated[list[Step], Meta(max_length=1_000)] | None = None
    agent: Agent | None = None
    consent: Purposes | None = None
    occurred_at: Moment | None = None
    tags: Annotated[list[Label], Meta(max_length=50)] | None = None
    metadata: dict[str, Any] | None = None

    def __post_init__(self) -> None:
        require_utc(occurred_at=self.occurred_at)
        if is_blank(self.answer):
            raise ValueError("Blank text - at `$.answer`")


class TurnIn(InteractionIn, kw_only=True):
    """A turn of a trace.

    With `grows`, a stored interaction with that id takes this version, since more of its trace has arrived. No caller
    can send one.
    """

    grows: bool = False
    person: str = ""  # the subject's digest, if only that is known
    numbering: dict[str, list[str]] = {}  # the placeholders already used in its redacted text


class FeedbackIn(Struct, forbid_unknown_fields=True, kw_only=True):
    """The body of `POST /feedback`: feedback on an answer."""

    interaction: ExternalId
    signal: SignalKind
    id: ExternalId | None = None
    correction: Annotated[str, Meta(max_length=200_000)] | None = None
    comment: Annotated[str, Meta(max_length=20_000)] | None = None
    score: Annotated[float, Meta(ge=0, le=1)] | None = None
    subject: SubjectId | None = None
    occurred_at: Moment | None = None
    step: StepCorrection | None = None

    def __post_init__(self) -> None:
        require_utc(occurred_at=self.occurred_at)


# An unknown key is the caller's text, which errors never repeat.
FIELDS = {
    name
    for kind in (InteractionIn, FeedbackIn, Message, Medium, Source, Step, StepCorrection, Agent)
    for name in kind.__struct_fields__
}
FIELDS |= {"items", "type", "results", "case", "repeats", "error", "candidate", "release", "baseline"}


class PayloadError(ValueError):
    """The body has the wrong shape. `pointer` is a JSON pointer to the place; no value is quoted."""

    def __init__(self, pointer: str, code: str, detail: str) -> None:
        super().__init__(f"{pointer or 'the body'}: {detail}")
        self.pointer, self.code, self.detail = pointer, code, detail

    def below(self, place: str | int) -> "PayloadError":
        """The same error with this step in front of its pointer, unless it is about the whole body."""
        if self.code == "too_deep":
            return self
        step = place if isinstance(place, int) or place in FIELDS else "-"
        return PayloadError(f"/{step}{self.pointer}", self.code, self.detail)


# Beginnings of msgspec's messages, with our code and wording.
EXPECTED = (
    ("Object missing required field", "required", "A required field is missing."),
    ("Object contains unknown field", "unknown_field", "The call does not accept a field that is here."),
    ("Expected `str` of length >=", "too_short", "The text is too short."),
    ("Expected `str` of length <=", "too_long", "The text is too long."),
    ("Expected `array` of length", "too_many", "The list has too many items."),
    ("Expected `str` matching regex", "invalid_id", "Expected 1 to 128 of A-Z a-z 0-9 . _ : -"),
    ("Expected `float`", "out_of_range", "Expected a number from 0 to 1."),
    ("Expected `datetime`", "invalid_time", "Expected a time with its zone, such as 2026-01-31T12:00:00Z."),
    ("Invalid RFC3339", "invalid_time", "Expected a time with its zone, such as 2026-01-31T12:00:00Z."),
    ("Invalid enum value", "invalid_choice", "The call does not accept this value."),
    ("One of id and index", "invalid", "Name the step by its id or by its index, not both."),
    ("Neither name nor arguments", "required", "Give the right name, the right arguments, or both."),
    ("Blank text", "blank", "The text is blank."),
    ("Media bytes", "invalid", "Media are stored by address, never as bytes: give a URL."),
    ("Expected", "invalid_type", "The value has the wrong type."),
)
FIELD = re.compile(r"field `([A-Za-z_]{1,32})`")


def convert(value: Any, kind: type[T]) -> T:
    """The value as this class. Raises `PayloadError`, which names the place."""
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        raise as_payload_error(str(error)) from None


def as_payload_error(message: str) -> PayloadError:
    """Translates msgspec's message into our words, with the place as a JSON pointer."""
    problem, _, place = message.partition(" - at `")
    steps = re.findall(r"[A-Za-z_]\w*|\d+", place.rpartition("$")[2])
    code, detail = next(
        (rest for start, *rest in EXPECTED if problem.startswith(start)), ("invalid", "This is not valid.")
    )
    if code == "required" and (field := FIELD.search(problem)):
        steps.append(field[1])
    return PayloadError("".join(f"/{step}" for step in steps), code, detail)


def check_feedback(feedback: FeedbackIn) -> FeedbackIn:
    """Checks what a type cannot express: an edit has its correction, a rating its score."""
    if feedback.signal == "edit" and is_blank(feedback.correction or ""):
        raise PayloadError("/correction", "required", "An edit needs the corrected text.")
    if feedback.step and feedback.signal != "edit":
        raise PayloadError("/step", "invalid", "Only an edit corrects a step.")
    if feedback.signal == "rating" and feedback.score is None:
        raise PayloadError("/score", "required", "A rating needs a score from 0 to 1.")
    return feedback
