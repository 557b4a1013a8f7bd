"""The agent under test: a Python function, or an HTTP address that is sent each question.

An agent that takes a third argument is given the world that the case was seen in, frozen: what it would otherwise look up
where it may have changed since. It answers with a text, or with {"answer", "steps"}, where steps are what it did, as captured
interactions have them.
"""

import copy
import importlib
import inspect
import json
import os
import threading
import time
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self

from curation.gate import candidate_steps
from curation.gate.graders.grades import MAX_ANSWER
from curation.gate.verdicts import TIMEOUT
from feedback.capture.payloads import PayloadError
from privacy.redaction import redact

World = Mapping[str, Any]
"""What a case was seen with: `sources` and `steps` (tool calls with their results) as they were, `now`, the time it was
last found right, and what it `depends_on` of these.
"""
Agent = Callable[..., Any]
MAX_ANSWER_BYTES = 4 * 1_048_576
MESSAGE = 300  # characters of an error's message
PAUSE, LONGEST_PAUSE = 0.2, 5.0  # seconds before another try, doubled each time


class Question(NamedTuple):
    """What an agent is asked."""

    text: str
    context: list[dict[str, str]]
    world: World


class AgentError(ValueError):
    """The agent cannot be reached or loaded; the message says why."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An agent's answer, with the JSON of what it did where it says so, or the kind of error in its place. `message` is what the error says: for the person who watches, never
    kept.
    """

    text: str | None
    error: str | None = None
    message: str = ""
    steps: str | None = None


class Failures:
    """What an agent raised, each kind of error once, with its first message and how often it came."""

    def __init__(self) -> None:
        self._seen: dict[str, tuple[int, str]] = {}

    def add(self, answer: Answer) -> None:
        if answer.error is not None:
            number, message = self._seen.get(answer.error, (0, answer.message))
            self._seen[answer.error] = number + 1, message or answer.message

    def lines(self) -> list[str]:
        """A line for each kind, the most frequent first."""
        ranked = sorted(self._seen.items(), key=lambda item: -item[1][0])
        return [f"The agent failed {times(number)}: {kind}{message}" for kind, (number, message) in ranked]


def times(number: int) -> str:
    return "once" if number == 1 else f"{number:,} times"


def message_of(error: BaseException) -> str:
    """The first line of what an error says, cut short."""
    line = next((line.strip() for line in str(error).splitlines() if line.strip()), "")
    return f": {redact(line[:MESSAGE])}" if line else ""


@dataclass(frozen=True, slots=True)
class Effort:
    """How to ask: questions at a time, seconds an answer may take, tries after a failure."""

    concurrency: int = 4
    timeout: float = 60.0
    retries: int = 0

    def __post_init__(self) -> None:
        if self.concurrency < 1 or self.retries < 0 or not self.timeout > 0:
            raise AgentError("Concurrency and timeout must be positive, retries not negative.")


def load(name: str, *, timeout: float = 60.0) -> Agent:
    """The agent of that name: `http(s)://…`, or `module:function`. Raises `AgentError`."""
    if name.startswith(("http://", "https://")):
        return over_http(name, timeout)
    module, _, function = name.partition(":")
    try:
        found = getattr(importlib.import_module(module), function)
    except (ImportError, AttributeError, ValueError) as error:
        raise AgentError(f"There is no agent with that name ({type(error).__name__}).") from error
    except (Exception, SystemExit) as error:  # its code runs here, and its exit status is not ours
        raise AgentError(f"The agent's module cannot be loaded: {type(error).__name__}{message_of(error)}") from error
    if not callable(found):
        raise AgentError("The agent must be a function (question, context) or (question, context, world) -> answer.")
    return found  # type: ignore[no-any-return]


def takes_world(agent: Agent) -> bool:
    """Whether the agent has a third argument: one that it needs, or one that is called `world`."""
    try:
        named = list(inspect.signature(agent).parameters.values())
    except (TypeError, ValueError):
        return False
    third = [one for one in named if one.kind in (one.POSITIONAL_ONLY, one.POSITIONAL_OR_KEYWORD)][2:3]
    return any(one.default is one.empty for one in third) or any(one.name == "world" for one in named)


def call(agent: Agent, asked: Question) -> Any:
    """Ask the agent. The world is its own copy: an agent that changes it changes it for nobody else."""
    if not takes_world(agent):
        return agent(asked.text, asked.context)
    world = copy.deepcopy(dict(asked.world))
    named = inspect.signature(agent).parameters.get("world")
    if named is not None and named.kind is named.KEYWORD_ONLY:
        return agent(asked.text, asked.context, world=world)
    return agent(asked.text, asked.context, world)


def over_http(address: str, timeout: float) -> Agent:
    """An agent behind an address: POST {"question", "context"} is answered by {"answer", "steps"?}. A case that depends on more is
    sent with its "world".
    """

    def ask(question: str, context: list[dict[str, str]], world: World) -> Any:
        frozen = {"world": world} if set(world["depends_on"]) - {"context"} else {}
        body = json.dumps({"question": question, "context": context, **frozen}).encode()
        request = urllib.request.Request(address, body, {"Content-Type": "application/json"})  # noqa: S310 - http only, see load
        with urllib.request.urlopen(request, timeout=timeout) as response:  # noqa: S310
            told = json.loads(response.read(MAX_ANSWER_BYTES))
        if not isinstance(told["answer"], str):
            raise TypeError("the answer is not text")
        return told

    return ask


def ask_all(
    agent: Agent,
    questions: Sequence[Question],
    effort: Effort,
    *,
    known: Mapping[int, Answer] | None = None,
    on_answer: Callable[[int, Answer], Any] | None = None,
) -> list[Answer]:
    """Every answer, in order. A failure gives an answer with an error, never a missing one. Places in `known` are not
    asked again; `on_answer` gets each (place, answer) in order.
    """
    known = known or {}

    def ask(place: int) -> Answer:
        return known[place] if place in known else ask_with_retries(agent, questions[place], effort)

    answers: list[Answer] = []
    with ThreadPoolExecutor(effort.concurrency) as pool:
        for place, answer in enumerate(pool.map(ask, range(len(questions)))):
            answers.append(answer)
            if on_answer:
                on_answer(place, answer)
    return answers


def ask_with_retries(agent: Agent, question: Question, effort: Effort) -> Answer:
    """Ask for one answer, retrying failures as often as `effort` says."""
    for tries in range(effort.retries + 1):
        if tries:
            time.sleep(min(PAUSE * 2**tries, LONGEST_PAUSE))
        answer = ask_once(agent, question, effort.timeout)
        if answer.error is None:
            break
    return answer


def ask_once(agent: Agent, question: Question, timeout: float) -> Answer:
    """One answer within the timeout, or the kind of error. The call has a daemon thread of its own: Python cannot stop
    a thread, but so an agent that hangs blocks neither the gate nor the end of the process.
    """
    outcome: list[Any] = []

    def ask() -> None:
        try:
            outcome.append(call(agent, question))
        except BaseException as error:  # noqa: BLE001 - whatever an agent raises, the case has failed
            outcome.append(error)

    thread = threading.Thread(target=ask, name="agent", daemon=True)
    thread.start()
    thread.join(timeout)
    result = outcome[0] if outcome else TimeoutError()
    if isinstance(result, BaseException):
        slow = isinstance(result, TimeoutError) or isinstance(getattr(result, "reason", None), TimeoutError)
        return Answer(None, TIMEOUT) if slow else Answer(None, type(result).__name__, message_of(result))
    told: Any = None
    if isinstance(result, dict):
        told, result = result.get("steps"), result.get("answer")
    if not isinstance(result, str) or "\x00" in result or any("\ud800" <= letter <= "\udfff" for letter in result):
        return Answer(None, "no text")
    if len(result) > MAX_ANSWER:
        return Answer(None, "too long")
    try:
        return Answer(result, steps=candidate_steps.parsed(told))
    except PayloadError:
        return Answer(None, "bad steps")


class JournalError(ValueError):
    """The file belongs to another run, or is not a journal."""


class Journal:
    """The answers of one gate by (round, case)."""

    def __init__(self, path: Path, identity: Mapping[str, str]) -> None:
        self._answers: dict[tuple[int, str], Answer] = {}
        whole = self._read(path, identity)
        if path.exists():
            os.truncate(path, whole)
        self._file = path.open("a", encoding="utf-8")
        if not whole:
            self._append({"run": dict(identity)})

    def known(self, number: int, case: str) -> Answer | None:
        return self._answers.get((number, case))

    def keep(self, number: int, case: str, answer: str, steps: str | None = None) -> None:
        if (number, case) not in self._answers:
            did = {} if steps is None else {"steps": steps}
            self._append({"round": number, "case": case, "answer": answer, **did})

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def _read(self, path: Path, identity: Mapping[str, str]) -> int:
        """Load an earlier journal; returns how many bytes of it are complete lines."""
        lines = path.read_bytes().splitlines(keepends=True) if path.exists() else []
        if lines and not lines[-1].endswith(b"\n"):
            lines.pop()  # the process ended while it wrote this one
        try:
            entries = [json.loads(line) for line in lines]
            if entries and entries[0]["run"] != dict(identity):
                raise JournalError("The file to resume from belongs to another release, agent or version.")
            for entry in entries[1:]:
                told = Answer(str(entry["answer"]), steps=entry.get("steps"))
                self._answers[int(entry["round"]), str(entry["case"])] = told
        except (KeyError, TypeError, UnicodeDecodeError, json.JSONDecodeError) as error:
            raise JournalError("The file to resume from is not a journal of the gate.") from error
        return sum(map(len, lines))

    def _append(self, entry: Mapping[str, Any]) -> None:
        self._file.write(json.dumps(entry) + "\n")
        self._file.flush()
