"""The policy's settings for checking reviewers."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class ReviewSettings:
    """The share of double-reviewed tasks, whether their label waits for the second verdict, and the share of
    calibration tasks. Shares are 0 to 1.
    """

    second_share: float = 0.1
    second_waits: bool = False
    calibration_share: float = 0.05

    def __post_init__(self) -> None:
        if not 0 <= self.second_share <= 1 or not 0 <= self.calibration_share <= 1:
            raise ValueError("a share lies between 0 and 1")

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> Self:
        return cls(**settings.get("review", {}))
