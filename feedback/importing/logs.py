"""Imports logs of conversations line by line through the write path.

`FORMAT` is what a line may have. A line without an id gets one from its content (question, answer, turns, person, time
…), so that the same conversation is stored once, however it is spelled, and its votes may change.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC
from functools import partial
from typing import Any

import msgspec
import orjson

from feedback import capture
from feedback.capture import Conflict, ConsentSource, Gone
from feedback.capture.json_bodies import refuse_unstorable, without_nulls
from feedback.capture.payloads import InteractionIn, PayloadError, Step, convert
from feedback.capture.store import count_results
from feedback.importing import consent as importing_consent
from feedback.importing import mapping, votes
from feedback.importing.formats.format import NO_VOTE, EarlierTurn
from feedback.importing.reading import Reading
from feedback.importing.trial import Trial
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
   "user": your own id for the person, "id": your own id for the conversation, "ts": "2026-01-31T12:00:00Z",
   "consent": {"capture": true, "evaluation": true, "training": true},
   "context": [{"role", "content"}], "session", "tags": [TEXT],
   "steps": [{"type": "tool_call", "name", "arguments", "result", "error"}],
   "sources": [{"id", "title", "url", "text"}],
   "agent": {"name", "version", "model", "prompt"}, "metadata": {}, "correction": TEXT, "comment": TEXT}
CSV has the same columns, with JSON in those that are not plain text. A line of "id" and "feedback" alone is about a
conversation that came before it.

Votes may be words of many languages, emoji, true and false, 1 and -1, or 1 and 0. For other scores, --threshold says
which are up-votes. Times may also be seconds, milliseconds or nanoseconds since 1970; --zone gives the time zone of times
without one.

Exports of other products are recognised; --format langfuse names one. If a log has other field names, use --map.

A line without consent is not stored. Write consent into the line, or give the consent that you already hold for all
lines without any: --consent capture,evaluation,training --notice "the words that people agreed to".

A conversation that comes again is stored once. It is recognised by its id, else by everything in it except feedback and
consent, however its JSON is written. A changed vote is a new vote. Two equal lines without an id are one conversation if
user, ts or session tells whose it is; otherwise they are two, of two people.
"""
PLAIN = ("sources", "context", "steps", "tags", "agent", "session", "metadata")
STRUCTURED = ("sources", "context", "steps", "feedback", "consent", "tags", "agent", "metadata")
REQUIRED = ("question", "answer")
OF_VOTES = ("correction", "comment")
FIELDS = (*REQUIRED, "feedback", "user", "id", "ts", "consent", *PLAIN, *OF_VOTES)
NO_FIELD = f"A log line has no such field. Its fields are: {', '.join(FIELDS)}. Rename yours, or say where they are: "
ID = re.compile(r"[A-Za-z0-9._:-]{1,128}")
NAMES = {"subject": "user", "occurred_at": "ts"}  # our fields, as a line names them
VOTES_ALONE = "votes"  # a line about an earlier conversation
TAKEN = (WriteResult.STORED, WriteResult.REPLAYED, VOTES_ALONE)


@dataclass(frozen=True, slots=True)
class LineResult:
    """The result of one line: an outcome, or "bad" with the problem and its field; `votes` counts outcomes.

    A stored line has a problem if one of its votes was not stored.
    """

    number: int
    result: str
    votes: Mapping[str, int] = field(default_factory=dict)
    field: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a log as the write path takes it; without `consent` if the line has none.

    A line of votes on an earlier conversation has no interaction.
    """

    id: str
    interaction: InteractionIn | None
    votes: tuple[Vote, ...]


def import_lines(
    project: Project,
    records: Iterable[Record],
    *,
    consent: Mapping[str, bool],
    asked: ConsentSource,
    reading: Reading | None = None,
    trial: Trial | None = None,
) -> Iterator[LineResult]:
    """Store the lines one by one, each in its own commit, and yield the result of each. A bad line never stops the
    rest.

    `consent` is what the operator already holds for lines without any; `reading` says how records become lines. With a
    `trial` nothing stays. Raises `Unmapped` before the first line.
    """
    reading = reading or Reading()
    reading.ours = FIELDS
    tally: Counter[str] = Counter()
    try:
        for result in results(project, records, consent, asked, reading, trial):
            tally[result.result] += 1
            yield result
    finally:
        if trial is None:
            count_unstored(project, tally)


def count_unstored(project: Project, tally: Mapping[str, int]) -> None:
    """Count the lines that nobody agreed to. If all other lines were stored already, it is the same log again. Nothing
    is kept of these lines, so this is the only way to know that they have been counted.
    """
    is_again = tally.get(WriteResult.REPLAYED) and not tally.get(WriteResult.STORED)
    if not is_again and (number := tally.get(WriteResult.NO_CONSENT)):
        with capture.writing():
            count_results(project, {("interaction", WriteResult.NO_CONSENT): number})


def results(
    project: Project,
    records: Iterable[Record],
    consent: Mapping[str, bool],
    asked: ConsentSource,
    reading: Reading,
    trial: Trial | None,
) -> Iterator[LineResult]:
    seen: Counter[str] = Counter()
    for record in reading.lines(records):
        if record.problem:
            yield LineResult(record.number, "bad", field=record.field, problem=record.problem)
            continue
        if record.value is NO_VOTE:
            yield LineResult(record.number, "no_vote")
            continue
        try:
            line = parse(project, record.value, seen, reading)
            attempt = partial(store, project, record.number, line, consent, asked)
            result = trial.run(attempt) if trial else attempt()
            yield replace(result, result=trial.note(project, line.interaction, result.result)) if trial else result
        except PayloadError as error:
            yield LineResult(record.number, "bad", field=field_of(error), problem=error.detail)
        except Conflict:
            words = "This id is in use for another conversation."
            yield LineResult(record.number, "bad", field="id", problem=words)
        except Gone:
            yield LineResult(record.number, WriteResult.GONE)
        except RedactionError as error:
            yield LineResult(record.number, "bad", problem=str(error))


def store(project: Project, number: int, line: Line, held: Mapping[str, bool], asked: ConsentSource) -> LineResult:
    """Store a conversation, then its votes."""
    result: str = VOTES_ALONE
    if line.interaction:
        result = importing_consent.record(project, line.interaction, held, asked)
        if result == WriteResult.NO_CONSENT:
            return LineResult(number, result)
    counts, problem = votes.record(project, line.id, line.votes)
    return LineResult(number, result, counts, "feedback" if problem else "", problem)


def parse(project: Project, line: Any, seen: Counter[str], reading: Reading | None = None) -> Line:
    """A line as the write path takes it. Raises `PayloadError`. `seen` counts equal lines without an id."""
    reading = reading or Reading()
    if not isinstance(line, dict):
        raise PayloadError("", "invalid_type", "A line is a JSON object.")
    if unknown := [name for name in line if name not in FIELDS]:
        names = ", ".join(plain_name(name, "a field without a plain name") for name in unknown[:5])
        raise PayloadError(f"/{names}", "unknown_field", NO_FIELD + (reading.hint or "--map question=YOURS"))
    for place, value in line.items():
        try:
            refuse_unstorable(value)
        except PayloadError as error:
            raise PayloadError(f"/{place}{error.pointer}", error.code, error.detail) from None
    name = own_id(project, line.get("id") or None, reading)
    given = {part: line.get(part) for part in (*REQUIRED, "consent", *PLAIN)}
    said, remarks = feedback_of(line, reading)
    for _, vote in said:
        if "id" in vote:
            vote["id"] = own_id(project, vote["id"], reading)
    if remarks:
        given["metadata"] = {**(given["metadata"] or {}), "comments": remarks}
    if isinstance(name, str) and said and not any(line.get(text) for text in REQUIRED):
        return Line(name, None, tuple(votes.parse(item, name, None, place) for place, item in said))
    given |= {"id": name, "subject": line.get("user"), "occurred_at": moment_of(line, reading)}
    interaction = normal_form(convert(without_nulls(given), InteractionIn))
    interaction = identified(project, interaction, seen, alone=not isinstance(line, EarlierTurn))
    name, moment = interaction.id or "", interaction.occurred_at
    return Line(name, interaction, tuple(votes.parse(item, name, moment, place) for place, item in said))


def own_id(project: Project, name: Any, reading: Reading) -> Any:
    """The id; another product's id with characters that ours do not allow is replaced by its digest."""
    if reading.converted and isinstance(name, str) and name and not ID.fullmatch(name):
        return f"log-{project.tombstone(name)[:32]}"
    return name


def moment_of(record: Mapping[str, Any], reading: Reading) -> str | None:
    """The time of a line or of a vote, in UTC. Raises `PayloadError`."""
    value = record.get("ts")
    return None if value in (None, "") else mapping.moment(value, reading.zone, reading.time_format).isoformat()


def feedback_of(line: Mapping[str, Any], reading: Reading) -> tuple[list[tuple[int, Any]], list[str]]:
    """A line's votes, each with its place, as `votes.parse` takes them; and comments without a vote. Raises
    `PayloadError`.
    """
    value = line.get("feedback")
    outside = without_nulls({name: line.get(name) or None for name in OF_VOTES})
    items: list[Any] = value if isinstance(value, list) else [value]
    if outside and not isinstance(value, list):
        items = [{**(value if isinstance(value, dict) else {"value": value}), **outside}]
    said: list[tuple[int, Any]] = []
    remarks: list[str] = []
    for place, item in enumerate(items):
        vote = vote_of(item, reading)
        if isinstance(vote, str):
            remarks.append(vote)
        elif vote is not None:
            said.append((place, vote))
    return said, remarks


def vote_of(item: Any, reading: Reading) -> Any:
    """One vote with its value as a thumb or a rating; a plain comment as its text; None for no vote."""
    if item is None:
        return None
    if not isinstance(item, dict):
        return item if isinstance(item, list) else reading.scale.read(item)
    rest = {name: value for name, value in item.items() if name not in ("value", "name") or "value" not in item}
    if "ts" in rest:
        try:
            rest["ts"] = moment_of(rest, reading)
        except PayloadError as error:
            raise PayloadError("/feedback/ts", error.code, error.detail) from None
    value = item.get("value")
    if value is None and isinstance(thumb := rest.get("thumb"), str) and thumb not in votes.THUMBS:
        value = rest.pop("thumb")
    vote = reading.scale.read(value, str(item.get("name", ""))) if value is not None else None
    rest |= vote or {}
    if (
        rest.get("thumb") is None
        and rest.get("signal") is None
        and ("value" in item or value is not None or has_text(rest))
    ):
        return {**rest, "signal": "edit"} if has_text(rest) else rest.get("comment")
    return rest


def has_text(vote: Mapping[str, Any]) -> bool:
    """Whether the vote says how the answer should have been."""
    return isinstance(vote.get("correction"), str) and bool(vote["correction"].strip())


def normal_form(interaction: InteractionIn) -> InteractionIn:
    """The conversation in the normal form by which it is recognised: times in UTC, whole numbers, no empty lists."""
    moment = interaction.occurred_at
    return msgspec.structs.replace(
        interaction,
        occurred_at=moment.astimezone(UTC) if moment else None,
        metadata=whole_numbers(interaction.metadata) or None,
        steps=[normal_step(step) for step in interaction.steps or ()] or None,
        **{name: getattr(interaction, name) or None for name in ("session", "context", "sources", "tags")},
    )


def normal_step(step: Step) -> Step:
    given = {name: whole_numbers(getattr(step, name)) for name in ("arguments", "result")}
    return msgspec.structs.replace(step, **given)


def whole_numbers(value: Any) -> Any:
    """The value with 1.0 written as 1: in JSON they are the same number."""
    if isinstance(value, dict):
        return {name: whole_numbers(item) for name, item in value.items()}
    if isinstance(value, list):
        return [whole_numbers(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def identified(
    project: Project, interaction: InteractionIn, seen: Counter[str], *, alone: bool = True
) -> InteractionIn:
    """The conversation with an id: its own, else one from its content, which reveals nothing of it.

    Equal lines without a person or a time are numbered: each may come from a different person whose vote counts, and a
    longer file has the earlier ones in the same places. Turns followed by others are not numbered: request logs repeat
    them.
    """
    if interaction.id:
        return interaction
    body = msgspec.to_builtins(msgspec.structs.replace(interaction, consent=None))
    content = orjson.dumps(without_nulls(body), option=orjson.OPT_SORT_KEYS)
    name = f"log-{project.tombstone(hashlib.sha256(content).hexdigest())[:32]}"
    seen[name] += alone
    known = interaction.subject or interaction.session or interaction.occurred_at
    if alone and seen[name] > 1 and not known:
        name = f"{name}.{seen[name]}"
    return msgspec.structs.replace(interaction, id=name)


def field_of(error: PayloadError) -> str:
    """The place of an error, under the log's own field names."""
    first, *rest = error.pointer.removeprefix("/").split("/")
    return ".".join([NAMES.get(first, first), *rest])
