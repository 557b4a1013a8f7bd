"""Langfuse: traces and observations of its tables' exports (CSV, JSON, JSONL), of its API and of its export to blob
storage, a trace's own download, and scores. Names come in camel case and in snake case.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from feedback.importing.formats.conversations import Data, first
from feedback.importing.formats.format import NO_VOTE, Format, Line, with_said
from feedback.importing.formats.scores import CORRECTION, VOTE, Score, separate
from feedback.importing.formats.trace_texts import data, mapping
from feedback.importing.formats.traces import Span, line, texts
from feedback.texts.literals import unquoted

OWN = frozenset(
    "sessionId userId htmlPath observations bookmarked projectId public traceId parentObservationId environment traceName "
    "session_id user_id project_id trace_id parent_observation_id trace_name is_root_observation".split()
)
TRACE, PARENT = ("traceId", "trace_id"), ("parentObservationId", "parent_observation_id")
USER, SESSION = ("userId", "user_id"), ("sessionId", "session_id")


def fits(record: Data) -> bool:
    """A trace or an observation with fields that only Langfuse has, or a score of one."""
    if _is_score(record):
        return True
    record = _whole(record)
    return "input" in record and "output" in record and "run_type" not in record and len(OWN & set(record)) >= 2


def _is_score(record: Data) -> bool:
    typed = "dataType" in record or "data_type" in record
    return typed and "name" in record and "value" in record and bool(_trace_of_score(record))


def _whole(record: Data) -> Data:
    """A trace from its download, in which the trace is next to its observations."""
    inner = record.get("trace")
    if isinstance(inner, Mapping) and "observations" in record:
        return {**inner, "observations": record["observations"], "scores": record.get("scores") or inner.get("scores")}
    return record


def trace_of(record: Data) -> str:
    """The trace of an observation; a score has none."""
    return "" if _is_score(record) else _name(record)


def lines(records: Sequence[Data], vote_names: Sequence[str]) -> Iterable[Line]:
    """The conversation of a trace, or the vote in a score. Raises `Unread`."""
    if _is_score(records[0]):
        return [_vote(records[0], vote_names)]
    spans = [span for record in records for span in _spans(_whole(record))]
    name = next((found for record in records if (found := _name(record))), "")
    return [line(spans, vote_names, name)]


def _name(record: Data) -> str:
    whole = _whole(record)
    return str(first(whole, *TRACE) or whole.get("id") or "")


def _spans(record: Data) -> list[Span]:
    """A trace with its observations, or one observation."""
    trace = first(record, *TRACE)
    kind = str(record.get("type") or "").lower()
    root = Span(
        id=str(record.get("id") or ""),
        parent=str(first(record, *PARENT) or ""),
        kind=kind,
        name=str(record.get("name") or ""),
        given=_text(record.get("input")),
        returned=_text(record.get("output")),
        start=first(record, "startTime", "start_time", "timestamp"),
        user=str(first(record, *USER) or ""),
        session=str(first(record, *SESSION) or ""),
        model=str(first(record, "model", "providedModelName", "provided_model_name") or ""),
        version=str(first(record, "version", "release") or ""),
        agent=str(first(record, "traceName", "trace_name") or ("" if trace else record.get("name") or "")),
        tags=texts(record.get("tags")),
        scores=[*_scores(record.get("scores")), *_columns(record)],
        error=str(first(record, "statusMessage", "status_message") or "") if record.get("level") == "ERROR" else "",
    )
    inside = data(record.get("observations"))
    found = [span for each in inside if isinstance(each, Mapping) for span in _spans(each)] if _rows(inside) else []
    for span in found:
        span.parent = span.parent or root.id
    return [root, *found]


def _text(value: Any) -> Any:
    """The text in a cell that holds it as JSON: a table's export writes plain texts with their quotes."""
    is_json = isinstance(value, str) and len(value) > 1 and value[0] == value[-1] == '"'
    return value if not is_json or (found := unquoted(value)) is None else found


def _rows(value: Any) -> bool:
    return isinstance(value, list) and any(isinstance(each, Mapping) for each in value)


def _scores(value: Any) -> Iterable[Score]:
    """Scores as the API lists them, or as a table's export has them: by name, with all values."""
    value = data(value)
    if isinstance(value, list):
        yield from (_score(each) for each in value if isinstance(each, Mapping))
    for name, values in mapping(value).items():
        if isinstance(values, Mapping):
            yield Score(name, first(values, "value", "average"), first(values, "stringValue"), values.get("comment"))
        else:
            given = values if isinstance(values, list) else [values]
            yield from (_of_table(name, each) for each in given)


def _columns(record: Data) -> Iterable[Score]:
    """Scores in columns of their own, under their names, as table exports have them."""
    for name, value in record.items():
        named = name not in OWN and (VOTE.search(name) or CORRECTION.search(name))
        if named and value not in (None, "", []) and not isinstance(value, Mapping):
            given = data(value)
            yield from (_of_table(name, each) for each in (given if isinstance(given, list) else [given]))


def _of_table(name: str, value: Any) -> Score:
    """A score in a table: its value, or a text with its type before it."""
    if isinstance(value, str) and ": " in value:
        value = value.partition(": ")[2]
    return Score(name, value)


def _score(each: Data) -> Score:
    kind = str(first(each, "dataType", "data_type") or "")
    value, label = each.get("value"), first(each, "stringValue", "string_value")
    if kind == "BOOLEAN" and value in (0, 1, "0", "1"):
        value, label = bool(int(value)), None
    text = first(each, "longStringValue", "long_string_value")
    correction = (text or label or value) if kind == "CORRECTION" else None
    return Score(
        name="correction" if kind == "CORRECTION" else str(each.get("name") or ""),
        value=label if kind in ("CATEGORICAL", "TEXT") and label is not None else value,
        label=None if kind == "BOOLEAN" else label,
        comment=each.get("comment"),
        correction=correction if isinstance(correction, str) else None,
        ts=first(each, "timestamp", "createdAt", "created_at"),
        judge=str(each.get("source") or ""),
        id=str(each["id"]) if each.get("id") else None,
    )


def _trace_of_score(record: Data) -> str:
    subject = record.get("subject")
    if isinstance(subject, Mapping):
        named = first(subject, *TRACE) or (subject.get("id") if subject.get("kind") != "session" else None)
        return str(named or "")
    return str(first(record, *TRACE) or "")


def _vote(record: Data, vote_names: Sequence[str]) -> Line:
    said = separate([_score(record)], vote_names)
    return with_said({"id": _trace_of_score(record)}, said, {}) if said.votes else NO_VOTE


FORMAT = Format("langfuse", "Langfuse (traces, observations, scores)", fits, lines, trace_of)
