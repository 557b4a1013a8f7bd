"""The policy's settings for checking reviewers."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class ReviewSettings:
    """The share of double-reviewed tasks; whether their label waits for the second verdict; and, among the tasks shown
    to a reviewer, the share of calibration tasks and the least shares of audit tasks and of checks. Shares are 0 to 1.
    `checks`: how many records in use wait for a check at a time.
    """

    second_share: float = 0.1
    second_waits: bool = False
    calibration_share: float = 0.05
    audit_share: float = 0.1
    check_share: float = 0.5
    checks: int = 50

    def __post_init__(self) -> None:
        shares = (self.second_share, self.calibration_share, self.audit_share, self.check_share)
        if not all(0 <= share <= 1 for share in shares):
            raise ValueError("a share lies between 0 and 1")
        if self.checks < 0:
            raise ValueError("checks must be 0 or more")

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> Self:
        return cls(**settings.get("review", {}))
