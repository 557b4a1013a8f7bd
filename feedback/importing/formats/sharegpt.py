"""ShareGPT, and files in the same shape: `conversations` of `from` and `value`, Claude's `chat_messages` of `sender` and
`text`, Gemini's `contents` of `role` and `parts`.
"""

from collections.abc import Iterable, Mapping, Sequence

from feedback.importing.formats.conversations import SYSTEM, Data, Message, first, read, text_of, turns
from feedback.importing.formats.format import NOBODY_SAID, Format, Line, Unread, lines_of
from feedback.importing.formats.openai import votes_in
from feedback.importing.formats.trace_texts import answer_text, data

NAMES = ("conversations", "conversation", "items", "chat_messages", "contents")
SPEAKER, SAID = {"from", "role", "sender"}, {"content", "value", "text", "parts"}


SPEAKERS = ("system", "human", "user", "assistant", "gpt", "bot")


def _messages(record: Data) -> list[Data]:
    value = data(first(record, *NAMES))
    found = value if isinstance(value, list) and value and isinstance(value[0], Mapping) else []
    if found and found[0].keys() & {"human", "user"} and not found[0].keys() & {"from", "role"}:
        turns = [each for each in found if isinstance(each, Mapping)]
        return [
            {"from": who, "value": each[who]} for each in turns for who in SPEAKERS if isinstance(each.get(who), str)
        ]
    return found


def fits(record: Data) -> bool:
    """A list whose entries have a speaker and what was said, or each a question and its answer under the speakers' names."""
    found = _messages(record)
    return bool(found) and ("from" in found[0] or bool(found[0].keys() & SPEAKER and found[0].keys() & SAID))


def lines(records: Sequence[Data], vote_names: Sequence[str]) -> Iterable[Line]:
    """The turns of a conversation. Raises `Unread`."""
    (record,) = records
    messages = read(_messages(record))
    before = first(record, "system", "systemInstruction", "system_instruction")
    if text := text_of(before.get("parts") if isinstance(before, Mapping) else before):
        messages.insert(0, Message(SYSTEM, text))
    chosen, rejected = record.get("chosen"), record.get("rejected")
    found = list(turns([*messages, *(read([chosen]) if chosen else [])]))
    if not found:
        raise Unread("conversations", NOBODY_SAID)
    made = list(
        lines_of(
            found,
            str(first(record, "id", "uuid", "conversation_id") or ""),
            ts=first(record, "created", "created_at", "create_time", "timestamp", "tstamp", "ts"),
            user=first(record, "user", "user_id"),
            agent={"model": str(record["model"])[:200]} if isinstance(record.get("model"), str) else None,
        )
    )
    for line, turn in zip(made, found, strict=True):
        if moment := first(turn.asked.source, "created_at", "timestamp", "ts", "create_time"):
            line["ts"] = moment
        said = [*votes_in(turn.answered.source, vote_names).votes]
        said += votes_in(record, vote_names).votes if line is made[-1] else []
        if said:
            line["feedback"] = said
    other = answer_text([rejected]) if rejected else ""
    if other and other != made[-1]["answer"]:
        made[-1]["feedback"] = [{"value": "down", "correction": made[-1]["answer"]}]
        made[-1]["answer"] = other
    return made


FORMAT = Format("sharegpt", "ShareGPT conversations", fits, lines)
