"""A `Reading`: what one span says, independent of the instrumentation.

Readings are plain structures, so those of an incomplete trace can wait, redacted, in the database. `context` finds the
conversation before a turn, and `steps` what the agent did in it.
"""

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Any

import msgspec
from msgspec import Struct, field

from feedback.texts.messages import Call, Message, step


class Kind(StrEnum):
    """What role a span plays in a turn."""

    AGENT = "agent"  # one run of an agent: one turn, even if it holds no text itself
    CHAIN = "chain"  # a workflow, a function, a step: its input and output may be a user's words
    MODEL = "model"  # a model call: its prompt may be a template, its output a tool call
    TOOL = "tool"
    RETRIEVER = "retriever"
    SILENT = "silent"  # embeddings, guardrails, prompts, parsers: neither question nor answer
    OTHER = "other"  # not about a language model, such as the request around the turn


TOPS = (Kind.AGENT, Kind.CHAIN, Kind.MODEL)  # what can hold a question or an answer


class Person(Struct, omit_defaults=True):
    """Whom a span is about, and what they agreed to."""

    subject: str = ""
    session: str = ""
    talk: str = ""  # an id that a framework may generate, used in place of a session
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
    is_stored: bool = False  # it represents a stored turn
    has_model: bool = False  # and the call that gave its answer is known
    asked_at: int = 0  # when the span began that gave the stored context
    own_id: str = ""  # the id that the caller wants for the interaction

    @property
    def question(self) -> str:
        """The user's last words in the input."""
        for said in reversed(self.asked):
            if said.role == "user" and said.text.strip():
                return said.text
        return ""

    @property
    def media(self) -> list[dict[str, str]]:
        """The pictures, recordings and files that came with the question."""
        return next((said.media for said in reversed(self.asked) if said.role == "user" and said.text.strip()), [])

    @property
    def answer(self) -> str:
        """The agent's last words in the output; none if it goes on to call a tool."""
        for said in reversed(self.told):
            if said.role == "assistant":
                return said.text if not said.calls and said.text.strip() else ""
        return ""

    @property
    def matters(self) -> bool:
        """Whether it can add anything to a turn."""
        said = self.asked or self.told or self.sources or self.call
        return bool(said or self.kind == Kind.AGENT or self.names or self.own_id or msgspec.to_builtins(self.person))


FINAL = ("final_answer", "final_result")  # tools with which frameworks return the answer itself


def context(
    question: str, answer: str, asker: Reading | None, members: Sequence[Reading]
) -> tuple[list[dict[str, Any]], int]:
    """The turns before the question, and when the span that gave them began: the span that asked it, else the call that
    gave the answer, else one that was given the question.

    Of several calls with the same answer the first counts. If it arrives after the turn was stored with the context of
    a later one, it takes that one's place.
    """
    answered = [reading for reading in members if reading.kind in TOPS and reading.answer.strip() == answer]
    models = [one for one in members if (one.kind == Kind.MODEL or one.is_stored) and question in one.question]
    stale = asker is not None and (asker.kind == Kind.MODEL or asker.is_stored) and asker.answer.strip() != answer
    own = [asker] if asker and not stale else []
    sooner = [one for one in answered if own and not one.is_stored and one.start < own[0].asked_at]
    for reading in sooner + own + answered + ([] if any(map(is_model, answered)) else models):
        if before := earlier(reading.asked):
            return before, reading.asked_at or reading.start
    return [], 0


def is_model(reading: Reading) -> bool:
    """Whether it is a model call, or represents a turn whose model call is known."""
    return reading.kind == Kind.MODEL or reading.has_model


def earlier(asked: Sequence[Message]) -> list[dict[str, Any]]:
    """The messages before the user's last, with their text."""
    if len(asked) < 2:
        return []
    last = next(
        (place for place in reversed(range(len(asked))) if asked[place].role == "user" and asked[place].text.strip()), 0
    )
    return [
        {"role": said.role, "content": said.text, **({"media": said.media} if said.media else {})}
        for said in asked[:last]
        if said.text.strip() and said.role != "tool"
    ]


def steps(members: Sequence[Reading]) -> list[tuple[dict[str, Any], bool]]:
    """The tool calls, in order: those that have a span, and (True) those that only a model's messages show."""
    if not any(one.call or any(said.calls for said in (*one.asked, *one.told)) for one in members):
        return []
    results = {
        id: result
        for reading in members
        for said in (*reading.asked, *reading.told)
        for id, result in said.results
        if id
    }
    found: list[tuple[int, Call, bool]] = []
    by_id: dict[str, Call] = {}
    outer = {reading.span: reading.call for reading in members if reading.call}
    for reading in members:
        around = outer.get(reading.parent)
        if reading.call and around and is_same_call(around, reading.call):
            around.id, around.result = around.id or reading.call.id, around.result or reading.call.result
            by_id |= {around.id: around} if around.id else {}
        elif reading.call and not (reading.call.id and reading.call.id in by_id):
            found.append((reading.start, reading.call, False))
            by_id |= {reading.call.id: reading.call} if reading.call.id else {}
    unclaimed: dict[str, deque[Call]] = {}
    for _, made, _ in found:
        unclaimed.setdefault(made.name, deque()).append(made)
    for at, made in spoken_calls(members, results):
        if made.id in by_id:
            known = by_id[made.id]
            known.result = made.result if known.result is None else known.result
            continue
        own = unclaimed[made.name].popleft() if unclaimed.get(made.name) else None
        if own is None:
            found.append((at, made, True))
        else:  # this call's span, whose id differs or is missing
            own.id = own.id or made.id
            own.arguments = made.arguments if isinstance(made.arguments, dict) else own.arguments
        by_id |= {made.id: own or made} if made.id else {}
    calls = sorted(found, key=lambda item: item[0])
    again = other_ids(members, results)
    for _, made, _ in calls:
        others = again.get((made.name, repr(made.arguments))) if made.id not in results else None
        made.result = results.get(others.popleft() if others else made.id) if made.result is None else made.result
    told = [(made, made.result, spoken) for _, made, spoken in calls]
    return [(step(made, result), spoken) for made, result, spoken in told if made.name not in FINAL]


def is_same_call(around: Call, within: Call) -> bool:
    """Whether a tool's span repeats the one around it: two instrumentations recorded one call."""
    return within.name == around.name and (within.arguments is None or within.arguments == around.arguments)


def other_ids(members: Sequence[Reading], results: Mapping[str, Any]) -> dict[tuple[str, str], deque[str]]:
    """The ids under which prompts repeat calls and give their results, by name and arguments: the Responses API has two
    ids for a call, and instrumentations mix them.
    """
    made = {call.id for reading in members for said in reading.told for call in said.calls}
    found: dict[tuple[str, str], deque[str]] = {}
    for call in (call for reading in members for said in reading.asked for call in said.calls):
        ids = found.setdefault((call.name, repr(call.arguments)), deque())
        if call.id in results and call.id not in made and call.id not in ids:
            ids.append(call.id)
    return found


def spoken_calls(members: Sequence[Reading], results: Mapping[str, Any]) -> Iterator[tuple[int, Call]]:
    """The calls that models ask for, followed by those that only a prompt shows, in this turn."""
    talking = [reading for reading in members if reading.kind in TOPS]
    stored = {
        (made.name, repr(made.arguments))
        for reading in talking
        if reading.is_stored
        for said in reading.told
        for made in said.calls
    }
    known: set[tuple[str, str]] = set()
    for reading in sorted(talking, key=lambda one: one.kind != Kind.MODEL):  # a wrapper tells of all calls at its end
        for made in (made for said in reading.told for made in said.calls):
            key = made.name, repr(made.arguments)
            if reading.is_stored or key not in stored or made.id in results:  # else a stored call's other id
                known.add(key)
                yield reading.end or reading.start, made
    for reading in talking:
        if not any(said.calls for said in reading.asked):
            continue
        last = max(
            (place for place, said in enumerate(reading.asked) if said.role == "user" and said.text.strip()), default=0
        )
        for made in (made for said in reading.asked[last:] for made in said.calls):
            if (made.name, repr(made.arguments)) not in known:
                known.add((made.name, repr(made.arguments)))
                yield reading.start, made
