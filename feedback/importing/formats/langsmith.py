"""LangSmith: runs as its client, its API and its bulk export have them, feedback, and examples of its datasets."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from feedback.importing.formats.conversations import Data, first
from feedback.importing.formats.format import NO_VOTE, Format, Line, with_said
from feedback.importing.formats.scores import Score, separate
from feedback.importing.formats.trace_texts import data, mapping
from feedback.importing.formats.traces import Span, line, texts

COLUMN = "feedback."  # and the key, where a table has feedback in columns
USERS = ("user_id", "userId", "user", "end_user_id")
SESSIONS = ("session_id", "thread_id", "conversation_id")


def fits(record: Data) -> bool:
    """A run by its type, feedback by its run and key, an example by its inputs and outputs."""
    if "inputs" in record and ("run_type" in record or "outputs" in record):
        return True
    return _is_feedback(record)


def _is_feedback(record: Data) -> bool:
    return "run_id" in record and "key" in record and ("score" in record or "value" in record)


def trace_of(record: Data) -> str:
    """The trace of a run; feedback and examples stand alone."""
    return "" if _is_feedback(record) else str(record.get("trace_id") or record.get("id") or "")


def lines(records: Sequence[Data], vote_names: Sequence[str]) -> Iterable[Line]:
    """The conversation of a trace, or the vote in feedback. Raises `Unread`."""
    if _is_feedback(records[0]):
        said = separate([_feedback(records[0])], vote_names)
        return [with_said({"id": str(records[0]["run_id"])}, said, {}) if said.votes else NO_VOTE]
    return [line([span for record in records for span in _spans(record)], vote_names)]


def _spans(record: Data) -> list[Span]:
    """A run and, if it has them, the runs within it."""
    extra = mapping(record.get("extra"))
    about = mapping(extra.get("metadata")) or mapping(record.get("metadata"))
    called = mapping(extra.get("invocation_params"))
    parents = data(record.get("parent_run_ids"))
    parent = record.get("parent_run_id") or (parents[-1] if isinstance(parents, list) and parents else "")
    kind = str(record.get("run_type") or "")
    span = Span(
        id=str(record.get("id") or ""),
        parent=str(parent or ""),
        kind=kind,
        name=str(record.get("name") or ""),
        error=str(record.get("error") or ""),
        given=record.get("inputs"),
        returned=record.get("outputs"),
        start=record.get("start_time"),
        user=str(first(about, *USERS) or ""),
        session=str(first(about, *SESSIONS) or ""),
        model=str(first(about, "ls_model_name") or first(called, "model", "model_name") or ""),
        version=str(first(about, "revision_id", "version") or ""),
        agent=str(record.get("name") or "") if not parent else "",
        tags=texts(record.get("tags")),
        scores=list(_scores(record)),
    )
    inside = data(record.get("child_runs"))
    return [span, *(each for run in inside or [] if isinstance(run, Mapping) for each in _spans(run))]


def _scores(record: Data) -> Iterable[Score]:
    """Feedback that comes with its run: a list, statistics, or columns."""
    for each in data(record.get("feedback")) or [] if isinstance(data(record.get("feedback")), list) else []:
        if isinstance(each, Mapping):
            yield _feedback(each)
    for key, stats in mapping(record.get("feedback_stats")).items():
        if isinstance(stats, Mapping):
            comments = [text for text in stats.get("comments") or [] if isinstance(text, str) and text]
            yield Score(key, stats.get("avg"), _most(stats.get("values")), "\n".join(comments) or None)
    for name, value in record.items():
        if name.startswith(COLUMN) and not isinstance(value, Mapping) and value not in (None, ""):
            yield Score(name.removeprefix(COLUMN), value)


def _most(values: Any) -> Any:
    """The value that most people gave, from counted values."""
    counts = {name: number for name, number in mapping(values).items() if isinstance(number, int)}
    return max(counts, key=lambda name: counts[name]) if counts else None


def _feedback(each: Data) -> Score:
    source = mapping(each.get("feedback_source"))
    correction, value = data(each.get("correction")), each.get("value")
    if isinstance(correction, Mapping):
        correction = first(correction, "answer", "output", "text", "content", "value") or next(
            (text for text in correction.values() if isinstance(text, str)), None
        )
    about = mapping(source.get("metadata"))
    return Score(
        name=str(each.get("key") or ""),
        value=each.get("score"),
        label=value if isinstance(value, str) else None,
        comment=each.get("comment"),
        correction=correction if isinstance(correction, str) else None,
        ts=first(each, "created_at", "modified_at"),
        user=str(first(about, *USERS) or "") or None,
        judge=str(source.get("type") or ""),
        id=str(each["id"]) if each.get("id") else None,
    )


FORMAT = Format("langsmith", "LangSmith (runs, feedback, examples)", fits, lines, trace_of)
