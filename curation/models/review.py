"""Calibration items, review events and bulk decisions."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from feedback.models import Interaction, Project
from privacy.models import Subject

USER = settings.AUTH_USER_MODEL


class CalibrationItem(models.Model):
    """A decided task with a verdict that a curator vouches for. Reviewers get it blind; it does not change a label."""

    interaction = models.OneToOneField(
        Interaction, on_delete=models.PROTECT, primary_key=True, related_name="calibration"
    )
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="calibration_items")
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="calibration_items")
    task = models.OneToOneField("curation.ReviewTask", on_delete=models.PROTECT, related_name="calibration")
    marked_by = models.ForeignKey(USER, null=True, on_delete=models.SET_NULL, related_name="+")
    marked_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"calibration item {self.pk}"


class ReviewEvent(models.Model):
    """One action on a review task.

    Rows are never changed, and hold no text and no subject. The task is a number, not a key: the row stays when a
    decision is undone or the task is erased.
    """

    class Action(models.TextChoices):
        DECIDED = "decided"
        UNDONE = "undone", "Undone"
        ASSIGNED = "assigned"
        MARKED = "marked", "Marked as calibration"
        UNMARKED = "unmarked", "Calibration mark removed"

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="review_events")
    task_number = models.BigIntegerField()
    task_kind = models.CharField(max_length=16)
    action = models.CharField(max_length=16, choices=Action)
    resolution = models.CharField(max_length=16, blank=True)
    who = models.ForeignKey(USER, null=True, on_delete=models.SET_NULL, related_name="review_events")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = "review event"
        indexes = [models.Index(fields=["project", "-id"], name="review_event_list")]

    def __str__(self) -> str:
        return f"task {self.task_number} {self.action}"


class BulkState(models.TextChoices):
    RUNNING = "running", "Under way"
    DONE = "done"
    UNDOING = "undoing", "Being undone"
    UNDONE = "undone", "Undone"


class BulkDecision(models.Model):
    """One verdict on many tasks, applied and undone in the background."""

    who = models.ForeignKey(USER, null=True, on_delete=models.SET_NULL, related_name="bulk_decisions")
    resolution = models.CharField(max_length=16)
    note = models.TextField(blank=True, help_text="Redacted, and kept until it has been applied to the tasks.")
    state = models.CharField(max_length=16, choices=BulkState, default=BulkState.RUNNING)
    made_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True, help_text="The end of the lease of the worker that holds it.")

    class Meta:
        indexes = [
            models.Index(fields=["who", "-id"], name="bulk_list"),
            models.Index(fields=["id"], condition=models.Q(state__in=["running", "undoing"]), name="bulk_unfinished"),
        ]

    def __str__(self) -> str:
        return f"bulk decision {self.pk}"

    @property
    def is_under_way(self) -> bool:
        """Whether tasks are still to be decided, or undone."""
        return self.state in (BulkState.RUNNING, BulkState.UNDOING)


class BulkResult(models.TextChoices):
    WAITING = "waiting"
    DECIDED = "decided"
    SKIPPED = "skipped", "Skipped"
    UNDONE = "undone", "Undone"
    KEPT = "kept", "Not undone"


class BulkItem(models.Model):
    """One task of a bulk decision, as it was when selected, and its result.

    The task is a number, not a key: the row stays when the task is erased.
    """

    bulk = models.ForeignKey(BulkDecision, on_delete=models.CASCADE, related_name="items", db_index=False)
    task_number = models.BigIntegerField()
    revision = models.PositiveIntegerField(help_text="The interaction's revision when the task was selected.")
    outcome = models.CharField(max_length=16, choices=BulkResult, default=BulkResult.WAITING)
    words = models.CharField(
        max_length=200, blank=True, help_text="Why it was skipped or not undone, without captured text."
    )
    resolved_at = models.DateTimeField(
        null=True, help_text="When its task was decided; a later verdict is a different one."
    )

    class Meta:
        indexes = [models.Index(fields=["bulk", "outcome", "id"], name="bulk_item_next")]

    def __str__(self) -> str:
        return f"task {self.task_number} {self.outcome}"
