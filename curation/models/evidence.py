"""People's opinions on the answers to a question: each one, and what they add up to."""

from typing import ClassVar

from django.db import models

from curation.decisions.posterior import Stance, Tier, Verdict
from feedback.models import Interaction, Project
from privacy.models import Subject


class Opinion(models.Model):
    """One person's opinion on one answer, as digests: it holds no text.

    `question` is the key of the question, `claim` a digest of what the answer claims, and `proposed` of what the person
    wrote instead.
    """

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="+", db_index=False)
    interaction = models.ForeignKey(Interaction, on_delete=models.PROTECT, related_name="opinions", db_index=False)
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="opinions")
    question = models.BinaryField(max_length=16)
    claim = models.BigIntegerField()
    proposed = models.BigIntegerField(null=True)
    stance = models.CharField(max_length=16, choices=[(one.value, one.value) for one in Stance])
    signal = models.BigIntegerField(default=0, help_text="The signal it comes from; 0 for a review.")
    is_anonymous = models.BooleanField(default=False, help_text="Anonymous: all such opinions count as one.")
    sources = models.BigIntegerField(default=0, help_text="Digest of the sources that the person saw; 0 for none.")
    sourced = models.BooleanField(default=False, help_text="A source contains the claim that it supports.")
    length = models.PositiveIntegerField(default=0, help_text="Characters of the shortest text that it is about.")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["interaction", "signal"], name="opinion_once"),
        ]
        indexes = [models.Index(fields=["project", "question", "-at"], name="opinion_newest")]

    def __str__(self) -> str:
        return f"opinion {self.pk}"


class SourceText(models.Model):
    """A text that a source was seen with, as digests of both: when, and in which conversation last. It holds no text.

    The conversation is a number and no key: the row stays when it is erased.
    """

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="source_texts", db_index=False)
    source = models.BigIntegerField()
    text = models.BigIntegerField()
    interaction = models.BigIntegerField()
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "source", "text"], name="source_text_once")]

    def __str__(self) -> str:
        return f"source text {self.pk}"


class Claim(models.Model):
    """What is known about one claim on a question, from everything that people said about it."""

    Verdict: ClassVar = Verdict
    Tier: ClassVar = Tier

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="claims", db_index=False)
    question = models.BinaryField(max_length=16)
    claim = models.BigIntegerField()
    verdict = models.CharField(max_length=16, choices=[(one.value, one.value) for one in Verdict])
    probability = models.FloatField()
    supporters = models.PositiveIntegerField()
    opponents = models.PositiveIntegerField()
    conversations = models.PositiveIntegerField()
    tier = models.CharField(max_length=16, choices=[(one.value, one.value) for one in Tier])

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "question", "claim"], name="claim_once")]

    def __str__(self) -> str:
        return f"claim {self.pk}"
