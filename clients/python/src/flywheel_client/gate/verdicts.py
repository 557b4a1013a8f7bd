"""The server's verdict on a candidate. Anything that is not clearly a pass is not a pass."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from ..errors import FlywheelError


class Exit(IntEnum):
    """The gate's exit statuses."""

    PASSED = 0
    REFUSED = 1
    NOT_JUDGED = 2


@dataclass(frozen=True, slots=True)
class Reason:
    """Why the gate decided as it did."""

    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class CaseVerdict:
    """One case's part in it. ``change`` compares with the baseline: ``fixed``, ``regressed``, …"""

    case: str
    passed: bool | None
    change: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """One gate run, as ``POST /gate-runs`` answers it."""

    id: str
    verdict: str
    reasons: Sequence[Reason]
    counts: Mapping[str, Any]
    cases: Sequence[CaseVerdict]
    url: str
    raw: Mapping[str, Any]

    @property
    def exit(self) -> Exit:
        """0 only for a verdict that says ``passed``."""
        return {"passed": Exit.PASSED, "refused": Exit.REFUSED}.get(self.verdict, Exit.NOT_JUDGED)


def unjudged(error: Exception) -> Verdict:
    """The verdict when there is none: why the candidate could not be judged."""
    said = Reason("not_judged", f"{error}" if isinstance(error, FlywheelError) else type(error).__name__)
    raw = {"verdict": "not_judged", "reasons": [{"code": said.code, "detail": said.detail}]}
    return Verdict(id="(none)", verdict="not_judged", reasons=[said], counts={}, cases=[], url="", raw=raw)


def read_verdict(answer: Any, asked: Sequence[str]) -> Verdict:
    """Read the server's answer to the cases that were asked.

    Raises ``FlywheelError`` if it is not readable. A pass that names no case, or one that was not asked, does
    not count.
    """
    try:
        verdict = Verdict(
            id=str(answer["id"]),
            verdict=str(answer["verdict"]),
            reasons=[
                Reason(str(reason["code"]), str(reason.get("detail", ""))) for reason in answer["reasons"]
            ],
            counts=dict(answer.get("counts") or {}),
            cases=[
                CaseVerdict(str(case["case"]), case.get("passed"), str(case.get("change") or ""))
                for case in answer["cases"]
            ],
            url=str(answer.get("url") or ""),
            raw=answer,
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise FlywheelError("the server's verdict is not readable") from error
    judged = {case.case for case in verdict.cases}
    if verdict.exit is Exit.PASSED and not (judged and judged <= set(asked)):
        raise FlywheelError("the server's verdict is not about the cases that were asked")
    return verdict
