"""Opik: traces of its client, its API and its tables, and the files of `opik export` as JSON and CSV."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from feedback.importing.formats.conversations import Data, first
from feedback.importing.formats.format import Format, Line
from feedback.importing.formats.scores import Score
from feedback.importing.formats.trace_texts import data, mapping
from feedback.importing.formats.traces import Span, line, texts

OWN = frozenset(
    "thread_id feedback_scores span_feedback_scores guardrails_validations visibility_mode comments error_info span_count "
    "last_updated_at last_updated_by total_estimated_cost llm_span_count".split()
)
CAMEL = frozenset(("feedbackScores", "threadId", "lastUpdatedAt", "spanCount"))
HUMP = re.compile("([A-Z])")
COLUMN = re.compile(r"(?:trace_)?feedback_scores?[._ ](?P<name>.+)")
MOMENT = re.compile(r"datetime\.datetime\((?:[^()]|\([^()]*\))*\)")  # as Python prints it into a cell


def snake(record: Data) -> Data:
    """A record of the TypeScript client, whose names are in camel case, with the API's names."""
    if not CAMEL & set(record):
        return record
    return {HUMP.sub(r"_\1", name).lower(): value for name, value in record.items()}


def fits(record: Data) -> bool:
    """A trace, alone or with its spans, with fields that only Opik has."""
    record = snake(record)
    if "trace_id" in record and "trace_start_time" in record:
        return True
    trace = record.get("trace")
    trace = trace if isinstance(trace, Mapping) and "spans" in record else record
    return ("input" in trace and "output" in trace and len(OWN & set(trace)) >= 2) or _has_scores(trace)


def _has_scores(trace: Data) -> bool:
    return "input" in trace and isinstance(data(trace.get("feedback_scores")), list)


def trace_of(record: Data) -> str:
    """The trace of a row; a CSV has one for each span."""
    record = snake(record)
    trace = record.get("trace")
    trace = trace if isinstance(trace, Mapping) else record
    return str(record.get("trace_id") or trace.get("id") or "")


def lines(records: Sequence[Data], vote_names: Sequence[str]) -> Iterable[Line]:
    """The conversation of a trace. Raises `Unread`."""
    spans: dict[str, Span] = {}
    for record in records:
        for span in _spans(record):
            spans.setdefault(span.id, span)
    return [line(list(spans.values()), vote_names, trace_of(records[0]))]


def _spans(record: Data) -> list[Span]:
    record = snake(record)
    if "trace_start_time" in record:
        trace = _columns(record, "trace")
        inside = [_columns(record, "span")] if record.get("span_id") else []
    else:
        held = record.get("trace")
        trace = dict(held if isinstance(held, Mapping) else record)
        inside = [dict(each) for each in record.get("spans") or [] if isinstance(each, Mapping)]
    if trace.get("parent_span_id") or trace.get("trace_id"):
        return [_span(trace, "")]
    name = str(trace.get("id") or "")
    return [_span(trace, ""), *(_span(each, name) for each in inside)]


def _columns(record: Data, part: str) -> dict[str, Any]:
    """A trace or span from its columns, whose input and output are spread over their own names."""
    own = {name.removeprefix(f"{part}_"): value for name, value in record.items() if name.startswith(f"{part}_")}
    for whole in ("input", "output", "metadata"):
        inner = {name.removeprefix(f"{whole}_"): each for name, each in own.items() if name.startswith(f"{whole}_")}
        if inner and not own.get(whole):
            own[whole] = inner
    return own


def _span(each: Data, trace: str) -> Span:
    about = mapping(each.get("metadata"))
    model = first(each, "model") or first(about, "model")
    return Span(
        id=str(each.get("id") or ""),
        parent=str(each.get("parent_span_id") or trace),
        kind=str(each.get("type") or ""),
        name=str(each.get("name") or ""),
        error=str(first(mapping(each.get("error_info")), "message", "exception_type") or ""),
        given=each.get("input"),
        returned=each.get("output"),
        start=each.get("start_time"),
        user=str(first(about, "user_id", "userId", "user", "end_user") or ""),
        session=str(first(each, "thread_id") or first(about, "session_id", "thread_id") or ""),
        model=str(model or ""),
        version=str(first(about, "version", "release") or ""),
        agent="" if trace else str(each.get("name") or ""),
        tags=texts(each.get("tags")),
        documents=_documents(each),
        scores=list(_scores(each)),
    )


def _documents(each: Data) -> Any:
    """The documents of a tool that retrieves; Opik has no type of its own for it."""
    returned = mapping(each.get("output"))
    found = first(returned, "documents", "docs", "sources", "contexts", "retrieved_documents")
    return found if isinstance(data(found), list) and each.get("type") in ("tool", "general") else None


def _scores(each: Data) -> Iterable[Score]:
    given = each.get("feedback_scores")
    for score in data(MOMENT.sub("None", given) if isinstance(given, str) else given) or []:
        if isinstance(score, Mapping):
            yield Score(
                name=str(score.get("name") or ""),
                value=score.get("value"),
                label=score.get("category_name"),
                comment=score.get("reason"),
                ts=first(score, "last_updated_at", "created_at"),
                judge=str(score.get("source") or ""),
            )
    for name, value in each.items():
        if (column := COLUMN.fullmatch(name)) and value not in (None, ""):
            yield Score(column["name"], value)


FORMAT = Format("opik", "Opik (traces, opik export)", fits, lines, trace_of)
