"""Arize Phoenix: spans of its data frames (CSV, JSON, Parquet) and of its API, and annotations of spans."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from feedback.importing.formats.conversations import Data, Message, first, read
from feedback.importing.formats.format import NO_VOTE, Format, Line, with_said
from feedback.importing.formats.scores import Score, separate
from feedback.importing.formats.trace_texts import data, mapping
from feedback.importing.formats.traces import Span, line, texts

PREFIX = "attributes."
HUMAN = "HUMAN"


def fits(record: Data) -> bool:
    """A span with its context and kind, or an annotation of one."""
    context = data(record.get("context"))
    named = "context.span_id" in record or (isinstance(context, Mapping) and "span_id" in context)
    return named or _is_annotation(record)


def _is_annotation(record: Data) -> bool:
    return "annotator_kind" in record and ("span_id" in record or "context.span_id" in record)


def trace_of(record: Data) -> str:
    """The trace of a span; an annotation has none."""
    if _is_annotation(record):
        return ""
    return str(record.get("context.trace_id") or mapping(record.get("context")).get("trace_id") or "")


def lines(records: Sequence[Data], vote_names: Sequence[str]) -> Iterable[Line]:
    """The conversation of a trace, or the vote in an annotation. Raises `Unread`."""
    if _is_annotation(records[0]):
        record = records[0]
        said = separate([_annotation(record)], vote_names)
        return [
            with_said({"id": str(first(record, "span_id", "context.span_id"))}, said, {}) if said.votes else NO_VOTE
        ]
    return [line([_span(record) for record in records], vote_names)]


def _span(record: Data) -> Span:
    given = nested(_attributes(record))
    model, about = _part(given, "llm"), data(given.get("metadata"))
    about = about if isinstance(about, Mapping) else {}
    documents = _part(given, "retrieval").get("documents") or _part(given, "reranker").get("output_documents")
    return Span(
        id=str(record.get("context.span_id") or mapping(record.get("context")).get("span_id") or ""),
        parent=str(record.get("parent_id") or ""),
        kind=str(record.get("span_kind") or _part(_part(given, "openinference"), "span").get("kind") or ""),
        name=str(record.get("name") or ""),
        error=str(record.get("status_message") or "") if record.get("status_code") == "ERROR" else "",
        given=_part(given, "input").get("value"),
        returned=_part(given, "output").get("value"),
        start=record.get("start_time"),
        user=str(_part(given, "user").get("id") or about.get("user_id") or ""),
        session=str(_part(given, "session").get("id") or ""),
        model=str(model.get("model_name") or ""),
        agent="" if record.get("parent_id") else str(record.get("name") or ""),
        tags=texts(_part(given, "tag").get("tags")),
        messages=_messages(model),
        documents=[each.get("document", each) for each in _objects(documents)] if documents else None,
        scores=[_annotation(each) for each in _objects(data(record.get("annotations")))],
    )


def _messages(model: Data) -> list[Message]:
    given, returned = (_objects(model.get(name)) for name in ("input_messages", "output_messages"))
    return read([_message(each) for each in (*given, *returned)]) if given and returned else []


def _message(each: Data) -> dict[str, Any]:
    inner = _part(each, "message") or each
    parts = [_part(part, "message_content") or part for part in _objects(inner.get("contents"))]
    return {**inner, "content": inner.get("content") or parts}


def _attributes(record: Data) -> dict[str, Any]:
    """The attributes of a span, in columns or in an object."""
    columns = {name.removeprefix(PREFIX): value for name, value in record.items() if name.startswith(PREFIX)}
    return {
        **mapping(record.get("attributes")),
        **{name: value for name, value in columns.items() if value is not None},
    }


def nested(value: Any) -> Any:
    """Objects from names with dots, lists from names that are numbers: `a.0.b` is b of the first of a."""
    value = data(value)
    if isinstance(value, list):
        return [nested(each) for each in value]
    if not isinstance(value, Mapping):
        return value
    tree: dict[str, Any] = {}
    for name, each in value.items():
        *path, last = str(name).split(".")
        here = tree
        for step in path:
            below = here.get(step)
            here[step] = here = below if isinstance(below, dict) else {}
        inner = nested(each) if isinstance(each, (Mapping, list)) else each
        here[last] = {**here[last], **inner} if isinstance(inner, dict) and isinstance(here.get(last), dict) else inner
    return _as_list(tree)


def _as_list(tree: dict[str, Any]) -> Any:
    found = {name: _as_list(each) if isinstance(each, dict) else each for name, each in tree.items()}
    if found and all(name.isdecimal() for name in found):
        return [found[name] for name in sorted(found, key=int)]
    return found


def _part(value: Any, name: str) -> dict[str, Any]:
    inner = data(value.get(name)) if isinstance(value, Mapping) else None
    inner = nested(inner) if isinstance(inner, Mapping) else None
    return inner if isinstance(inner, dict) else {}


def _objects(value: Any) -> list[dict[str, Any]]:
    value = nested(value)
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _annotation(record: Data) -> Score:
    result = mapping(record.get("result"))
    judge = str(record.get("annotator_kind") or "")
    return Score(
        name=str(first(record, "annotation_name", "name") or ""),
        value=first(record, "result.score", "score") if not result else result.get("score"),
        label=first(record, "result.label", "label") if not result else result.get("label"),
        comment=first(record, "result.explanation", "explanation") if not result else result.get("explanation"),
        ts=first(record, "updated_at", "created_at"),
        judge="" if judge == HUMAN else judge or "CODE",
        id=str(record["id"]) if record.get("id") else None,
    )


FORMAT = Format("phoenix", "Arize Phoenix (spans, annotations)", fits, lines, trace_of)
