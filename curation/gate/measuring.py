"""Graders compared with people: how often a grader, or a model behind it, judges an answer as a person did."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice

from django.db.models import Count

from curation.gate.graders import Grader, GraderError, family, grade
from curation.gate.thresholds import current_threshold, judged_answers
from curation.models import GateResult
from curation.policies import versions
from curation.quality.estimates import Estimate, wilson
from feedback.models import Project

Cell = tuple[bool, bool | None]
"""Whether people call an answer right, and whether the grader passes it; None where it gave no grade."""


@dataclass(frozen=True, slots=True)
class Measured:
    """One grader, or one model behind it, compared with people: the answers that both judged. A model that is asked in another way
    has another name and is another grader.
    """

    grader: str
    right_passed: int
    right_refused: int
    wrong_passed: int
    wrong_refused: int
    silent: int = 0
    """Answers that it was asked about and gave no grade for."""

    @property
    def n(self) -> int:
        return self.right_passed + self.right_refused + self.wrong_passed + self.wrong_refused

    @property
    def agreement(self) -> Estimate:
        """The share of answers that it judged as people did."""
        return wilson(self.right_passed + self.wrong_refused, self.n)

    @property
    def passes_wrong(self) -> Estimate:
        return wilson(self.wrong_passed, self.wrong_passed + self.wrong_refused)

    @property
    def refuses_right(self) -> Estimate:
        return wilson(self.right_refused, self.right_passed + self.right_refused)


def measured(project: Project) -> list[Measured]:
    """The graders of this project's runs compared with the judgements that people gave on their pages, the most judged first. People
    choose what they judge, so this is no random sample.
    """
    rows = GateResult.objects.filter(run__project=project, judged__isnull=False, subject__restricted_at__isnull=True)
    rows = rows.exclude(grader="").filter(error="")
    counted = rows.order_by().values_list("grader", "judged", "passed").annotate(number=Count("pk"))
    found: defaultdict[str, Counter[Cell]] = defaultdict(Counter)
    for grader, right, passed, number in counted:
        found[grader][bool(right), bool(passed)] = number
    return _measured(found)


def measured_now(project: Project, graders: Mapping[str, Grader], most: int) -> list[Measured]:
    """The same of these graders, asked now about the newest answers that people have judged: those that corrections
    replaced, too. Each answer costs a call of each model; nothing is kept.
    """
    limits = versions.current(project).settings.get("gate", {}).get("thresholds", {})
    found: defaultdict[str, Counter[Cell]] = defaultdict(Counter)
    for one in islice(judged_answers(project), most):
        case = {"kind": one.kind, "question": one.question}
        for name, using in graders.items():
            least = current_threshold(limits, one.kind, family(name))
            try:
                passed = grade(name, one.answer, one.expected, case, threshold=least, using=using).passed
            except GraderError:
                found[name][one.correct, None] += 1
            else:
                found[name][one.correct, passed] += 1
    return _measured(found)


def _measured(found: Mapping[str, Mapping[Cell, int]]) -> list[Measured]:
    made = [
        Measured(
            grader,
            right_passed=cells.get((True, True), 0),
            right_refused=cells.get((True, False), 0),
            wrong_passed=cells.get((False, True), 0),
            wrong_refused=cells.get((False, False), 0),
            silent=cells.get((True, None), 0) + cells.get((False, None), 0),
        )
        for grader, cells in found.items()
    ]
    return sorted(made, key=lambda one: (-one.n, one.grader))
