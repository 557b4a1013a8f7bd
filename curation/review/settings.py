"""The policy's settings for checking reviewers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

TAGS = ("wrong fact", "incomplete", "off topic", "outdated", "not in the sources", "hard to read")
MOST_TAGS, LONGEST_TAG = 12, 32


@dataclass(frozen=True, slots=True)
class ReviewSettings:
    """The share of double-reviewed tasks; whether their label waits for the second verdict; and, among the tasks shown
    to a reviewer, the share of calibration tasks and the least shares of audit tasks and of checks. Shares are 0 to 1.
    `checks`: how many records in use wait for a check at a time. `tags`: what a reviewer can tick to say what is wrong
    with an answer; at most 12, in the project's own words.
    """

    second_share: float = 0.1
    second_waits: bool = False
    calibration_share: float = 0.05
    audit_share: float = 0.1
    check_share: float = 0.5
    checks: int = 50
    tags: list[str] = field(default_factory=lambda: list(TAGS))

    def __post_init__(self) -> None:
        shares = (self.second_share, self.calibration_share, self.audit_share, self.check_share)
        if not all(0 <= share <= 1 for share in shares):
            raise ValueError("a share lies between 0 and 1")
        if self.checks < 0:
            raise ValueError("checks must be 0 or more")
        if (
            not isinstance(self.tags, list)
            or len(self.tags) > MOST_TAGS
            or len(set(map(str, self.tags))) < len(self.tags)
        ):
            raise ValueError(f"tags must be a list of at most {MOST_TAGS} different texts")
        if not all(isinstance(tag, str) and tag.strip() and len(tag) <= LONGEST_TAG for tag in self.tags):
            raise ValueError(f"a tag has between 1 and {LONGEST_TAG} characters")

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> Self:
        return cls(**settings.get("review", {}))
