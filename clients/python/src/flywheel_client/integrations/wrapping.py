"""What the wrappers of model SDKs share: a model call becomes an interaction, unless it is a step of a turn.

A call whose answer calls a tool is a step; the call that then answers the user is captured. Within
``client.turn`` no call is captured by itself: the turn takes the model's name, and its text if nothing else
is set.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol

from ..capturing import Capturing
from ..ids import uuid7
from ..turns import Turn, running_turn

OPTIONS = "flywheel"  # the call argument with further fields


@dataclass(slots=True)
class ModelAnswer:
    """What a model has answered so far. ``calls``: it calls a tool, so this does not answer the user."""

    text: str = ""
    calls: bool = False
    id: str = ""
    model: str = ""


@dataclass(frozen=True, slots=True)
class ModelQuestion:
    """The question in a call's arguments, with the turns before it."""

    question: str
    context: Sequence[Mapping[str, str]]
    user: str | None = None
    model: str = ""


class Api(Protocol):
    """How one SDK writes questions and answers."""

    def asked(self, given: Mapping[str, Any]) -> ModelQuestion | None:
        """What a call asks; None if no user asks anything."""

    def whole(self, response: Any, said: ModelAnswer) -> None:
        """Add a whole response."""

    def part(self, event: Any, said: ModelAnswer) -> None:
        """Add an event of a stream to what was said."""


@dataclass(slots=True)
class Recorder:
    """Captures the calls of one function of an SDK.

    ``fields``: for each interaction, values or callables over the call's arguments.
    """

    flywheel: Capturing
    api: Api
    fields: Mapping[str, Any] = field(default_factory=dict)

    def around(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function, captured. It may be a coroutine function, and its result a stream."""

        @functools.wraps(function)
        def call(*args: Any, **given: Any) -> Any:
            noted = _Call(self, given.pop(OPTIONS, None) or {}, given)
            result = function(*args, **given)
            if inspect.isawaitable(result):
                return _awaited(noted, result)
            return noted.answered(result)

        return call


async def _awaited(noted: _Call, result: Any) -> Any:
    return noted.answered(await result)


class _Call:
    def __init__(self, recorder: Recorder, options: Mapping[str, Any], given: Mapping[str, Any]) -> None:
        self._recorder, self._options, self._given = recorder, options, given
        self._began = datetime.now(UTC)
        self._turn = running_turn()
        self._said = ModelAnswer()

    def answered(self, result: Any) -> Any:
        """Capture the result; a stream is captured when it ends."""
        if self._given.get("stream") and (hasattr(result, "__iter__") or hasattr(result, "__aiter__")):
            return _Stream(result, self)
        self._quietly(self._recorder.api.whole, result)
        self.end()
        return result

    def part(self, event: Any) -> None:
        """Handle an event of a stream."""
        self._quietly(self._recorder.api.part, event)

    def end(self, cut: str = "") -> None:
        """The answer is complete, or was cut."""
        try:
            self._capture(cut)
        except Exception as error:
            # The product's callables and the SDK's objects may raise anything; the user must get the answer.
            self._recorder.flywheel._not_captured(error)

    def _quietly(self, read: Callable[[Any, ModelAnswer], None], value: Any) -> None:
        try:
            read(value, self._said)
        except Exception as error:
            self._recorder.flywheel._not_captured(error)

    def _capture(self, cut: str) -> None:
        said, asked = self._said, self._recorder.api.asked(self._given)
        model = said.model or (asked.model if asked else "")
        if self._turn is not None:
            _step(self._turn, said, model)
            return
        if asked is None or said.calls or not said.text.strip():
            return
        made: dict[str, Any] = {
            "id": said.id or uuid7(),
            "question": asked.question,
            "answer": said.text,
            "context": asked.context or None,
            "subject": asked.user,
            "occurred_at": self._began,
        }
        for name, value in {**self._recorder.fields, **self._options}.items():
            made[name] = value(self._given) if callable(value) else value
        made["agent"] = {**({"model": model[:200]} if model else {}), **(made.get("agent") or {})}
        if cut:
            made["metadata"] = {**(made.get("metadata") or {}), "cut": cut}
        self._recorder.flywheel.interaction(**made)


def _step(turn: Turn, said: ModelAnswer, model: str) -> None:
    if model:
        turn.agent.setdefault("model", model[:200])
    if said.text.strip() and not said.calls and (turn.answer is None or turn.answer == turn.said_by_model):
        turn.answer = turn.said_by_model = said.text


class _Stream:
    """An SDK's stream that is captured when it ends; everything else is passed to the inner one."""

    def __init__(self, inner: Any, call: _Call) -> None:
        self._inner, self._call, self._over = inner, call, False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def __iter__(self) -> Iterator[Any]:
        cut = "closed"
        try:
            for event in self._inner:
                self._call.part(event)
                yield event
            cut = ""
        except Exception:
            cut = "failed"
            raise
        finally:
            self._end(cut)

    async def __aiter__(self) -> Any:
        cut = "closed"
        try:
            async for event in self._inner:
                self._call.part(event)
                yield event
            cut = ""
        except Exception:
            cut = "failed"
            raise
        finally:
            self._end(cut)

    def __next__(self) -> Any:
        try:
            event = next(self._inner)
        except StopIteration:
            self._end("")
            raise
        self._call.part(event)
        return event

    def __enter__(self) -> Any:
        self._inner.__enter__()
        return self

    def __exit__(self, *raised: Any) -> Any:
        self._end("closed")
        return self._inner.__exit__(*raised)

    async def __aenter__(self) -> Any:
        await self._inner.__aenter__()
        return self

    async def __aexit__(self, *raised: Any) -> Any:
        self._end("closed")
        return await self._inner.__aexit__(*raised)

    def close(self) -> Any:
        self._end("closed")
        return self._inner.close()

    def _end(self, cut: str) -> None:
        if not self._over:
            self._over = True
            self._call.end(cut)


def text_of(content: Any) -> str:
    """The text of a message's content, which is a text or a list of parts."""
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, (list, tuple)) else ()
    texts = [
        get(part, "text") for part in parts if get(part, "type") in ("text", "input_text", "output_text")
    ]
    return "\n".join(text for text in texts if isinstance(text, str))


def get(value: Any, name: str) -> Any:
    """A field of an object or a mapping; None if there is none."""
    return value.get(name) if isinstance(value, Mapping) else getattr(value, name, None)


def last_asked(messages: Any, user: str | None, model: str, system: str = "") -> ModelQuestion | None:
    """A user's last text among these messages, with the turns before it."""
    said = [(get(each, "role"), text_of(get(each, "content"))) for each in messages or ()]
    last = next((n for n in reversed(range(len(said))) if said[n][0] == "user" and said[n][1].strip()), None)
    if last is None:
        return None
    before = [("system", system)] if system else []
    before += [
        (role, text) for role, text in said[:last] if role in ("system", "developer", "user", "assistant")
    ]
    context = [
        {"role": "system" if role == "developer" else role, "content": text} for role, text in before if text
    ]
    return ModelQuestion(said[last][1], context[-200:], user, model)
