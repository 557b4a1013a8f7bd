"""The candidate: a Python function or an HTTP address, behind one call with a hard time limit."""

from __future__ import annotations

import asyncio
import importlib
import inspect
import os
import sys
import threading
import weakref
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import httpx

from ..errors import FlywheelError
from ..events import is_sendable
from ..transport import trusts_environment

LONGEST = 200_000  # characters of an answer that the server reads
Context = Sequence[Mapping[str, Any]]
# `ask` checks that the result is text.
Agent = Callable[[str, Context], Any]


class AgentError(FlywheelError):
    """The agent gave no usable answer."""


class AgentTimeout(AgentError):
    """The agent did not answer in time."""


def load_agent(spec: str, *, timeout: float) -> Agent:
    """The agent that a specification names.

    ``module:function`` is imported from the current directory or the environment and called with ``(question,
    context)``; a coroutine function is awaited. ``http(s)://…`` gets a POST of ``{"question", "context"}``
    and answers ``{"answer": "…"}`` or plain text. Raises ``FlywheelError`` if there is no such agent.
    """
    if spec.startswith(("http://", "https://")):
        return _http_agent(spec, timeout)
    return _function_agent(spec)


def ask(agent: Agent, question: str, context: Context, *, timeout: float) -> str:
    """The agent's answer. Raises ``AgentTimeout`` after ``timeout`` seconds, ``AgentError`` otherwise.

    Each call runs in its own daemon thread: Python cannot stop a thread, but an agent that hangs must not
    hold up the gate or the end of the process.
    """
    outcome: list[Any] = []

    def run() -> None:
        try:
            outcome.append(agent(question, context))
        except BaseException as error:
            # An agent may raise anything, `SystemExit` and `CancelledError` too: its case has failed.
            outcome.append(error)

    thread = threading.Thread(target=run, name="flywheel-agent", daemon=True)
    thread.start()
    thread.join(timeout)
    if not outcome:
        raise AgentTimeout(f"no answer in {timeout:g} s")
    answer = outcome[0]
    if isinstance(answer, (TimeoutError, httpx.TimeoutException)):
        raise AgentTimeout(type(answer).__name__) from answer
    if isinstance(answer, BaseException):
        raise AgentError(type(answer).__name__) from answer
    if not isinstance(answer, str):
        raise AgentError("the agent did not return text")
    if fault := unsendable(answer):
        raise AgentError(fault)
    return answer


def unsendable(answer: str) -> str | None:
    """Why an answer cannot be judged unchanged, or None. A changed answer would not be the agent's."""
    if not is_sendable(answer):
        return "the answer holds a NUL or a lone surrogate"
    return f"the answer is longer than {LONGEST} characters" if len(answer) > LONGEST else None


def _function_agent(spec: str) -> Agent:
    module_name, colon, path = spec.partition(":")
    if not colon or not module_name or not path:
        raise FlywheelError("an agent is module:function or an http(s) address")
    if os.getcwd() not in sys.path:
        sys.path.insert(0, os.getcwd())
    try:
        found: Any = importlib.import_module(module_name)
        for name in path.split("."):
            found = getattr(found, name)
    except (Exception, SystemExit) as error:
        # Importing runs the candidate's code, which may raise anything. Its exit status is not ours.
        raise FlywheelError(f"the agent {spec} cannot be loaded: {type(error).__name__}: {error}") from error
    if not callable(found):
        raise FlywheelError(f"the agent {spec} is not callable")

    def call(question: str, context: Context) -> Any:
        answer = found(question, context)
        return asyncio.run(_awaited(answer)) if inspect.isawaitable(answer) else answer

    return call


async def _awaited(answer: Any) -> Any:
    return await answer


def _http_agent(url: str, timeout: float) -> Agent:
    limits = httpx.Limits(max_connections=None)
    http = httpx.Client(timeout=timeout, limits=limits, trust_env=trusts_environment(url))

    def call(question: str, context: Context) -> Any:
        response = http.post(url, json={"question": question, "context": list(context)})
        response.raise_for_status()
        if "json" not in response.headers.get("Content-Type", ""):
            return response.text
        document = response.json()
        return document.get("answer") if isinstance(document, dict) else document

    weakref.finalize(call, http.close)
    return call
