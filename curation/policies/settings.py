"""The settings of a curation policy, stage by stage, with their defaults."""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from curation.decisions.posterior import EvidenceSettings
from curation.filters.filters import FilterSettings
from curation.gate.verdicts import GatePolicy
from curation.quality.audits import DEFAULT_SHARE
from curation.review.settings import ReviewSettings
from curation.selection.balance import BalanceSettings
from curation.selection.guards import GuardSettings


@dataclass(frozen=True, slots=True)
class AuditSettings:
    """The share of all conversations that a person judges, with or without votes; 0 to 1."""

    share: float = DEFAULT_SHARE

    def __post_init__(self) -> None:
        if not 0 <= self.share <= 1:
            raise ValueError("share lies between 0 and 1")


STAGES: dict[str, Callable[[Mapping[str, Any]], Any]] = {
    "evidence": EvidenceSettings.from_dict,
    "filter": FilterSettings.from_dict,
    "balance": BalanceSettings.from_dict,
    "guard": GuardSettings.from_dict,
    "gate": GatePolicy.from_dict,
    "audit": lambda values: AuditSettings(**values),
    "review": lambda values: ReviewSettings(**values),
}
CLASSES: tuple[tuple[str, Any], ...] = (
    ("evidence", EvidenceSettings),
    ("filter", FilterSettings),
    ("balance", BalanceSettings),
    ("guard", GuardSettings),
    ("gate", GatePolicy),
)
LONG = {"sensitive", "terms"}


def check(given: Any) -> None:
    """Raise `ValueError`, in words, for settings that a stage does not accept."""
    if not isinstance(given, dict):
        raise ValueError("Write an object, with a part for each stage.")
    if unknown := sorted(set(given) - set(STAGES)):
        raise ValueError(f"There is no stage {', '.join(unknown)}; the stages are {', '.join(STAGES)}.")
    for stage, values in given.items():
        if not isinstance(values, dict):
            raise ValueError(f"{stage}: write an object.")
        for name, default in defaults()[stage].items():
            if name in values and not is_alike(values[name], default):
                raise ValueError(f"{stage}: {name} is {KINDS[type(default)]}.")
        try:
            STAGES[stage](values)
        except (TypeError, ValueError, AttributeError) as error:
            raise ValueError(f"{stage}: {error}") from error


KINDS = {
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    str: "a text",
    list: "a list",
    dict: "an object",
}


def is_alike(value: Any, default: Any) -> bool:
    """Whether a value is of its default's kind; a whole number is a number, too."""
    if isinstance(value, bool) or isinstance(default, bool):
        return isinstance(value, bool) and isinstance(default, bool)
    return isinstance(value, int | float if isinstance(default, float) else type(default))


def fault(given: Any) -> str:
    """What is wrong with stored settings, and where; empty if every stage accepts them."""
    return fault_of(json.dumps(given))


@lru_cache(maxsize=256)  # asked before every verdict, and a check takes milliseconds
def fault_of(stored: str) -> str:
    try:
        check(json.loads(stored))
    except ValueError as error:
        return str(error)
    return ""


def retired(given: Mapping[str, Any]) -> list[str]:
    """Settings in the policy that no longer exist (`RETIRED` in their stage): they are accepted and have no effect."""
    parts = ((stage, kind.RETIRED, given.get(stage)) for stage, kind in CLASSES)
    return [f"{stage}.{name}" for stage, gone, part in parts if isinstance(part, dict) for name in part if name in gone]


def without_retired(given: Mapping[str, Any]) -> dict[str, Any]:
    """The settings without those that no longer exist."""
    gone = set(retired(given))
    return {
        stage: {name: value for name, value in part.items() if f"{stage}.{name}" not in gone}
        for stage, part in given.items()
    }


def defaults() -> dict[str, dict[str, Any]]:
    """Every setting of every stage with its default, without the long lists of terms."""
    return {
        "evidence": short(asdict(EvidenceSettings())),
        "filter": short(asdict_of(FilterSettings())),
        "balance": short(asdict(BalanceSettings())),
        "guard": short(asdict(GuardSettings())),
        "gate": short(asdict(GatePolicy())),
        "audit": asdict(AuditSettings()),
        "review": asdict(ReviewSettings()),
    }


def asdict_of(settings: FilterSettings) -> dict[str, Any]:
    """The filter's settings without its compiled terms, which cannot be copied."""
    names = [name for name in settings.__slots__ if name not in LONG]
    return {name: getattr(settings, name) for name in names}


@lru_cache(maxsize=1)
def sentences_of() -> dict[str, dict[str, str]]:
    """A sentence for each setting, by stage."""
    found: dict[str, dict[str, str]] = yaml.safe_load((Path(__file__).parent / "words.yaml").read_text())
    return found


def short(values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: list(v) if isinstance(v, (tuple, frozenset, set)) else v for name, v in values.items() if name not in LONG
    }
