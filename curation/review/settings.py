"""The policy's settings for checking reviewers."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class ReviewSettings:
    """The share of double-reviewed tasks, whether their label waits for the second verdict, and of what a reviewer is
    shown the shares of calibration tasks and, at least, of tasks that chance drew. Shares are 0 to 1.
    """

    second_share: float = 0.1
    second_waits: bool = False
    calibration_share: float = 0.05
    audit_share: float = 0.1

    def __post_init__(self) -> None:
        if not all(0 <= share <= 1 for share in (self.second_share, self.calibration_share, self.audit_share)):
            raise ValueError("a share lies between 0 and 1")

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> Self:
        return cls(**settings.get("review", {}))
