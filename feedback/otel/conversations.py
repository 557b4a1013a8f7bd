"""Turns spans with OpenTelemetry's GenAI conventions, present and earlier ones, into payloads. Pure.

A span that holds a user's words and the agent's text is an interaction; of spans within one another, the outermost.
`gen_ai.evaluation.result` named `user_feedback` is a signal. Everything else of a trace is left alone.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

from feedback.capture.payloads import FeedbackIn, InteractionIn, PayloadError, check_feedback, convert
from feedback.otel.attributes import data, first, text_or_data
from feedback.otel.decoding import Event, Span, cleaned
from feedback.signals import KINDS

MAX_CONTEXT, MAX_SOURCES, LABEL, SHORT = 200, 100, 200, 2_000
MAX_NEAR = 64  # ancestors of a span that are read, conversations that a sibling retrieval is given to
LABELS: dict[str, str] = {kind: kind for kind in KINDS if kind != "rating"}  # a rating is a score without a label
LABELS |= dict.fromkeys(("up", "positive", "good", "pass"), "thumbs_up")
LABELS |= dict.fromkeys(("down", "negative", "bad", "fail"), "thumbs_down")
LEGACY_EVENTS = {f"gen_ai.{role}.message": role for role in ("system", "user", "assistant")}
INDEXED = re.compile(r"gen_ai\.(prompt|completion)\.(\d{1,4})\.(role|content)")
TEXTS = ("text", "input_text", "output_text")  # types of a message's parts
Turn = tuple[str, str]
Talk = tuple[list[Turn], str]


@dataclass(frozen=True, slots=True)
class Read:
    """One span or event: a payload for the write path, or the reason why it was refused."""

    payload: InteractionIn | FeedbackIn | PayloadError


def read(spans: Sequence[Span]) -> list[Read]:
    """The interactions of these spans, then the feedback in them; and what was refused, for what reason."""
    heard = {span.name: talk for span in spans if (talk := _heard(span)) is not None}
    by_name = {span.name: span for span in spans}
    # A span that cannot be read still contains others: they are its steps, and not turns of a user.
    outermost = [name for name in heard if not any(above in heard for above in ancestors(by_name[name], by_name))]
    talks = {name: talk for name in outermost if not isinstance(talk := heard[name], PayloadError)}
    payloads = [Read(talk) for name in outermost if isinstance(talk := heard[name], PayloadError)]
    sources, unread = retrieved(spans, [by_name[name] for name in talks], by_name)
    payloads += [_converted(interaction, by_name[name], talks[name], found) for name, found in sources.items()]
    payloads += [Read(error) for error in unread]
    answers = {answer: span for span in reversed(by_name.values()) if (answer := response_of(span.attributes))}
    for span in spans:
        for number, event in enumerate(span.events):
            if is_feedback(event):
                about = answers.get(response_of(event.attributes))
                payloads.append(_converted(feedback, span, event, number, about, span.name in heard))
    return payloads


def _heard(span: Span) -> Talk | PayloadError | None:
    try:
        return said(span)
    except PayloadError as error:
        return error


def _converted(make: Any, *given: Any) -> Read:
    try:
        return Read(make(*given))
    except PayloadError as error:
        return Read(error)


def said(span: Span) -> Talk | None:
    """The turns up to the user's last, and the text of the answer; None where there is not both. Raises `PayloadError`
    where they are written as data that cannot be read."""
    turns = instructions(span) + inputs(span)
    last = next((place for place in reversed(range(len(turns))) if turns[place][0] == "user"), None)
    answer = next((text for _, text in reversed(outputs(span)) if text.strip()), "")
    if last is None or not turns[last][1].strip() or not answer:
        return None
    return turns[: last + 1], answer


def inputs(span: Span) -> list[Turn]:
    """What went into the model, in the newest convention that the span speaks. Raises `PayloadError`."""
    return first(*(reading for dialect in DIALECTS for reading in dialect.inputs(span)))


def outputs(span: Span) -> list[Turn]:
    """What came out of the model. Raises `PayloadError`."""
    return first(*(reading for dialect in DIALECTS for reading in dialect.outputs(span)))


def legacy(span: Span) -> list[Turn]:
    """What went in, as the events of the first convention say it."""
    return [
        (LEGACY_EVENTS[event.name], text)
        for event in span.events
        if event.name in LEGACY_EVENTS
        if (text := text_of(text_or_data(event.attributes.get("content"), f"{event.name} content")))
    ]


def choices(span: Span) -> list[Turn]:
    """What came out, as the events of the first convention say it."""
    found = [event.attributes for event in span.events if event.name == "gen_ai.choice"]
    spoken = [
        (choice.get("message") or choice.get("content"), "assistant", "gen_ai.choice message") for choice in found
    ]
    return [turn for each in spoken for turn in messages(*each)]


def instructions(span: Span) -> list[Turn]:
    """The system's instructions, where they stand apart from the messages. Raises `PayloadError`."""
    name = "gen_ai.system_instructions"
    text = text_of(data(span.attributes.get(name), name))
    return [("system", text)] if text else []


def _contents(span: Span, names: Sequence[str], role: str) -> list[Callable[[], list[Turn]]]:
    """A reading of each of these attributes, wherever conventions put it: on the span, or on one of its events."""
    places = (span.attributes, *(event.attributes for event in span.events))
    return [partial(messages, place[name], role, name) for place in places for name in names if name in place]


def messages(value: Any, role: str, name: str) -> list[Turn]:
    """Role and text of each message; `value` may be a list, its JSON, or plain text said by `role`. Raises `PayloadError`
    naming the attribute where it is broken data."""
    value = data(value, name) if name.endswith(".messages") else text_or_data(value, name)
    if isinstance(value, dict):
        value = value.get("messages", value)
    if isinstance(value, str):
        return [(role, value)] if value.strip() else []
    if isinstance(value, dict):
        value = [value]
    if not isinstance(value, list):
        return []
    found = []
    for message in value:
        if isinstance(message, dict):
            text = text_of(message.get("parts", message.get("content", message)))
            found.append((str(message.get("role") or role)[:LABEL], text))
        elif isinstance(message, str):
            found.append((role, message))
    return [turn for turn in found if turn[1]]


def text_of(parts: Any) -> str:
    """The text in a message's parts; calls of tools and their results are none."""
    if isinstance(parts, str):
        return parts
    if isinstance(parts, dict):
        parts = [parts]
    if not isinstance(parts, list):
        return ""
    texts = [
        part if isinstance(part, str) else part.get("content") or part.get("text")
        for part in parts
        if isinstance(part, str) or (isinstance(part, dict) and part.get("type", "text") in TEXTS)
    ]
    return "\n".join(text for text in texts if isinstance(text, str) and text)


def indexed(attributes: Mapping[str, Any], which: str, role: str) -> list[Turn]:
    """Messages written as `gen_ai.prompt.0.role`, `gen_ai.prompt.0.content`, …; contents of several parts are JSON there.
    Raises `PayloadError`."""
    found: dict[int, dict[str, str]] = {}
    for name, value in attributes.items():
        match = INDEXED.fullmatch(name)
        if match and match[1] == which:
            text = text_of(text_or_data(value, name)) if match[3] == "content" else str(value)
            found.setdefault(int(match[2]), {})[match[3]] = text
    return [(found[n].get("role", role), found[n]["content"]) for n in sorted(found) if found[n].get("content")]


@dataclass(frozen=True, slots=True)
class Dialect:
    """One way in which instrumentations write a conversation on a span: readings of what went in and what came out."""

    name: str
    inputs: Callable[[Span], list[Callable[[], list[Turn]]]]
    outputs: Callable[[Span], list[Callable[[], list[Turn]]]]


DIALECTS: tuple[Dialect, ...] = (
    Dialect(
        "messages on the span or an event",
        lambda span: _contents(span, ("gen_ai.input.messages", "gen_ai.prompt"), "user"),
        lambda span: _contents(span, ("gen_ai.output.messages", "gen_ai.completion"), "assistant"),
    ),
    Dialect(
        "an attribute for each message",
        lambda span: [partial(indexed, span.attributes, "prompt", "user")],
        lambda span: [partial(indexed, span.attributes, "completion", "assistant")],
    ),
    Dialect("an event for each message", lambda span: [partial(legacy, span)], lambda span: [partial(choices, span)]),
)
"""The newest first: the first that finds something is taken. A new dialect is one entry."""


def ancestors(span: Span, by_name: Mapping[str, Span]) -> Iterable[str]:
    """The names of the nearest spans above it that came in the same request."""
    seen = {span.name}
    above = by_name.get(f"{span.trace}-{span.parent}")
    while above is not None and above.name not in seen and len(seen) <= MAX_NEAR:
        seen.add(above.name)
        yield above.name
        above = by_name.get(f"{above.trace}-{above.parent}")


def documents(span: Span) -> list[dict[str, str]]:
    """What a retrieval found, as sources. Raises `PayloadError`."""
    name = "gen_ai.retrieval.documents"
    found = data(span.attributes.get(name), name)
    rows = [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []
    fields = {"id": ("id",), "title": ("title", "name"), "url": ("url", "uri"), "text": ("content", "text")}
    limits = {"id": LABEL, "title": SHORT, "url": SHORT, "text": 200_000}
    sources = [
        {
            name: str(next(row[key] for key in keys if row.get(key)))[: limits[name]]
            for name, keys in fields.items()
            if any(row.get(key) for key in keys)
        }
        for row in rows
    ]
    return [source for source in sources if source]


def retrieved(
    spans: Sequence[Span], talks: Sequence[Span], by_name: Mapping[str, Span]
) -> tuple[dict[str, list[dict[str, str]]], list[PayloadError]]:
    """The sources of each conversation, by its span's name: what was retrieved within the span, or next to it under the
    same parent. And why some could not be read. Each retrieval looks for its conversations once, so the work grows with
    the spans alone."""
    found: dict[str, list[dict[str, str]]] = {span.name: [] for span in talks}
    unread: list[PayloadError] = []
    siblings: dict[tuple[str, str], list[str]] = {}
    for span in talks:
        siblings.setdefault((span.trace, span.parent), []).append(span.name)
    for span in spans:
        try:
            rows = documents(span)
        except PayloadError as error:
            unread.append(error)
            continue
        near = siblings.get((span.trace, span.parent), [])[:MAX_NEAR] if rows and span.parent else []
        for name in dict.fromkeys([span.name, *near, *ancestors(span, by_name)]) if rows else ():
            if name in found:
                found[name] += rows[: MAX_SOURCES - len(found[name])]
    return found, unread


def interaction(span: Span, talk: tuple[list[Turn], str], sources: list[dict[str, str]]) -> InteractionIn:
    """The span as `POST /interactions` would take it. Raises `PayloadError`."""
    turns, answer = talk
    given = span.attributes
    agent = {
        "name": _label(given, "gen_ai.agent.name") or _label(span.resource, "service.name"),
        "version": _label(given, "gen_ai.agent.version") or _label(span.resource, "service.version"),
        "model": _label(given, "gen_ai.response.model", "gen_ai.request.model"),
        "prompt": _label(given, "gen_ai.prompt.name"),
    }
    tags = given.get("flywheel.tags")
    body = {
        "id": _label(given, "flywheel.interaction.id") or span.name,
        "question": turns[-1][1],
        "answer": answer,
        "context": [{"role": role, "content": text} for role, text in turns[:-1][-MAX_CONTEXT:]],
        "sources": sources,
        "subject": _subject(given),
        "session": _label(given, "gen_ai.conversation.id", "session.id"),
        "agent": {name: value for name, value in agent.items() if value},
        "consent": consents(given),
        "occurred_at": _moment(span.start),
        "tags": [str(tag)[:LABEL] for tag in tags[:50]] if isinstance(tags, list) else None,
    }
    return convert({name: cleaned(value) for name, value in body.items() if value}, InteractionIn)


def is_feedback(event: Event) -> bool:
    """Whether the event is what a user said of an answer."""
    given = event.attributes
    return event.name == "gen_ai.evaluation.result" and given.get("gen_ai.evaluation.name") == "user_feedback"


def feedback(span: Span, event: Event, number: int, about: Span | None, talks: bool) -> FeedbackIn:
    """The event as `POST /feedback` would take it; `about`, `talks`: see `evaluated`. Raises `PayloadError`."""
    given = event.attributes
    correction, score = given.get("flywheel.correction"), given.get("gen_ai.evaluation.score.value")
    label = LABELS.get(str(given.get("gen_ai.evaluation.score.label", "")).strip().lower().replace(" ", "_"))
    if correction:
        label = "edit"
    elif label is None and isinstance(score, int | float):
        label = {0.0: "thumbs_down", 1.0: "thumbs_up"}.get(float(score), "rating")
    body = {
        "id": f"{span.name}-{number}",
        "interaction": _label(given, "flywheel.interaction.id") or evaluated(span, about, talks),
        "signal": label or "",
        "correction": correction,
        "comment": given.get("gen_ai.evaluation.explanation"),
        "score": score if label == "rating" else None,
        "subject": _subject(given) or _subject(span.attributes),
        "occurred_at": _moment(event.at),
    }
    body = {name: cleaned(value) for name, value in body.items() if value is not None}
    return check_feedback(convert(body, FeedbackIn))


def evaluated(span: Span, about: Span | None, talks: bool) -> str:
    """Which interaction feedback on the span is about: that of the response named (`about`), of the span linked, its own
    if it is one (`talks`), or its parent's."""
    if about:
        return _label(about.attributes, "flywheel.interaction.id") or about.name
    if span.links:
        return "-".join(span.links[0])
    if not talks and span.parent:
        return f"{span.trace}-{span.parent}"
    return _label(span.attributes, "flywheel.interaction.id") or span.name


def response_of(given: Mapping[str, Any]) -> str:
    """The id of the model's response that a span gave, or that feedback is about; empty for none."""
    return str(given.get("gen_ai.response.id") or "")


def consents(given: Mapping[str, Any]) -> dict[str, bool]:
    """What `flywheel.consent.<purpose>` says, for the purposes that it names."""
    words = {"true": True, "false": False}
    found = {}
    for purpose in ("capture", "evaluation", "training"):
        value = given.get(f"flywheel.consent.{purpose}")
        if isinstance(value, bool) or str(value).lower() in words:
            found[purpose] = value if isinstance(value, bool) else words[str(value).lower()]
    return found


def _subject(given: Mapping[str, Any]) -> str | None:
    value = given.get("enduser.id") or given.get("user.id")
    return str(value) if value not in (None, "") else None


def _label(given: Mapping[str, Any], *names: str) -> str | None:
    value = next((given[name] for name in names if given.get(name)), None)
    return None if value is None else str(value)[:LABEL]


def _moment(nanoseconds: int) -> str | None:
    if not 0 < nanoseconds < 4_102_444_800 * 10**9:  # the year 2100
        return None
    return datetime.fromtimestamp(nanoseconds / 10**9, UTC).isoformat()
