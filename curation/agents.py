"""The agent that a gate asks: a function of this process, or an address that is sent a question."""

import importlib
import json
import urllib.error
import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

Agent = Callable[[str, list[dict[str, str]]], str]
MAX_ANSWER_BYTES = 4 * 1_048_576


class AgentError(ValueError):
    """The agent cannot be reached or loaded; in words."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What an agent said, or the kind of error in its place."""

    text: str | None
    error: str | None = None


def load(name: str, *, timeout: float = 60.0) -> Agent:
    """The agent of that name: `http(s)://…`, or `module:function`. Raises `AgentError`."""
    if name.startswith(("http://", "https://")):
        return over_http(name, timeout)
    module, _, function = name.partition(":")
    try:
        found = getattr(importlib.import_module(module), function)
    except (ImportError, AttributeError, ValueError) as error:
        raise AgentError(f"There is no agent of that name ({type(error).__name__}).") from error
    if not callable(found):
        raise AgentError("The agent must be a function (question, context) -> answer.")
    return found  # type: ignore[no-any-return]


def over_http(address: str, timeout: float) -> Agent:
    """An agent behind an address: POST {"question", "context"} is answered by {"answer"}."""

    def ask(question: str, context: list[dict[str, str]]) -> str:
        body = json.dumps({"question": question, "context": context}).encode()
        request = urllib.request.Request(address, body, {"Content-Type": "application/json"})  # noqa: S310 - http only, see load
        with urllib.request.urlopen(request, timeout=timeout) as response:  # noqa: S310
            answer = json.loads(response.read(MAX_ANSWER_BYTES))["answer"]
        if not isinstance(answer, str):
            raise TypeError("the answer is no text")
        return answer

    return ask


def ask_all(
    agent: Agent, questions: list[tuple[str, list[dict[str, str]]]], *, concurrency: int = 4,
    progress: Callable[[int, int], Any] | None = None,
) -> list[Answer]:  # fmt: skip
    """Every answer, in order. An error is an answer that says so, never a missing one."""

    def ask(item: tuple[str, list[dict[str, str]]]) -> Answer:
        try:
            text = agent(*item)
        except TimeoutError:
            return Answer(None, "timeout")
        except Exception as error:  # noqa: BLE001 - whatever an agent raises, the case has failed
            slow = isinstance(error, urllib.error.URLError) and isinstance(error.reason, TimeoutError)
            return Answer(None, "timeout" if slow else type(error).__name__)
        return Answer(text) if isinstance(text, str) else Answer(None, "no text")

    answers: list[Answer] = []
    with ThreadPoolExecutor(max(1, concurrency)) as pool:
        for answer in pool.map(ask, questions):
            answers.append(answer)
            if progress:
                progress(len(answers), len(questions))
    return answers
