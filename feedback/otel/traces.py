"""Plans an export's effect, trace by trace.

Spans arrive when they end: steps come before their turn, often in another request, minutes earlier. A turn is stored as
soon as it has a question and an answer, and grows as more of its trace arrives. Spans that come before any turn wait,
redacted, for an hour.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from feedback.capture.payloads import PayloadError, TurnIn
from feedback.models import Interaction, Project, Trace
from feedback.otel.parts import as_plain, redacted, restored
from feedback.otel.payloads import changed, turn_in
from feedback.otel.readings import Kind, Person, Reading
from feedback.otel.spans import NO_SPAN, UNKNOWN, SpanReading, together
from feedback.otel.turns import StoredTurn, Turn
from feedback.otel.turns import Trace as Tree
from feedback.texts.messages import Call, Message
from privacy.redaction import Numbering
from privacy.subjects.lookup import subject_digest

MAX_SPANS = 2_000
TURNED_AWAY = PayloadError("", "another_body", "another body under the same id")


@dataclass(slots=True)
class TracePlan:
    """The plan for one trace: turns to write, and what to remember about the trace."""

    trace: str
    row: Trace | None
    tree: Tree
    payloads: list[TurnIn] = field(default_factory=list)
    places: list[dict[str, Any]] = field(default_factory=list)  # of each payload's turn
    names: list[list[str]] = field(default_factory=list)  # by which a product may know the turn
    superseded: list[tuple[str, str]] = field(default_factory=list)  # interactions that are one turn: from, to
    refused: list[PayloadError] = field(default_factory=list)
    unchanged: int = 0
    moved: list[dict[str, Any]] = field(default_factory=list)  # the new places of turns without news
    waiting: list[Reading] = field(default_factory=list)
    mute: list[Turn] = field(default_factory=list)  # turns without a question or an answer
    placeholders: dict[str, list[str]] = field(default_factory=dict)
    subject: str = ""  # the digest of the person whom a waiting span names
    may_wait: bool = False  # a turn without consent may wait for the span around it, which may bring consent


def plan(
    project: Project, trace: str, heard: Sequence[SpanReading], row: Trace | None, turns: Mapping[str, Interaction]
) -> TracePlan:
    """The plan for one trace's spans, together with what is known about the trace. Raises `RedactionError`."""
    heard = list(_whole(heard).values())
    if row is None:
        tree = Tree((one.reading for one in heard), (one.reading.span for one in heard if one.is_broken))
        planned = TracePlan(trace, None, tree)
    else:
        planned = _continued(project, trace, heard, row, turns)
        tree = planned.tree
    planned.may_wait = not tree.roots and not project.consents_by_default("capture")
    found = tree.turns()
    for turn in found:
        _plan_turn(project, planned, turn, heard, turns)
    if not found:
        planned.waiting += tree.readings.values()
    planned.refused += [fault for one in heard if not one.is_broken for fault in one.faults if fault.code != UNKNOWN]
    if not planned.may_wait and not planned.payloads and not planned.moved:
        strange = {one.reading.span: one.faults for one in heard if one.faults and not one.is_broken}
        planned.refused += [strange[turn.span][0] for turn in planned.mute if turn.span in strange]
    return planned


def _whole(heard: Sequence[SpanReading]) -> dict[str, SpanReading]:
    """Each span once, with what log records say about it."""
    found: dict[str, SpanReading] = {}
    for one in heard:
        known = found.get(one.reading.span)
        found[one.reading.span] = together(known, one) if known else one
    return found


def _continued(
    project: Project, trace: str, heard: Sequence[SpanReading], row: Trace, turns: Mapping[str, Interaction]
) -> TracePlan:
    """The new spans next to earlier ones, all redacted alike, so that texts can be compared."""
    waiting = [restored(place, part) for place, part in zip(row.places, row.parts, strict=True)]
    fragments = {one.span: one for one in waiting}
    heard = [
        together(one, SpanReading(waited)) if (waited := fragments.get(one.reading.span)) else one for one in heard
    ]
    live = [place for place in row.turns if place["id"] in turns]
    before: Mapping[str, list[str]] = max(
        (turns[place["id"]].placeholders for place in live), key=lambda held: sum(map(len, held.values())), default={}
    )
    numbering = project.numbering(f"{trace}-{NO_SPAN}", before or row.placeholders)
    merged = {span for place in live for span in place["spans"]}
    new = [redacted(project, one.reading, numbering) for one in heard if one.reading.span not in merged]
    refused = [
        one
        for one in heard
        if one.reading.span in merged and _contradicts(project, one.reading, live, turns, numbering)
    ]
    known = [reading for place in live for reading in _as_readings(place, turns[place["id"]])]
    links = {**row.links, **{one.reading.span: one.reading.parent for one in heard if one.reading.parent}}
    stored = [place["span"] for place in live]
    tree = Tree([*known, *waiting, *new], (one.reading.span for one in heard if one.is_broken), links, stored)
    planned = TracePlan(trace, row, tree, placeholders={kind: list(held) for kind, held in numbering.state().items()})
    planned.refused = [TURNED_AWAY] * len(refused)
    planned.unchanged = len(merged.intersection(one.reading.span for one in heard)) - len(refused)
    planned.subject = row.subject.digest if row.subject else ""
    return planned


def _contradicts(
    project: Project,
    reading: Reading,
    live: Sequence[dict[str, Any]],
    turns: Mapping[str, Interaction],
    numbering: Numbering,
) -> bool:
    """Whether a span that names a stored turn comes again with other words, and is the whole turn."""
    own = next(
        (turns[place["id"]] for place in live if place["span"] == reading.span and len(place["spans"]) == 1), None
    )
    if own is None or not reading.question or not reading.answer:
        return False
    again = redacted(project, reading, numbering)
    return (again.question.strip(), again.answer.strip()) != (own.question, own.answer)


def _as_readings(place: Mapping[str, Any], row: Interaction) -> list[Reading]:
    """A stored turn as the readings that it came from."""
    context, sources, steps, tags = as_plain([row.context, row.sources, row.steps, row.tags])
    asked = [Message(str(turn["role"]), str(turn["content"])) for turn in context] + [
        Message("user", str(row.question))
    ]
    session = {"talk" if place["is_talk"] else "session": str(row.session)}
    person = Person(consent=place["consent"], **session)
    agent = {"name": row.agent_name, "version": row.agent_version, "model": row.agent_model, "prompt": row.agent_prompt}
    top = Reading(
        place["span"], place["parent"], Kind(place["kind"]), place["start"], place["end"],
        asked=asked, told=[Message("assistant", str(row.answer))], sources=sources,
        person=person, is_stored=True, has_model=place["has_model"], asked_at=place.get("asked_at", 0),
        agent={name: str(value) for name, value in agent.items() if value}, tags=tags,
    )  # fmt: skip
    spoken = set(place["spoken"])
    top.told[:0] = [
        Message("assistant", calls=[_as_call(step)]) for number, step in enumerate(steps) if number in spoken
    ]
    calls = [
        Reading(f"{place['span']}.{number}", place["span"], Kind.TOOL, place["start"], call=_as_call(step))
        for number, step in enumerate(steps)
        if number not in spoken
    ]
    return [top, *calls]


def _as_call(step: Mapping[str, Any]) -> Call:
    return Call(step["name"], step.get("id") or "", step.get("arguments"), step.get("result"), step.get("error") or "")


def _is_news(
    project: Project, payload: TurnIn, stored: Interaction, place: Mapping[str, Any], held: Sequence[Mapping[str, Any]]
) -> bool:
    """Whether the trace says more about a stored turn than before."""
    if payload.subject and subject_digest(project.namespace, payload.subject) != stored.subject.digest:
        return True
    known = {key: value for one in held for key, value in one["consent"].items()}
    return known != {**known, **place["consent"]} or changed(payload, stored)


def _plan_turn(
    project: Project, planned: TracePlan, turn: Turn, heard: Sequence[SpanReading], turns: Mapping[str, Interaction]
) -> None:
    if turn.broken:
        planned.refused += [one.faults[0] for one in heard if one.reading.span == turn.span]
        return
    told = planned.tree.told(turn)
    if told is None:
        planned.mute.append(turn)
        planned.waiting += turn.members + turn.around
        return
    spans = {reading.span for reading in (*turn.tops, *turn.members)}
    held = [
        place for place in (planned.row.turns if planned.row else []) if place["id"] in turns and place["span"] in spans
    ]
    stored = turns[held[0]["id"]] if held else None
    planned.superseded += [(place["id"], held[0]["id"]) for place in held[1:]]
    try:
        own = stored.external_id if stored else told.own_id or f"{planned.trace}-{turn.span}"
        payload = turn_in(told, own, planned.placeholders)
    except PayloadError as error:
        planned.refused.append(error)
        return
    payload.grows = stored is not None
    payload.person = "" if payload.subject else planned.subject
    if (
        stored is None
        and planned.may_wait
        and not (payload.subject or payload.person or (payload.consent or {}).get("capture"))
    ):
        planned.waiting += [reading for reading in (*turn.members, *turn.around) if "." not in reading.span]
        return
    planned.names.append([*told.names, *([told.own_id] if stored else []), *_other_spans(planned, turn, payload)])
    place = _place(turn, told, payload.id or "", spans, held)
    if stored is not None and not _is_news(project, payload, stored, place, held):
        planned.names.pop()
        planned.moved.append(place)
        return
    planned.payloads.append(payload)
    planned.places.append(place)


def _place(
    turn: Turn, told: StoredTurn, id: str, spans: Iterable[str], held: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    top = turn.tops[0]
    merged = {span for place in held for span in place["spans"]} | {span for span in spans if "." not in span}
    return {
        "id": id, "span": top.span, "parent": top.parent, "kind": str(top.kind), "start": told.start, "end": told.end,
        "spans": sorted(merged)[:MAX_SPANS], "consent": told.person.consent, "spoken": told.spoken,
        "has_model": told.has_model, "is_talk": told.is_talk,
        "asked_at": told.asked_at,
    }  # fmt: skip


def _other_spans(planned: TracePlan, turn: Turn, payload: TurnIn) -> list[str]:
    """The spans by which feedback may name the turn: only if the trace has others, or the turn an id of its own."""
    several = len(planned.payloads) or (planned.row and len(planned.row.turns) > 1)
    own = not (payload.id or "").startswith(planned.trace)
    talking = [one.span for one in (*turn.tops, *turn.members) if one.kind in (Kind.AGENT, Kind.MODEL, Kind.CHAIN)][:64]
    ids = [f"{planned.trace}-{span}" for span in talking] if several or own else []
    return ([planned.trace] if own else []) + [name for name in ids if name != payload.id]
