"""A model that always says the same, as OpenAI, Anthropic, Gemini and Bedrock speak: for running real SDKs without a network."""

import base64
import itertools
import json
import re
import struct
import threading
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

ANSWER = "Refunds are possible within 30 days."
OTHER = "Ask again tomorrow."  # what further choices say
USED = {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15, "input_tokens": 10, "output_tokens": 5}
_numbers = itertools.count(1)
Kind = Callable[[dict[str, Any]], dict[str, Any]]


def chat(sent: dict[str, Any]) -> dict[str, Any]:
    """OpenAI's chat completions: a tool is called once, the last of its kind with the answer where it is the final one."""
    names = [tool["function"]["name"] for tool in sent.get("tools", [])]
    told = json.dumps([message for message in sent["messages"] if message["role"] != "system"])
    told_all = "\n".join(str(message.get("content")) for message in sent["messages"])
    called = '"tool"' in told or "Observation:" in told
    field = re.search(r"\[\[ ## (\w+) ## \]\]\n\{\1\}\n\n\[\[ ## completed", told_all)  # of DSPy's form
    content = f"[[ ## {field[1]} ## ]]\n{ANSWER}\n\n[[ ## completed ## ]]" if field else ANSWER
    message: dict[str, Any] = {"role": "assistant", "content": content}
    wanted = "final_answer" if called and "final_answer" in names else names[0] if names and not called else ""
    if wanted:
        arguments = json.dumps({"answer": ANSWER} if wanted == "final_answer" else {"order": "4711"})
        call = {
            "id": f"call_{next(_numbers)}",
            "type": "function",
            "function": {"name": wanted, "arguments": arguments},
        }
        words = "Let me look." if "Say what you do" in told_all else None
        message = {"role": "assistant", "content": words, "tool_calls": [call]}
    choice = {"index": 0, "message": message, "finish_reason": "tool_calls" if wanted else "stop"}
    others = [
        {"index": place, "message": {**message, "content": OTHER}, "finish_reason": "stop"}
        for place in range(1, sent.get("n") or 1)
    ]
    name = f"chatcmpl-{next(_numbers)}"
    return {
        "id": name,
        "object": "chat.completion",
        "created": 1,
        "model": "small",
        "choices": [choice, *others],
        "usage": USED,
    }


def responses(sent: dict[str, Any]) -> dict[str, Any]:
    """OpenAI's responses."""
    called = any(item.get("type") == "function_call_output" for item in sent["input"] if isinstance(item, dict))
    number = next(_numbers)
    part = {"type": "output_text", "text": ANSWER, "annotations": []}
    output = {"type": "message", "id": f"msg_{number}", "role": "assistant", "status": "completed", "content": [part]}
    if sent.get("tools") and not called:
        call = {"call_id": f"call_{number}", "name": sent["tools"][0]["name"], "arguments": '{"order": "4711"}'}
        output = {"type": "function_call", "id": f"fc_{number}", "status": "completed", **call}
    used = {**USED, "input_tokens_details": {"cached_tokens": 0}, "output_tokens_details": {"reasoning_tokens": 0}}
    more = {"parallel_tool_calls": True, "tool_choice": "auto", "tools": [], "error": None, "metadata": {}}
    head = {"id": f"resp_{number}", "object": "response", "created_at": 1, "status": "completed", "model": "small"}
    return {**head, **more, "output": [output], "usage": used}


def embeddings(sent: dict[str, Any]) -> dict[str, Any]:
    """OpenAI's embeddings."""
    given = sent["input"] if isinstance(sent["input"], list) else [sent["input"]]
    vector: Any = [0.5, 0.5, 0.5]
    if sent.get("encoding_format") == "base64":
        vector = base64.b64encode(struct.pack("3f", *vector)).decode()
    rows = [{"object": "embedding", "index": place, "embedding": vector} for place in range(len(given))]
    return {"object": "list", "data": rows, "model": "small", "usage": USED}


def gemini(sent: dict[str, Any]) -> dict[str, Any]:
    """Gemini's content."""
    call = {"functionCall": {"name": "find_order", "args": {"order": "4711"}}}
    part = call if sent.get("tools") and "functionResponse" not in json.dumps(sent) else {"text": ANSWER}
    candidate = {"content": {"role": "model", "parts": [part]}, "finishReason": "STOP", "index": 0}
    return {"candidates": [candidate], "usageMetadata": {"totalTokenCount": 15}, "modelVersion": "small"}


def anthropic(sent: dict[str, Any]) -> dict[str, Any]:
    """Anthropic's messages."""
    call = {"type": "tool_use", "id": f"toolu_{next(_numbers)}", "name": "find_order", "input": {"order": "4711"}}
    calls = bool(sent.get("tools")) and "tool_result" not in json.dumps(sent["messages"])
    content = [{"type": "text", "text": "Let me look."}, call] if calls else [{"type": "text", "text": ANSWER}]
    head = {"id": f"msg_{next(_numbers)}", "type": "message", "role": "assistant", "model": "small"}
    end = {"stop_reason": "tool_use" if calls else "end_turn", "stop_sequence": None}
    return {**head, "content": content, **end, "usage": {"input_tokens": 10, "output_tokens": 5}}


def bedrock(sent: dict[str, Any]) -> dict[str, Any]:
    """Bedrock's converse."""
    call = {"toolUse": {"toolUseId": f"tooluse_{next(_numbers)}", "name": "find_order", "input": {"order": "4711"}}}
    calls = bool(sent.get("toolConfig")) and "toolResult" not in json.dumps(sent["messages"])
    message = {"role": "assistant", "content": [{"text": "Let me look."}, call] if calls else [{"text": ANSWER}]}
    used = {"inputTokens": 10, "outputTokens": 5, "totalTokens": 15}
    end = "tool_use" if calls else "end_turn"
    return {"output": {"message": message}, "stopReason": end, "usage": used, "metrics": {"latencyMs": 1}}


def halves(text: str) -> list[str]:
    """The text as it streams."""
    place = len(text) // 2
    return [text[:place], text[place:]]


def streamed(answer: dict[str, Any]) -> bytes:
    """Chat completions in pieces."""
    message = answer["choices"][0]["message"]
    calls = [{"index": 0, **call} for call in message.get("tool_calls", [])]
    deltas: list[dict[str, Any]] = [{"content": piece} for piece in halves(message["content"] or "")]
    deltas = [{"content": None, "tool_calls": calls}] if calls else deltas
    head = {**answer, "object": "chat.completion.chunk", "usage": None}
    pieces = [
        *(
            {**head, "choices": [{"index": 0, "delta": {"role": "assistant", **delta}, "finish_reason": None}]}
            for delta in deltas
        ),
        {**head, "choices": [{"index": 0, "delta": {}, "finish_reason": answer["choices"][0]["finish_reason"]}]},
        {**head, "choices": [], "usage": USED},
    ]
    return b"".join(b"data: " + json.dumps(piece).encode() + b"\n\n" for piece in pieces) + b"data: [DONE]\n\n"


def events(kind: Kind, answer: dict[str, Any]) -> list[dict[str, Any]]:
    """The events in which Anthropic's messages and OpenAI's responses stream."""
    found: list[dict[str, Any]]
    if kind is anthropic:
        found = [{"type": "message_start", "message": {**answer, "content": []}}]
        for index, part in enumerate(answer["content"]):
            texts = [{"type": "text_delta", "text": piece} for piece in halves(part.get("text", ""))]
            call = {"type": "input_json_delta", "partial_json": json.dumps(part.get("input"))}
            empty = {**part, "text": ""} if part["type"] == "text" else {**part, "input": {}}
            deltas = texts if part["type"] == "text" else [call]
            found += [
                {"type": "content_block_start", "index": index, "content_block": empty},
                *({"type": "content_block_delta", "index": index, "delta": delta} for delta in deltas),
                {"type": "content_block_stop", "index": index},
            ]
        end = {"stop_reason": answer["stop_reason"], "stop_sequence": None}
        return [*found, {"type": "message_delta", "delta": end, "usage": answer["usage"]}, {"type": "message_stop"}]
    item = answer["output"][0]
    place = {"output_index": 0, "content_index": 0, "item_id": item["id"]}
    begun = {**answer, "status": "in_progress", "output": []}
    found = [
        {"type": "response.created", "response": begun},
        {"type": "response.output_item.added", "output_index": 0, "item": {**item, "status": "in_progress"}},
    ]
    if item["type"] == "message":
        part = item["content"][0]
        found += [
            {"type": "response.content_part.added", **place, "part": {**part, "text": ""}},
            {"type": "response.output_text.delta", **place, "delta": ANSWER, "logprobs": []},
            {"type": "response.output_text.done", **place, "text": ANSWER, "logprobs": []},
            {"type": "response.content_part.done", **place, "part": part},
        ]
    found += [
        {"type": "response.output_item.done", "output_index": 0, "item": item},
        {"type": "response.completed", "response": answer},
    ]
    return [{**event, "sequence_number": number} for number, event in enumerate(found)]


KINDS: dict[str, Kind] = {
    "chat/completions": chat,
    "responses": responses,
    "embeddings": embeddings,
    "generateContent": gemini,
    "v1/messages": anthropic,
    "converse": bedrock,
}


class Handler(BaseHTTPRequestHandler):
    """Answers each call by the end of its path."""

    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *given: Any) -> None:
        """Nothing is logged."""

    def do_POST(self) -> None:
        """Answer a call."""
        sent = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.headers.get("Content-Encoding") == "gzip":
            sent = zlib.decompress(sent, wbits=31)
        given = json.loads(sent or b"{}")
        path = self.path.partition("?")[0]
        kind = next((made for end, made in KINDS.items() if path.endswith(end)), None)
        answer = kind(given) if kind else {}
        body = json.dumps(answer).encode()
        if given.get("stream") and kind in (anthropic, responses):
            told = [(event["type"], json.dumps(event)) for event in events(kind, answer)]
            body = b"".join(f"event: {name}\ndata: {data}\n\n".encode() for name, data in told)
        elif given.get("stream") and kind is chat:
            body = streamed(answer)
        self.send_response(200)
        self.send_header(
            "Content-Type", "text/event-stream" if body.startswith((b"data: ", b"event: ")) else "application/json"
        )
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def running() -> Iterator[str]:
    """The address of the model while it runs."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
