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
    "chatbot": "assistant",
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
USUAL = ("user", "assistant", "system", "tool")
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
ASIDE = (*CALLS, *RESULTS)  # types of parts that some APIs write in place of a message
PARTS = (*TEXTS, "refusal", *ASIDE)
FIELDS = frozenset(("content", "parts", "tool_calls", "role", "text"))  # of a message: one of them
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

    @property
    def is_empty(self) -> bool:
        """Whether it says nothing."""
        return not (self.text or self.calls or self.results or self.media)


def read(given: Mapping[str, Any], role: str) -> Message | None:
    """One message, as OpenAI, Anthropic, Gemini, Bedrock, LangChain, Vercel or OpenTelemetry write it; None for another
    shape.

    `role` is for one that does not state its own.
    """
    if given.get("lc") and isinstance(given.get("kwargs"), dict):
        path = given.get("id")
        speaker = str(path[-1]) if isinstance(path, list) and path else ""
        return read({**given["kwargs"], "type": speaker}, role)
    kind, inner = type_of(given), given.get("message", given.get("data"))
    if isinstance(inner, dict) and "content" not in given and "parts" not in given:
        return read({**inner, "role": kind} if kind in SPEAKERS and "role" not in inner else inner, role)
    if "role" not in given and kind in ASIDE:
        return spoken(role, [given])
    if FIELDS.isdisjoint(given):
        return None
    speaker = given.get("role") or (kind if kind in SPEAKERS else None) or role
    speaker = _role(str(speaker))
    said = spoken(speaker, given.get("parts", given.get("content", given.get("text"))))
    if "tool_calls" in given or "function_call" in given:
        made = structure(given.get("tool_calls"))
        asked = [*(made if isinstance(made, list) else ()), given.get("function_call")]
        said.calls += [call(each) for each in asked if isinstance(each, dict)]
    if not said.text and isinstance(given.get("refusal"), str):
        said.text = given["refusal"]
    if speaker == "tool":
        told = said.results[0][1] if said.results else outcome(said.text)
        id = given.get("tool_call_id") or given.get("toolCallId") or given.get("call_id") or given.get("id") or ""
        return Message("tool", results=said.results or [[str(id)[:LABEL], told]])
    return said


def _role(said: str) -> str:
    """The role by its usual name, however it is written: `USER`, `Human`, `HumanMessage`."""
    if said in ROLES:
        return ROLES[said]
    lower = said.lower()
    return ROLES.get(lower, lower if lower in USUAL else said[:LABEL])


def type_of(given: Mapping[str, Any]) -> str:
    """What it says it is; empty if that is not a text: in a JSON schema it may be a list."""
    kind = given.get("type")
    return kind if isinstance(kind, str) else ""


def spoken(role: str, parts: Any) -> Message:
    """A message made of these parts; one with only tool results is the tool's, whatever role it states."""
    if isinstance(parts, str):
        found = unwritten(parts) if parts.startswith(("[{", '"[{')) else None
        if not found or not all(map(is_part, found)):
            return Message(role, parts)
        parts = found  # parts that were written as JSON
    if isinstance(parts, dict):
        parts = [parts]
    texts, calls, results, media = [], [], [], []
    for part in parts if isinstance(parts, list | tuple) else ():
        if isinstance(part, str):
            texts.append(part)
        elif not isinstance(part, dict):
            continue
        elif part.get("type") in TEXTS:
            text = part.get("content") or part.get("text")
            texts += [text] if isinstance(text, str) else []
        elif isinstance(part.get("refusal"), str):
            texts.append(part["refusal"])
        elif kind := kind_in(part, CALLS):
            calls.append(call(part[kind] if isinstance(part.get(kind), dict) else part))
        elif kind := kind_in(part, RESULTS):
            results.append(result(part[kind] if isinstance(part.get(kind), dict) else part))
        elif kind := kind_in(part, MEDIA):
            media.append(medium(part, kind))
        elif "type" not in part and isinstance(part.get("text") or part.get("content"), str):
            texts.append(part.get("text") or part["content"])
    said = Message(role, "\n".join(filter(None, texts)), calls, results, media)
    if results and not said.text and not calls:
        said.role = "tool"
    return said


def kind_in(part: Mapping[str, Any], kinds: Sequence[str]) -> str:
    """Which of these kinds the part is: it says so, or has a field of that name; empty for none."""
    return next((kind for kind in kinds if part.get("type") == kind or isinstance(part.get(kind), dict)), "")


def medium(part: Mapping[str, Any], kind: str) -> dict[str, str]:
    """A media part: its type, its media type and its address; never its bytes."""
    inner = part.get(kind)
    holders = [each for each in (inner, part.get("source"), part) if isinstance(each, dict)]
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
        isinstance(item, dict)
        and "role" not in item
        and not item.get("lc")
        and (item.get("type") in PARTS or item.keys() == {"text"} or (len(item) == 1 and next(iter(item)) in ASIDE))
    )


def is_message(value: Mapping[str, Any]) -> bool:
    """Whether it has the fields of a message."""
    return "role" in value or bool(value.get("lc")) or type_of(value) in SPEAKERS or "parts" in value


def text_of(value: Any) -> str:
    """The text in a message's content."""
    return spoken("system", value).text


def call(given: Mapping[str, Any]) -> Call:
    """A tool call, whatever its fields are called."""
    function = given.get("function")
    inner: Mapping[str, Any] = function if isinstance(function, dict) else given
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
    if isinstance(value, dict) and value.keys() == {"type", "value"}:  # Vercel's
        value = value["value"]
    return [str(call)[:LABEL], outcome(value)]


def outcome(value: Any) -> Any:
    """A tool's result: the text of the content parts that it holds, as data or as JSON, or the value unchanged."""
    found = unwritten(value) if isinstance(value, str) else value
    if isinstance(found, dict) and found.keys() <= AROUND_CONTENT:
        found = found.get("content")
    parts = isinstance(found, list) and all(map(is_part, found))
    return (text_of(found) if parts else "") or value


def structure(value: Any) -> Any:
    """A tool's argument or result: the data that a text contains, or the text."""
    if not isinstance(value, str):
        return value
    found = unwritten(value)
    return value if found is None else found
