"""The score from which an answer counts as right: chosen from answers that people have judged, and shown as a curve.

Two kinds of answers have been judged against a right one: answers that a correction replaced (wrong), also when given
to another person's same question; and candidates' answers that a person called right or wrong on a gate run's page.
Thumbs alone count for neither. A threshold is proposed once enough are judged, and applies once a curator adopts it in
a new version of the policy. Cases with a new threshold count as changed, so the next run rebuilds the baseline.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from django.contrib.auth.models import User
from django.utils import timezone

from curation.decisions.rules import Outcome
from curation.evidence import store
from curation.evidence.records import Decided
from curation.gate.calibration import (
    DEFAULT_THRESHOLDS,
    MOST_WRONG,
    Point,
    Reviewed,
    choose_threshold,
    threshold_curve,
)
from curation.gate.graders import GRADERS, LEAST, GraderError, grade
from curation.gate.graders.normalisation import normalised
from curation.models import CurationPolicy, Decision, GateResult
from curation.policies import versions
from feedback.models import Project

LIKENESS = tuple(name for name in GRADERS if name in LEAST)
MOST = 2_000  # answers; what a page can wait for
CHUNK = 500
WIDTH, HEIGHT = 300, 150  # of a curve, in the units of its drawing
KINDS = ("golden", "regression")


@dataclass(frozen=True, slots=True)
class JudgedAnswer:
    """An answer that a person called right or wrong, with the expected one."""

    answer: str
    expected: str
    correct: bool
    kind: str
    question: str


@dataclass(frozen=True, slots=True)
class Curve:
    """What each threshold of one grader would pass, for one kind of case. If `proposed` is None, `why` explains it."""

    kind: str
    grader: str
    now: float
    points: tuple[Point, ...]
    proposed: float | None
    why: str

    @property
    def right(self) -> int:
        return self.points[0].right if self.points else 0

    @property
    def wrong(self) -> int:
        return self.points[0].wrong if self.points else 0

    @property
    def moves(self) -> bool:
        return self.proposed is not None and abs(self.proposed - self.now) >= 0.005

    @property
    def name(self) -> str:
        return f"{self.kind}.{self.grader}"

    def line(self, share: str) -> str:
        """The points of a line for SVG: x is the threshold, y the share that passes."""
        steps = [f"0,{0 if self.points else HEIGHT}"]
        for point in self.points:
            steps.append(f"{point.threshold * WIDTH:.1f},{(1 - getattr(point, share)) * HEIGHT:.1f}")
        return " ".join(steps)

    @property
    def right_line(self) -> str:
        return self.line("right_passed")

    @property
    def wrong_line(self) -> str:
        return self.line("wrong_passed")

    @property
    def now_x(self) -> float:
        return self.now * WIDTH

    @property
    def proposed_x(self) -> float:
        """The x of the proposed threshold; call it only if there is one."""
        return (self.proposed or 0.0) * WIDTH

    @property
    def table(self) -> list[Point]:
        tenths = [number / 10 for number in range(1, 11)]
        found = {tenth: next(p for p in self.points if p.threshold >= tenth - 1e-9) for tenth in tenths if self.points}
        return [replace(point, threshold=tenth) for tenth, point in found.items()]


def curves(project: Project) -> list[Curve]:
    """The curves of each similarity grader, for both kinds of cases, from the project's judged answers."""
    scored: defaultdict[tuple[str, str], list[Reviewed]] = defaultdict(list)
    for one in islice(judged_answers(project), MOST):
        for row in scores(one):
            scored[row.kind, row.grader].append(row)
    policy = versions.current(project).settings.get("gate", {}).get("thresholds", {})
    return [
        curve(kind, name, scored[kind, name], current_threshold(policy, kind, name))
        for kind in KINDS
        for name in LIKENESS
    ]


def current_threshold(policy: Mapping[str, Any], kind: str, grader: str) -> float:
    return float(policy.get(kind, {}).get(grader, DEFAULT_THRESHOLDS[kind][grader]))


def curve(kind: str, grader: str, rows: Iterable[Reviewed], now: float) -> Curve:
    points = threshold_curve(rows) if (rows := list(rows)) else []
    try:
        at = choose_threshold(points)
    except ValueError as error:
        return Curve(kind, grader, now, tuple(points), None, str(error))
    why = f"{at.wrongs} of wrong and {at.rights} of right answers pass; in one project of twenty, more than {MOST_WRONG:.0%} of all wrong ones do"
    return Curve(kind, grader, now, tuple(points), at.threshold, why)


def scores(one: JudgedAnswer) -> Iterator[Reviewed]:
    """Each grader's score of an answer; none from a grader that does not apply."""
    for name in LIKENESS:
        try:
            score = grade(
                name,
                one.answer,
                one.expected,
                {"kind": one.kind, "question": one.question},
                threshold=1.0,
                using=GRADERS[name],
            ).score
        except GraderError:
            continue
        yield Reviewed(score, one.correct, one.kind, name, normalised(one.question))


def judged_answers(project: Project) -> Iterator[JudgedAnswer]:
    """The judged answers of a project, newest first: from gate runs, then from corrections."""
    yield from at_the_gate(project)
    yield from replaced(project)


def at_the_gate(project: Project) -> Iterator[JudgedAnswer]:
    """Candidates' answers that a person called right or wrong."""
    rows = GateResult.objects.filter(run__project=project, judged__isnull=False, subject__restricted_at__isnull=True)
    rows = rows.select_related(
        "interaction__decision__interaction", "interaction__decision__correction", "interaction__decision__task"
    )
    for row in rows.order_by("-pk")[:MOST]:
        decision = getattr(row.interaction, "decision", None)
        if decision is not None and row.judged is not None and differ(row.answer, decision.expected):
            yield JudgedAnswer(
                str(row.answer),
                str(decision.expected),
                row.judged,
                "golden" if decision.rejected is None else "regression",
                str(decision.interaction.question),
            )


def replaced(project: Project) -> Iterator[JudgedAnswer]:
    """Answers that corrections replaced, with every right answer to the same question; newest first."""
    rows = Decision.objects.filter(project=project, subject__restricted_at__isnull=True)
    keys = rows.filter(outcome=Outcome.CORRECTED).order_by("-pk").values_list("pk", flat=True)[:MOST]
    for start in range(0, len(keys), CHUNK):
        corrected = store.load(list(keys[start : start + CHUNK]))
        golden = same_question(project, [row.fingerprint for row in corrected])
        for row in reversed(corrected):
            if row.expected is not None and differ(row.answer, row.expected):
                yield JudgedAnswer(row.answer, row.expected, False, "regression", row.question)
            for other in golden.get(row.fingerprint, ()):
                if other.expected is not None and differ(row.answer, other.expected):
                    yield JudgedAnswer(row.answer, other.expected, False, "golden", row.question)


def same_question(project: Project, fingerprints: list[bytes]) -> dict[bytes, list[Decided]]:
    """The confirmed answers to these very questions, by the key of the question."""
    found: defaultdict[bytes, list[Decided]] = defaultdict(list)
    rows = Decision.objects.filter(
        project=project,
        outcome=Outcome.CONFIRMED,
        question__in=fingerprints,
        subject__restricted_at__isnull=True,
    )
    for row in store.load(list(rows.values_list("pk", flat=True)[:MOST])):
        found[row.fingerprint].append(row)
    return found


def differ(answer: str, expected: str) -> bool:
    """Whether two answers differ in words; equal ones say nothing about a threshold."""
    return normalised(str(answer)) != normalised(str(expected))


def adopt(project: Project, names: Iterable[str], user: Any = None) -> CurationPolicy | None:
    """Make a version of the policy with the thresholds proposed by these curves (`golden.token_f1`); None if none
    moves.
    """
    chosen = {one.name: one for one in curves(project) if one.moves}
    taken = [chosen[name] for name in names if name in chosen]
    if not taken:
        return None
    settings = dict(versions.current(project).settings)
    gate = dict(settings.get("gate", {}))
    limits = {kind: dict(values) for kind, values in gate.get("thresholds", {}).items()}
    for one in taken:
        limits.setdefault(one.kind, {})[one.grader] = one.proposed
    settings["gate"] = gate | {"thresholds": limits}
    what = ", ".join(f"{one.name} {one.proposed:.2f} ({one.right} right, {one.wrong} wrong)" for one in taken)
    return versions.revise(project, settings, f"Thresholds from judged answers: {what}"[:200], user)


def record_judgement(result: GateResult, right: bool | None, user: User) -> None:
    """Record a person's judgement of a candidate's answer; None removes it. The run's verdict does not change."""
    now = None if right is None else timezone.now()
    by = None if right is None else user
    GateResult.objects.filter(pk=result.pk).update(judged=right, judged_by=by, judged_at=now)
