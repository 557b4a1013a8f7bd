"""Asks a candidate all cases: concurrently, with retries, resumable, with exactly one result per case."""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from io import FileIO
from pathlib import Path
from typing import Any, Literal, Self

from ..errors import FlywheelError
from ..retries import Backoff
from ..transport import logger
from .agents import Agent, AgentError, AgentTimeout, ask, unsendable
from .cases import EvalCase

BACKOFF = Backoff(base=0.2, cap=5.0)


@dataclass(frozen=True, slots=True)
class Result:
    """The candidate's answer to one case, or why there is none."""

    case: str
    answer: str | None = None
    error: Literal["timeout", "error"] | None = None


def as_json(rounds: Sequence[Result]) -> dict[str, Any]:
    """One case's results, one per round, in the shape that ``POST /gate-runs`` takes."""
    first, *others = rounds
    shape: dict[str, Any] = {"case": first.case}
    shape |= {"error": first.error or "error"} if first.answer is None else {"answer": first.answer}
    return shape | ({"repeats": [other.answer for other in others]} if others else {})


@dataclass(frozen=True, slots=True)
class Effort:
    """How to ask: ``timeout`` in seconds per try, ``retries`` after a first failure."""

    concurrency: int = 4
    timeout: float = 60.0
    retries: int = 2

    def __post_init__(self) -> None:
        if self.concurrency < 1 or self.retries < 0 or self.timeout <= 0:
            raise FlywheelError("concurrency and timeout must be positive, retries not negative")


def ask_all(
    agent: Agent,
    cases: Sequence[EvalCase],
    *,
    effort: Effort,
    known: Mapping[str, str] | None = None,
    on_result: Callable[[Result], None] = lambda result: None,
) -> list[Result]:
    """One result per case, in the cases' order.

    ``known`` answers are not asked again; ``on_result`` sees new ones.
    """
    known = known or {}
    results = {case.id: Result(case.id, known[case.id]) for case in cases if case.id in known}
    missing = [case for case in cases if case.id not in results]
    with ThreadPoolExecutor(effort.concurrency, thread_name_prefix="flywheel-gate") as pool:
        futures = [pool.submit(ask_case, agent, case, effort) for case in missing]
        try:
            for future in as_completed(futures):
                result = future.result()
                results[result.case] = result
                on_result(result)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return [results[case.id] for case in cases]


def ask_case(agent: Agent, case: EvalCase, effort: Effort) -> Result:
    """One case, retried after failures. Never raises because of the agent."""
    for attempt in range(1, effort.retries + 2):
        try:
            return Result(case.id, ask(agent, case.question, case.context, timeout=effort.timeout))
        except AgentError as error:
            failure: Literal["timeout", "error"] = "timeout" if isinstance(error, AgentTimeout) else "error"
        if attempt <= effort.retries:
            time.sleep(BACKOFF.delay(attempt))
    return Result(case.id, error=failure)


def opened(path: Path) -> FileIO:
    """A file to append to, unbuffered: once an answer is kept, it is on its way to disk."""
    return path.open("ab", buffering=0)


class Journal:
    """Answers kept in a file as they come, so that an interrupted gate continues where it stopped.

    Its first line binds it to one release's contents and one agent; any other journal is refused. Failures
    are not kept: those cases are asked again. A full disk ends the journal but not the gate: what was kept so
    far stays intact.
    """

    def __init__(self, path: Path, identity: Mapping[str, Any]) -> None:
        self._lock = threading.Lock()
        self._answers: dict[int, dict[str, str]] = {}
        whole = self._read(path, identity)
        if path.exists():
            os.truncate(path, whole)
        self._file: FileIO | None = opened(path)
        if not whole:
            self._append({"run": dict(identity)})

    def known(self, number: int) -> Mapping[str, str]:
        """Answers from an earlier try at round ``number``, by case id."""
        return self._answers.get(number, {})

    def keep(self, number: int, result: Result) -> None:
        """Keep an answer. Safe between threads."""
        if result.answer is not None:
            self._append({"round": number, "case": result.case, "answer": result.answer})

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        if self._file is not None:
            self._file.close()

    def _read(self, path: Path, identity: Mapping[str, Any]) -> int:
        """Load what an earlier try left; return how many of its bytes are complete lines."""
        content = path.read_bytes() if path.exists() else b""
        lines = content.splitlines(keepends=True)
        if lines and not lines[-1].endswith(b"\n"):
            lines.pop()  # The process ended while writing this line.
        try:
            entries = [json.loads(line) for line in lines]
            if entries and entries[0].get("run") != dict(identity):
                raise FlywheelError(f"{path} belongs to another release, agent or version: name another file")
            for entry in entries[1:]:
                answers = self._answers.setdefault(int(entry["round"]), {})
                if unsendable(str(entry["answer"])) is None:
                    answers[str(entry["case"])] = str(entry["answer"])
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise FlywheelError(f"{path} is not a resume file of the gate") from error
        return sum(len(line) for line in lines)

    def _append(self, entry: Mapping[str, Any]) -> None:
        line = json.dumps(entry).encode() + b"\n"
        with self._lock:
            if self._file is None:
                return
            whole = os.fstat(self._file.fileno()).st_size
            try:
                while line:  # An almost full disk writes only a part, and only this shows it.
                    line = line[self._file.write(line) :]
            except OSError as error:
                logger.warning("answers are no longer kept: %s", error.strerror)
                # The next try reads only complete lines.
                os.ftruncate(self._file.fileno(), whole)
                self._file.close()
                self._file = None
