"""Records made from decisions, and the questions that they answer: what a release is selected from."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from curation.decisions.reasons import Kind, of
from feedback.models import Interaction, Project
from privacy.db.keys import RowKey
from privacy.models import Subject

HEADS = ("active", "balanced", "guarded", "held")
"""The statuses of records that represent their answer."""
ASKED = of(Kind.RIVAL)
"""Reasons for holding records whose answer another record disputes."""
HELD_BACK = of(Kind.FILTER)
"""Reasons for which a filter holds records: until a person has looked, they are not compared with others."""


class Derived(models.Model):
    """A record made from one decision. It holds no text of its own: its text is read from its decision's interaction."""

    class Status(models.TextChoices):
        ACTIVE = "active", "In use"
        FILTERED = "filtered", "Filtered out"
        DUPLICATE = "duplicate", "Duplicate"
        BALANCED = "balanced", "Set aside for balance"
        GUARDED = "guarded", "Left out by a guard"
        HELD = "held", "Held for review"
        RETIRED = "retired", "Retired"

    decision = RowKey("curation.Decision", on_delete=models.PROTECT, primary_key=True)
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="+", db_index=False)
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="%(class)ss")
    status = models.CharField(max_length=16, choices=Status, default=Status.ACTIVE)
    selected = models.BooleanField(default=False, help_text="The selection for a release kept it.")
    reason = models.CharField(max_length=40, blank=True, help_text="Why it is not in use.")
    detail = models.CharField(max_length=200, blank=True)
    figure = models.FloatField(
        null=True, blank=True, help_text="The measured figure, in the unit that the detail names."
    )
    canonical = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="duplicates",
        help_text="The record that replaced it, as of then.",
        db_index=False,
    )
    fingerprint = models.BinaryField(max_length=16, help_text="Hash of the question and the turns before it.")
    said = models.BigIntegerField(default=0, help_text="Digest of the answer that it would teach.")
    near_said = models.BigIntegerField(default=0, help_text="Digest of the cluster of its question and that answer.")
    created_at = models.DateTimeField(default=timezone.now, help_text="When it was last derived from its decision.")

    class Meta:
        abstract = True

    canonical_id: int | None
    objects: ClassVar[models.Manager[Any]]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"


def derived_indexes(name: str) -> list[Any]:
    """The indexes of every derived table: for its list, and for look-ups of related records.

    Records in use have no canonical record, so the indexes that find them need no status, which a selection writes on
    every record.
    """
    return [
        models.Index(fields=["project", "status", "decision"], name=f"{name}_list"),
        models.Index(fields=["project", "decision"], name=f"{name}_newest"),
        models.Index(fields=["project", "fingerprint", "canonical"], name=f"{name}_same"),
        models.Index(fields=["project", "near_said", "canonical"], name=f"{name}_answer"),
        models.Index(fields=["canonical"], condition=Q(canonical__isnull=False), name=f"{name}_repeats"),
        models.Index(
            fields=["project"], condition=Q(status="duplicate", canonical__isnull=True), name=f"{name}_orphans"
        ),
    ]


class EvalCase(Derived):
    """A question with the answer that a candidate must give."""

    class Kind(models.TextChoices):
        GOLDEN = "golden", "Golden: it works and must keep working"
        REGRESSION = "regression", "Regression: it failed and must work"
        SAMPLED = "sampled", "Sampled: drawn at random from answers that nobody rated"

    kind = models.CharField(max_length=16, choices=Kind)
    never_again = models.BooleanField(default=False, help_text="Losing this case refuses a candidate.")

    class Meta:
        indexes = derived_indexes("eval_case")


class Example(Derived):
    """A fine-tuning example: the conversation with the right answer."""

    authored = models.CharField(max_length=8, default="agent", help_text="Whose words it teaches: agent or human.")
    depth = models.PositiveSmallIntegerField(default=1, help_text="0 if a person wrote it; else 1 + its parents'.")

    class Meta:
        indexes = derived_indexes("example")


class PreferencePair(Derived):
    """A right answer with the wrong one that it replaced."""

    class Meta:
        indexes = derived_indexes("pair")


JOINED = ~Q(cluster=F("interaction"))  # a question in the cluster of another


class Question(models.Model):
    """The cluster of near-duplicates that a decided interaction's question is in, and the keys that find it.

    `cluster` is the key of the interaction that the cluster is named after. Only questions that others are compared
    with have bands: 32-bit keys salted by project and `fingerprints.VERSION`, so that what differs in either never meets.
    """

    interaction = RowKey(Interaction, on_delete=models.PROTECT, primary_key=True, related_name="asked")
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="+", db_index=False)
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="asked_questions")
    cluster = models.BigIntegerField()
    place = models.FloatField(
        help_text="If below a dataset's hold-out share, it is used only for evaluation. The same for a whole cluster."
    )
    version = models.CharField(max_length=16)
    pinned = models.BooleanField(default=False, help_text="A curator assigned its cluster.")
    words = models.BigIntegerField(
        null=True, help_text="Its words as bits, to rule out near questions without reading its text."
    )
    band_0 = models.BigIntegerField(null=True)
    band_1 = models.BigIntegerField(null=True)
    band_2 = models.BigIntegerField(null=True)
    band_3 = models.BigIntegerField(null=True)
    band_4 = models.BigIntegerField(null=True)
    band_5 = models.BigIntegerField(null=True)
    band_6 = models.BigIntegerField(null=True)
    band_7 = models.BigIntegerField(null=True)

    class Meta:
        verbose_name = "near question"
        indexes = [
            models.Index(fields=["project", "cluster"], name="question_cluster"),
            models.Index(fields=["project", "-interaction"], condition=JOINED, name="question_joined"),
            *(
                models.Index(
                    fields=[f"band_{n}"], condition=Q(**{f"band_{n}__isnull": False}), name=f"question_band_{n}"
                )
                for n in range(8)
            ),
        ]

    def __str__(self) -> str:
        return f"question {self.pk}"
