"""A record as chat messages, in the roles that training APIs know."""

from collections.abc import Iterable

from curation.releases.formats.format import Message, Row

# OpenAI, TRL, Together and Inspect agree on these three. Others are other names for them, or have no place: a tool's
# message means nothing without the call that it answers, which capture does not keep.
_ROLES = {
    "system": "system",
    "developer": "system",
    "user": "user",
    "human": "user",
    "assistant": "assistant",
    "agent": "assistant",
    "ai": "assistant",
    "bot": "assistant",
    "model": "assistant",
}


def prompt(row: Row, *, system: bool = True) -> list[Message] | None:
    """Everything up to the answer: system prompt, earlier turns, question. None if a turn's role is not supported. In
    training, the dataset's system prompt replaces the conversation's own.
    """
    turns = _turns(row.context)
    if turns is None:
        return None
    if system and row.system:
        turns = [{"role": "system", "content": row.system}, *(turns[1:] if _has_system(turns) else turns)]
    turns.append({"role": "user", "content": row.question})
    return turns


def answer(text: str) -> Message:
    """An answer as the assistant's message."""
    return {"role": "assistant", "content": text}


def _has_system(turns: list[Message]) -> bool:
    return bool(turns) and turns[0]["role"] == "system"


def _turns(context: Iterable[Message]) -> list[Message] | None:
    turns = []
    for message in context:
        role = _ROLES.get(message["role"])
        if role is None:
            return None
        turns.append({"role": role, "content": message["content"]})
    return turns
