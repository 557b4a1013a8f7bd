"""Reads a span in its dialects, as one `Reading`. Pure."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import msgspec

from feedback.capture.payloads import PayloadError
from feedback.otel import shapes
from feedback.otel.attributes import broken, is_cut, text_or_data
from feedback.otel.decoding import Span
from feedback.otel.dialects import DIALECTS, Dialect, genai
from feedback.otel.documents import sources
from feedback.otel.people import person
from feedback.otel.readings import TOPS, Kind, Person, Reading
from feedback.texts.literals import unquoted, unwritten
from feedback.texts.messages import Call, Message, outcome, structure

LABEL, MAX_TAGS, MAX_SOURCES = 200, 50, 100
PRODUCT = "other"  # a span in no known dialect
UNKNOWN = "unknown_shape"
NO_SPAN = "0" * 16  # above a span whose place is not known yet
AGENT_NAMES = ("gen_ai.agent.name", "agent.name")
MODEL_NAMES = tuple(
    "gen_ai.response.model gen_ai.request.model llm.model_name ai.response.model ai.model.id "
    "langfuse.observation.model.name mlflow.llm.model".split()
)
PROMPT_NAMES = ("gen_ai.prompt.name", "langfuse.observation.prompt.name")
AGENT_KEYS = frozenset((*AGENT_NAMES, "gen_ai.agent.version", *MODEL_NAMES, *PROMPT_NAMES))
STATED = frozenset(mark for dialect in DIALECTS for mark in dialect.marks if "." in mark)
WHOLE = frozenset(("gen_ai.prompt", "gen_ai.completion"))
FOUND = frozenset((*genai.DIALECT.documents, "retrieval.documents.0.document.content"))  # by a span of any kind


@dataclass(slots=True)
class SpanReading:
    """A reading, and why parts of the span could not be read. `is_broken`: nothing in or below it is a turn."""

    reading: Reading
    faults: list[PayloadError] = field(default_factory=list)
    is_broken: bool = False


@dataclass(frozen=True, slots=True)
class Around:
    """What a span's resource says."""

    person: Person
    agent: dict[str, str]


def read_all(spans: Iterable[Span]) -> dict[str, SpanReading]:
    """What each span says, by its name. Each resource is read once for all of its spans."""
    resources: dict[int, Around] = {}
    found = {}
    for span in spans:
        if id(span.resource) not in resources:
            resources[id(span.resource)] = Around(person(span.resource), service(span.resource))
        found[span.name] = read(span, resources[id(span.resource)])
    return found


def read(span: Span, around: Around) -> SpanReading:
    """What the span says, `around` being what its resource says. Never raises: unreadable parts are named in `faults`."""
    given = span.attributes
    heads = {name.partition(".")[0] for name in given}
    heads.update(event.name.partition(".")[0] for event in span.events)
    heads.update(STATED.intersection(given))
    spoken = [dialect for dialect in DIALECTS if not heads.isdisjoint(dialect.marks)]
    kind = kind_of(span, spoken)
    above = NO_SPAN if span.is_fragment else span.parent
    heard = SpanReading(Reading(span.id, above, kind or Kind.OTHER, span.start, span.end))
    reading = heard.reading
    reading.product = spoken[0].name if spoken else ""
    own = person(given)
    reading.person = _merged(own, around.person) if spoken else own
    reading.agent = agent(given) | around.agent
    reading.tags = _tags(given) if "flywheel.tags" in given else []
    reading.own_id = _label(given, "flywheel.interaction.id")
    if not spoken:
        return heard
    reading.names = [name for dialect in spoken for key in dialect.names if (name := _label(given, key).strip('"'))]
    if kind is None or kind in TOPS:
        _read_words(span, spoken, heard)
        if kind is None and (reading.asked or reading.told or heard.faults):
            reading.kind = Kind.MODEL
    elif kind == Kind.TOOL:
        reading.call = call(span, spoken)
    if kind == Kind.RETRIEVER or not FOUND.isdisjoint(given):
        _read_sources(span, spoken, kind, heard)
    return heard


def kind_of(span: Span, spoken: Sequence[Dialect]) -> Kind | None:
    """The span's kind: the first dialect's, unless that is just a step and another is more exact."""
    first = None
    for dialect in spoken:
        kind = dialect.kind_of(span)
        if kind is not None and kind != Kind.CHAIN:
            return kind
        first = first or kind
    return first


def together(one: SpanReading, other: SpanReading) -> SpanReading:
    """A span combined with a part that came separately: what log records say about it."""
    span, words = (one, other) if one.reading.parent != NO_SPAN else (other, one)
    more = {name: getattr(words.reading, name) for name in ("asked", "told") if not getattr(span.reading, name)}
    kind = span.reading.kind if span.reading.kind != Kind.OTHER else words.reading.kind
    reading = msgspec.structs.replace(span.reading, kind=kind, **more)
    return SpanReading(reading, one.faults + other.faults, one.is_broken or other.is_broken)


def _read_words(span: Span, spoken: Sequence[Dialect], heard: SpanReading) -> None:
    reading = heard.reading
    before: list[Message] = []
    try:
        before = genai.instructions(span)
        reading.asked = _first(_asked(span, spoken, reading.kind))
    except PayloadError as error:
        heard.faults.append(error)
    try:
        reading.told = _first(_told(span, spoken, reading.kind))
    except PayloadError as error:
        heard.faults.append(error)
    if reading.asked and before:
        reading.asked = before + reading.asked
    # The spans inside repeat what a wrapper says in its own shape, and broken data holds nobody's words.
    heard.is_broken = any(error.code != UNKNOWN for error in heard.faults)
    if heard.is_broken:
        reading.asked, reading.told = [], []


def _asked(span: Span, spoken: Sequence[Dialect], kind: Kind) -> Iterable[Callable[[], list[Message]]]:
    for dialect in spoken:
        yield from dialect.inputs(span) if not _shadowed(dialect, span, spoken) else ()
        yield from (
            partial(_loose, span.attributes[key], shapes.input_messages, key)
            for key in dialect.asked
            if key in span.attributes
        )


def _told(span: Span, spoken: Sequence[Dialect], kind: Kind) -> Iterable[Callable[[], list[Message]]]:
    for dialect in spoken:
        yield from dialect.outputs(span) if not _shadowed(dialect, span, spoken) else ()
        yield from (
            partial(_loose, span.attributes[key], shapes.output_messages, key)
            for key in dialect.told
            if key in span.attributes
        )


def _shadowed(dialect: Dialect, span: Span, spoken: Sequence[Dialect]) -> bool:
    """LangSmith writes its own shapes under the names of OpenTelemetry's first convention."""
    if len(spoken) == 1 or WHOLE.isdisjoint(span.attributes):
        return False
    return dialect.name == genai.DIALECT.name and any(other.asked == ("gen_ai.prompt",) for other in spoken)


def _loose(value: Any, shape: Callable[[Any, str], list[Message]], name: str) -> list[Message]:
    """The messages in a function's input or output. Raises `PayloadError`."""
    if isinstance(value, str):
        text = value.strip()
        found = unwritten(text)
        if found is None and is_cut(text):
            raise broken(name)
        if found is None and len(text) > 1 and text[0] == text[-1] == '"':
            found = unquoted(text)
        value = text_or_data(value, name) if found is None else found
    return shape(value, name)


def _first(readings: Iterable[Callable[[], list[Message]]]) -> list[Message]:
    """The first reading that finds something. If none does and one met broken data, that error is raised."""
    fault = None
    for reading in readings:
        try:
            if found := reading():
                return found
        except PayloadError as error:
            fault = error if fault is None or fault.code == UNKNOWN else fault
    if fault:
        raise fault
    return []


def _read_sources(span: Span, spoken: Sequence[Dialect], kind: Kind | None, heard: SpanReading) -> None:
    found: list[dict[str, Any]] = []
    for dialect in spoken:
        found = found or dialect.indexed_documents(span)
        for key in dialect.documents:
            if key in span.attributes and not found:
                value = span.attributes[key]
                if isinstance(value, str) and unwritten(value) is None and is_cut(value):
                    heard.faults.append(broken(key))
                found = sources(value)
    heard.reading.sources = found[:MAX_SOURCES]


def call(span: Span, spoken: Sequence[Dialect]) -> Call:
    """The tool call that the span represents."""
    found = next((made for dialect in spoken if (made := dialect.call(span)) is not None), None)
    if found is None:
        given = span.attributes
        keys = {
            part: [key for dialect in spoken for key in getattr(dialect, part)]
            for part in ("tool", "call_id", "arguments", "result")
        }
        name = _label(given, *keys["tool"], "gen_ai.tool.name") or span.label.removeprefix("execute_tool ") or "tool"
        found = Call(name[:LABEL], _label(given, *keys["call_id"], "gen_ai.tool.call.id"))
        found.arguments = _data(given, keys["arguments"])
        found.result = _data(given, keys["result"])
    if isinstance(found.result, dict) and found.result.keys() == {"output"}:
        found.result = found.result["output"]
    if isinstance(found.result, dict) and isinstance(found.result.get("content"), str) and "type" in found.result:
        found.result = found.result["content"]
    found.result = outcome(found.result)
    if span.failure:
        found.error = span.failure[:20_000]
    return found


def _data(given: Mapping[str, Any], keys: Sequence[str]) -> Any:
    """A tool's argument or result; for a decorated function, its arguments by name."""
    value = next((given[key] for key in keys if given.get(key) is not None), None)
    value = structure(value)
    if isinstance(value, str) and len(value) > 1 and value[0] == value[-1] == '"':
        value = unquoted(value) or value
    if isinstance(value, dict) and value.keys() == {"args", "kwargs"}:
        value = value["kwargs"] or value["args"]
    return value


def agent(given: Mapping[str, Any]) -> dict[str, str]:
    """Which agent answered, as far as a span's attributes say."""
    if AGENT_KEYS.isdisjoint(given):
        return {}
    found = {
        "name": _label(given, *AGENT_NAMES),
        "version": _label(given, "gen_ai.agent.version"),
        "model": _label(given, *MODEL_NAMES).strip('"'),
        "prompt": _label(given, *PROMPT_NAMES),
    }
    return {name: value for name, value in found.items() if value}


def service(resource: Mapping[str, Any]) -> dict[str, str]:
    """Which service sent the spans: the agent, if they name none."""
    found = {"service": _label(resource, "service.name"), "service_version": _label(resource, "service.version")}
    return {name: value for name, value in found.items() if value}


def _merged(own: Person, around: Person) -> Person:
    consent = {**around.consent, **own.consent}
    return Person(own.subject or around.subject, own.session or around.session, own.talk or around.talk, consent)


def _tags(given: Mapping[str, Any]) -> list[str]:
    tags = given["flywheel.tags"]
    return [str(tag)[:LABEL] for tag in tags[:MAX_TAGS]] if isinstance(tags, list) else []


def _label(given: Mapping[str, Any], *names: str) -> str:
    for name in names:
        if name in given and (value := given[name]):
            return str(value)[:LABEL]
    return ""
