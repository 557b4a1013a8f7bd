"""Chat messages as APIs and frameworks write them: text, tool calls, results and media. Pure."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from msgspec import Struct, field

from feedback.texts.literals import unwritten

LABEL, LONGEST_ERROR = 200, 20_000
ROLES = {
    "human": "user",
    "ai": "assistant",
    "model": "assistant",
    "bot": "assistant",
    "function": "tool",
    "developer": "system",
    "ipython": "tool",
    "tool-response": "tool",
    "tool_response": "tool",
    "tool-call": "assistant",
    "tool_call": "assistant",
    "HumanMessage": "user",
    "AIMessage": "assistant",
    "SystemMessage": "system",
    "ToolMessage": "tool",
    "HumanMessageChunk": "user",
    "AIMessageChunk": "assistant",
    "ChatMessage": "user",
    "FunctionMessage": "tool",
}
SPEAKERS = {
    "human",
    "ai",
    "system",
    "tool",
    "function",
    *(name for name in ROLES if name.endswith(("Message", "Chunk"))),
}
TEXTS = ("text", "input_text", "output_text", "markdown")  # types of parts
CALLS = ("tool_call", "tool_use", "tool-call", "function_call", "toolUse", "functionCall", "function")
RESULTS = (
    "tool_call_response",
    "tool_result",
    "tool-result",
    "function_call_output",
    "toolResult",
    "functionResponse",
    "function_response",
)
MEDIA = (
    "image_url",
    "input_image",
    "image",
    "input_audio",
    "audio",
    "file",
    "input_file",
    "video",
    "video_url",
    "document",
    "inline_data",
    "inlineData",
    "file_data",
    "fileData",
    "media",
    "blob",
    "uri",
)
AROUND_CONTENT = {"content", "isError", "structuredContent", "meta", "_meta", "status"}  # a result of MCP, of Strands
WHERE = (
    "url",
    "uri",
    "file_uri",
    "fileUri",
    "image_url",
    "file_url",
    "source",
    "data",
    "image",
    "file_id",
    "fileId",
    "id",
)
MIME = ("mime_type", "mimeType", "media_type", "mediaType", "format")
ADDRESS = 2_000
ADDRESSED = re.compile(r"https?://|gs://|s3://|file-\w|files/")


class Call(Struct, omit_defaults=True):
    """A tool call."""

    name: str
    id: str = ""
    arguments: Any = None
    result: Any = None
    error: str = ""


class Message(Struct, omit_defaults=True):
    """One message: its role, the text, the tool calls, the results by call id, and the media by type and, if any,
    address.
    """

    role: str
    text: str = ""
    calls: list[Call] = field(default_factory=list)
    results: list[list[Any]] = field(default_factory=list)
    media: list[dict[str, str]] = field(default_factory=list)


def read(given: Mapping[str, Any], role: str) -> Message | None:
    """One message, as OpenAI, Anthropic, Gemini, Bedrock, LangChain, Vercel or OpenTelemetry write it; None for another
    shape.

    `role` is for one that does not state its own.
    """
    if given.get("lc") and isinstance(given.get("kwargs"), Mapping):
        speaker = str((given.get("id") or [""])[-1])
        return read({**given["kwargs"], "type": speaker}, role)
    inner = given.get("message", given.get("data"))
    if isinstance(inner, Mapping) and "content" not in given and "role" not in inner and given.get("type") in SPEAKERS:
        inner = {**inner, "role": given["type"]}
    if isinstance(inner, Mapping) and not {"content", "parts"} & given.keys():
        return read(inner, role)
    if given.get("type") in (*CALLS, *RESULTS) and "role" not in given:
        return spoken(role, [given])
    if not {"content", "parts", "tool_calls", "role", "text"} & given.keys():
        return None
    speaker = given.get("role") or (given.get("type") if given.get("type") in SPEAKERS else None) or role
    speaker = ROLES.get(str(speaker), str(speaker))[:LABEL]
    said = spoken(speaker, given.get("parts", given.get("content", given.get("text"))))
    asked = [*(given.get("tool_calls") or ()), given.get("function_call")]
    said.calls += [call(each) for each in asked if isinstance(each, Mapping)]
    if speaker == "tool":
        told = said.results[0][1] if said.results else outcome(said.text)
        id = given.get("tool_call_id") or given.get("toolCallId") or given.get("call_id") or given.get("id") or ""
        return Message("tool", results=said.results or [[str(id)[:LABEL], told]])
    return said


def spoken(role: str, parts: Any) -> Message:
    """A message made of these parts; one with only tool results is the tool's, whatever role it states."""
    if isinstance(parts, str):
        return Message(role, parts)
    if isinstance(parts, Mapping):
        parts = [parts]
    texts, calls, results, media = [], [], [], []
    for part in parts if isinstance(parts, Sequence) else ():
        if isinstance(part, str):
            texts.append(part)
        elif not isinstance(part, Mapping):
            continue
        elif part.get("type") in TEXTS:
            text = part.get("content") or part.get("text")
            texts += [text] if isinstance(text, str) else []
        elif kind := next(
            (kind for kind in CALLS if part.get("type") == kind or isinstance(part.get(kind), Mapping)), ""
        ):
            calls.append(call(part[kind] if isinstance(part.get(kind), Mapping) else part))
        elif kind := next(
            (kind for kind in RESULTS if part.get("type") == kind or isinstance(part.get(kind), Mapping)), ""
        ):
            results.append(result(part[kind] if isinstance(part.get(kind), Mapping) else part))
        elif kind := next(
            (kind for kind in MEDIA if part.get("type") == kind or isinstance(part.get(kind), Mapping)), ""
        ):
            media.append(medium(part, kind))
        elif "type" not in part and isinstance(part.get("text") or part.get("content"), str):
            texts.append(part.get("text") or part["content"])
    said = Message(role, "\n".join(text for text in texts if text), calls, results, media)
    if results and not said.text and not calls:
        said.role = "tool"
    return said


def medium(part: Mapping[str, Any], kind: str) -> dict[str, str]:
    """A media part: its type, its media type and its address; never its bytes."""
    inner = part.get(kind)
    holders = [each for each in (inner, part.get("source"), part) if isinstance(each, Mapping)]
    found = {"type": kind}
    places = [each[name] for each in holders for name in WHERE if isinstance(each.get(name), str)]
    for place in [inner, *places] if isinstance(inner, str) else places:
        if place.startswith("data:"):
            found.setdefault("media_type", place[5:80].partition(";")[0].partition(",")[0])
        elif ADDRESSED.match(place):
            found.setdefault("url", place[:ADDRESS])
    stated = next((each[name] for each in holders for name in MIME if isinstance(each.get(name), str)), "")
    return {**found, "media_type": stated[:LABEL]} if "/" in stated else found


def turns(said: Message) -> list[dict[str, Any]]:
    """The message as a conversation stores it: OpenAI's shape, but with arguments as data and tool results as separate
    messages.
    """
    found: list[dict[str, Any]] = [
        {"role": "tool", **({"tool_call_id": id} if id else {}), "content": written(value)}
        for id, value in said.results
    ]
    if said.text or said.calls or said.media or not found:
        turn: dict[str, Any] = {"role": said.role, "content": said.text}
        if said.calls:
            turn["tool_calls"] = [
                {
                    **({"id": each.id} if each.id else {}),
                    "type": "function",
                    "function": {"name": each.name, "arguments": {} if each.arguments is None else each.arguments},
                }
                for each in said.calls
            ]
        if said.media:
            turn["media"] = said.media
        found.append(turn)
    return found


def steps(said: Iterable[tuple[Sequence[Call], Sequence[Sequence[Any]]]]) -> list[dict[str, Any]]:
    """The calls in a conversation, each with its result: the one with its id, else the next one."""
    made: list[Call] = []
    for calls, results in said:
        made += calls
        for id, value in results:
            named = next((each for each in made if id and each.id == id), None)
            found = named or next((each for each in made if each.result is None and not (id and each.id)), None)
            if found is None:
                found = Call("tool", str(id))
                made.append(found)
            found.result = value
    return [step(each, each.result) for each in made]


def step(call: Call, result: Any) -> dict[str, Any]:
    """The call in the form that `steps` returns."""
    given = {
        "name": call.name[:LABEL] or "tool",
        "id": call.id[:LABEL],
        "arguments": call.arguments,
        "result": result,
        "error": call.error[:LONGEST_ERROR],
    }
    return {"type": "tool_call", **{key: value for key, value in given.items() if value not in (None, "")}}


def written(value: Any) -> str:
    """A tool's result as text: text unchanged, data as JSON."""
    if value is None or isinstance(value, str):
        return value or ""
    return json.dumps(value, ensure_ascii=False, default=str)


def is_part(item: Any) -> bool:
    """Whether it is a part of a message, not a message itself."""
    return (
        isinstance(item, Mapping)
        and "role" not in item
        and not item.get("lc")
        and (
            item.get("type") in (*TEXTS, *CALLS, *RESULTS)
            or item.keys() == {"text"}
            or (len(item) == 1 and not {*CALLS, *RESULTS}.isdisjoint(item))
        )
    )


def is_message(value: Mapping[str, Any]) -> bool:
    """Whether it has the fields of a message."""
    return "role" in value or bool(value.get("lc")) or value.get("type") in SPEAKERS or "parts" in value


def text_of(value: Any) -> str:
    """The text in a message's content."""
    return spoken("system", value).text


def call(given: Mapping[str, Any]) -> Call:
    """A tool call, whatever its fields are called."""
    function = given.get("function")
    inner: Mapping[str, Any] = function if isinstance(function, Mapping) else given
    arguments = next(
        (inner[key] for key in ("arguments", "input", "args", "kwargs") if inner.get(key) is not None), None
    )
    name = inner.get("name") or inner.get("toolName") or given.get("tool_name") or "tool"
    id = next(
        (given[key] for key in ("call_id", "id", "toolCallId", "toolUseId", "tool_call_id") if given.get(key)), ""
    )
    return Call(str(name)[:LABEL], str(id)[:LABEL], structure(arguments))


def result(given: Mapping[str, Any]) -> list[Any]:
    """A tool's result, with the id of its call."""
    keys = ("tool_call_id", "tool_use_id", "toolCallId", "toolUseId", "call_id", "id")
    call = next((given[key] for key in keys if given.get(key)), "")
    value = next(
        (given[key] for key in ("response", "result", "output", "content") if given.get(key) is not None), None
    )
    if isinstance(value, Mapping) and value.keys() == {"type", "value"}:  # Vercel's
        value = value["value"]
    return [str(call)[:LABEL], outcome(value)]


def outcome(value: Any) -> Any:
    """A tool's result: the text of the content parts that it holds, as data or as JSON, or the value unchanged."""
    found = unwritten(value) if isinstance(value, str) else value
    if isinstance(found, Mapping) and found.keys() <= AROUND_CONTENT:
        found = found.get("content")
    parts = isinstance(found, list) and all(map(is_part, found))
    return (text_of(found) if parts else "") or value


def structure(value: Any) -> Any:
    """A tool's argument or result: the data that a text contains, or the text."""
    if not isinstance(value, str):
        return value
    found = unwritten(value)
    return value if found is None else found
