"""Judges a candidate's answers to a release's eval cases, for the command, the API and the demo alike. The cases come
from the release's own files, checked against its manifest; a caller sends answers and nothing else. An answer is
redacted before it is graded and stored, in the numbering of the conversation that its case came from.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from curation.gate import agents, candidate_steps, past_runs
from curation.gate.agent_versions import CandidateIn
from curation.gate.agents import Effort, Journal, JournalError
from curation.gate.asking import Asking, Progress, with_repeats, with_variants
from curation.gate.case_graders import GraderUnavailable, graded_cases
from curation.gate.graders import GraderError
from curation.gate.model_graders import models_for
from curation.gate.reports import as_json, as_text
from curation.gate.runs import Exam, kept_results, record
from curation.gate.verdicts import (
    Case,
    GatePolicy,
    History,
    Result,
    ResultSet,
    Verdict,
    cases_digest,
    grade_ahead,
    graded,
    judge_early,
    judge_results,
    looks,
    needs_confirmation,
    remembering,
)
from curation.models import EvalCase, GateRun, Release, ReleaseState, VersionState
from curation.policies.versions import current
from curation.questions.variants import MOST
from curation.releases import cutting
from curation.releases.files import folder
from curation.releases.verify import read_checked
from feedback.models import Interaction, Project
from privacy.models import InvalidRules
from privacy.redaction import PLACEHOLDER

__all__ = [
    "CandidateIn",
    "Exam",
    "GateError",
    "NotFound",
    "as_json",
    "as_text",
    "exam",
    "find_baseline",
    "find_release",
    "judge",
    "policy_of",
    "run",
]
CHUNK = 1_000


class GateError(ValueError):
    """The candidate cannot be judged; the message says why."""


class NotFound(GateError):
    """There is no such release or baseline, or it is another project's."""


def find_release(name: str, project: Project | None = None) -> Release:
    """The release of that name. Raises `NotFound`."""
    release = cutting.find(name, project)
    if release is None:
        raise NotFound("There is no such release. Name it as dataset:v3, or dataset for the newest.")
    return release


def exam(release: Release, seconds: float | None = None) -> Exam:
    """The release's eval cases, each with the grader that can tell right from wrong there. Raises `GateError`.

    If the policy has models grade, asking them takes no more than `seconds`.
    """
    if release.state != ReleaseState.PUBLISHED:
        raise GateError(f"{release} is {release.get_state_display()}: judge by the newest version.")
    policy = policy_of(release.dataset.project)
    try:
        lines = read_checked(folder(release), "eval_cases.jsonl", release.manifest)
    except (OSError, ValueError) as error:
        raise GateError(f"The files of {release} are not what its manifest says ({error}).") from error
    origins = origins_of(release.dataset.project, [line["provenance"]["interaction"] for line in lines])
    if len(origins) != len({line["provenance"]["interaction"] for line in lines}):
        raise GateError(f"{release} is about to be cut again, because a person in it was erased.")
    by_case = {line["id"]: origins[line["provenance"]["interaction"]] for line in lines}
    severe = set(
        EvalCase.objects.filter(project=release.dataset.project, never_again=True).values_list("pk", flat=True)
    )
    plain = [case_of(line, never_again=by_case[line["id"]].pk in severe) for line in lines]
    contexts = {line["id"]: line["context"] for line in lines}
    try:
        models = models_for(policy, seconds)
        cases = graded_cases(plain, by_case, policy, models.graders)
    except (GraderError, GraderUnavailable) as error:
        raise GateError(f"{str(error)[:1].upper()}{str(error)[1:]}.") from error
    models.divided.clear()  # on probes; what counts is the candidate's answers
    return Exam(release, cases, contexts, by_case, policy, {line["id"]: world_of(line) for line in lines}, models)


def policy_of(project: Project) -> GatePolicy:
    """The project's gate policy: `gate` in its curation policy, over the defaults. Raises `GateError`."""
    try:
        return GatePolicy.from_dict(current(project).settings.get("gate", {}))
    except InvalidRules as error:
        raise GateError(str(error)) from error


def case_of(line: Mapping[str, Any], *, never_again: bool) -> Case:
    """A line of `eval_cases.jsonl` as the verdict takes it."""
    return Case(
        id=line["id"],
        kind=line["kind"],
        question=line["question"],
        expected=line["expected"],
        rejected=line["rejected"],
        severity="never_again" if never_again else "normal",
        tags=tuple(line["tags"]),
        sources=tuple(str(source.get("title") or source.get("id") or "") for source in line["sources"]),
        # Hidden values are numbered by conversation, so those of another one's answer cannot be compared.
        accepted=tuple(text for text in line.get("accepted", ()) if not PLACEHOLDER.search(text)),
        also_rejected=tuple(line.get("also_rejected", ())),
        context=msgspec.json.encode(line["context"]).decode(),
        steps=candidate_steps.expected(line.get("steps")),
        tier=line.get("tier", ""),
    )


def world_of(line: Mapping[str, Any]) -> agents.World:
    """What the case was seen with, for an agent that takes it."""
    steps, depends_on = line.get("steps") or [], line.get("depends_on") or []
    return {
        "sources": line["sources"],
        "steps": steps,
        "now": line.get("as_of"),
        "depends_on": depends_on,
    }


def origins_of(project: Project, external_ids: Sequence[str]) -> dict[str, Interaction]:
    """The interactions of these ids, by id, with what redacting an answer to them takes."""
    found: dict[str, Interaction] = {}
    for start in range(0, len(external_ids), CHUNK):
        rows = Interaction.objects.filter(project=project, external_id__in=external_ids[start : start + CHUNK])
        needed = rows.only("pk", "project_id", "external_id", "subject_id", "placeholders", "revision")
        found |= {row.external_id: row for row in needed}
    return found


def run(
    release: Release,
    agent: agents.Agent,
    candidate: CandidateIn,
    *,
    baseline: str | None = None,
    concurrency: int = 4,
    timeout: float = 60.0,
    retries: int = 0,
    repeat: int = 1,
    variants: int = 0,
    resume: Path | None = None,
    progress: Progress | None = None,
    failures: agents.Failures | None = None,
) -> GateRun:
    """Ask an agent every case `repeat` times and so many `variants` of its question once, ask again where the outcome
    surprises, and judge. What it raises is counted in `failures`. Raises `GateError`.
    """
    paper = exam(release)
    rival = find_baseline(release, baseline)
    if not 1 <= repeat <= 1 + paper.policy.confirmations:
        raise GateError(f"Every case can be asked 1 to {1 + paper.policy.confirmations} times under this policy.")
    if not 0 <= variants <= MOST:
        raise GateError(f"Every question can be asked in 0 to {MOST} variants.")
    effort = Effort(concurrency, timeout, retries)
    asking = Asking(paper, agent, effort, progress, failures or agents.Failures(), variants)
    if resume is None:
        return ask_and_judge(asking, candidate, rival, repeat)
    identity = {"cases": cases_digest(paper.cases), "agent": candidate.name, "version": candidate.version}
    try:
        with Journal(resume, identity) as asking.journal:
            return ask_and_judge(asking, candidate, rival, repeat)
    except JournalError as error:
        raise GateError(str(error)) from error


def ask_and_judge(asking: Asking, candidate: CandidateIn, rival: GateRun | None, repeat: int) -> GateRun:
    """Ask and judge every case; then ask again where the outcome surprises until it is confirmed, and judge again."""
    with remembering():
        results, verdict = final_verdict(asking, candidate, rival, repeat)
    return record(asking.paper, candidate, rival, results, verdict)


def final_verdict(
    asking: Asking, candidate: CandidateIn, rival: GateRun | None, repeat: int
) -> tuple[list[Result], Verdict]:
    paper = asking.paper
    unreplayed = () if agents.takes_world(asking.agent) else paper.depending
    past = past_runs.history(paper, candidate, rival)
    using = paper.models.graders
    results, broken = first_round(asking, rival, past, unreplayed)
    if broken:
        return results, broken
    more = [asking.round(number, paper.cases) for number in range(1, repeat)]
    results = with_repeats(results, paper.cases, more, using)
    results = with_variants(
        results, asking, [case for case in paper.cases if case.discriminating and case.id not in unreplayed]
    )
    verdict = judge(paper, results, rival, past, unreplayed)
    if again := set(needs_confirmation(verdict)):
        doubtful = [case for case in paper.cases if case.id in again]
        rounds = [asking.round(number, doubtful) for number in range(repeat, paper.policy.confirmations + 1)]
        results = with_repeats(results, doubtful, rounds, using)
        verdict = judge(paper, results, rival, past, unreplayed)
    return results, verdict


def first_round(
    asking: Asking, rival: GateRun | None, past: History, unreplayed: Sequence[str]
) -> tuple[list[Result], Verdict | None]:
    """The first answers to all cases, in the release's order; or to some, with the refusal of a candidate that these show
    to be plainly worse than its baseline.
    """
    paper, using = asking.paper, asking.paper.models.graders
    before = None if rival is None else kept_results(rival)
    known: dict[str, Result] = {}
    for part in looks(paper.cases) if before else [paper.cases]:
        said = asking.round(0, part)
        grade_ahead([(case, one.text) for case, one in zip(part, said, strict=True)], using)
        known |= {
            case.id: graded(case, one.text, error=one.error, steps=one.steps, using=using)
            for case, one in zip(part, said, strict=True)
        }
        if before is None or len(known) == len(paper.cases):
            continue
        asked = [case for case in paper.cases if case.id in known]
        results, name = [known[case.id] for case in asked], paper.release.public_id
        sealed = ResultSet.sealed("candidate", name, asked, results, [one for one in unreplayed if one in known])
        broken = judge_early(paper.cases, sealed, before, paper.policy, release=name, history=past)
        if broken:
            return results, broken
    return [known[case.id] for case in paper.cases], None


def find_baseline(release: Release, name: str | None) -> GateRun | None:
    """The run to compare with: one that passed, or one of a promoted version, and never one of a refused version. By
    default the newest of a promoted version, else the newest that passed, else none. Raises `NotFound`, and
    `GateError` for a run that cannot be a baseline.
    """
    mine = GateRun.objects.filter(project=release.dataset.project).select_related("candidate", "release__dataset")
    promoted = mine.filter(candidate__state=VersionState.PROMOTED).exclude(verdict=GateRun.Verdict.NOT_JUDGED)
    if name is None:
        here = {"release__dataset": release.dataset}
        passed = mine.filter(verdict=GateRun.Verdict.PASSED).exclude(candidate__state=VersionState.REFUSED)
        newest = promoted.filter(**here).order_by("-candidate__decided_at", "-pk").first()
        return newest or passed.filter(**here).order_by("-pk").first()
    found = mine.filter(pk=int(name)).first() if name.isascii() and name.isdigit() and len(name) < 18 else None
    if found is None:
        raise NotFound("There is no such baseline run.")
    refused = found.candidate.state == VersionState.REFUSED
    if refused or not (found.verdict == GateRun.Verdict.PASSED or promoted.filter(pk=found.pk).exists()):
        raise GateError("That run did not pass: promote its agent version first, if it is what you run today.")
    if not found.results.exists():
        raise GateError("All of that run's answers have been deleted by retention or erasure.")
    return found


def judge(
    paper: Exam, results: Sequence[Result], rival: GateRun | None, past: History, unreplayed: Sequence[str] = ()
) -> Verdict:
    sealed = ResultSet.sealed("candidate", paper.release.public_id, paper.cases, results, unreplayed)
    before = None if rival is None else kept_results(rival)
    return judge_results(paper.cases, sealed, before, paper.policy, release=paper.release.public_id, history=past)
