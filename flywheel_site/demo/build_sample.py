"""`python -m flywheel_site.demo.build_sample`: writes the sample log from what its riders ask and say.

`scenarios.jsonl` lists people with their consent, then conversations in order: who asks what, which passage would
answer it (`means`, a page and a place in it), and the feedback on the answer. It holds no answers: `v1` gives them
here. The same scenarios always make the same bytes.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from flywheel_site.demo.agent import NAME, Turn, answer_with_sources
from flywheel_site.demo.retrieval import Passage, passages

HERE: Final = Path(__file__).parent
SCENARIOS: Final = HERE / "scenarios.jsonl"
SAMPLE: Final = HERE / "sample.jsonl"
VERSION: Final = "v1"
FIRST: Final = datetime(2026, 9, 21, 6, 40, tzinfo=UTC)
LAST: Final = datetime(2026, 11, 15, 21, 30, tzinfo=UTC)
TURN: Final = timedelta(minutes=2)
VOTE: Final = timedelta(seconds=50)
SECOND_THOUGHT: Final = timedelta(hours=7, minutes=11)
SAME: Final = "=answer"
"""In a scenario: a correction that repeats the answer."""

Record = dict[str, Any]


def read_scenarios(path: Path = SCENARIOS) -> tuple[dict[str, Record | None], list[Record]]:
    """The people with their consent (None: they were never asked), and the conversations in order."""
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    people = {line["person"]: line["consent"] for line in lines if "person" in line}
    return people, [line for line in lines if "person" not in line]


def named_passages() -> dict[str, Passage]:
    """The passages as scenarios name them: "prices#0" is the first of the page "prices"."""
    found: dict[str, Passage] = {}
    for item in passages():
        place = sum(name.startswith(f"{item.page}#") for name in found)
        found[f"{item.page}#{place}"] = item
    return found


def right_passages() -> dict[str, Passage]:
    """The passage that answers each question of the log, by the line's id."""
    targets, (_, conversations) = named_passages(), read_scenarios()
    turns = (turn for conversation in conversations for turn in turns_of(conversation))
    return {name_of(number): targets[turn["means"]] for number, turn in enumerate(turns, 1)}


def turns_of(conversation: Record) -> list[Record]:
    return list(conversation.get("turns", [conversation]))


def name_of(number: int) -> str:
    return f"demo-{number:04}"


def log_lines(people: Mapping[str, Record | None], conversations: list[Record]) -> Iterator[Record]:
    """The log's lines, as `import_log` takes them."""
    targets, number = named_passages(), 0
    for place, conversation in enumerate(conversations):
        begun = moment(place, len(conversations))
        turns: list[Turn] = []
        session = f"s-{place + 1:04}"
        for turn_place, turn in enumerate(turns_of(conversation)):
            number += 1
            line = log_line(turn, conversation["who"], begun + turn_place * TURN, turns)
            line |= {"id": name_of(number), "session": session, "tags": [targets[turn["means"]].topic]}
            if (consent := people[conversation["who"]]) is not None:
                line["consent"] = consent
            yield line
            turns += [
                {"role": "user", "content": line["question"]},
                {"role": "assistant", "content": line["answer"]},
            ]


def moment(place: int, of: int) -> datetime:
    """When a conversation begins: spread over the weeks, to the minute, with a little unevenness."""
    even = FIRST + (LAST - FIRST) * place / max(of - 1, 1)
    return (even + timedelta(minutes=place * 37 % 53)).replace(second=place * 17 % 60, microsecond=0)


def log_line(turn: Record, who: str, at: datetime, turns: list[Turn]) -> Record:
    """One question, the agent's answer, and the feedback on it."""
    answer, sources = answer_with_sources(turn["ask"], turns, VERSION)
    line: Record = {"question": turn["ask"], "answer": answer, "user": who, "ts": at.isoformat()}
    line |= {"agent": {"name": NAME, "version": VERSION}}
    if sources:
        line["sources"] = sources
    if turns:
        line["context"] = list(turns)
    if "metadata" in turn:
        line["metadata"] = turn["metadata"]
    if "feedback" in turn:
        line["feedback"] = dated(turn["feedback"], answer, at)
    return line


def dated(feedback: Any, answer: str, at: datetime) -> Any:
    """The feedback of a scenario with its times, in the scenario's order."""
    if isinstance(feedback, list):
        return [dated(item, answer, at + place * SECOND_THOUGHT) for place, item in enumerate(feedback)]
    if isinstance(feedback, str):
        return feedback
    given = dict(feedback)
    if given.get("correction") == SAME:
        given["correction"] = answer
    return given | {"ts": (at + VOTE).isoformat()}


def sample_text() -> str:
    """The whole log, one JSON object a line."""
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in log_lines(*read_scenarios()))


if __name__ == "__main__":
    SAMPLE.write_text(sample_text(), encoding="utf-8")
    print(f"{SAMPLE.name}: {sample_text().count(chr(10))} interactions")
