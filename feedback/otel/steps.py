"""What comes with a turn's question and answer: the talk before it, and what the agent did in between. Pure."""

from collections import deque
from collections.abc import Iterator, Sequence
from typing import Any

from feedback.otel.readings import TOPS, Kind, Reading
from feedback.texts.messages import Call, Message, step

FINAL = ("final_answer", "final_result")  # tools by which frameworks give the answer itself


def context(question: str, answer: str, asker: Reading | None, members: Sequence[Reading]) -> list[dict[str, Any]]:
    """The turns before the question: of the span that asked it where it has any, else of the call that gave the answer,
    else of one that was given the question."""
    answered = [reading for reading in members if reading.kind in TOPS and reading.answer.strip() == answer]
    models = [one for one in members if (one.kind == Kind.MODEL or one.is_stored) and question in one.question]
    stale = asker is not None and (asker.kind == Kind.MODEL or asker.is_stored) and asker.answer.strip() != answer
    own = [asker] if asker and not stale else []
    for reading in own + answered + ([] if any(map(is_model, answered)) else models):
        if before := earlier(reading.asked):
            return before
    return []


def is_model(reading: Reading) -> bool:
    """Whether it is a model's call, or stands for a turn of which that call is known."""
    return reading.kind == Kind.MODEL or reading.has_model


def earlier(asked: Sequence[Message]) -> list[dict[str, Any]]:
    """The messages before the user's last, with their text."""
    last = next(
        (place for place in reversed(range(len(asked))) if asked[place].role == "user" and asked[place].text.strip()), 0
    )
    return [
        {"role": said.role, "content": said.text, **({"media": said.media} if said.media else {})}
        for said in asked[:last]
        if said.text.strip() and said.role != "tool"
    ]


def steps(members: Sequence[Reading]) -> list[tuple[dict[str, Any], bool]]:
    """The tools' calls, in order: those that have a span, and those of which only a model's messages tell (True)."""
    results = {
        id: result
        for reading in members
        for said in (*reading.asked, *reading.told)
        for id, result in said.results
        if id
    }
    found: list[tuple[int, Call, bool]] = []
    by_id: dict[str, Call] = {}
    for reading in members:
        if reading.call and not (reading.call.id and reading.call.id in by_id):
            found.append((reading.start, reading.call, False))
            by_id |= {reading.call.id: reading.call} if reading.call.id else {}
    unclaimed: dict[str, deque[Call]] = {}
    for _, made, _ in found:
        unclaimed.setdefault(made.name, deque()).append(made)
    for at, made in spoken_calls(members):
        if made.id in by_id:
            known = by_id[made.id]
            known.result = made.result if known.result is None else known.result
            continue
        own = unclaimed[made.name].popleft() if unclaimed.get(made.name) else None
        if own is None:
            found.append((at, made, True))
        else:  # the span of this call, under an id of its own or none
            own.id = own.id or made.id
            own.arguments = made.arguments if isinstance(made.arguments, dict) else own.arguments
        by_id |= {made.id: own or made} if made.id else {}
    calls = sorted(found, key=lambda item: item[0])
    told = [
        (made, made.result if made.result is not None else results.get(made.id), spoken) for _, made, spoken in calls
    ]
    return [(step(made, result), spoken) for made, result, spoken in told if made.name not in FINAL]


def spoken_calls(members: Sequence[Reading]) -> Iterator[tuple[int, Call]]:
    """The calls that models ask for, and after them those that only a prompt tells of, in this turn."""
    talking = [reading for reading in members if reading.kind in TOPS]
    known: set[tuple[str, str]] = set()
    for reading in talking:
        for made in (made for said in reading.told for made in said.calls):
            known.add((made.name, repr(made.arguments)))
            yield reading.start, made
    for reading in talking:
        last = max(
            (place for place, said in enumerate(reading.asked) if said.role == "user" and said.text.strip()), default=0
        )
        for made in (made for said in reading.asked[last:] for made in said.calls):
            if (made.name, repr(made.arguments)) not in known:
                known.add((made.name, repr(made.arguments)))
                yield reading.start, made
