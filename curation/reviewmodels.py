"""Beside the review tasks: which have a known answer, and the trail of what was done to them."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from feedback.models import Interaction, Project
from privacy.models import Subject

USER = settings.AUTH_USER_MODEL


class CalibrationItem(models.Model):
    """A decided task whose verdict a curator vouches for: it is put to reviewers blind, and labels nothing again."""

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
    """One thing that somebody did to a review task. Rows are added and never changed; no text, and no person asked about.

    The task is a number and no key: the row stays when a decision is taken back, and when the task is erased.
    """

    class Action(models.TextChoices):
        DECIDED = "decided"
        UNDONE = "undone", "Taken back"
        ASSIGNED = "assigned"
        MARKED = "marked", "Marked as calibration"
        UNMARKED = "unmarked", "Calibration mark taken off"

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
