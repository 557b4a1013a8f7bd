"""The gate from end to end: fetch the cases, ask the candidate, have the answers judged."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ..calls import Request, release_id
from ..client import Client
from ..errors import FlywheelError
from ..events import encode
from ..releases import files_of
from ..transport import Patience
from .agents import Agent, load_agent
from .asking import Effort, Journal, Result, as_json, ask_all
from .cases import CASES_FILE, EvalCase, find_cases, read_cases
from .progress import Progress
from .verdicts import Verdict, read_verdict, unjudged

# Judging thousands of answers takes the server a while, and a model as judge longer.
JUDGING = Patience(tries=4, seconds=900.0)


@dataclass(frozen=True, slots=True)
class Plan:
    """What to gate.

    ``agent`` and ``release`` as on the command line; ``candidate`` as the list of agent versions will show
    it.
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
    """Gate a candidate. Raises ``FlywheelError`` if it could not be asked at all; if the server did not judge
    the answers, returns them with a verdict that says why.

    Each round asks every case again; the server sees all answers, so it can tell a flaky case from a broken
    one. Results that surprise it, compared with the baseline, are asked again as often as it wants.
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
        try:
            again = doubtful(client, id, plan, rounds)
            surprising = [case for case in cases if case.id in again.cases]
            for number in range(plan.repeat, again.rounds + 1 if surprising else 0):
                rounds.append(_round(agent, surprising, plan, number, journal))
            verdict = judge(client, id, plan, rounds)
        except FlywheelError as error:
            verdict = unjudged(error)
    return Gated(cases, rounds, verdict)


@dataclass(frozen=True, slots=True)
class Again:
    """The cases that the server wants asked again, and how many rounds it wants after the first."""

    cases: frozenset[str] = frozenset()
    rounds: int = 0


def doubtful(client: Client, release: str, plan: Plan, rounds: Sequence[Sequence[Result]]) -> Again:
    """Ask the server for a draft of its verdict: which results are surprising. The draft is not stored and
    does not count.
    """
    draft = client.send(
        Request("POST", "/gate-runs", encode(submission(release, plan, rounds) | {"draft": True})), JUDGING
    )
    try:
        return Again(
            frozenset(map(str, draft.get("unconfirmed") or ())), min(int(draft.get("confirmations") or 0), 20)
        )
    except (TypeError, ValueError, AttributeError) as error:
        raise FlywheelError("the server's draft of a verdict is not readable") from error


def submission(release: str, plan: Plan, rounds: Sequence[Sequence[Result]]) -> dict[str, object]:
    """What ``POST /gate-runs`` takes: each case's first answer, and those of later rounds that asked it."""
    by_case: dict[str, list[Result]] = {result.case: [result] for result in rounds[0]}
    for later in rounds[1:]:
        for result in later:
            by_case[result.case].append(result)
    body: dict[str, object] = {
        "release": release,
        "candidate": dict(plan.candidate),
        "results": [as_json(of_case) for of_case in by_case.values()],
    }
    return body | ({"baseline": plan.baseline} if plan.baseline else {})


def judge(client: Client, release: str, plan: Plan, rounds: Sequence[Sequence[Result]]) -> Verdict:
    """Post the results of all rounds and read the verdict."""
    answer = client.send(Request("POST", "/gate-runs", encode(submission(release, plan, rounds))), JUDGING)
    return read_verdict(answer, [result.case for result in rounds[0]])


def _round(
    agent: Agent, cases: Sequence[EvalCase], plan: Plan, number: int, journal: Journal | None
) -> list[Result]:
    known = journal.known(number) if journal else {}
    progress = Progress(
        f"asking {number + 1}/{plan.repeat}" if number < plan.repeat else f"asking again {number}",
        len(cases),
        quiet=plan.quiet,
    )
    progress.advance(sum(case.id in known for case in cases))

    def seen(result: Result) -> None:
        progress.advance()
        if journal:
            journal.keep(number, result)

    return ask_all(agent, cases, effort=plan.effort, known=known, on_result=seen)
