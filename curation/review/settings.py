"""How a project's policy has its reviewers checked."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class ReviewSettings:
    """The share of tasks that a second person judges blind, whether the label waits for them, and the share of a
    reviewer's tasks whose answer is known. Shares are 0 to 1.
    """

    second_share: float = 0.1
    second_waits: bool = False
    calibration_share: float = 0.05

    def __post_init__(self) -> None:
        """Refuse what is no share."""
        if not 0 <= self.second_share <= 1 or not 0 <= self.calibration_share <= 1:
            raise ValueError("a share lies between 0 and 1")

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> Self:
        """What the settings of a policy say of it."""
        return cls(**settings.get("review", {}))
