"""A dialect: the attributes in which one instrumentation writes a turn, as a table."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from feedback.otel.decoding import Span
from feedback.otel.readings import Kind
from feedback.texts.messages import Call, Message

Turns = Callable[[], list[Message]]  # a reading that is tried when its turn comes; it may raise `PayloadError`


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one instrumentation writes. Attributes are tried in their order; what a table cannot say is a function."""

    name: str
    checked: str  # the package and version whose export is recorded in `tests/feedback/otel/recorded/`
    marks: Sequence[str]  # first parts of attributes that only this dialect has
    advice: str = ""  # the setting that makes it write messages
    kind: Sequence[str] = ()  # attributes that say what a span is
    kinds: Mapping[str, Kind] = field(default_factory=dict)
    unsaid: Kind = Kind.OTHER  # the kind of a span that does not say
    asked: Sequence[str] = ()  # in- and output of functions, in any shape
    told: Sequence[str] = ()
    documents: Sequence[str] = ()  # of a retriever
    tool: Sequence[str] = ()  # a tool's name, the id of its call, its arguments, its result
    call_id: Sequence[str] = ()
    arguments: Sequence[str] = ()
    result: Sequence[str] = ()
    names: Sequence[str] = ()  # by which a product may know the turn
    inputs: Callable[[Span], list[Turns]] = lambda span: []  # further readings, before `asked`
    outputs: Callable[[Span], list[Turns]] = lambda span: []
    indexed_documents: Callable[[Span], list[dict[str, Any]]] = lambda span: []
    call: Callable[[Span], Call | None] = lambda span: None

    def speaks(self, heads: Collection[str]) -> bool:
        """Whether a span whose attributes and events begin with these words is written in it."""
        return any(mark in heads for mark in self.marks)

    def kind_of(self, span: Span) -> Kind | None:
        """What the span says it is; None where it does not speak this dialect."""
        for key in self.kind:
            if (value := span.attributes.get(key)) is not None:
                said = str(value).strip('"').lower()
                return self.kinds.get(said, self.unsaid)
        return None
