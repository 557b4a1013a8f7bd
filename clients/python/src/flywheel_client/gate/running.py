"""The gate from end to end: fetch the cases, ask the candidate, have the answers judged."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ..calls import Request, release_id
from ..client import Client
from ..events import encode
from ..releases import files_of
from ..transport import Patience
from .agents import Agent, load_agent
from .asking import Effort, Journal, Result, as_json, ask_all
from .cases import CASES_FILE, EvalCase, find_cases, read_cases
from .progress import Progress
from .verdicts import Verdict, read_verdict

# Judging thousands of answers takes the server a while, and a model as judge longer.
JUDGING = Patience(tries=4, seconds=900.0)


@dataclass(frozen=True, slots=True)
class Plan:
    """What to gate.

    ``agent`` and ``release`` as on the command line; ``candidate`` as the registry will show it.
    """

    release: str
    agent: str
    candidate: Mapping[str, str]
    baseline: str | None = None
    repeat: int = 1
    effort: Effort = field(default_factory=Effort)
    journal: Path | None = None
    quiet: bool = False


@dataclass(frozen=True, slots=True)
class Gated:
    """A gate from end to end: the cases, what the candidate said to each in every round, the verdict."""

    cases: Sequence[EvalCase]
    rounds: Sequence[Sequence[Result]]
    verdict: Verdict


def run_gate(client: Client, plan: Plan) -> Gated:
    """Gate a candidate. Raises ``FlywheelError`` where it could not be judged at all.

    Each round asks every case anew; the server sees all answers, so that it can tell a flaky case from a
    broken one.
    """
    agent = load_agent(plan.agent, timeout=plan.effort.timeout)
    release = client.release(plan.release)
    id, promised = release_id(release), files_of(release)
    with tempfile.TemporaryDirectory(prefix="flywheel-gate-") as scratch:
        directory = client.download_release(id, Path(scratch) / "release", files=[CASES_FILE])
        cases = read_cases(find_cases(directory))
    candidate = " ".join(f"{name}={value}" for name, value in sorted(plan.candidate.items()))
    identity = {
        "release": id,
        "sha256": promised[CASES_FILE].sha256,
        "agent": plan.agent,
        "candidate": candidate,
    }
    with contextlib.ExitStack() as stack:
        journal = stack.enter_context(Journal(plan.journal, identity)) if plan.journal else None
        rounds = [_round(agent, cases, plan, number, journal) for number in range(plan.repeat)]
    return Gated(cases, rounds, judge(client, id, plan, rounds))


def judge(client: Client, release: str, plan: Plan, rounds: Sequence[Sequence[Result]]) -> Verdict:
    """Post the results of all rounds and read the verdict."""
    body: dict[str, object] = {
        "release": release,
        "candidate": dict(plan.candidate),
        "results": [as_json(of_case) for of_case in zip(*rounds, strict=True)],
    }
    if plan.baseline:
        body["baseline"] = plan.baseline
    answer = client.send(Request("POST", "/gate-runs", encode(body)), JUDGING)
    return read_verdict(answer, [result.case for result in rounds[0]])


def _round(
    agent: Agent, cases: Sequence[EvalCase], plan: Plan, number: int, journal: Journal | None
) -> list[Result]:
    known = journal.known(number) if journal else {}
    progress = Progress(f"asking {number + 1}/{plan.repeat}", len(cases), quiet=plan.quiet)
    progress.advance(sum(case.id in known for case in cases))

    def seen(result: Result) -> None:
        progress.advance()
        if journal:
            journal.keep(number, result)

    return ask_all(agent, cases, effort=plan.effort, known=known, on_result=seen)
