"""Turns: what a user asked and was told, from everything known about one trace. Pure.

A trace is read as a whole. The outermost span that holds a user's words, or an agent's run, is a turn; what lies below
it are its steps. Its question is the outermost one, and so is its answer: a model's prompt may be a template, and a
text next to a tool's call is not the answer. Spans without a common parent are joined if they are about the same words:
a loop of calls, a question that is first rephrased, a title made from the conversation.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from msgspec import Struct

from feedback.otel.readings import TOPS, Kind, Person, Reading, context, is_model, steps

NEAR = 8  # a turn is compared with at most this many turns, and this many calls of a turn
MAX_CONTEXT, MAX_SOURCES, MAX_STEPS, MAX_NAMES, MAX_TAGS, MAX_MEDIA = 200, 100, 1_000, 64, 50, 50
LEAST = 8  # letters that a text needs before it is searched for in another


@dataclass(slots=True)
class Turn:
    """One user turn: the span that names it, and what belongs to it, in order."""

    tops: list[Reading]
    members: list[Reading] = field(default_factory=list)
    around: list[Reading] = field(default_factory=list)  # above it
    broken: bool = False

    @property
    def end(self) -> int:
        """When its last span ended."""
        return max(self.tops[0].end, self.tops[-1].end) or self.tops[-1].start

    @property
    def span(self) -> str:
        """The span that names it."""
        return self.tops[0].span


class StoredTurn(Struct, frozen=True):
    """What is stored about a turn."""

    question: str
    answer: str
    context: list[dict[str, Any]]
    sources: list[dict[str, Any]]
    steps: list[dict[str, Any]]
    media: list[dict[str, str]]
    has_model: bool  # the call that gave the answer is known, and so is its context
    is_talk: bool  # the session is only an id that a framework may have generated
    spoken: list[int]  # steps that only messages show, by position
    asked_at: int  # when the span began that gave the context
    person: Person
    agent: dict[str, str]
    tags: list[str]
    own_id: str
    names: list[str]
    start: int
    end: int


class Trace:
    """The readings of one trace, each below the one around it."""

    def __init__(
        self,
        readings: Iterable[Reading],
        broken: Iterable[str] = (),
        links: Mapping[str, str] | None = None,
        stored: Iterable[str] = (),
    ) -> None:
        self.readings = {reading.span: reading for reading in readings}
        self.broken = set(broken)
        self.links = links or {}
        self.roots = [reading for reading in self.readings.values() if not reading.parent]
        self.above: dict[str, str] = {}
        self.below: dict[str, list[Reading]] = {}
        for reading in self.readings.values():
            above = self._above(reading)
            self.above[reading.span] = above
            self.below.setdefault(above, []).append(reading)
        for children in self.below.values():
            children.sort(key=order)
        self.speaking = self._speaking(stored)

    def _above(self, reading: Reading) -> str:
        """The nearest known span around it; empty if there is none. A root is around everything that has a parent."""
        at, seen = reading.parent, {reading.span}
        while at and at not in seen:
            if at in self.readings:
                return at
            seen.add(at)
            at = self.links.get(at, "")
        if reading.parent and len(self.roots) == 1 and self.roots[0].span not in seen:
            return self.roots[0].span
        return ""

    def _speaking(self, stored: Iterable[str]) -> set[str]:
        """The spans in or below which a model or an agent speaks: functions alone are not turns."""
        found: set[str] = set()
        speakers = {reading.span for reading in self.readings.values() if reading.kind in (Kind.MODEL, Kind.AGENT)}
        for span in speakers.union(stored):
            at = span
            while at and at not in found:
                found.add(at)
                at = self.above.get(at, "")
        return found

    def turns(self) -> list[Turn]:
        """The turns, in order. Every reading belongs to one of them, if there are any."""
        tops, owner, loose = self._tops()
        groups: list[Turn] = []
        for top in tops:
            joined = next((turn for turn in reversed(groups[-NEAR:]) if self._same(turn, top)), None)
            if joined is None:
                groups.append(Turn([top], broken=top.span in self.broken))
            else:
                joined.tops.append(top)
        around = {id(turn): self._around(turn) for turn in groups}
        of_top = {top.span: turn for turn in groups for top in turn.tops}
        for reading in sorted(self.readings.values(), key=order):
            if reading.span not in loose:
                of_top[owner[reading.span]].members.append(reading)
            elif (turn := self._nearest(groups, reading)) is not None:
                (turn.around if reading.span in around[id(turn)] else turn.members).append(reading)
        return groups

    def _tops(self) -> tuple[list[Reading], dict[str, str], set[str]]:
        """The outermost spans that can be turns; the top above each reading; and the readings without one."""
        owner: dict[str, str] = {}
        loose: set[str] = set()
        tops = []
        waiting = deque((reading, "") for reading in self.below.get("", []))
        seen: set[str] = set()
        rings = iter(list(self.readings.values()))  # spans that are each other's parents have no top
        while waiting or (ring := next((one for one in rings if one.span not in seen), None)):
            reading, top = waiting.popleft() if waiting else (ring, "")
            if reading is None or reading.span in seen:
                continue
            seen.add(reading.span)
            if not top and self._is_top(reading):
                top = reading.span
                tops.append(reading)
            if top:
                owner[reading.span] = top
            else:
                loose.add(reading.span)
            waiting.extend((child, top) for child in self.below.get(reading.span, []))
        return sorted(tops, key=order), owner, loose

    def _is_top(self, reading: Reading) -> bool:
        if reading.span in self.broken or reading.kind == Kind.AGENT:
            return True
        speaks = reading.span in self.speaking or not reading.parent
        return reading.kind == Kind.MODEL or (
            reading.kind == Kind.CHAIN and speaks and bool(reading.question or reading.answer)
        )

    def _same(self, turn: Turn, top: Reading) -> bool:
        """Whether a span belongs to an earlier turn: both are about the same words."""
        if turn.broken or top.span in self.broken:
            return False
        if not top.parent or any(not other.parent for other in turn.tops):
            return False  # nothing called a root on another's behalf
        return any(same_turn(other, top) or same_turn(top, other) for other in turn.tops[-NEAR:])

    def _is_within_model(self, reading: Reading) -> bool:
        """Whether it repeats a model call: a framework's span and the client's span below it."""
        above = self.readings.get(self.above.get(reading.span, ""))
        return reading.kind == Kind.MODEL and above is not None and above.kind == Kind.MODEL

    def _around(self, turn: Turn) -> set[str]:
        """The spans above a turn."""
        found: set[str] = set()
        for top in turn.tops:
            at = self.above.get(top.span, "")
            while at and at not in found:
                found.add(at)
                at = self.above.get(at, "")
        return found

    @staticmethod
    def _nearest(groups: Sequence[Turn], reading: Reading) -> Turn | None:
        """The turn that a neighbouring span serves: the first that ends after it began, else the last."""
        after = (turn for turn in groups if turn.end >= reading.start)
        return next(after, groups[-1] if groups else None)

    def told(self, turn: Turn) -> StoredTurn | None:
        """What is stored about the turn; None if it has no question, or no answer yet."""
        layers = list(self._layers(turn))
        main = self._main(turn) if len(turn.tops) > 1 else None
        asker = main or next(
            (reading for layer in layers for reading in layer if reading.kind in TOPS and reading.question), None
        )
        question, answer = asker.question.strip() if asker else "", self._answer(turn, layers).strip()
        if not question or not answer or not self._is_talk(turn, question, answer):
            return None
        found = steps([one for one in turn.members if not self._is_within_model(one)])[:MAX_STEPS]
        before, asked_at = context(question, answer, asker, turn.members)
        everything = [*turn.tops, *sorted(turn.around, key=order, reverse=True), *turn.members]
        return StoredTurn(
            question=question,
            answer=answer,
            context=before[-MAX_CONTEXT:],
            sources=merged_sources(turn)[:MAX_SOURCES],
            steps=[step for step, _ in found],
            media=next((one.media for one in everything if one.media and one.question.strip() == question), [])[
                :MAX_MEDIA
            ],
            has_model=any(is_model(one) and one.answer.strip() == answer for one in turn.members),
            is_talk=not any(one.person.session for one in everything),
            spoken=[place for place, (_, spoken) in enumerate(found) if spoken],
            asked_at=asked_at,
            person=merged_person(everything),
            agent=merged_agent(everything),
            tags=list(dict.fromkeys(tag for reading in everything for tag in reading.tags))[:MAX_TAGS],
            own_id=next((reading.own_id for reading in everything if reading.own_id), ""),
            names=list(dict.fromkeys(name for reading in everything for name in reading.names))[:MAX_NAMES],
            start=min((top.start for top in turn.tops if top.start), default=0),
            end=max(top.end for top in turn.tops),
        )

    @staticmethod
    def _is_talk(turn: Turn, question: str, answer: str) -> bool:
        """Whether a model or an agent speaks in it.

        A function alone is a turn if nothing called it and it returns something other than its input: frameworks also
        record how they split texts.
        """
        if any(reading.kind in (Kind.MODEL, Kind.AGENT) for reading in turn.members):
            return True
        return question != answer and any(not top.parent for top in turn.tops)

    def _layers(self, turn: Turn) -> Iterator[list[Reading]]:
        """The spans of a turn from the outside in, each layer in time order."""
        layer, seen = list(turn.tops), set()
        while layer:
            yield layer
            seen |= {reading.span for reading in layer}
            below = [child for reading in layer for child in self.below.get(reading.span, []) if child.span not in seen]
            layer = sorted(below, key=order)

    def _answer(self, turn: Turn, layers: Sequence[Sequence[Reading]]) -> str:
        """The outermost answer; of several side by side the last, unless it is only about the others."""
        for layer in layers:
            found = [reading for reading in layer if reading.kind in TOPS and reading.answer][-NEAR:]
            if len(found) == 1:
                return found[0].answer
            found = [
                one for one in found if not any(is_about(one, other) for other in found if other is not one)
            ] or found
            if found:
                best = [
                    one for one in found if not any(feeds(one, other) for other in found if other is not one)
                ] or found
                said = [one for one in best if self._is_plain(turn, one, found)] or best
                return max(said, key=lambda one: (one.end or one.start, one.start)).answer
        return ""

    def _is_plain(self, turn: Turn, one: Reading, found: Sequence[Reading]) -> bool:
        """Whether no other call side by side has the same words without a template around them.

        Only for calls with nothing around them: a guard that checks a question's safety does not answer it.
        """
        if len(turn.tops) < 2 or one not in turn.tops:
            return True
        return not any(
            wraps(one.question, other.question) and not feeds(other, one) for other in found if other is not one
        )

    def _main(self, turn: Turn) -> Reading | None:
        """Among calls without a span around them, the one with the user's words unchanged."""
        asked = [top for top in turn.tops if top.question][:NEAR]
        plain = [
            top for top in asked if not any(wraps(top.question, other.question) for other in asked if other is not top)
        ]
        return next(iter(plain or asked), None)


def order(reading: Reading) -> tuple[int, int]:
    """By time; if two begin together, the longer first."""
    return reading.start, -reading.end


def wraps(whole: str, part: str) -> bool:
    """Whether a text contains another, with words around it."""
    return len(part.strip()) >= LEAST and len(whole) > len(part) and part.strip() in whole


def feeds(one: Reading, other: Reading) -> bool:
    """Whether the first call's output goes into the second's prompt, other than as an earlier answer in the
    conversation.
    """
    text = one.answer.strip()
    return len(text) >= LEAST and any(text in said.text for said in other.asked if said.role in ("user", "system"))


def is_about(one: Reading, other: Reading) -> bool:
    """Whether a call is about another's question and answer, such as one that makes a title from them."""
    return feeds(other, one) and any(wraps(said.text, other.question) for said in one.asked)


def same_turn(first: Reading, then: Reading) -> bool:
    """Whether two calls without a common span around them serve one turn."""
    if first.answer and any(said.role == "assistant" and said.text == first.answer for said in then.asked):
        return False  # the conversation went on
    if first.question and then.question:
        same = first.question == then.question or wraps(then.question, first.question)
        return same or feeds(first, then)
    return feeds(first, then)


def merged_sources(turn: Turn) -> list[dict[str, Any]]:
    """What was retrieved, each document once."""
    found: dict[Any, dict[str, Any]] = {}
    for reading in (*turn.around, *turn.members):
        for source in reading.sources:
            key = source.get("text") or source.get("id") or source.get("url") or source.get("title")
            found[key] = {**source, **found.get(key, {})}
    return list(found.values())


def merged_person(readings: Sequence[Reading]) -> Person:
    """The first subject and session from the outside in, and the first word on each purpose."""
    found = Person()
    for said in [reading.person for reading in readings]:
        found.subject = found.subject or said.subject
        found.session = found.session or said.session
        found.talk = found.talk or said.talk
        found.consent = {**said.consent, **found.consent}
    return Person(found.subject, found.session or found.talk, consent=found.consent)


def merged_agent(readings: Sequence[Reading]) -> dict[str, str]:
    """The agent's name, version, model and prompt; else the service's name."""
    found: dict[str, str] = {}
    for reading in readings:
        for name, value in reading.agent.items():
            if name != "model" or reading.kind in TOPS:
                found.setdefault(name, value)
    for name, service in (("name", "service"), ("version", "service_version")):
        value = found.pop(service, "")
        if value:
            found.setdefault(name, value)
    return found
