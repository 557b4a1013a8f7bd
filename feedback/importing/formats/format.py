"""What a format is: how a record of it is recognised, and how its records become lines of a log."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from feedback.importing.formats.conversations import Data, Turn
from feedback.importing.formats.scores import ScoreVotes, without_empty

Line: TypeAlias = dict[str, Any]
NO_VOTE: Line = {}  # a record that is a score but not a user's vote


class EarlierTurn(dict[str, Any]):
    """A line with later ones in its conversation, so that a shorter conversation's record may have it too."""


class Unread(ValueError):
    """Nothing in a record of the format can be imported. `field` is the place, `words` say why."""

    def __init__(self, field: str, words: str) -> None:
        super().__init__(words)
        self.field, self.words = field, words


@dataclass(frozen=True, slots=True)
class Format:
    """An export that is known by name.

    `fits` says whether a record looks like it. `lines` turns the records of one conversation into lines as in
    `logs.FORMAT`: a single record or, with a `group`, neighbours with the same group. It also gets the names
    of scores that count as votes. Raises `Unread`.
    """

    name: str
    title: str
    fits: Callable[[Data], bool]
    lines: Callable[[Sequence[Data], Sequence[str]], Iterable[Line]]
    group: Callable[[Data], str] | None = None


def lines_of(turns: Iterable[Turn], name: str, **shared: Any) -> Iterator[Line]:
    """A line for each turn of a conversation called `name`.

    The first has that name as its id, later ones with their number added, so that a conversation continued after its
    export keeps the ids of its earlier turns.
    """
    found = list(turns)
    for turn in found:
        line = line_of(turn, **shared)
        if name and "id" not in line:
            line["id"] = name if turn.number == 1 else f"{name}:{turn.number}"
        yield line if turn is found[-1] else EarlierTurn(line)


def line_of(turn: Turn, *, said: ScoreVotes | None = None, **fields: Any) -> Line:
    """A turn as a line of a log, with these fields and the feedback on it."""
    metadata = dict(fields.pop("metadata", None) or {})
    if turn.media:
        metadata["media"] = turn.media
    if turn.left_out:
        metadata["earlier_messages_left_out"] = turn.left_out
    line = without_empty(
        {
            "question": turn.question,
            "answer": turn.answer,
            "context": turn.context or None,
            "steps": turn.steps or None,
            **fields,
        }
    )
    return with_said(line, said, metadata)


def with_said(line: Line, said: ScoreVotes | None, metadata: dict[str, Any]) -> Line:
    """The line with votes as its feedback, and grades and plain comments in its metadata."""
    if said and said.votes:
        if said.comments and not any(vote.get("comment") for vote in said.votes):
            said.votes[0]["comment"] = "\n".join(said.comments)
            said.comments = []
        line["feedback"] = said.votes
    if said and said.grades:
        metadata["scores"] = said.grades
    if said and said.comments:
        metadata["comments"] = said.comments
    if metadata:
        line["metadata"] = metadata
    return line


NOBODY_SAID = "The conversation has no question with an answer."
