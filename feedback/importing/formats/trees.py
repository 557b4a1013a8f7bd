"""Conversations kept as a tree: when people edit a question or have it answered again, each version gets a branch. Read
are the branch on which the conversation continued, and every rated answer on other branches.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from feedback.importing.formats.conversations import Data, Message, Turn, turns
from feedback.importing.formats.scores import ScoreVotes


@dataclass(slots=True)
class Node:
    """A message with its place in the tree, and what was said of it."""

    id: str
    parent: str
    message: Message
    ts: Any = None
    said: ScoreVotes = field(default_factory=ScoreVotes)
    fields: dict[str, Any] = field(default_factory=dict)


def answers(nodes: Iterable[Node], current: str = "") -> Iterator[tuple[Turn, Node]]:
    """Each turn of the current branch, by its last message, then those of other branches that have a vote."""
    by_id = {node.id: node for node in nodes}
    children: dict[str, list[Node]] = {}
    for node in by_id.values():
        children.setdefault(node.parent if node.parent in by_id else "", []).append(node)
    leaf = current if current in by_id else _newest_leaf(children)
    seen = set()
    for turn in turns(_branch(by_id, leaf)):
        node = _node(by_id, turn)
        seen.add(node.id)
        yield turn, node
    for node in by_id.values():
        if node.said.votes and node.id not in seen:
            found = list(turns(_branch(by_id, node.id)))
            if found and _node(by_id, found[-1]) is node:
                yield found[-1], node


def _node(by_id: Mapping[str, Node], turn: Turn) -> Node:
    return next(node for node in by_id.values() if node.message is turn.answered)


def _newest_leaf(children: Mapping[str, list[Node]]) -> str:
    """Where the newest branch ends: products add a new version after the older ones."""
    here, passed = "", set()
    while (below := children.get(here)) and here not in passed:
        passed.add(here)
        here = max(below, key=lambda node: (_comparable(node.ts), below.index(node))).id
    return here


def _comparable(moment: Any) -> tuple[int, float, str]:
    return (1, float(moment), "") if isinstance(moment, (int, float)) else (0, 0.0, str(moment or ""))


def _branch(by_id: Mapping[str, Node], leaf: str) -> list[Message]:
    found: list[Message] = []
    passed = set()
    while leaf in by_id and leaf not in passed:
        passed.add(leaf)
        found.append(by_id[leaf].message)
        leaf = by_id[leaf].parent
    return found[::-1]


def plain(value: Any) -> Any:
    """The value without the wrapping that MongoDB's exporter puts around ids and times."""
    if isinstance(value, Mapping) and len(value) == 1:
        inner = value.get("$oid") or value.get("$date") or value.get("$numberLong")
        return plain(inner) if inner is not None else value
    return value


def text(record: Data, *names: str) -> str:
    """The first of these fields that is a text or a number, as text."""
    found = (plain(record.get(name)) for name in names)
    return next((str(value) for value in found if isinstance(value, (str, int)) and value != ""), "")
