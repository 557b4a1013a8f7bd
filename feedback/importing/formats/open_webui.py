"""Open WebUI: exports of chats (a user's or all), and the administrator's export of feedback with its snapshots."""

import html
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from feedback.importing.formats.conversations import Data, first, read, read_one, turns
from feedback.importing.formats.format import NOBODY_SAID, Format, Line, Unread, line_of, lines_of
from feedback.importing.formats.scores import Score, ScoreVotes, separate
from feedback.importing.formats.trees import Node, answers, text
from feedback.texts.literals import unquoted
from feedback.texts.messages import Call, structure

# Reasoning and tool calls are written into a message's text, as folded sections.
CALLED = re.compile(r'<details type="tool_calls"([^>]*)>')
ATTRIBUTE = re.compile(r'(\w+)="([^"]*)"')
FOLDED = re.compile(r'<details type="(?:reasoning|tool_calls|code_interpreter)".*?</details>\s*', re.DOTALL)


def fits(record: Data) -> bool:
    """A chat with its history, or a rating with its place."""
    chat = record.get("chat")
    if isinstance(chat, Mapping):
        return isinstance(chat.get("history"), Mapping) or isinstance(chat.get("messages"), list)
    if isinstance(record.get("history"), Mapping):
        return isinstance(record["history"].get("messages"), Mapping)
    about, given = record.get("meta"), record.get("data")
    return isinstance(about, Mapping) and isinstance(given, Mapping) and "rating" in given and "message_id" in about


def lines(records: Sequence[Data], vote_names: Sequence[str]) -> Iterable[Line]:
    """The turns of a chat, or the rated one of a snapshot. Raises `Unread`."""
    (record,) = records
    if "chat" not in record and "history" not in record:
        return [_rated(record, vote_names)]
    found = list(_chat(record, vote_names))
    if not found:
        raise Unread("chat", NOBODY_SAID)
    return found


def _chat(record: Data, vote_names: Sequence[str]) -> Iterator[Line]:
    chat = record["chat"] if isinstance(record.get("chat"), Mapping) else record
    history = chat.get("history")
    meta = record.get("meta")
    tags = first(chat, "tags") or (meta.get("tags") if isinstance(meta, Mapping) else None)
    shared: dict[str, Any] = {
        "user": text(record, "user_id"),
        "session": text(record, "id") or text(chat, "id"),
        "tags": [str(tag)[:200] for tag in tags if isinstance(tag, str)] if isinstance(tags, list) else None,
    }
    messages = history.get("messages") if isinstance(history, Mapping) else None
    if not isinstance(messages, Mapping) or not messages:
        listed = [each for each in chat.get("messages") or [] if isinstance(each, Mapping)]
        if not all(each.get("id") for each in listed):
            yield from lines_of(turns(read(listed)), text(record, "id"), **shared)
            return
        before = ["", *(text(each, "id") for each in listed)]
        messages = {
            text(each, "id"): {"parentId": parent, **each} for each, parent in zip(listed, before, strict=False)
        }
    nodes = [node for each in messages.values() if isinstance(each, Mapping) and (node := _node(each, vote_names))]
    current = history.get("currentId") if isinstance(history, Mapping) else ""
    for turn, node in answers(nodes, str(current or "")):
        line = line_of(turn, said=node.said, id=node.id, ts=node.ts, **node.fields, **shared)
        for vote in line.get("feedback", ()):
            if shared["user"]:
                vote["user"] = shared["user"]
        yield line


def _node(message: Data, vote_names: Sequence[str]) -> Node | None:
    read_message = read_one(message)
    if read_message is None:
        return None
    read_message.did = read_message.did or [_call(tag) for tag in CALLED.findall(read_message.text)]
    read_message.text = FOLDED.sub("", read_message.text)
    read_message.calls = False
    said = _annotation(message, vote_names)
    before = message.get("originalContent")
    if isinstance(before, str) and before.strip() and before != message.get("content"):
        edited, read_message.text = read_message.text, FOLDED.sub("", before)
        said.votes.append({"correction": edited})
    model = text(message, "model", "modelName")
    return Node(
        text(message, "id"),
        text(message, "parentId"),
        read_message,
        message.get("timestamp"),
        said,
        {"agent": {"model": model[:200]} if model else None, "sources": _sources(message) or None},
    )


def _call(tag: str) -> Call:
    """A call from the tag of its fold, with its result."""
    given = {name: structure(html.unescape(value)) for name, value in ATTRIBUTE.findall(tag)}
    # Arguments and results are JSON, sometimes encoded twice.
    arguments, result = (structure(_unquoted(given.get(name))) for name in ("arguments", "result"))
    return Call(str(given.get("name") or "tool"), str(given.get("id") or ""), arguments, result)


def _unquoted(value: Any) -> Any:
    return (unquoted(value) or value) if isinstance(value, str) else value


def _annotation(message: Data, vote_names: Sequence[str]) -> ScoreVotes:
    given = message.get("annotation")
    if not isinstance(given, Mapping) or given.get("rating") is None:
        return ScoreVotes()
    return separate([_score(given, text(message, "feedbackId"))], vote_names)


def _score(given: Data, name: str, ts: Any = None, user: str = "") -> Score:
    comments = [given.get(each) for each in ("reason", "comment")]
    comment = "\n".join(each for each in comments if isinstance(each, str) and each)
    return Score("rating", given["rating"], comment=comment or None, ts=ts, user=user or None, id=name or None)


def _rated(record: Data, vote_names: Sequence[str]) -> Line:
    """The line of a rating; only its votes if the snapshot lacks the answer."""
    user = text(record, "user_id")
    ts = first(record, "updated_at", "created_at")
    said = separate([_score(record["data"], text(record, "id"), ts, user)], vote_names)
    wanted = text(record["meta"], "message_id")
    snapshot = record.get("snapshot")
    chat = snapshot.get("chat") if isinstance(snapshot, Mapping) else None
    found = _chat({**chat, "user_id": chat.get("user_id") or user}, vote_names) if isinstance(chat, Mapping) else []
    line = next((each for each in _all(found, wanted, chat) if each.get("id") == wanted), {"id": wanted})
    return {**line, "feedback": said.votes}


def _all(found: Iterable[Line], wanted: str, chat: Any) -> Iterator[Line]:
    """The snapshot's lines; if the rated answer is on none of the branches read, those of its own branch."""
    yield from found
    history = chat.get("chat", chat).get("history") if isinstance(chat, Mapping) else None
    if isinstance(history, Mapping) and history.get("currentId") != wanted:
        yield from _chat({**chat, "chat": {**chat.get("chat", chat), "history": {**history, "currentId": wanted}}}, ())


def _sources(message: Data) -> list[dict[str, str]]:
    """What the answer cites: each text of each source."""
    found = []
    for each in message.get("sources") or message.get("citations") or []:
        if not isinstance(each, Mapping):
            continue
        about = each["source"] if isinstance(each.get("source"), Mapping) else {}
        details = each["metadata"] if isinstance(each.get("metadata"), list) else []
        documents = each["document"] if isinstance(each.get("document"), list) else []
        for place, document in enumerate(documents):
            detail = details[place] if place < len(details) and isinstance(details[place], Mapping) else {}
            title = text(detail, "name", "title") or text(about, "name")
            url = next((it for it in (text(detail, "source"), text(about, "url")) if it.startswith("http")), "")
            source = {"title": title[:2_000], "url": url[:2_000], "text": str(document)[:200_000]}
            found.append({name: value for name, value in source.items() if value})
    return found[:100]


FORMAT = Format("open-webui", "Open WebUI (exports of chats and of feedback)", fits, lines)
