"""Captures the calls of an OpenAI client: ``chat.completions.create`` and ``responses.create``, streamed
or not.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from ..capturing import Capturing
from .wrapping import ModelAnswer, ModelQuestion, Recorder, get, last_asked, text_of

Client = TypeVar("Client")


def wrap(client: Client, flywheel: Capturing, **fields: Any) -> Client:
    """Make the client capture each answer to a user. It is modified in place, and returned for convenience.

    ``client``: ``OpenAI``, ``AsyncOpenAI`` or one that looks like them. ``fields``: fields of each
    interaction (``subject``, ``session``, ``consent``, ``agent``, ``tags``, …) as values or callables over
    the call's arguments; a call may add its own: ``create(…, flywheel={"subject": user.id})``. The
    interaction's id is the response's id, so feedback can refer to it.
    """
    made: Any = client
    for holder, api in (
        (made.chat.completions, Completions()),
        (getattr(made, "responses", None), Responses()),
    ):
        if holder is not None:
            holder.create = Recorder(flywheel, api, fields).around(holder.create)
    return client


def _user(given: Mapping[str, Any]) -> str | None:
    return next(
        (value for name in ("safety_identifier", "user") if isinstance(value := given.get(name), str)), None
    )


class Completions:
    """The Chat Completions API."""

    def asked(self, given: Mapping[str, Any]) -> ModelQuestion | None:
        return last_asked(given.get("messages"), _user(given), str(given.get("model") or ""))

    def whole(self, response: Any, said: ModelAnswer) -> None:
        said.id, said.model = str(get(response, "id") or ""), str(get(response, "model") or "")
        for choice in (get(response, "choices") or ())[:1]:
            message = get(choice, "message")
            said.text = text_of(get(message, "content")) or str(get(message, "refusal") or "")
            said.calls = bool(get(message, "tool_calls") or get(message, "function_call"))

    def part(self, event: Any, said: ModelAnswer) -> None:
        said.id = said.id or str(get(event, "id") or "")
        said.model = said.model or str(get(event, "model") or "")
        for choice in get(event, "choices") or ():
            if get(choice, "index") in (0, None):
                delta = get(choice, "delta")
                said.text += str(get(delta, "content") or "")
                said.calls |= bool(get(delta, "tool_calls") or get(delta, "function_call"))


class Responses:
    """The Responses API."""

    def asked(self, given: Mapping[str, Any]) -> ModelQuestion | None:
        asked, system = given.get("input"), str(given.get("instructions") or "")
        messages = [{"role": "user", "content": asked}] if isinstance(asked, str) else asked
        return last_asked(messages, _user(given), str(given.get("model") or ""), system)

    def whole(self, response: Any, said: ModelAnswer) -> None:
        said.id, said.model = str(get(response, "id") or ""), str(get(response, "model") or "")
        output = get(response, "output") or ()
        texts = [text_of(get(item, "content")) for item in output if get(item, "type") == "message"]
        said.text = "\n".join(text for text in texts if text)
        said.calls = any(get(item, "type") == "function_call" for item in output)

    def part(self, event: Any, said: ModelAnswer) -> None:
        kind = get(event, "type")
        if kind in ("response.created", "response.completed", "response.incomplete"):
            response = get(event, "response")
            said.id = said.id or str(get(response, "id") or "")
            if kind != "response.created":
                self.whole(response, said)
        elif kind == "response.output_text.delta":
            said.text += str(get(event, "delta") or "")
