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
from .agents import load_agent
from .asking import Effort, Journal, Result, ask_all
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
    """All repetitions of a gate: the cases, what the candidate said, what the server decided."""

    cases: Sequence[EvalCase]
    results: Sequence[Sequence[Result]]
    verdicts: Sequence[Verdict]


def run_gate(client: Client, plan: Plan) -> Gated:
    """Gate a candidate. Raises ``FlywheelError`` where it could not be judged at all.

    Each repetition asks every case anew and is a gate run of its own, because an answer that comes out
    right only sometimes must not pass by luck.
    """
    agent = load_agent(plan.agent, timeout=plan.effort.timeout)
    manifest = client.release(plan.release)
    release, promised = release_id(manifest), files_of(manifest)
    with tempfile.TemporaryDirectory(prefix="flywheel-gate-") as scratch:
        directory = client.download_release(release, Path(scratch) / "release", files=[CASES_FILE])
        cases = read_cases(find_cases(directory))
    identity = {"release": release, "sha256": promised[CASES_FILE].sha256, "agent": plan.agent}
    identity["candidate"] = " ".join(f"{name}={value}" for name, value in sorted(plan.candidate.items()))
    results, verdicts = [], []
    with contextlib.ExitStack() as stack:
        journal = stack.enter_context(Journal(plan.journal, identity)) if plan.journal else None
        for repetition in range(plan.repeat):
            known = journal.known(repetition) if journal else {}
            progress = Progress(f"asking {repetition + 1}/{plan.repeat}", len(cases), quiet=plan.quiet)
            progress.advance(sum(case.id in known for case in cases))

            def seen(result: Result, repetition: int = repetition, progress: Progress = progress) -> None:
                progress.advance()
                if journal:
                    journal.keep(repetition, result)

            results.append(ask_all(agent, cases, effort=plan.effort, known=known, on_result=seen))
        for answers in results:
            verdicts.append(judge(client, release, plan, answers))
    return Gated(cases, results, verdicts)


def judge(client: Client, release: str, plan: Plan, results: Sequence[Result]) -> Verdict:
    """Post one repetition's results and read the verdict."""
    body: dict[str, object] = {
        "release": release,
        "candidate": dict(plan.candidate),
        "results": [result.as_json() for result in results],
    }
    if plan.baseline:
        body["baseline"] = plan.baseline
    answer = client.send(Request("POST", "/gate-runs", encode(body)), JUDGING)
    return read_verdict(answer, [result.case for result in results])
