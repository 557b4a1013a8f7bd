"""Records of the same question: one stands, the others point at it, and say why."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from curation.models import Derived, EvalCase, Example, PreferencePair
from curation.rules import Outcome
from feedback.fingerprints import normalise
from feedback.models import Project

Status = Derived.Status
OURS = (Status.ACTIVE, Status.DUPLICATE, Status.RETIRED, Status.HELD)
REASONS = ("", "same_question", "corrected_later", "answers_differ")


def resolve(project: Project, fingerprints: Iterable[bytes]) -> int:
    """Choose, for each of these questions, the record that stands; how many rows changed.

    A correction stands before a confirmation, a reviewer's word before a rule's, the newer before the older. A
    confirmed answer that a later correction contradicts is retired; confirmed answers that differ are held for review.
    """
    changed = 0
    wanted = list(fingerprints)
    for model in (EvalCase, Example, PreferencePair):
        for start in range(0, len(wanted), 500):
            rows = model.objects.filter(project=project, fingerprint__in=wanted[start : start + 500], status__in=OURS)
            rows = rows.filter(reason__in=REASONS).select_related(
                "decision__interaction", "decision__correction", "decision__task"
            )
            groups: dict[bytes, list[Derived]] = defaultdict(list)
            for row in rows.order_by("pk"):
                groups[bytes(row.fingerprint)].append(row)
            moved = [row for group in groups.values() for row in settle_group(model, group)]
            model.objects.bulk_update(moved, ["status", "reason", "detail", "canonical"], batch_size=500)
            changed += len(moved)
    return changed


def settle_group(model: type[Derived], group: Sequence[Derived]) -> list[Derived]:
    """Give every record of one question its standing; those that changed."""
    first = max(group, key=rank)
    said = normalise(first.decision.expected)
    changed = []
    for row in group:
        before = (row.status, row.reason, row.canonical_id)
        row.status, row.reason, row.detail, row.canonical_id = Status.ACTIVE, "", "", None
        if row is not first:
            row.status, row.reason, row.detail = standing(model, row, first, normalise(row.decision.expected) == said)
            row.canonical_id = None if row.status == Status.ACTIVE else first.pk
        if (row.status, row.reason, row.canonical_id) != before:
            changed.append(row)
    return changed


def rank(row: Derived) -> tuple[bool, bool, float, int]:
    """Which of several records stands: the greatest."""
    decision = row.decision
    corrected = decision.outcome == Outcome.CORRECTED
    return corrected, decision.task_id is not None, decision.interaction.occurred_at.timestamp(), row.pk


def standing(model: type[Derived], row: Derived, first: Derived, same_answer: bool) -> tuple[str, str, str]:
    """The (status, reason, words) of a record beside the one that stands."""
    if same_answer:
        return Status.DUPLICATE, "same_question", "The same question with the same answer stands already."
    if model is PreferencePair:
        return Status.ACTIVE, "", ""
    if first.decision.outcome == Outcome.CORRECTED:
        return Status.RETIRED, "corrected_later", "A correction of the same question contradicts this answer."
    return Status.HELD, "answers_differ", "Another answer to the same question was confirmed too."
