"""Capturing an agent function's calls by decorating it."""

from __future__ import annotations

import functools
import inspect
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeVar, cast

from .ids import uuid7

T = TypeVar("T")
Extract = Callable[..., T]

_current: ContextVar[str | None] = ContextVar("flywheel_interaction", default=None)


def current_interaction() -> str | None:
    """The id of the captured call that is running, or ran last, in this context; None where there was none.

    Inside a decorated function it is that call's own id. After the call it is still set for the caller
    (and, with ``await``, for the awaiting task), which can hand it to its user interface for feedback.
    """
    return _current.get()


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a call becomes an interaction.

    ``subject``: a text, or a callable that gets the function's own arguments. ``question``: a callable over
    the same arguments; by default the argument named ``question``, else the first text. ``answer``: a
    callable over the result; by default the result where it is text, else its ``answer``. A generator's
    result is the list of what it yielded, by default joined. ``fields``: further fields of an interaction,
    as values or as callables over the arguments (``sources``: over the result).
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

        Its own errors never reach here: no answer, no capture.
        """
        _current.set(self._id)
        capture = self._capture
        try:
            fields = self._fields(capture.recipe, result)
        except Exception as error:
            # The product's extractors may raise anything; its user must still get the answer.
            capture.failed(error)
        else:
            capture.send(fields)

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


def _default_answer(result: Any) -> Any:
    if isinstance(result, Mapping):
        return result["answer"]
    if isinstance(result, list):
        return "".join(part for part in result if isinstance(part, str))
    return result if isinstance(result, str) else result.answer


def decorate(
    recipe: Recipe, *, send: Callable[[dict[str, Any]], object], failed: Callable[[Exception], None]
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """A decorator for a function, coroutine function, generator or asynchronous generator.

    ``send`` gets the interaction's fields, ``failed`` the error where they could not be made.
    """

    def wrap(function: Callable[..., Any]) -> Callable[..., Any]:
        capture = _Capture(recipe, inspect.signature(function), send, failed)
        for applies, wrapper in _WRAPPERS:
            if applies(function):
                return functools.update_wrapper(wrapper(capture, function), function)
        return functools.update_wrapper(_plain(capture, function), function)

    return wrap


def _plain(capture: _Capture, function: Callable[..., Any]) -> Callable[..., Any]:
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        call = _Call(capture, args, kwargs)
        result = function(*args, **kwargs)
        call.end(result)
        return result

    return wrapper


def _coroutine(capture: _Capture, function: Callable[..., Any]) -> Callable[..., Any]:
    async def wrapper(*args: Any, **kwargs: Any) -> Any:
        call = _Call(capture, args, kwargs)
        result = await function(*args, **kwargs)
        call.end(result)
        return result

    return wrapper


def _generator(capture: _Capture, function: Callable[..., Any]) -> Callable[..., Any]:
    def wrapper(*args: Any, **kwargs: Any) -> Iterator[Any]:
        call = _Call(capture, args, kwargs)
        parts = []
        for part in cast(Iterator[Any], function(*args, **kwargs)):
            parts.append(part)
            yield part
        call.end(parts)

    return wrapper


def _async_generator(capture: _Capture, function: Callable[..., Any]) -> Callable[..., Any]:
    async def wrapper(*args: Any, **kwargs: Any) -> AsyncIterator[Any]:
        call = _Call(capture, args, kwargs)
        parts = []
        async for part in cast(AsyncIterator[Any], function(*args, **kwargs)):
            parts.append(part)
            yield part
        call.end(parts)

    return wrapper


_WRAPPERS = (
    (inspect.iscoroutinefunction, _coroutine),
    (inspect.isasyncgenfunction, _async_generator),
    (inspect.isgeneratorfunction, _generator),
)
