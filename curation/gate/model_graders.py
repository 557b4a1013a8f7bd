"""The graders that ask a model, configured by the environment and a project's policy.

The environment says which model is asked and with which key; a project's policy says whether it is (`model_graders`),
because its people's redacted text goes there. A grader's name carries what it hangs on: a case that was graded by another
model, or asked in another way, is another case to the gate.
"""

import hashlib
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.conf import settings

from curation.gate.graders import CaseView, Grader, GraderError, ModelError, grader
from curation.gate.graders.embedding import endpoint_encoder
from curation.gate.graders.grades import text_of
from curation.gate.graders.judge import INSTRUCTIONS, JudgeConfig, JudgeGrader
from curation.gate.verdicts import Case, GatePolicy

SET_UP = {
    "judge": "JUDGE_URL and JUDGE_MODEL",
    "embedding": "EMBEDDING_MODEL, a local folder or, with EMBEDDING_URL, a name",
}


@dataclass
class Models:
    """The configured graders of one run by name, and what asking them cost."""

    graders: Mapping[str, Grader] = field(default_factory=dict)
    judge: JudgeGrader | None = None
    divided: dict[tuple[str, str], str] = field(default_factory=dict)

    @property
    def counts(self) -> dict[str, int | float]:
        """How often the judge was asked and what it cost, in the currency of JUDGE_PRICE_IN and _OUT; empty without a
        judge.
        """
        if self.judge is None:
            return {}
        opinions = list(self.judge.opinions)
        return {
            "judge_votes": sum(len(one.votes) for one in opinions),
            "judge_tokens": sum(one.tokens_in + one.tokens_out for one in opinions),
            "judge_divided": len(self.divided),
            "judge_cost": round(self.judge.cost, 6),
        }

    def divided_on(self, cases: Sequence[Case]) -> dict[str, str]:
        """The cases on whose answers the judge's votes were divided, with how."""
        found = {case.id: self.divided.get((case.question, case.expected)) for case in cases}
        return {name: how for name, how in found.items() if how is not None}


def models_for(policy: GatePolicy, seconds: float | None = None) -> Models:
    """What the policy asks for. Past `seconds` no model is asked any more, and what is left has no grade.

    Raises `GraderError`, which names the setting, where the installation lacks one.
    """
    made = Models()
    until = None if seconds is None else time.monotonic() + seconds
    graders: dict[str, Grader] = {}
    for name in policy.model_graders:
        if not is_set_up(name):
            raise GraderError(f"the policy requires {name}, which is not set up here: {SET_UP[name]}")
        if name == "judge":
            made.judge = configured_judge()
            graders[judge_name(made.judge.config)] = in_time(noting_divisions(made), until)
        else:
            graders[f"embedding:{short(settings.EMBEDDING_URL, settings.EMBEDDING_MODEL)}"] = in_time(encoder(), until)
    made.graders = graders
    return made


def is_set_up(name: str) -> bool:
    return bool(settings.JUDGE_URL and settings.JUDGE_MODEL) if name == "judge" else bool(settings.EMBEDDING_MODEL)


def configured_judge() -> JudgeGrader:
    config = JudgeConfig(
        base_url=settings.JUDGE_URL,
        model=settings.JUDGE_MODEL,
        api_key=settings.JUDGE_KEY,
        votes=settings.JUDGE_VOTES,
        timeout=settings.JUDGE_TIMEOUT,
        price_in=settings.JUDGE_PRICE_IN,
        price_out=settings.JUDGE_PRICE_OUT,
    )
    made = grader("judge", config=config)
    if not isinstance(made, JudgeGrader):
        raise TypeError("the registry's judge is no JudgeGrader")
    return made


def judge_name(config: JudgeConfig) -> str:
    """The judge's name with what its opinion hangs on."""
    return f"judge:{short(config.base_url, config.model, str(config.votes), INSTRUCTIONS)}"


def short(*parts: str) -> str:
    """Eight letters of a hash of all parts."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:8]


def noting_divisions(made: Models) -> Grader:
    """The judge, recording on which questions its votes were divided."""
    judge = made.judge
    assert judge is not None
    lock = threading.Lock()

    def ask(answer: str, expected: str, case: CaseView, /) -> float:
        opinion, score = judge.opinion(answer, expected, case)
        if opinion.disagreement:
            yes = sum(vote.same for vote in opinion.votes)
            with lock:
                made.divided[text_of(case, "question"), expected] = (
                    f"{yes} of {len(opinion.votes)} votes for the answer"
                )
        return score

    return ask


def in_time(asked: Grader, until: float | None) -> Grader:
    def ask(answer: str, expected: str, case: CaseView, /) -> float:
        if until is not None and time.monotonic() > until:
            raise ModelError("the time for asking models is over: use `manage.py evalgate`, which waits")
        return asked(answer, expected, case)

    return ask


def encoder() -> Grader:
    """The embedding grader of the environment; a model of a folder is loaded once a process."""
    return loaded(settings.EMBEDDING_URL, settings.EMBEDDING_MODEL)


@lru_cache(maxsize=1)
def loaded(url: str, model: str) -> Grader:
    """The grader over that model, asked at an address or loaded from a folder."""
    if not url:
        return grader("embedding", model=model)
    encode: Callable[[list[str]], Any] = endpoint_encoder(url, model, settings.EMBEDDING_KEY, settings.JUDGE_TIMEOUT)
    return grader("embedding", encode=encode)
