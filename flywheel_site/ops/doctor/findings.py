"""What an examination finds: how severe, where, what it is, and what to do."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum


class Severity(IntEnum):
    """Also the exit status of `manage.py doctor`, which is that of the worst finding."""

    OK = 0
    WARNING = 1
    FAULT = 2


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report. `todo` is empty if all is well."""

    severity: Severity
    part: str
    words: str
    todo: str = ""
    code: str = ""


def ok(part: str, words: str) -> Finding:
    return Finding(Severity.OK, part, words)


def warning(part: str, words: str, todo: str, code: str = "") -> Finding:
    return Finding(Severity.WARNING, part, words, todo, code)


def fault(part: str, words: str, todo: str, code: str = "") -> Finding:
    return Finding(Severity.FAULT, part, words, todo, code)


def worst(findings: Iterable[Finding]) -> Severity:
    """The highest severity; OK without findings."""
    return max((each.severity for each in findings), default=Severity.OK)
