"""A release's eval cases, read strictly: a case that cannot be read must stop the gate, not shrink it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import ChecksumMismatch, FlywheelError
from ..releases import files_of, sha256_of

CASES_FILE = "eval_cases.jsonl"
KINDS = ("golden", "regression", "sampled")


@dataclass(frozen=True, slots=True)
class EvalCase:
    """One line of ``eval_cases.jsonl``. ``grader`` is the one that the release names, if any."""

    id: str
    kind: str
    question: str
    expected: str
    rejected: str | None = None
    context: Sequence[Mapping[str, Any]] = ()
    grader: Mapping[str, Any] | str | None = None


def read_cases(path: Path) -> list[EvalCase]:
    """All cases of a file, in order.

    Raises ``FlywheelError`` with the line of an unreadable or repeated case.
    """
    cases: dict[str, EvalCase] = {}
    for number, line in _lines(path):
        case = _case(line, number)
        if case.id in cases:
            raise FlywheelError(f"{path.name} line {number}: the case id occurs twice")
        cases[case.id] = case
    if not cases:
        raise FlywheelError(f"{path.name} has no eval cases: there is nothing to judge")
    return list(cases.values())


def find_cases(place: Path) -> Path:
    """The eval cases of a release directory, or the file itself; checked against the manifest next to it.
    Raises ``FlywheelError`` if there are none, ``ChecksumMismatch`` if they were changed.
    """
    path = place / CASES_FILE if place.is_dir() else place
    if not path.is_file():
        raise FlywheelError(f"there is no {path}")
    manifest = path.parent / "manifest.json"
    if path.name == CASES_FILE and manifest.is_file():
        try:
            promised = files_of(json.loads(manifest.read_bytes())).get(CASES_FILE)
        except ValueError as error:
            raise FlywheelError(f"{manifest} is not readable") from error
        if promised is None or sha256_of(path) != promised.sha256:
            raise ChecksumMismatch(f"{path} differs from its manifest")
    return path


def _lines(path: Path) -> Iterator[tuple[int, bytes]]:
    with path.open("rb") as source:
        for number, line in enumerate(source, start=1):
            if line.strip():
                yield number, line


def _case(line: bytes, number: int) -> EvalCase:
    try:
        fields = json.loads(line)
        texts = [fields[name] for name in ("id", "kind", "question", "expected")]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise FlywheelError(f"{CASES_FILE} line {number} is no eval case") from None
    context, rejected = fields.get("context") or [], fields.get("rejected")
    if not all(isinstance(text, str) and text for text in texts) or fields["kind"] not in KINDS:
        raise FlywheelError(f"{CASES_FILE} line {number} is no eval case")
    if not isinstance(context, list) or not (rejected is None or isinstance(rejected, str)):
        raise FlywheelError(f"{CASES_FILE} line {number} is no eval case")
    id, kind, question, expected = texts
    return EvalCase(id, kind, question, expected, rejected, context, fields.get("grader"))
