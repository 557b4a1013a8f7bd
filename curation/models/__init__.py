"""Policies, runs, review tasks, decisions, the records derived from them, releases and gate runs."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from curation.decisions.reasons import Reason, short
from curation.decisions.rules import Outcome, right_answer
from curation.models.derived import Derived as Derived
from curation.models.derived import EvalCase as EvalCase
from curation.models.derived import Example as Example
from curation.models.derived import PreferencePair as PreferencePair
from curation.models.derived import Question as Question
from curation.models.evidence import Claim as Claim
from curation.models.evidence import Opinion as Opinion
from curation.models.evidence import SourceText as SourceText
from curation.models.releases import AgentVersion as AgentVersion
from curation.models.releases import CaseGrader as CaseGrader
from curation.models.releases import Dataset as Dataset
from curation.models.releases import GateResult as GateResult
from curation.models.releases import GateRun as GateRun
from curation.models.releases import Period as Period
from curation.models.releases import PeriodState as PeriodState
from curation.models.releases import Recall as Recall
from curation.models.releases import Release as Release
from curation.models.releases import ReleaseMember as ReleaseMember
from curation.models.releases import ReleaseQuote as ReleaseQuote
from curation.models.releases import ReleaseState as ReleaseState
from curation.models.releases import VersionState as VersionState
from curation.models.releases import check_formats as check_formats
from curation.models.review import BulkDecision as BulkDecision
from curation.models.review import BulkItem as BulkItem
from curation.models.review import BulkResult as BulkResult
from curation.models.review import BulkState as BulkState
from curation.models.review import CalibrationItem as CalibrationItem
from curation.models.review import ReviewEvent as ReviewEvent
from feedback.models import Interaction, Project, Signal
from privacy.db.fields import RedactedTextField
from privacy.db.keys import RowKey
from privacy.models import Subject

USER = settings.AUTH_USER_MODEL


class CurationPolicy(models.Model):
    """One version of how a project curates. A version is never changed; a run records the one that it used."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="policies")
    version = models.PositiveIntegerField(default=1)
    settings = models.JSONField(
        default=dict, blank=True, help_text="Settings that differ from the defaults; see docs/reference/policy.md."
    )
    note = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey(USER, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        verbose_name = "policy"
        verbose_name_plural = "policies"
        constraints = [models.UniqueConstraint(fields=["project", "version"], name="policy_version_once")]

    def __str__(self) -> str:
        return f"{self.project} policy v{self.version}"


class RunState(models.TextChoices):
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Run(models.Model):
    """One pass of curation over everything new."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="runs")
    policy = models.ForeignKey(CurationPolicy, on_delete=models.PROTECT, related_name="runs")
    state = models.CharField(max_length=16, choices=RunState, default=RunState.RUNNING)
    started_at = models.DateTimeField(default=timezone.now)
    alive_at = models.DateTimeField(default=timezone.now, help_text="When it last finished a batch.")
    finished_at = models.DateTimeField(null=True, blank=True)
    read = models.PositiveIntegerField(default=0, help_text="Interactions read so far.")
    total = models.PositiveIntegerField(default=0, help_text="Interactions that were waiting when the run began.")
    counts = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["project", "-id"], name="run_list")]

    def __str__(self) -> str:
        return f"run {self.pk}"


class TaskState(models.TextChoices):
    OPEN = "open"
    RESOLVED = "resolved"
    CANCELLED = "cancelled", "No longer needed"


FIRST = ("-settles", "-priority", "id")
"""The order in which open tasks are served: the one whose verdict settles most comes first."""


class ReviewTask(models.Model):
    """An interaction whose label a person must decide. Labels are never guessed."""

    class Resolution(models.TextChoices):
        APPROVE = "approve", "The answer is right"
        CORRECT = "correct", "Here is the right answer"
        REJECT = "reject", "Of no use"
        SENSITIVE = "sensitive", "Too sensitive to use"
        UNSURE = "unsure", "I cannot tell"
        USE = "use", "Use it as decided"
        AGENT = "agent", "Use the agent's answer"
        NEVER = "never", "Never use it"

    class Kind(models.TextChoices):
        LABEL = "label", "Decides the label"
        SECOND = "second", "Second, blind review"
        ADJUDICATION = "adjudication", "Reviewers differ"
        CALIBRATION = "calibration", "Known answer"

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="review_tasks")
    interaction = models.ForeignKey(Interaction, on_delete=models.PROTECT, related_name="review_tasks")
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="review_tasks")
    reason = models.CharField(max_length=40)
    detail = models.CharField(
        max_length=200, blank=True, help_text="Why a person is asked, in words, without captured text."
    )
    kind = models.CharField(max_length=16, choices=Kind, default=Kind.LABEL)
    about = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="looks",
        help_text="The task whose verdict gets a second review.",
    )
    not_for = models.ForeignKey(
        USER, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", help_text="Who has already judged it."
    )
    state = models.CharField(max_length=16, choices=TaskState, default=TaskState.OPEN)
    priority = models.SmallIntegerField(default=0)
    settles = models.PositiveIntegerField(
        default=1, db_default=1, help_text="How many conversations its verdict would decide, as far as is known now."
    )
    revision = models.PositiveIntegerField(help_text="The interaction's revision that the task is about.")
    created_at = models.DateTimeField(default=timezone.now)
    assignee = models.ForeignKey(USER, null=True, blank=True, on_delete=models.SET_NULL, related_name="assigned_tasks")
    claimed_by = models.ForeignKey(USER, null=True, blank=True, on_delete=models.SET_NULL, related_name="claimed_tasks")
    claimed_until = models.DateTimeField(null=True, blank=True)
    resolution = models.CharField(max_length=16, choices=Resolution, blank=True)
    correction = RedactedTextField(blank=True, default="")
    note = RedactedTextField(blank=True, default="")
    tags = models.JSONField(
        default=list, db_default=[], blank=True, help_text="What is wrong with the answer, among the policy's tags."
    )
    resolved_by = models.ForeignKey(
        USER, null=True, blank=True, on_delete=models.SET_NULL, related_name="resolved_tasks"
    )
    resolved_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["interaction"], condition=Q(state="open"), name="one_open_task_each"),
        ]
        indexes = [
            models.Index(fields=["project", *FIRST], condition=Q(state="open"), name="task_turn"),
            models.Index(fields=[*FIRST], condition=Q(state="open"), name="task_turn_of_all"),
            models.Index(
                fields=["project", "-priority", "id"], condition=Q(state="open", reason="audit"), name="task_drawn"
            ),
            models.Index(fields=["project", "created_at"], condition=Q(state="open"), name="task_waits"),
            models.Index(fields=["resolved_by", "-resolved_at"], name="task_decided"),
            models.Index(fields=["project", "-id"], name="task_list"),
            models.Index(fields=["project", "kind", "-id"], condition=~Q(kind="label"), name="task_beside"),
        ]
        permissions = [
            ("adjudicate_reviewtask", "Can decide where reviewers differ, and see the figures of all reviewers")
        ]

    def __str__(self) -> str:
        return f"task {self.pk}"


class Decision(models.Model):
    """The decision on one interaction, by its current signals or by a reviewer, with the reason."""

    interaction = RowKey(Interaction, on_delete=models.PROTECT, primary_key=True, related_name="decision")
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="decisions", db_index=False)
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="decisions")
    run = models.ForeignKey(Run, null=True, blank=True, on_delete=models.SET_NULL, related_name="decisions")
    policy_version = models.PositiveIntegerField()
    revision = models.PositiveIntegerField(help_text="The interaction's revision when it was decided.")
    # The database's default is for older code, which does not know the column.
    question = models.BinaryField(max_length=16, default=b"", db_default=b"", help_text="The key of its question.")
    outcome = models.CharField(max_length=16, choices=[(o.value, o.value.capitalize()) for o in Outcome])
    reason = models.CharField(max_length=40, choices=[(r.value, r.value.replace("_", " ")) for r in Reason])
    detail = models.CharField(max_length=200, blank=True)
    language = models.CharField(max_length=8, blank=True)
    correction = models.ForeignKey(
        Signal,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="decisions",
        db_index=False,
        help_text="The signal whose correction is the right answer.",
    )
    task = models.ForeignKey(
        ReviewTask,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="decisions",
        db_index=False,
        help_text="The review that decided; its correction, if any, is the right answer.",
    )
    decided_by = models.CharField(max_length=16, default="rule", help_text="rule or reviewer")
    decided_at = models.DateTimeField(default=timezone.now)

    class Meta:
        # Most decisions have neither correction nor task: an index full of NULL tells a planner to read the table.
        indexes = [
            models.Index(fields=["project", "-interaction"], name="decision_list"),
            models.Index(fields=["correction"], condition=Q(correction__isnull=False), name="decision_correction"),
            models.Index(fields=["task"], condition=Q(task__isnull=False), name="decision_task"),
        ]

    def __str__(self) -> str:
        return f"{self.outcome} ({short(self.reason)})"

    @property
    def expected(self) -> str:
        """The right answer: a reviewer's, else a person's correction, else the agent's own, which was confirmed."""
        typed = self.task.correction if self.task else None
        return str(
            right_answer(self.interaction.answer, typed, self.correction.correction if self.correction else None)
        )

    @property
    def rejected(self) -> str | None:
        """The wrong answer, if one was corrected."""
        return str(self.interaction.answer) if self.outcome == Outcome.CORRECTED else None


class AuditItem(models.Model):
    """An interaction drawn into the random sample, only by a keyed hash, for a person to judge blind."""

    interaction = models.OneToOneField(Interaction, on_delete=models.PROTECT, primary_key=True, related_name="audit")
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="audit_items")
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="audit_items")
    drawn_at = models.DateTimeField(default=timezone.now)
    share = models.FloatField(
        null=True, help_text="The share of all answers that was being drawn at the time. Null until the next draw."
    )

    def __str__(self) -> str:
        return f"audit of {self.interaction_id}"


class AuditDay(models.Model):
    """How many answers of a day have been drawn into the audit, and how many answers they stand for. Erasure does not lower
    it, so that it is known how much of a period's sample is gone.
    """

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="audit_days")
    day = models.DateField()
    drawn = models.PositiveBigIntegerField(default=0)
    stands_for = models.FloatField(default=0.0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "day"], name="audit_day_once")]

    def __str__(self) -> str:
        return f"audit of {self.project}, {self.day}"


class AuditFrame(models.Model):
    """How far the audit has drawn from a project's interactions, and from how many; and how far their sources are
    recorded.
    """

    project = models.OneToOneField(Project, on_delete=models.CASCADE, primary_key=True, related_name="audit_frame")
    drawn_to = models.BigIntegerField(default=0)
    seen = models.PositiveBigIntegerField(default=0)
    drawn = models.PositiveBigIntegerField(
        null=True, help_text="How many have ever been drawn; erasure does not lower it. Null until the next draw."
    )
    sources_read_to = models.BigIntegerField(
        default=0, db_default=0, help_text="The last interaction whose sources were recorded."
    )
    measured = models.JSONField(null=True, help_text="The thumbs and weighted thumbs at the last full count.")
    measured_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"audit of {self.project}"
