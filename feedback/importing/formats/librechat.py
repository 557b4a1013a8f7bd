"""LibreChat: a conversation exported as JSON (messages or their tree) or CSV, and messages from its database."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from feedback.importing.formats.conversations import ASSISTANT, USER, Data, Message, media_of, text_of
from feedback.importing.formats.format import NOBODY_SAID, Format, Line, Unread, line_of
from feedback.importing.formats.scores import Score, ScoreVotes, separate
from feedback.importing.formats.trace_texts import data
from feedback.importing.formats.trees import Node, answers, plain, text
from feedback.texts.messages import Call, call, structure

YES = (True, 1, "true", "True", "1", "TRUE")


def fits(record: Data) -> bool:
    """A conversation with messages, or a message that says who made it."""
    if "messageId" in record:
        return "isCreatedByUser" in record or "parentMessageId" in record
    return "conversationId" in record and ("messages" in record or "messagesTree" in record)


def conversation(record: Data) -> str:
    """The conversation of a record; a CSV's messages all belong to one."""
    return text(record, "conversationId") or "the only one"


def lines(records: Sequence[Data], vote_names: Sequence[str]) -> Iterable[Line]:
    """The turns of a conversation. Raises `Unread`."""
    record = records[0]
    whole = record if "messageId" not in record else {}
    messages = list(_flat(records if not whole else record.get("messages") or record.get("messagesTree")))
    nodes = [node for each in messages if (node := _node(each, vote_names))]
    user = next((found for each in messages if (found := text(each, "user"))), "") or text(whole, "user")
    options = whole.get("options")
    model = text(options, "model") if isinstance(options, Mapping) else ""
    made: list[Line] = []
    for turn, node in answers(nodes):
        named = text(node.message.source, "model") or model
        for vote in node.said.votes:
            vote.update({"user": user} if user else {})
        line = line_of(
            turn,
            said=node.said,
            id=node.id,
            ts=node.ts,
            user=user,
            session=text(record, "conversationId"),
            agent={"model": named[:200]} if named else None,
        )
        made.append(line)
    if not made:
        raise Unread("messages", NOBODY_SAID)
    return made


def _flat(messages: Any) -> Iterator[Data]:
    """The messages of a list or of a tree."""
    for each in [messages] if isinstance(messages, Mapping) else messages or []:
        if isinstance(each, Mapping):
            yield each
            yield from _flat(each.get("children"))


def _node(message: Data, vote_names: Sequence[str]) -> Node | None:
    if message.get("error") in YES:
        return None
    content = data(message.get("content"))
    words = _last_text(content) or str(message.get("text") or "")
    role = USER if message.get("isCreatedByUser") in YES else ASSISTANT
    read_message = Message(role, words, message, media=media_of(content), did=_calls(content))
    said = _feedback(data(message.get("feedback")), vote_names)
    ts = plain(message.get("createdAt"))
    return Node(text(message, "messageId"), text(message, "parentMessageId"), read_message, ts, said)


def _calls(content: Any) -> list[Call]:
    """The tool calls among the parts, each with its result."""
    parts = content if isinstance(content, list) else []
    made = [
        part["tool_call"] for part in parts if isinstance(part, Mapping) and isinstance(part.get("tool_call"), Mapping)
    ]
    calls = [call(each) for each in made]
    for each, given in zip(calls, made, strict=True):
        each.result = structure(given.get("output"))
    return calls


def _last_text(content: Any) -> str:
    """What the assistant said after its last tool call; for a user, everything."""
    parts = content if isinstance(content, list) else []
    calls = [place for place, part in enumerate(parts) if isinstance(part, Mapping) and part.get("type") == "tool_call"]
    said = [text_of(part) for part in parts[calls[-1] + 1 if calls else 0 :] if isinstance(part, Mapping)]
    return "\n\n".join(each for each in said if each)


def _feedback(given: Any, vote_names: Sequence[str]) -> ScoreVotes:
    if not isinstance(given, Mapping) or not given.get("rating"):
        return ScoreVotes()
    tag = given.get("tag")
    tag = tag.get("key") if isinstance(tag, Mapping) else tag
    comment = "\n".join(str(each) for each in (tag, given.get("text")) if each)
    return separate([Score("rating", given["rating"], comment=comment or None)], vote_names)


FORMAT = Format("librechat", "LibreChat (JSON and CSV exports, messages of its database)", fits, lines, conversation)
