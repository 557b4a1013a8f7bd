"""Logs with a row for each message, as teams keep them in a table: who said what in which conversation, and when."""

from collections.abc import Iterable, Sequence
from typing import Any

from feedback.importing.formats.conversations import ROLES, USER, Data, Message, first, media_of, text_of, turns, worked
from feedback.importing.formats.format import NOBODY_SAID, Format, Line, Unread, line_of
from feedback.importing.formats.openai import votes_in
from feedback.importing.formats.trace_texts import data
from feedback.importing.formats.trees import text

WHO = ("role", "sender", "author", "from", "speaker")
WHAT = ("content", "text", "message", "body", "value")
CONVERSATION = ("conversation_id", "conversationId", "thread_id", "chat_id", "session_id", "sessionId", "dialog_id")
WHEN = ("timestamp", "ts", "created_at", "createdAt", "time", "date", "create_time")


def fits(record: Data) -> bool:
    """A text with the role of its sender, both under known names."""
    who = first(record, *WHO)
    return isinstance(who, str) and who.lower() in ROLES and any(name in record for name in WHAT)


def conversation(record: Data) -> str:
    """The conversation of a message; if none is named, all messages belong to one."""
    return text(record, *CONVERSATION) or "the only one"


def lines(records: Sequence[Data], vote_names: Sequence[str]) -> Iterable[Line]:
    """The turns of a conversation, its messages in the order of the file. Raises `Unread`."""
    found = list(turns(_message(record) for record in records))
    if not found:
        raise Unread("", NOBODY_SAID)
    made = []
    for turn in found:
        row = turn.answered.source
        user = text(row, "user_id", "user", "userId") or text(turn.asked.source, "user_id", "user", "userId")
        about: dict[str, Any] = {"ts": first(row, *WHEN), "user": user, "session": text(row, *CONVERSATION)}
        name = text(row, "message_id", "messageId", "id")
        if not name and about["session"]:
            name = about["session"] if turn.number == 1 else f"{about['session']}:{turn.number}"
        model = text(row, "model")
        agent = {"model": model[:200]} if model else None
        made.append(line_of(turn, said=votes_in(row, vote_names), id=name, agent=agent, **about))
    return made


def _message(record: Data) -> Message:
    role = ROLES.get(str(first(record, *WHO)).lower(), USER)
    content = data(first(record, *WHAT))
    words = text_of(content) if isinstance(content, list) else str(first(record, *WHAT) or "")
    said = worked({**record, "id": None}, role, str(first(record, *WHO)).lower(), content)
    return Message(role, words, record, bool(said.calls), media_of(content), said.calls, said.results)


FORMAT = Format("messages", "A row for each message (role, content, conversation)", fits, lines, conversation)
