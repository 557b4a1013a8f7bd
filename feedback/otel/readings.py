"""What one span says, in words that no longer depend on the instrumentation: a `Reading`.

Readings are plain structures, so that those of a trace that is not complete yet can wait, redacted, in the database.
"""

from enum import StrEnum
from typing import Any

import msgspec
from msgspec import Struct, field

from feedback.texts.messages import Call, Message


class Kind(StrEnum):
    """What a span is to a turn."""

    AGENT = "agent"  # one run of an agent: one turn, also where it says nothing itself
    CHAIN = "chain"  # a workflow, a function, a step: what goes in and out may be a user's words
    MODEL = "model"  # a call of a model: its prompt may be a template, its output a call of a tool
    TOOL = "tool"
    RETRIEVER = "retriever"
    SILENT = "silent"  # embeddings, guardrails, prompts, parsers: nothing of it is a question or an answer
    OTHER = "other"  # not of a language model, such as the request around the turn


TOPS = (Kind.AGENT, Kind.CHAIN, Kind.MODEL)  # what can hold a question or an answer


class Person(Struct, omit_defaults=True):
    """Who a span is about, and what they agreed to."""

    subject: str = ""
    session: str = ""
    talk: str = ""  # an id that a framework may make itself: it stands in for a session
    consent: dict[str, bool] = field(default_factory=dict)


class Reading(Struct, omit_defaults=True):
    """What one span says."""

    span: str
    parent: str = ""
    kind: Kind = Kind.OTHER
    start: int = 0
    end: int = 0
    product: str = ""  # the dialect
    asked: list[Message] = field(default_factory=list)  # what went in
    told: list[Message] = field(default_factory=list)  # what came out
    sources: list[dict[str, Any]] = field(default_factory=list)
    call: Call | None = None
    person: Person = field(default_factory=Person)
    agent: dict[str, str] = field(default_factory=dict)
    tags: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)  # by which a product may know the turn, such as a response's id
    is_stored: bool = False  # it stands for a turn that is stored
    has_model: bool = False  # and the call that gave its answer is known
    own_id: str = ""  # the id that the caller wants for the interaction

    @property
    def question(self) -> str:
        """The user's last words in what went in."""
        return next((said.text for said in reversed(self.asked) if said.role == "user" and said.text.strip()), "")

    @property
    def media(self) -> list[dict[str, str]]:
        """The pictures, recordings and files that came with the question."""
        return next((said.media for said in reversed(self.asked) if said.role == "user" and said.text.strip()), [])

    @property
    def answer(self) -> str:
        """The agent's last words in what came out; none where it goes on to call a tool."""
        last = next((said for said in reversed(self.told) if said.role == "assistant"), None)
        return last.text if last is not None and not last.calls and last.text.strip() else ""

    @property
    def matters(self) -> bool:
        """Whether it can add anything to a turn."""
        said = self.asked or self.told or self.sources or self.call
        return bool(said or self.kind == Kind.AGENT or self.names or self.own_id or msgspec.to_builtins(self.person))


def plain(reading: Reading) -> dict[str, Any]:
    """The reading as JSON."""
    return dict(msgspec.to_builtins(reading))


def restored(value: Any) -> Reading:
    """The reading that `plain` made."""
    return msgspec.convert(value, Reading)
