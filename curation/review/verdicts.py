"""Verdicts: which ones a task allows, and the refusals shown to the reviewer."""

from dataclasses import dataclass

from django.contrib.auth.models import User
from django.utils import timezone

from curation.models import CurationPolicy, ReviewTask, TaskState
from curation.review import double_review, holds
from feedback.texts.blanks import is_blank
from feedback.texts.fingerprints import normalise

Kind, Resolution = ReviewTask.Kind, ReviewTask.Resolution
OF_THE_ANSWER = (Resolution.APPROVE, Resolution.AGENT)


class ReviewError(ValueError):
    """A verdict is refused; the message is shown to the reviewer."""


@dataclass(frozen=True, slots=True)
class Verdict:
    resolution: str
    correction: str = ""
    note: str = ""
    tags: tuple[str, ...] = ()
    """What is wrong with the answer. A tag that the project's policy does not have is left out."""
    shown: str = ""
    """The token of the record that the reviewer saw, so that they cannot use another; empty if they saw none."""
    claim: str = ""
    """When the claim of the reviewer's page ends: a verdict from an older page is refused. Empty for a verdict without a page."""


def check(task: ReviewTask, verdict: Verdict, user: User | None, policy: CurationPolicy) -> None:
    if task.state != TaskState.OPEN:
        raise ReviewError("This task is already closed.")
    if user is not None and (words := barred(task, user)):
        raise ReviewError(words)
    held = task.claimed_by_id is not None and task.claimed_until is not None and task.claimed_until > timezone.now()
    if held and user is not None and task.claimed_by_id != user.pk:
        raise ReviewError("Somebody else is deciding this task.")
    if verdict.claim and verdict.claim != claim_of(task):
        raise ReviewError("This task was opened again after this page was loaded. Look at it again, then decide.")
    check_words(task, verdict, holds.record(task, policy) if holds.is_hold(task) else None)


def claim_of(task: ReviewTask) -> str:
    """The identity of a claim: the time when it ends; empty for an unclaimed task."""
    return task.claimed_until.isoformat() if task.claimed_until is not None else ""


def barred(task: ReviewTask, user: User) -> str:
    """Why this reviewer may not decide an open task, even if it is free; empty if they may."""
    if task.not_for_id == user.pk:
        return "You have already judged this answer. Another reviewer has to decide now."
    if double_review.is_party(task, user):
        return "You are one of the two reviewers who differ. Another curator has to decide."
    if task.kind == Kind.ADJUDICATION and not user.has_perm(double_review.ADJUDICATES):
        return "Reviewers differ here. A curator has to decide."
    return ""


def check_words(task: ReviewTask, verdict: Verdict, record: holds.Record | None) -> None:
    """Refuse a verdict that would release an empty answer, or a record that the reviewer did not see."""
    answer, held = str(task.interaction.answer), holds.is_hold(task)
    if not held and verdict.resolution in (Resolution.USE, Resolution.AGENT, Resolution.NEVER):
        raise ReviewError("This answer has not been decided yet. Say whether it is right.")
    if verdict.resolution == Resolution.USE and record is None:
        raise ReviewError("New votes have arrived, and the answer is undecided again. Look at it again.")
    if verdict.shown and (record is None or verdict.shown != record.token):
        raise ReviewError("The record has changed since you saw it. Look at it again.")
    if verdict.resolution == Resolution.APPROVE and record is not None and record.rejected is not None:
        raise ReviewError("Somebody corrected this answer: use the record as decided, or use the agent's answer.")
    if verdict.resolution == Resolution.CORRECT:
        check_correction(verdict.correction, answer, record)
    used = record.expected if record is not None and verdict.resolution == Resolution.USE else answer
    if verdict.resolution in (*OF_THE_ANSWER, Resolution.USE) and is_blank(used):
        raise ReviewError("This answer is empty: write the right one, or leave it unused.")


def check_correction(text: str, answer: str, record: holds.Record | None) -> None:
    if is_blank(text):
        raise ReviewError("The correction is empty: write the right answer first.")
    if normalise(text) == normalise(answer):
        instead = "approve the answer instead" if record is None else "use the agent's answer instead"
        raise ReviewError(f"The correction repeats the answer: {instead}.")
    if record is not None and normalise(text) == normalise(record.expected):
        raise ReviewError("The correction repeats the decided answer: use the record as decided instead.")
