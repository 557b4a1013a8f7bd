"""Holds: labelled records that wait until a person says whether they may be used.

The question is not whether the agent's answer is right, since a held record may correct it. So a hold has its own
verdicts, and its page shows the record that would be released.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from curation.decisions import pooled
from curation.decisions.rules import LABELLED, Outcome, right_answer
from curation.models import CurationPolicy, Decision, ReviewTask
from curation.review.opening import ASKED_OF_RECORDS

Kind, Resolution = ReviewTask.Kind, ReviewTask.Resolution
OF_HOLDS = (Resolution.USE, Resolution.AGENT, Resolution.CORRECT, Resolution.NEVER)
OF_LABELS = (Resolution.APPROVE, Resolution.CORRECT, Resolution.REJECT, Resolution.SENSITIVE, Resolution.UNSURE)
AT_ONCE = {
    True: (Resolution.USE, Resolution.NEVER),
    False: tuple(one for one in OF_LABELS if one != Resolution.CORRECT),
}
"""The verdicts allowed in bulk, on holds and on other tasks: none that depends on a single answer."""


@dataclass(frozen=True, slots=True)
class Record:
    """What would be released: the right answer, the one that it replaced (None if there was none), and its author.

    `signal` is the key of the signal that holds a correction. `reviewed` says that a reviewer decided it earlier.
    """

    question: str
    expected: str
    rejected: str | None
    outcome: Outcome
    reason: str
    signal: int | None
    reviewed: bool

    @property
    def token(self) -> str:
        """A token of this record, which changes once votes or reviews change the record."""
        return f"{self.outcome}-{self.signal or 0}-{'reviewer' if self.reviewed else 'rule'}"


def is_hold(task: ReviewTask) -> bool:
    """Whether the task asks if a record may be used, and not if an answer is right; in an adjudication, whether the two
    reviewers were asked so.
    """
    first = task.about if task.kind == Kind.ADJUDICATION else None
    return (first or task).reason in ASKED_OF_RECORDS


def verdicts(task: ReviewTask, record: Record | None) -> tuple[ReviewTask.Resolution, ...]:
    """The verdicts that a task offers. If the record is the agent's own answer, that is offered once."""
    if not is_hold(task):
        return OF_LABELS
    if record is None:
        return tuple(one for one in OF_HOLDS if one != Resolution.USE)
    return OF_HOLDS if record.rejected is not None else tuple(one for one in OF_HOLDS if one != Resolution.AGENT)


def bulk_verdicts(tasks: Sequence[ReviewTask]) -> tuple[ReviewTask.Resolution, ...]:
    """The verdicts that may be given to all of these at once; none if some are holds and others are not."""
    kinds = {is_hold(task) for task in tasks}
    return AT_ONCE[kinds.pop()] if len(kinds) == 1 else ()


def record(task: ReviewTask, policy: CurationPolicy) -> Record | None:
    """The record that the task is about, as decided without the task; None if nothing labels it now.

    An earlier reviewer's decision counts, except the first verdict of a double review, which is what is being judged.
    """
    row = getattr(task.interaction, "decision", None)
    if task.kind == Kind.LABEL and row is not None and row.task_id not in (None, task.pk):
        return reviewed(row)
    return by_votes(task, policy)


def reviewed(row: Decision) -> Record | None:
    """The record of a decision that a reviewer made earlier."""
    if row.outcome not in LABELLED:
        return None
    return Record(
        str(row.interaction.question),
        row.expected,
        row.rejected,
        Outcome(row.outcome),
        row.reason,
        row.correction_id,
        True,
    )


def by_votes(task: ReviewTask, policy: CurationPolicy) -> Record | None:
    """The record that people's votes lead to, including those on the same answer elsewhere."""
    one = pooled.without_reviewer(task.interaction_id, policy)
    if one is None or one.ruling.outcome not in LABELLED:
        return None
    read, ruling = one.read, one.ruling
    written = next((vote.correction for vote in read.votes if vote.ref == ruling.correction), None)
    rejected = read.answer if ruling.outcome == Outcome.CORRECTED else None
    expected = right_answer(read.answer, "", written)
    return Record(read.question, expected, rejected, ruling.outcome, ruling.reason, ruling.correction, False)
