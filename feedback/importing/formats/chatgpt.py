"""ChatGPT's data export: `conversations.json` with its tree of messages, and `message_feedback.json`."""

from collections.abc import Iterable, Mapping, Sequence

from feedback.importing.formats.conversations import ASSISTANT, ROLES, TOOL, Data, Message, first, text_of
from feedback.importing.formats.format import NOBODY_SAID, Format, Line, Unread, line_of
from feedback.importing.formats.scores import Score, separate
from feedback.importing.formats.trees import Node, answers, text
from feedback.texts.messages import Call, structure

TEXTS = ("text", "multimodal_text")


def fits(record: Data) -> bool:
    """A mapping of nodes, or a rating of a message."""
    mapping = record.get("mapping")
    if isinstance(mapping, Mapping):
        return all(isinstance(node, Mapping) and "children" in node for node in list(mapping.values())[:3])
    return "rating" in record and "conversation_id" in record and "evaluation_name" in record


def lines(records: Sequence[Data], vote_names: Sequence[str]) -> Iterable[Line]:
    """The turns of a conversation, or the vote on one. Raises `Unread`."""
    (record,) = records
    if "mapping" not in record:
        score = Score("rating", record["rating"], ts=record.get("create_time"))
        return [{"id": text(record, "message_id", "id"), "feedback": separate([score], vote_names).votes}]
    nodes = [_node(name, each) for name, each in record["mapping"].items() if isinstance(each, Mapping)]
    found = []
    for turn, node in answers(nodes, text(record, "current_node")):
        session = text(record, "conversation_id", "id")
        found.append(line_of(turn, id=node.id, ts=node.ts, session=session, **node.fields))
    if not found:
        raise Unread("mapping", NOBODY_SAID)
    return found


def _node(name: str, node: Data) -> Node:
    message = node.get("message")
    message = message if isinstance(message, Mapping) else {}
    author, content, about = (
        value if isinstance(value := message.get(part), Mapping) else {} for part in ("author", "content", "metadata")
    )
    role = ROLES.get(str(author.get("role")), "")
    parts = [part for part in content.get("parts") or [] if isinstance(part, (str, Mapping))]
    words = text_of(parts) if content.get("content_type") in TEXTS else ""
    hidden = about.get("is_visually_hidden_from_conversation") is True
    model = text(about, "model_slug")
    recipient = message.get("recipient", "all")
    given = text_of(first(content, "text", "parts", "result") or "")
    did = [Call(str(recipient), arguments=structure(given))] if role == ASSISTANT and recipient != "all" else []
    results = [["", given]] if role == TOOL and given else []
    said = Message("" if hidden else role, words, message, recipient != "all", did=did, results=results)
    return Node(
        name,
        text(node, "parent"),
        said,
        message.get("create_time"),
        fields={"agent": {"model": model[:200]} if model else None},
    )


FORMAT = Format("chatgpt", "ChatGPT's data export (conversations.json, message_feedback.json)", fits, lines)
