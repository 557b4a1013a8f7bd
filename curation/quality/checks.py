"""Checks: the records in use with the least evidence are shown to a reviewer, a few at a time, least likely first.

Nobody doubts them, so no vote would ever bring them to a person. `docs/benchmarks/value.md` has the effect.
"""

from collections.abc import Iterator
from itertools import islice

from django.db.models import Exists, OuterRef, QuerySet

from curation.decisions.posterior import Tier, Verdict
from curation.decisions.reasons import LEAST_SURE, REASONS
from curation.models import Claim, CurationPolicy, Decision, Derived, EvalCase, Example, ReviewTask, TaskState
from curation.review import opening
from curation.review.opening import Task
from curation.review.settings import ReviewSettings
from feedback.models import Project

CHUNK = 200
SURE = 0.98  # a claim this likely is not checked
PRIORITIES = 9  # below the 10 of a doubt; the least likely first


def draw(project: Project, policy: CurationPolicy) -> int:
    """Fill a project's open checks up to the policy's number, and close those whose record is gone; return how many are
    new.
    """
    tasks = ReviewTask.objects.filter(project=project, state=TaskState.OPEN, reason=LEAST_SURE)
    tasks.exclude(has_record()).update(state=TaskState.CANCELLED, claimed_by=None, claimed_until=None)
    wanted = ReviewSettings.of(policy.settings).checks - tasks.count()
    fresh = list(islice(least_sure(project), max(wanted, 0)))
    opening.put(project, fresh)
    return len(fresh)


def has_record() -> Exists:
    """Whether a task's conversation has a record in use that no reviewer has decided."""
    return Exists(in_use(EvalCase).filter(pk=OuterRef("interaction"))) | Exists(  # type: ignore[return-value]
        in_use(Example).filter(pk=OuterRef("interaction"))
    )


def in_use(model: type[Derived]) -> QuerySet[Derived]:
    """The records in use of a kind that no reviewer has decided."""
    rows: QuerySet[Derived] = model._default_manager.filter(status=Derived.Status.ACTIVE, decision__decided_by="rule")
    return rows


def least_sure(project: Project) -> Iterator[Task]:
    """A task for each claim in use that no reviewer has decided, one conversation of each, least likely first."""
    claims = Claim.objects.filter(project=project, verdict=Verdict.RIGHT, probability__lt=SURE).exclude(
        tier=Tier.REVIEWED
    )
    ranked = claims.order_by("probability", "pk").values_list("question", "claim", "probability").iterator(CHUNK)
    while some := {(bytes(question), claim): probability for question, claim, probability in islice(ranked, CHUNK)}:
        yield from tasks_of(project, some)


def tasks_of(project: Project, ranked: dict[tuple[bytes, int], float]) -> Iterator[Task]:
    """Tasks for those of these claims that a record in use has, in their order."""
    questions, claims = {question for question, _ in ranked}, {claim for _, claim in ranked}
    asked = ReviewTask.objects.filter(interaction=OuterRef("pk"), state=TaskState.OPEN)
    columns = ("decision__question", "said", "pk", "subject_id", "decision__revision")
    found: dict[tuple[bytes, int], tuple[int, int, int]] = {}
    for model in (EvalCase, Example):
        mine = in_use(model).filter(project=project, said__in=claims)
        rows = mine.filter(Exists(Decision.objects.filter(pk=OuterRef("pk"), question__in=questions)))
        for question, said, key, subject, revision in rows.filter(~Exists(asked)).values_list(*columns):
            found.setdefault((bytes(question), said), (key, subject, revision))
    for claim, probability in ranked.items():
        if claim in found:
            key, subject, revision = found[claim]
            priority = min(PRIORITIES, 1 + int((1 - probability) * 4 * PRIORITIES))
            yield Task(key, subject, LEAST_SURE, REASONS[LEAST_SURE].sentence, priority, revision)
