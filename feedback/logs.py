"""Logs of conversations that were held before Flywheel came: read line by line, through the one write path.

A line: {"question", "answer", "sources"?, "context"?, "feedback"?, "user"?, "id"?, "ts"?, "consent"?, "tags"?,
"agent"?, "session"?, "metadata"?}. `feedback` is "up", "down", null, {"thumb" or "signal", "correction"?, "comment"?, "score"?,
"user"?, "ts"?}, or a list of these. CSV has the same columns, with JSON in those that are not plain text.
"""

import csv
import hashlib
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import orjson

from feedback import capture
from feedback.capture import Asked, Conflict, Gone
from feedback.models import Outcome, Project
from feedback.payloads import FeedbackIn, InteractionIn, PayloadError, check_feedback, convert, decode
from privacy.redaction import RedactionError

PLAIN = ("sources", "context", "tags", "agent", "session", "metadata")
JSON_COLUMNS = ("sources", "context", "feedback", "consent", "tags", "agent", "metadata")
THUMBS = {"up": "thumbs_up", "down": "thumbs_down"}
NO_FIELD = "This field does not belong in a log line."
FIELDS = {"question", "answer", "feedback", "user", "id", "ts", "consent", *PLAIN}
FEEDBACK_FIELDS = {"thumb", "signal", "correction", "comment", "score", "user", "ts", "id"}
MAX_LINE = 4 * 1_048_576


@dataclass(frozen=True, slots=True)
class LineResult:
    """How one line ended: `result` is an outcome, or "bad" with the problem; `signals` counts those stored."""

    number: int
    result: str
    signals: int = 0
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a log as the write path takes it."""

    interaction: InteractionIn
    signals: tuple[FeedbackIn, ...]


def import_lines(
    project: Project, lines: Iterable[tuple[int, bytes]], *, consent: Mapping[str, bool], asked: Asked
) -> Iterator[LineResult]:
    """Store the lines one by one, each committed by itself, and say how each ended. A bad one never stops the rest.

    `consent` is what the operator holds already for lines that carry none.
    """
    for number, raw in lines:
        try:
            line = parse(project, raw, consent)
            recorded = capture.record_interaction(project, line.interaction, asked)
            if recorded.result == Outcome.Result.NO_CONSENT:
                yield LineResult(number, recorded.result)
                continue
            results = [capture.record_signal(project, signal, imported=True).result for signal in line.signals]
            yield LineResult(number, recorded.result, results.count(Outcome.Result.STORED))
        except PayloadError as error:
            yield LineResult(number, "bad", problem=str(error))
        except Conflict:
            yield LineResult(number, "bad", problem="its id is in use for another conversation")
        except Gone:
            yield LineResult(number, Outcome.Result.GONE)
        except RedactionError as error:
            yield LineResult(number, "bad", problem=str(error))


def parse(project: Project, raw: bytes, consent: Mapping[str, bool]) -> Line:
    """A line as the write path takes it. Raises `PayloadError`.

    A line without an id gets one from its content and its person, so that importing a file twice stores it once.
    """
    if len(raw) > MAX_LINE:
        raise PayloadError("", "too_long", f"A line may have at most {MAX_LINE} bytes.")
    line = decode(raw)
    if not isinstance(line, dict):
        raise PayloadError("", "invalid_type", "A line is a JSON object.")
    if set(line) - FIELDS:
        raise PayloadError("", "unknown_field", NO_FIELD)
    given = {name: line[name] for name in PLAIN if line.get(name) is not None}
    own_id = line.get("id") or f"log-{capture.tombstone(project, hashlib.sha256(raw).hexdigest())[:32]}"
    body = {"id": own_id, "question": line.get("question"), "answer": line.get("answer"), **given}
    agreed = line.get("consent") if line.get("consent") is not None else (dict(consent) or None)
    for name, value in (("subject", line.get("user")), ("occurred_at", line.get("ts")), ("consent", agreed)):
        if value is not None:
            body[name] = value
    interaction = convert({name: value for name, value in body.items() if value is not None}, InteractionIn)
    said = line.get("feedback")
    items = said if isinstance(said, list) else [said]
    votes = [vote(item, interaction, place) for place, item in enumerate(items) if item is not None]
    return Line(interaction, tuple(check_feedback(vote) for vote in votes))


def vote(item: Any, interaction: InteractionIn, place: int) -> FeedbackIn:
    """One entry of a line's `feedback` as the write path takes it."""
    entry = {"thumb": item} if isinstance(item, str) else item
    if not isinstance(entry, dict) or set(entry) - FEEDBACK_FIELDS:
        raise PayloadError("/feedback", "invalid", 'Expected "up", "down", or an object with a thumb or a signal.')
    signal = entry.get("signal") or THUMBS.get(str(entry.get("thumb")))
    body = {
        "id": entry.get("id") or f"{interaction.id}:{place}"[-128:],
        "interaction": interaction.id,
        "signal": signal,
        "subject": entry.get("user"),
        "occurred_at": entry.get("ts") or interaction.occurred_at,
        **{name: entry.get(name) for name in ("correction", "comment", "score")},
    }
    return convert({name: value for name, value in body.items() if value is not None}, FeedbackIn)


def read_lines(path: Path) -> Iterator[tuple[int, bytes]]:
    """(number, JSON) of each line that is not blank: JSON Lines as they are, CSV rows turned into them."""
    with path.open("rb") as file:
        if path.suffix.lower() == ".csv":
            yield from csv_rows(file)
            return
        for number, raw in enumerate(file, 1):
            if raw.strip():
                yield number, raw.removeprefix(b"\xef\xbb\xbf") if number == 1 else raw


def csv_rows(file: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """CSV rows as JSON: a column that holds structure is read as JSON where it begins like it, else as plain text."""
    reader = csv.DictReader(io.TextIOWrapper(file, encoding="utf-8-sig", errors="surrogateescape", newline=""))
    csv.field_size_limit(MAX_LINE)
    for row in reader:
        entry: dict[str, Any] = {name: value for name, value in row.items() if name and value not in (None, "")}
        for name in JSON_COLUMNS:
            value = entry.get(name)
            if isinstance(value, str) and value[:1] in "[{":
                try:
                    entry[name] = orjson.loads(value)
                except orjson.JSONDecodeError:
                    continue  # stays text, and is refused as such with its line's number
        try:
            yield reader.line_num, orjson.dumps(entry)
        except orjson.JSONEncodeError:
            yield reader.line_num, b"not UTF-8"
