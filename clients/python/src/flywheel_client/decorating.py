"""Capturing an agent function's calls by decorating it."""

from __future__ import annotations

import asyncio
import functools
import inspect
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeVar, cast

from .events import InteractionFields
from .ids import uuid7

T = TypeVar("T")
Extract = Callable[..., T]

_current: ContextVar[str | None] = ContextVar("flywheel_interaction", default=None)


def current_interaction() -> str | None:
    """The id of the captured call that is running, or ran last, in this context; None if there was none.
    Inside a decorated function it is that call's id. After the call it stays set for the caller (and, with
    ``await``, for the awaiting task), which can pass it to its user interface for feedback.
    """
    return _current.get()


def now_current(interaction: str) -> None:
    """Make this the context's current interaction."""
    _current.set(interaction)


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a call becomes an interaction.

    ``subject``: a text, or a callable that gets the function's own arguments. ``question``: a callable over
    the same arguments; by default the argument named ``question``, else the first text. ``answer``: a
    callable over the result; by default the result if it is text, else its ``answer``. A generator's result
    is the list of what it yielded, by default joined. ``fields``: further fields of an interaction, as values
    or as callables over the arguments (``sources``: over the result).

    A stream that fails, or is closed, cancelled or abandoned, is captured with what it had said, and
    ``metadata`` says so: ``{"cut": "closed" | "cancelled" | "failed"}``.
    """

    subject: str | Extract[str | None] | None = None
    agent: Mapping[str, str] | None = None
    question: Extract[str] | None = None
    answer: Callable[[Any], str] | None = None
    fields: Mapping[str, Any] = field(default_factory=dict)


class _Call:
    """One call of a decorated function."""

    def __init__(self, capture: _Capture, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        self._capture, self._args, self._kwargs = capture, args, kwargs
        self._id = uuid7()
        self._began = datetime.now(UTC)
        _current.set(self._id)

    def end(self, result: Any) -> None:
        """The function answered: queue the interaction.

        An error never reaches here: without an answer, nothing is captured.
        """
        _current.set(self._id)
        capture = self._capture
        try:
            fields = self._fields(capture.recipe, result)
        except Exception as error:
            # The product's extractors may raise anything; the user must still get the answer.
            capture.failed(error)
        else:
            capture.send(fields)

    def cut(self, parts: list[Any], error: BaseException) -> None:
        """The stream ended early: queue what it had said so far. If that is nothing, there is no answer."""

        def made() -> InteractionFields | None:
            if not parts:
                return None
            fields = self._fields(self._capture.recipe, parts)
            if not fields["answer"]:
                return None
            fields["metadata"] = {**(fields.get("metadata") or {}), "cut": _how(error)}
            return cast(InteractionFields, fields)

        # The context's interaction is left alone: an abandoned stream ends in whatever context collects it.
        self._capture.cut(made)

    def _fields(self, recipe: Recipe, result: Any) -> dict[str, Any]:
        args, kwargs = self._args, self._kwargs
        question = recipe.question(*args, **kwargs) if recipe.question else self._question()
        answer = recipe.answer(result) if recipe.answer else _default_answer(result)
        made: dict[str, Any] = {"id": self._id, "occurred_at": self._began, "agent": recipe.agent}
        for name, value in {**recipe.fields, "subject": recipe.subject}.items():
            if callable(value):
                made[name] = value(result) if name == "sources" else value(*args, **kwargs)
            else:
                made[name] = value
        return {**made, "question": question, "answer": answer}

    def _question(self) -> Any:
        bound = self._capture.signature.bind(*self._args, **self._kwargs).arguments
        if "question" in bound:
            return bound["question"]
        return next(value for value in bound.values() if isinstance(value, str))


@dataclass(frozen=True, slots=True)
class _Capture:
    recipe: Recipe
    signature: inspect.Signature
    send: Callable[[dict[str, Any]], object]
    failed: Callable[[Exception], None]
    cut: Callable[[Callable[[], InteractionFields | None]], None]


def _how(error: BaseException) -> str:
    """How a stream was cut: its consumer stopped reading, its task was cancelled, or it failed."""
    if isinstance(error, GeneratorExit):
        return "closed"
    return "cancelled" if isinstance(error, asyncio.CancelledError) else "failed"


def _default_answer(result: Any) -> Any:
    if isinstance(result, Mapping):
        return result["answer"]
    if isinstance(result, list):
        return "".join(part for part in result if isinstance(part, str))
    return result if isinstance(result, str) else result.answer


def decorate(
    recipe: Recipe,
    *,
    send: Callable[[dict[str, Any]], object],
    failed: Callable[[Exception], None],
    cut: Callable[[Callable[[], InteractionFields | None]], None],
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """A decorator for a function, coroutine function, generator or asynchronous generator.

    ``send`` gets the interaction's fields, ``failed`` the error if they could not be made. When a stream is
    stopped, ``cut`` gets a function for its fields (None if it had said nothing). A function that returns a
    generator is captured as that generator.
    """

    def wrap(function: Callable[..., Any]) -> Callable[..., Any]:
        capture = _Capture(recipe, inspect.signature(function), send, failed, cut)
        for applies, wrapper in _WRAPPERS:
            if applies(function):
                return functools.update_wrapper(wrapper(capture, function), function)
        return functools.update_wrapper(_plain(capture, function), function)

    return wrap


def _plain(capture: _Capture, function: Callable[..., Any]) -> Callable[..., Any]:
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        call = _Call(capture, args, kwargs)
        return _ended(call, function(*args, **kwargs))

    return wrapper


def _coroutine(capture: _Capture, function: Callable[..., Any]) -> Callable[..., Any]:
    async def wrapper(*args: Any, **kwargs: Any) -> Any:
        call = _Call(capture, args, kwargs)
        return _ended(call, await function(*args, **kwargs))

    return wrapper


def _ended(call: _Call, result: Any) -> Any:
    """What the caller gets: the result or, if that is a stream, one that is captured when it ends."""
    if inspect.isgenerator(result):
        return _stream(lambda: (call, result))()
    if inspect.isasyncgen(result):
        return _async_stream(lambda: _AsyncSteps(call, result))()
    call.end(result)
    return result


def _generator(capture: _Capture, function: Callable[..., Any]) -> Callable[..., Any]:
    return _stream(lambda *args, **kwargs: (_Call(capture, args, kwargs), function(*args, **kwargs)))


def _stream(begin: Callable[..., tuple[_Call, Any]]) -> Callable[..., Any]:
    def wrapper(*args: Any, **kwargs: Any) -> Generator[Any, Any, Any]:
        call, inner = begin(*args, **kwargs)
        parts: list[Any] = []
        try:
            result = yield from _Recording(inner, parts)
        except BaseException as error:
            call.cut(parts, error)
            raise
        call.end(parts)
        return result

    return wrapper


class _Recording(Generator[Any, Any, Any]):
    """A generator that keeps what it yields; everything else is passed to the inner one."""

    def __init__(self, inner: Generator[Any, Any, Any], parts: list[Any]) -> None:
        self._inner, self._parts = inner, parts

    def send(self, value: Any) -> Any:
        return self._kept(self._inner.send(value))

    def throw(self, *error: Any) -> Any:
        return self._kept(self._inner.throw(*error))

    def close(self) -> None:
        self._inner.close()

    def _kept(self, part: Any) -> Any:
        self._parts.append(part)
        return part


def _async_generator(capture: _Capture, function: Callable[..., Any]) -> Callable[..., Any]:
    return _async_stream(
        lambda *args, **kwargs: _AsyncSteps(_Call(capture, args, kwargs), function(*args, **kwargs))
    )


def _async_stream(begin: Callable[..., _AsyncSteps]) -> Callable[..., Any]:
    async def wrapper(*args: Any, **kwargs: Any) -> AsyncGenerator[Any, Any]:
        steps = begin(*args, **kwargs)
        part = await steps.send(None)
        while not steps.over:
            try:
                sent = yield part
            except BaseException as error:
                part = await steps.throw(error)
            else:
                part = await steps.send(sent)

    return wrapper


class _AsyncSteps:
    """An asynchronous generator, step by step: keeps what it yields and captures it when it is over."""

    def __init__(self, call: _Call, inner: AsyncGenerator[Any, Any]) -> None:
        self._call, self._inner = call, inner
        self._parts: list[Any] = []
        self.over = False

    async def send(self, value: Any) -> Any:
        return await self._step(self._inner.asend(value))

    async def throw(self, error: BaseException) -> Any:
        if not isinstance(error, GeneratorExit):
            return await self._step(self._inner.athrow(error))
        # Captured first: if the loop is gone, closing may never finish.
        self._call.cut(self._parts, error)
        await self._inner.aclose()
        raise error

    async def _step(self, step: Awaitable[Any]) -> Any:
        try:
            part = await step
        except StopAsyncIteration:
            self._call.end(self._parts)
            self.over = True
            return None
        except BaseException as error:
            self._call.cut(self._parts, error)
            raise
        self._parts.append(part)
        return part


_WRAPPERS = (
    (inspect.iscoroutinefunction, _coroutine),
    (inspect.isasyncgenfunction, _async_generator),
    (inspect.isgeneratorfunction, _generator),
)
