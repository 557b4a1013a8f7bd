"""Imports logs of conversations line by line through the write path.

`FORMAT` is what a line may have. A line without an id gets one from what it means (question, answer, turns, person,
time …), so that the same conversation is stored once in whatever spelling it comes, and its votes may change.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC
from typing import Any

import msgspec
import orjson

from feedback.capture import Conflict, ConsentSource, Gone
from feedback.capture.json_bodies import refuse_unstorable
from feedback.capture.payloads import InteractionIn, PayloadError, convert
from feedback.importing import consent as importing_consent
from feedback.importing import votes as importing_votes
from feedback.importing.votes import Vote
from feedback.models import Project, WriteResult
from privacy.files.csv_rows import plain_name
from privacy.files.records import Record
from privacy.redaction import RedactionError

FORMAT = """
A line of the log:
  {"question": TEXT, "answer": TEXT,            required
   "feedback": "up" | "down" | null | {"thumb": "up" | "down", or "signal": …, "correction", "comment", "score",
               "user", "ts", "id"} | a list of these,
   "user": your own id of the person, "id": yours of the conversation, "ts": "2026-01-31T12:00:00Z",
   "consent": {"capture": true, "evaluation": true, "training": true},
   "context": [{"role", "content"}], "sources": [{"id", "title", "url", "text"}], "session", "tags": [TEXT],
   "agent": {"name", "version", "model", "prompt"}, "metadata": {}}
CSV has the same columns, with JSON in those that are not plain text.

Without consent nothing of a line is kept. Write it into the line, or give what you hold already for all lines that
carry none: --consent capture,evaluation,training --notice "the words under which people agreed".

The same conversation again is stored once, in whatever spelling of JSON: by its id, else by all that it says but
feedback and consent. A vote that changed since is a new vote. Two lines without an id that say the same are one
conversation where a user, a ts or a session tells whose or which it is; where nothing does, they are two, of two people.
"""
PLAIN = ("sources", "context", "tags", "agent", "session", "metadata")
STRUCTURED = ("sources", "context", "feedback", "consent", "tags", "agent", "metadata")
REQUIRED = ("question", "answer")
FIELDS = (*REQUIRED, "feedback", "user", "id", "ts", "consent", *PLAIN)
NO_FIELD = f"A log line has no such field. It takes: {', '.join(FIELDS)}. Rename yours, or say where they are: --map question=YOURS"
NAMES = {"subject": "user", "occurred_at": "ts"}  # ours, as a line calls them
TAKEN = (WriteResult.STORED, WriteResult.REPLAYED)


@dataclass(frozen=True, slots=True)
class LineResult:
    """How one line ended: `result` is an outcome, or "bad" with the problem and its field; `votes` counts outcomes.

    A line that went in has a problem where one of its votes did not.
    """

    number: int
    result: str
    votes: Mapping[str, int] = field(default_factory=dict)
    field: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a log as the write path takes it; without `consent` where the line carries none."""

    interaction: InteractionIn
    votes: tuple[Vote, ...]


def import_lines(
    project: Project,
    records: Iterable[Record],
    *,
    consent: Mapping[str, bool],
    asked: ConsentSource,
    fields: Mapping[str, str] | None = None,
) -> Iterator[LineResult]:
    """Store the lines one by one, each committed by itself, and say how each ended. A bad one never stops the rest.

    `consent` is what the operator holds already for lines that carry none; `fields` says where a line has what.
    """
    seen: Counter[str] = Counter()
    for record in records:
        if record.problem:
            yield LineResult(record.number, "bad", field=record.field, problem=record.problem)
            continue
        try:
            value = mapped(record.value, fields) if fields else record.value
            yield store(project, record.number, parse(project, value, seen), consent, asked)
        except PayloadError as error:
            yield LineResult(record.number, "bad", field=field_of(error), problem=error.detail)
        except Conflict:
            words = "It is in use for another conversation."
            yield LineResult(record.number, "bad", field="id", problem=words)
        except Gone:
            yield LineResult(record.number, WriteResult.GONE)
        except RedactionError as error:
            yield LineResult(record.number, "bad", problem=str(error))


def store(project: Project, number: int, line: Line, held: Mapping[str, bool], asked: ConsentSource) -> LineResult:
    """Store a conversation, then its votes."""
    result = importing_consent.record(project, line.interaction, held, asked)
    if result == WriteResult.NO_CONSENT:
        return LineResult(number, result)
    votes, problem = importing_votes.record(project, line.interaction.id or "", line.votes)
    return LineResult(number, result, votes, "feedback" if problem else "", problem)


def parse(project: Project, line: Any, seen: Counter[str]) -> Line:
    """A line as the write path takes it. Raises `PayloadError`. `seen` counts equal lines without an id."""
    refuse_unstorable(line)
    if not isinstance(line, dict):
        raise PayloadError("", "invalid_type", "A line is a JSON object.")
    if unknown := [name for name in line if name not in FIELDS]:
        names = ", ".join(plain_name(name, "a field without a plain name") for name in unknown[:5])
        raise PayloadError(f"/{names}", "unknown_field", NO_FIELD)
    given = {name: line.get(name) for name in (*REQUIRED, "consent", *PLAIN)}
    given |= {"id": line.get("id") or None, "subject": line.get("user"), "occurred_at": line.get("ts")}
    interaction = identified(project, settled(convert(without_nulls(given), InteractionIn)), seen)
    said = line.get("feedback")
    items = enumerate(said) if isinstance(said, list) else [(0, said)]
    votes = [importing_votes.parse(item, interaction, place) for place, item in items if item is not None]
    return Line(interaction, tuple(votes))


def without_nulls(body: Mapping[str, Any]) -> dict[str, Any]:
    """The object without its nulls."""
    return {name: value for name, value in body.items() if value is not None}


def settled(interaction: InteractionIn) -> InteractionIn:
    """The conversation in the one spelling by which it is recognised: times in UTC, whole numbers, no empty lists."""
    moment = interaction.occurred_at
    return msgspec.structs.replace(
        interaction,
        occurred_at=moment.astimezone(UTC) if moment else None,
        metadata=whole_numbers(interaction.metadata) or None,
        **{name: getattr(interaction, name) or None for name in ("session", "context", "sources", "tags")},
    )


def whole_numbers(value: Any) -> Any:
    """The value with 1.0 written as 1: in JSON they are the same number."""
    if isinstance(value, dict):
        return {name: whole_numbers(item) for name, item in value.items()}
    if isinstance(value, list):
        return [whole_numbers(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def identified(project: Project, interaction: InteractionIn, seen: Counter[str]) -> InteractionIn:
    """The conversation with an id: its own, else one from what it means, which reveals nothing of it.

    Equal lines of nobody in particular, at no time, are told apart by their order among themselves: each may be a
    person's, with a vote that counts, and a longer file has the earlier ones at the same places.
    """
    if interaction.id:
        return interaction
    body = msgspec.to_builtins(msgspec.structs.replace(interaction, consent=None))
    content = orjson.dumps(without_nulls(body), option=orjson.OPT_SORT_KEYS)
    name = f"log-{project.tombstone(hashlib.sha256(content).hexdigest())[:32]}"
    seen[name] += 1
    known = interaction.subject or interaction.session or interaction.occurred_at
    if seen[name] > 1 and not known:
        name = f"{name}.{seen[name]}"
    return msgspec.structs.replace(interaction, id=name)


def field_of(error: PayloadError) -> str:
    """The place of an error as the log's own fields have it."""
    first, *rest = error.pointer.removeprefix("/").split("/")
    return ".".join([NAMES.get(first, first), *rest])


def mapped(line: Any, fields: Mapping[str, str]) -> Any:
    """The line with our fields taken from where this log has them; what is neither ours nor mapped is left out."""
    if not isinstance(line, dict):
        return line
    found = {name: line[name] for name in FIELDS if name in line and name not in fields}
    return found | without_nulls({name: value_at(line, path) for name, path in fields.items()})


def value_at(value: Any, path: str) -> Any:
    """The value at the path `a.b.0`, or under exactly that name; None if there is none."""
    if isinstance(value, dict) and path in value:
        return value[path]
    step, _, rest = path.partition(".")
    if isinstance(value, list) and step.lstrip("-").isdecimal():
        inner = value[int(step)] if -len(value) <= int(step) < len(value) else None
    else:
        inner = value.get(step) if isinstance(value, dict) else None
    return value_at(inner, rest) if rest else inner
