"""Turns the spans of one exported trace into a line of a log. Pure.

The outermost span with a question and an answer is the conversation; if its input comes from a template, a model call
inside it has the user's question. Every retrieval in the trace is a source.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from feedback.importing.formats.conversations import Data, Message, Turn, first, turns
from feedback.importing.formats.format import NOBODY_SAID, Line, Unread, line_of
from feedback.importing.formats.scores import Score, separate, without_empty
from feedback.importing.formats.trace_texts import data, trace_messages
from feedback.texts import messages as chat
from feedback.texts.messages import Call, step

LABEL, SHORT, LONG = 200, 2_000, 200_000
RETRIEVALS = ("retriever", "retrieval", "vector_store")
TOOLS = ("tool", "function", "tool_call")
MODELS = ("llm", "generation", "chat_model")
TEXTS = ("content", "page_content", "text", "document.content", "chunk", "body", "snippet")
TITLES = ("title", "name", "document_title", "file_name", "filename")
ADDRESSES = ("url", "source", "link", "uri", "href")


@dataclass(slots=True)
class Span:
    """A span, observation or run. `messages`: its conversation, if the product keeps it as messages."""

    id: str
    parent: str = ""
    kind: str = ""
    name: str = ""
    given: Any = None
    returned: Any = None
    start: Any = None
    user: str = ""
    session: str = ""
    model: str = ""
    version: str = ""
    agent: str = ""
    tags: Sequence[str] = ()
    metadata: Mapping[str, Any] = field(default_factory=dict)
    messages: Sequence[Message] = ()
    documents: Any = None
    scores: Sequence[Score] = ()
    error: str = ""


def line(spans: Sequence[Span], vote_names: Sequence[str], name: str = "") -> Line:
    """The conversation of a trace, called `name` or else after its outermost span. Raises `Unread`."""
    ids = {span.id for span in spans}
    roots = [span for span in spans if not span.parent or span.parent not in ids]
    root = min(roots or spans, key=lambda span: (bool(span.parent), str(span.start)))
    turn = _turn(root, spans)
    turn.steps = steps(spans) or turn.steps or _told_steps(turn, spans)
    fields = {each: _first(root, spans, each) for each in ("user", "session", "model", "version", "agent")}
    agent = {"name": fields["agent"], "version": fields["version"], "model": fields["model"]}
    said = separate([score for span in spans for score in span.scores], vote_names)
    for vote in said.votes:
        vote.setdefault("user", fields["user"] or None)
    said.votes = [without_empty(vote) for vote in said.votes]
    return line_of(
        turn,
        said=said,
        id=name or root.id,
        ts=root.start,
        user=fields["user"],
        session=fields["session"],
        agent=without_empty({part: str(value)[:LABEL] for part, value in agent.items() if value}) or None,
        sources=sources(spans) or None,
        tags=[str(tag)[:LABEL] for tag in root.tags][:50] or None,
    )


def _turn(root: Span, spans: Sequence[Span]) -> Turn:
    inside = [span for span in spans if span is not root]
    models = [span for span in inside if span.kind.lower() in MODELS]
    if root.parent:  # its outermost span is not in the file: the last model call answered the user
        called = [span for span in spans if span.kind.lower() in MODELS]
        candidates = [*sorted(called, key=lambda span: str(span.start), reverse=True), root, *inside]
    else:
        candidates = [root, *reversed(models), *inside]
    for span in candidates:
        found = list(turns(span.messages or trace_messages(span.given, span.returned)))
        if found:
            turn = found[-1]
            if span is root and not turn.context and models:
                turn.context = _history(turn, models)
            return turn
    raise Unread("", NOBODY_SAID)


def _history(turn: Turn, models: Sequence[Span]) -> list[dict[str, Any]]:
    """The earlier turns that the model saw, if the outermost span has only the question."""
    for span in models:
        seen = [found for found in turns(span.messages or trace_messages(span.given, span.returned)) if found.context]
        if seen and seen[-1].answer == turn.answer:
            return [one for one in seen[-1].context if one["role"] != "system"]
    return []


def steps(spans: Iterable[Span]) -> list[dict[str, Any]]:
    """The tool calls that have a span, in order; a retrieval is a source instead."""
    called = [span for span in spans if span.kind.lower() in TOOLS and span.documents is None]
    calls = [
        Call(span.name or "tool", arguments=_given(span.given), error=span.error)
        for span in sorted(called, key=lambda span: str(span.start))
    ]
    results = [_returned(span.returned) for span in sorted(called, key=lambda span: str(span.start))]
    return [step(each, result) for each, result in zip(calls, results, strict=True)]


def _told_steps(turn: Turn, spans: Sequence[Span]) -> list[dict[str, Any]]:
    """The calls in this turn that only the model's messages show."""
    for span in spans if spans else ():
        for seen in turns(span.messages or trace_messages(span.given, span.returned)):
            if seen.steps and seen.answer == turn.answer:
                return seen.steps
    return []


def _given(value: Any) -> Any:
    """The arguments of a call; LangChain's tracer stores them as text, others inside a wrapper."""
    value = data(value)
    for name in ("input", "args", "arguments", "kwargs"):
        if isinstance(value, Mapping) and len(value) == 1 and isinstance(inner := data(value.get(name)), Mapping):
            value = inner
    return value


def _returned(value: Any) -> Any:
    """A tool's result without its wrapper."""
    value = data(value)
    if isinstance(value, Mapping) and len(value) == 1 and "output" in value:
        value = data(value["output"])
    if isinstance(value, Mapping) and (said := chat.read(value, "tool")) and said.results:
        return data(said.results[0][1])
    return value


def _first(root: Span, spans: Iterable[Span], name: str) -> Any:
    return next((value for span in (root, *spans) if (value := getattr(span, name))), "")


def sources(spans: Iterable[Span]) -> list[dict[str, str]]:
    """What the retrievals of a trace found, each document once."""
    found: dict[tuple[str, ...], dict[str, str]] = {}
    for span in spans:
        retrieves = span.documents is not None or span.kind.lower() in RETRIEVALS
        for each in _documents(span.documents if span.documents is not None else span.returned) if retrieves else []:
            source = source_of(each)
            if source:
                found.setdefault(tuple(source.values()), source)
    return list(found.values())[:100]


def _documents(value: Any) -> list[Any]:
    value = data(value)
    if isinstance(value, Mapping):
        inner = first(value, "documents", "docs", "results", "output", "sources", "nodes")
        return _documents(inner) if inner is not None else [value]
    return [data(each) for each in value] if isinstance(value, list) else []


def source_of(document: Any) -> dict[str, str]:
    """A retrieved document as a source; empty where it says nothing."""
    if isinstance(document, str):
        return {"text": document[:LONG]} if document.strip() else {}
    if not isinstance(document, Mapping):
        return {}
    inner: Data = document
    for wrapping in ("kwargs", "document"):
        if isinstance(within := inner.get(wrapping), Mapping):
            inner = within
    about = data(first(inner, "metadata", "document.metadata", "meta"))
    about = about if isinstance(about, Mapping) else {}
    text = first(inner, *TEXTS)
    address = _text(first(about, *ADDRESSES), first(inner, *ADDRESSES))
    found = {
        "id": _text(first(inner, "id", "document.id", "doc_id", "chunk_id"), first(about, "id", "doc_id"))[:LABEL],
        "title": _text(first(about, *TITLES), first(inner, *TITLES))[:SHORT],
        "url": address[:SHORT],
        "text": _text(text)[:LONG],
    }
    return without_empty(found)


def _text(*values: Any) -> str:
    return next((str(value) for value in values if isinstance(value, (str, int))), "")


def texts(value: Any) -> list[str]:
    """A list of texts, even if written as JSON."""
    value = data(value)
    return [str(each) for each in value if isinstance(each, (str, int))] if isinstance(value, list) else []
