"""Answers kept in a file as they come, so that an interrupted gate goes on where it stopped.

The first line binds the file to one exam and one agent. Answers are redacted before they are written; failures are not
kept, so that they are asked again.
"""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self


class JournalError(ValueError):
    """The file belongs to something else, or is no journal."""


class Journal:
    """The answers of one gate by (round, case)."""

    def __init__(self, path: Path, identity: Mapping[str, str]) -> None:
        self._answers: dict[tuple[int, str], str] = {}
        whole = self._read(path, identity)
        if path.exists():
            os.truncate(path, whole)
        self._file = path.open("a", encoding="utf-8")
        if not whole:
            self._append({"run": dict(identity)})

    def known(self, number: int, case: str) -> str | None:
        """The answer of an earlier try, or None."""
        return self._answers.get((number, case))

    def keep(self, number: int, case: str, answer: str) -> None:
        """Keep one answer, which is redacted; once."""
        if (number, case) not in self._answers:
            self._append({"round": number, "case": case, "answer": answer})

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def _read(self, path: Path, identity: Mapping[str, str]) -> int:
        """Load what an earlier try left; how many bytes of it are whole lines."""
        lines = path.read_bytes().splitlines(keepends=True) if path.exists() else []
        if lines and not lines[-1].endswith(b"\n"):
            lines.pop()  # the process ended while it wrote this one
        try:
            entries = [json.loads(line) for line in lines]
            if entries and entries[0]["run"] != dict(identity):
                raise JournalError("The file to resume from belongs to another release, agent or version.")
            for entry in entries[1:]:
                self._answers[int(entry["round"]), str(entry["case"])] = str(entry["answer"])
        except (KeyError, TypeError, UnicodeDecodeError, json.JSONDecodeError) as error:
            raise JournalError("The file to resume from is no journal of the gate.") from error
        return sum(map(len, lines))

    def _append(self, entry: Mapping[str, Any]) -> None:
        self._file.write(json.dumps(entry) + "\n")
        self._file.flush()
