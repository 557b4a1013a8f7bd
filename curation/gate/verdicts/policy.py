"""What a project demands of a candidate."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import ClassVar

from curation.gate.graders import GONE, LEAST, MODELS

KINDS = ("golden", "regression")
WORLD = ("account", "clock", "sources", "steps")


class PolicyError(ValueError):
    """The policy holds an unknown name or a value out of range; the message names the field."""


@dataclass(frozen=True)
class Levels:
    """How `alpha`, the chance of refusing an agent that did not change, is divided among all that may refuse it."""

    rates: float  # the first answers, over all counted and over golden cases
    early: float  # the same while the first round is asked, at all looks together
    slices: float
    families: float  # the variants of questions
    cases: float  # a single case that is lost
    together: float  # many cases that pass less often
    floor: float  # fewer golden cases pass than the policy asks for
    anchors: float  # the first and the best of the earlier runs

    @classmethod
    def of(cls, alpha: float) -> Levels:
        return cls(*(share * alpha for share in (0.60, 0.04, 0.16, 0.04, 0.08, 0.04, 0.02, 0.02)))


@dataclass(frozen=True, kw_only=True)
class GatePolicy:
    """A project's demands, versioned with the project. Counts are of cases, shares and probabilities are 0…1.

    max_regressions_golden: golden cases that may break (0: what worked keeps working).
    max_regressions_fixed: regression cases that the baseline had right and the candidate may lose.
    never_again: whether one lost never-again case refuses, whatever the limits above allow.
    alpha: chance of refusing an agent that did not change, whatever refuses it.
    min_cases: fewer counted cases than this cannot judge.
    min_golden: pass rate of golden cases at the first answer: a run without a baseline must reach it, later ones may not
        fall below it beyond chance.
    require_baseline: whether a run without a baseline cannot be judged.
    confirmations: repetitions of a surprising outcome, and of golden cases that have no record yet. Without any (0), no
        single case can refuse.
    model_graders: graders that ask a model (`judge`, `embedding`), tried in this order. Captured text goes to it.
    models_first: whether they come before the likeness of words, or only where that tells nothing apart.
    needs_world: what a case may depend on that the agent must be given as it was (`account`, `clock`, `sources`, `steps`): an
        agent that is not given the world is not judged by such a case. Sources are left out of it: agents find their own.
    thresholds: least score by case kind and grader, in place of the defaults: {"golden": {"token_f1": 0.42}}.
    """

    RETIRED: ClassVar = frozenset({"min_share_discriminating", "min_slice", "min_paired", "max_copied"})
    max_regressions_golden: int = 0
    max_regressions_fixed: int = 0
    never_again: bool = True
    alpha: float = 0.05
    min_cases: int = 10
    min_golden: float = 0.9
    require_baseline: bool = False
    confirmations: int = 5
    model_graders: tuple[str, ...] = ()
    models_first: bool = False
    needs_world: tuple[str, ...] = ("account", "clock", "steps")
    thresholds: Mapping[str, Mapping[str, float]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in ("max_regressions_golden", "max_regressions_fixed"):
            _whole(name, getattr(self, name), least=0)
        _whole("min_cases", self.min_cases, least=1)
        _whole("confirmations", self.confirmations, least=0)
        _share("min_golden", self.min_golden)
        _share("alpha", self.alpha)
        if not 0.0 < self.alpha <= 0.5:
            raise PolicyError("alpha must be above 0 and at most 0.5")
        object.__setattr__(self, "model_graders", _names("model_graders", self.model_graders, MODELS))
        object.__setattr__(self, "needs_world", _names("needs_world", self.needs_world, WORLD))
        _thresholds(self.thresholds)
        for name in ("never_again", "require_baseline", "models_first"):
            if not isinstance(getattr(self, name), bool):
                raise PolicyError(f"{name} must be true or false")

    @classmethod
    def from_dict(cls, values: Mapping[str, object]) -> GatePolicy:
        """Return the policy of a stored mapping; names it lacks take their defaults, and
        names that a policy had once are left out. Raises PolicyError."""
        values = _without_gone_graders(values)
        known = {item.name for item in fields(cls)}
        unknown = sorted(str(name) for name in set(values) - known - cls.RETIRED)
        if unknown:
            raise PolicyError(f"unknown: {', '.join(unknown)}")
        return cls(**{name: value for name, value in values.items() if name in known})  # type: ignore[arg-type]

    @property
    def levels(self) -> Levels:
        return Levels.of(self.alpha)

    def to_dict(self) -> dict[str, object]:
        """Return the policy as plain values, every field named."""
        return asdict(self) | {"model_graders": list(self.model_graders), "needs_world": list(self.needs_world)}


def _without_gone_graders(values: Mapping[str, object]) -> Mapping[str, object]:
    """The policy without thresholds of graders that there were once: their scores meant something else."""
    kinds = values.get("thresholds")
    if not isinstance(kinds, Mapping) or not all(isinstance(part, Mapping) for part in kinds.values()):
        return values
    left = {kind: {name: least for name, least in part.items() if name not in GONE} for kind, part in kinds.items()}
    return {**values, "thresholds": left}


def _whole(name: str, value: object, *, least: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise PolicyError(f"{name} must be a whole number of at least {least}")


def _share(name: str, value: object) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise PolicyError(f"{name} must be a number")
    if not 0.0 <= value <= 1.0:
        raise PolicyError(f"{name} must be from 0 to 1")


def _names(name: str, value: object, known: tuple[str, ...]) -> tuple[str, ...]:
    if not isinstance(value, list | tuple) or not all(isinstance(one, str) and one in known for one in value):
        raise PolicyError(f"{name} must be a list of {', '.join(known)}")
    return tuple(dict.fromkeys(value))


def _thresholds(value: object) -> None:
    if not isinstance(value, Mapping) or not all(isinstance(part, Mapping) for part in value.values()):
        raise PolicyError("thresholds must be an object of objects: {kind: {grader: score}}")
    for kind, part in value.items():
        if kind not in KINDS:
            raise PolicyError(f"thresholds are for {' and '.join(KINDS)}")
        for grader, score in part.items():
            if grader not in LEAST:
                raise PolicyError(f"thresholds.{kind} takes {', '.join(LEAST)}")
            _share(f"thresholds.{kind}.{grader}", score)
            if score == 0:
                raise PolicyError(f"thresholds.{kind}.{grader} must be above 0: everything would pass")
