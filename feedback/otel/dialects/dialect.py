"""A dialect: the attributes in which one instrumentation writes a turn, as a table."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from feedback.otel.decoding import Span
from feedback.otel.readings import Kind
from feedback.texts.messages import Call, Message

Turns = Callable[[], list[Message]]  # a reading, tried in order; it may raise `PayloadError`


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one instrumentation writes. Attributes are tried in order; a function covers what a table cannot express."""

    name: str
    checked: str  # the package and version whose export is recorded in `tests/feedback/otel/recorded/`
    marks: Sequence[str]  # first parts of attributes, or whole attributes, that only this dialect has
    advice: str = ""  # the setting that makes it write messages
    kind: Sequence[str] = ()  # attributes that say what a span is
    kinds: Mapping[str, Kind] = field(default_factory=dict)
    unsaid: Kind = Kind.OTHER  # the kind of a span that does not state one
    asked: Sequence[str] = ()  # in- and output of functions, in any shape
    told: Sequence[str] = ()
    documents: Sequence[str] = ()  # of a retriever
    tool: Sequence[str] = ()  # a tool's name, the id of its call, its arguments, its result
    call_id: Sequence[str] = ()
    arguments: Sequence[str] = ()
    result: Sequence[str] = ()
    names: Sequence[str] = ()  # by which a product may know the turn
    inputs: Callable[[Span], Iterable[Turns]] = lambda span: ()  # further readings, before `asked`
    outputs: Callable[[Span], Iterable[Turns]] = lambda span: ()
    indexed_documents: Callable[[Span], list[dict[str, Any]]] = lambda span: []
    call: Callable[[Span], Call | None] = lambda span: None

    def kind_of(self, span: Span) -> Kind | None:
        """The kind that the span states; None if it is not in this dialect."""
        for key in self.kind:
            if (value := span.attributes.get(key)) is not None:
                said = str(value).strip('"').lower()
                return self.kinds.get(said, self.unsaid)
        return None
