"""Captures the calls of an Anthropic client: ``messages.create``, streamed or not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from ..capturing import Capturing
from .wrapping import ModelAnswer, ModelQuestion, Recorder, get, last_asked, text_of

Client = TypeVar("Client")


def wrap(client: Client, flywheel: Capturing, **fields: Any) -> Client:
    """The client, which then captures each answer to a user. See ``integrations.openai.wrap``."""
    messages: Any = client.messages  # type: ignore[attr-defined]
    messages.create = Recorder(flywheel, Messages(), fields).around(messages.create)
    return client


class Messages:
    """The Messages API."""

    def asked(self, given: Mapping[str, Any]) -> ModelQuestion | None:
        user = get(given.get("metadata") or {}, "user_id")
        system = text_of(given.get("system"))
        return last_asked(given.get("messages"), user, str(given.get("model") or ""), system)

    def whole(self, response: Any, said: ModelAnswer) -> None:
        said.id, said.model = str(get(response, "id") or ""), str(get(response, "model") or "")
        content = get(response, "content") or ()
        said.text = text_of(content)
        said.calls = any(get(part, "type") == "tool_use" for part in content)

    def part(self, event: Any, said: ModelAnswer) -> None:
        kind = get(event, "type")
        if kind == "message_start":
            message = get(event, "message")
            said.id, said.model = str(get(message, "id") or ""), str(get(message, "model") or "")
        elif kind == "content_block_start":
            said.calls |= get(get(event, "content_block"), "type") == "tool_use"
        elif kind == "content_block_delta":
            said.text += str(get(get(event, "delta"), "text") or "")
