"""Turns the records of a file into lines of a log: as they are, by a map, or by a named or recognised format.

The first records show which format a file has and how to read its votes. Then each record is read by itself, or with
neighbours from the same trace, so a file of any size takes little memory. `proposal` suggests a `--map` for unknown
names; nothing is imported on a guess.
"""

import re
import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, tzinfo
from itertools import chain, islice
from typing import Any

from feedback.importing.formats import FORMATS, Format, Unread, recognise
from feedback.importing.formats.conversations import read
from feedback.importing.mapping import mapped, value_at
from feedback.importing.votes import Scale
from privacy.files.csv_rows import plain_name
from privacy.files.records import Record

NAMES: dict[str, tuple[str, ...]] = {
    "question": ("question", "query", "prompt", "user_question", "user_query", "user_input", "user_message", "input", "request",
                 "message", "human", "instruction", "user_prompt", "input_text", "frage", "anfrage", "pregunta", "domanda",
                 "pergunta", "vraag", "pytanie", "вопрос", "问题", "質問", "질문"),
    "answer": ("answer", "response", "output", "completion", "reply", "bot_response", "bot_answer", "assistant", "ai_response",
               "llm_response", "model_response", "generated_text", "generation", "result", "output_text", "bot", "antwort",
               "réponse", "reponse", "respuesta", "risposta", "resposta", "antwoord", "odpowiedź", "ответ", "回答", "답변"),
    "feedback": ("feedback", "vote", "thumb", "thumbs", "rating", "user_feedback", "user_rating", "reaction", "liked", "helpful",
                 "score", "user_score", "bewertung", "note", "valoración", "оценка", "评分"),
    "correction": ("correction", "corrected", "corrected_answer", "ideal", "ideal_answer", "expected", "expected_answer", "edited",
                   "korrektur"),
    "comment": ("comment", "comments", "feedback_comment", "feedback_text", "reason", "remark", "kommentar", "commentaire"),
    "user": ("user", "user_id", "userid", "uid", "customer_id", "member_id", "account_id", "nutzer", "utilisateur"),
    "ts": ("ts", "timestamp", "time", "created_at", "createdat", "created", "date", "datetime", "occurred_at", "zeit", "datum"),
    "id": ("id", "interaction_id", "message_id", "trace_id", "uuid", "request_id", "log_id"),
    "session": ("session", "session_id", "thread_id", "chat_id", "conversation_id"),
}  # fmt: skip
PART = re.compile(r"[^\w]+|_+|(?<=[a-z0-9])(?=[A-Z])")
FOLDED = re.compile(r"[\W_]+")
DEEP = 3
SHOWN = 15


def proposal(records: Iterable[Any]) -> str:
    """`--map question=… --map answer=…` for these records; empty if neither can be guessed."""
    found = _paths(records)
    words = []
    for name, known in NAMES.items():
        path = _best(found, known, texts=name in ("question", "answer", "correction", "comment"))
        if path and path != name:
            words.append(f"--map {shlex.quote(f'{name}={path}')}")
    return " ".join(words) if any("question=" in word or "answer=" in word for word in words) else ""


def columns(records: Iterable[Any]) -> str:
    """The names of the records' fields for a message; a name that is not plain may be somebody's text."""
    names = list(dict.fromkeys(plain_name(path, "a field without a plain name") for path in _paths(records)))
    return ", ".join(names[:SHOWN]) + (", …" if len(names) > SHOWN else "")


def other_spelling(path: str, records: Iterable[Any]) -> str:
    """The field whose name differs from the path only in capitals, blanks and signs; empty if there is none."""
    folded = FOLDED.sub("", path).casefold()
    found = [each for each in _paths(records) if FOLDED.sub("", each).casefold() == folded]
    return plain_name(found[0], "") if len(found) == 1 else ""


def _paths(records: Iterable[Any]) -> dict[str, Any]:
    """The places of texts, numbers and booleans in the records, each with a value."""
    found: dict[str, Any] = {}
    for record in records:
        for path, value in _leaves(record, "", DEEP):
            found.setdefault(path, value)
    return found


def _leaves(value: Any, path: str, deep: int) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping) and deep:
        for name, inner in value.items():
            yield from _leaves(inner, f"{path}.{name}" if path else str(name), deep - 1)
    elif path and not isinstance(value, (Mapping, list)) and value is not None:
        yield path, value


def _best(found: Mapping[str, Any], known: tuple[str, ...], *, texts: bool) -> str:
    """The first place with a known name, or with a known outer name and an inner one that adds nothing."""
    folded = {path: _fold(path) for path, value in found.items() if isinstance(value, str) or not texts}
    for name in known:
        for path, parts in folded.items():
            if "_".join(parts) == name or (len(path.split(".")) == 1 and parts == name.split("_")):
                return path
    for name in known:
        for path in folded:
            steps = [each.casefold() for each in path.split(".")]
            if len(steps) > 1 and name in steps and steps[-1] in (name, "text", "content", "value", "message"):
                return path
    return ""


def _fold(path: str) -> list[str]:
    return [part.casefold() for part in PART.split(path.rpartition(".")[2] if "." in path else path) if part]


SAMPLE = 500  # records examined first
TRACES, HELD = 2_000, 5_000  # traces, and records, held until their neighbours arrive
REMEMBERED = 100_000  # finished traces
AUTO, OWN = "auto", "flywheel"
LATE = "Other records of its conversation came too long before it. Sort the file by trace, or by conversation."
IS_A_LIST = 'This is a list. Write an object for each conversation: {"question": TEXT, "answer": TEXT}.'
NOT_LAID_OUT = "The record does not have this format's layout."


class Unmapped(ValueError):
    """The file cannot be read as requested. Says why and what to do."""


@dataclass(slots=True)
class Reading:
    """How a file's records become lines.

    `fields`: our fields, each with its place in the log. `zone`: for times without one. `vote_names`: names of further
    scores that are users' votes. `ours`: the fields that a line may have. `hint`: a possible map, set after the first
    records.
    """

    format: str = AUTO
    fields: Mapping[str, str] = field(default_factory=dict)
    zone: tzinfo | None = None
    time_format: str = ""
    scale: Scale = field(default_factory=Scale)
    vote_names: Sequence[str] = ()
    ours: tuple[str, ...] = ()
    hint: str = ""
    found: Format | None = None

    @property
    def converted(self) -> bool:
        """Whether lines are made from records of another shape."""
        return bool(self.fields) or self.found is not None

    def lines(self, records: Iterable[Record]) -> Iterator[Record]:
        """The lines, each with the number of its record. Raises `Unmapped` before the first one."""
        records = chain.from_iterable(map(_objects, records))
        first = list(islice(records, SAMPLE))
        sample = [record.value for record in first if isinstance(record.value, dict)]
        self._choose(sample)
        lines = self._convert(chain(first, records))
        head = list(islice(lines, SAMPLE))
        for line in head:
            self.scale.observe(_votes(line.value))
        return chain(head, lines)

    def _choose(self, sample: Sequence[dict[str, Any]]) -> None:
        if self.fields:
            for name, path in self.fields.items():
                if sample and all(value_at(record, path) is None for record in sample):
                    near = other_spelling(path, sample)
                    hint = f"Did you mean {near}? " if near else ""
                    raise Unmapped(
                        f"--map {name}: no record has this field. {hint}Their fields are: {columns(sample)}."
                    )
        elif self.format == AUTO:
            own = any("question" in record and "answer" in record for record in sample)
            self.found = None if own else recognise(sample)
            if not own and self.found is None:
                self.hint = proposal(sample)
        elif self.format != OWN:
            self.found = FORMATS[self.format]
        if self.found and self.zone is None:
            self.zone = UTC  # these products write UTC when they write no zone

    def _convert(self, records: Iterable[Record]) -> Iterator[Record]:
        if self.found:
            return _grouped(records, self.found, self.vote_names)
        if self.fields:
            return (
                record if record.problem else replace(record, value=mapped(record.value, self.fields, self.ours))
                for record in records
            )
        return iter(records)


def _objects(record: Record) -> Iterable[Record]:
    """A record that is a list: of messages, a conversation; of objects, a record each."""
    value = record.value
    if not isinstance(value, list) or record.problem:
        return [record]
    if value and read(value):
        return [replace(record, value={"messages": value})]
    if value and all(isinstance(item, dict) for item in value):
        return [replace(record, value=item) for item in value]
    return [replace(record, problem=IS_A_LIST)]


def _votes(line: Any) -> Iterator[tuple[str, Any]]:
    """(column, value) for the votes of a line that are plain values."""
    said = line.get("feedback") if isinstance(line, dict) else None
    for each in said if isinstance(said, list) else [said]:
        if isinstance(each, dict):
            if "value" in each:
                yield str(each.get("name", "")), each["value"]
        elif each is not None:
            yield "", each


def _grouped(records: Iterable[Record], format: Format, vote_names: Sequence[str]) -> Iterator[Record]:
    """The lines of a format whose records are gathered by trace first."""
    waiting: dict[str, list[Record]] = {}
    over: dict[int, None] = {}
    held = 0
    for record in records:
        if record.problem:
            yield record
            continue
        try:
            trace = format.group(record.value) if format.group and isinstance(record.value, dict) else ""
        except (KeyError, TypeError, ValueError, AttributeError):
            trace = ""
        if not trace:
            yield from _made([record], format, vote_names)
            continue
        if hash(trace) in over:
            yield replace(record, problem=LATE)
            continue
        waiting.setdefault(trace, []).append(record)
        held += 1
        while held > HELD or len(waiting) > TRACES:
            oldest = next(iter(waiting))
            group = waiting.pop(oldest)
            held -= len(group)
            over[hash(oldest)] = None
            if len(over) > REMEMBERED:
                del over[next(iter(over))]
            yield from _made(group, format, vote_names)
    for group in waiting.values():
        yield from _made(group, format, vote_names)


def _made(group: Sequence[Record], format: Format, vote_names: Sequence[str]) -> Iterator[Record]:
    number = group[0].number
    if any(not isinstance(record.value, dict) for record in group):
        yield Record(number, problem="Expected an object.")
        return
    try:
        made = list(format.lines([record.value for record in group], vote_names))
    except Unread as error:
        yield Record(number, field=error.field, problem=error.words)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, RecursionError):
        yield Record(number, problem=NOT_LAID_OUT)
    else:
        yield from (Record(number, line) for line in made)
