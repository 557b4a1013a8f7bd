"""Whether a record is worth teaching: each filter gives its reason and the figure that it measured."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from curation.records import Candidate, Finding

STAGE = "filter"


@dataclass(frozen=True, slots=True)
class FilterSettings:
    """What the filters let through; a policy overrides by name."""

    min_answer_chars: int = 1
    max_answer_chars: int = 20_000

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """The settings of a policy over the defaults. Raises `ValueError` naming a setting that does not exist."""
        return cls(**values)


def apply(candidate: Candidate, settings: FilterSettings) -> list[Finding]:
    """Everything that speaks against the record; an empty list lets it pass."""
    return []
