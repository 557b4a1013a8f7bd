"""Users' feedback in traces: `gen_ai.evaluation.result` named `user_feedback`. Pure."""

from collections.abc import Mapping
from typing import Any

from feedback.capture.payloads import FeedbackIn, check_feedback, convert
from feedback.otel.decoding import Event, Span, cleaned
from feedback.otel.payloads import moment
from feedback.otel.people import person
from feedback.otel.readings import Reading
from feedback.signals import KINDS

LABEL = 200
LABELS: dict[str, str] = {kind: kind for kind in KINDS if kind != "rating"}  # a rating is a score without a label
LABELS |= dict.fromkeys(("up", "positive", "good", "pass"), "thumbs_up")
LABELS |= dict.fromkeys(("down", "negative", "bad", "fail"), "thumbs_down")


def is_feedback(event: Event) -> bool:
    """Whether the event is what a user said of an answer."""
    given = event.attributes
    return event.name == "gen_ai.evaluation.result" and given.get("gen_ai.evaluation.name") == "user_feedback"


def feedback(span: Span, event: Event, number: int, reading: Reading, talks: bool) -> FeedbackIn:
    """The event as `POST /feedback` would take it; `talks`: see `evaluated`. Raises `PayloadError`."""
    given = event.attributes
    correction, score = given.get("flywheel.correction"), given.get("gen_ai.evaluation.score.value")
    label = LABELS.get(str(given.get("gen_ai.evaluation.score.label", "")).strip().lower().replace(" ", "_"))
    if correction:
        label = "edit"
    elif label is None and isinstance(score, int | float):
        label = {0.0: "thumbs_down", 1.0: "thumbs_up"}.get(float(score), "rating")
    body = {
        "id": f"{span.name}-{number}",
        "interaction": evaluated(span, given, talks),
        "signal": label or "",
        "correction": correction,
        "comment": given.get("gen_ai.evaluation.explanation"),
        "score": score if label == "rating" else None,
        "subject": person(given).subject or reading.person.subject or None,
        "occurred_at": moment(event.at),
    }
    body = {name: cleaned(value) for name, value in body.items() if value is not None}
    return check_feedback(convert(body, FeedbackIn))


def evaluated(span: Span, given: Mapping[str, Any], talks: bool) -> str:
    """Which interaction feedback on the span is about: the one that it names, that of the response that it names, that of
    the span linked, its own if it is one (`talks`), or its parent's."""
    named = given.get("flywheel.interaction.id") or given.get("gen_ai.response.id")
    if named:
        return str(named)[:LABEL]
    if span.links:
        return "-".join(span.links[0])
    if not talks and span.parent:
        return f"{span.trace}-{span.parent}"
    return str(span.attributes.get("flywheel.interaction.id") or span.name)[:LABEL]
