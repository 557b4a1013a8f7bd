"""Who a subject is, what they agreed to, and what proves that they were forgotten."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone

from privacy.redaction import Policy


class Purpose(models.TextChoices):
    """What a person can agree to. Nothing is stored without the first; the others decide what it may become."""

    CAPTURE = "capture", "Keep the conversation"
    EVALUATION = "evaluation", "Test new versions with it"
    TRAINING = "training", "Train new versions on it"


class Subject(models.Model):
    """A person, known by the keyed hash of (namespace, the product's own user id); that id is never stored."""

    namespace = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)
    created_at = models.DateTimeField(default=timezone.now)
    restricted_at = models.DateTimeField(
        null=True, blank=True, help_text="While set, nothing of this subject is shown, curated or released."
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["namespace", "digest"], name="subject_once_a_namespace")]

    def __str__(self) -> str:
        return f"subject {self.pk}"


class Notice(models.Model):
    """The exact wording under which consent was asked. Many subjects share one; it holds nobody's data."""

    digest = models.CharField(max_length=64, unique=True, help_text="SHA-256 of the wording.")
    language = models.CharField(max_length=16, blank=True)
    text = models.TextField(blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"notice {self.digest[:12]}"


class ConsentEntry(models.Model):
    """One line of the ledger. Lines are added, never changed; each holds the hash of its subject's line before it."""

    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="consent_entries")
    purpose = models.CharField(max_length=16, choices=Purpose)
    granted = models.BooleanField()
    recorded_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(null=True, blank=True)
    method = models.CharField(max_length=32, help_text="How it was asked: capture, api, import, page, gpc …")
    notice = models.ForeignKey(Notice, null=True, blank=True, on_delete=models.PROTECT)
    previous_hash = models.CharField(max_length=64, blank=True)
    entry_hash = models.CharField(max_length=64)

    class Meta:
        verbose_name_plural = "consent entries"
        indexes = [models.Index(fields=["subject", "purpose", "-id"], name="consent_latest")]

    def __str__(self) -> str:
        return f"{self.purpose} {'granted' if self.granted else 'denied'}"


class Tombstone(models.Model):
    """A keyed hash of what was erased or has expired, so that a replay of it can be told and refused."""

    class Kind(models.TextChoices):
        SUBJECT = "subject"
        INTERACTION = "interaction"
        SIGNAL = "signal"

    kind = models.CharField(max_length=16, choices=Kind)
    digest = models.CharField(max_length=64)
    reason = models.CharField(max_length=16, default="erased")
    buried_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "digest"], name="tombstone_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.reason}"


class Erasure(models.Model):
    """One erasure and its receipt: what was removed, by kind and number. It holds nothing of the person."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    namespace = models.CharField(max_length=64)
    purpose = models.CharField(max_length=16, choices=Purpose, blank=True, help_text="Blank: everything.")
    executed_at = models.DateTimeField(default=timezone.now)
    settled_at = models.DateTimeField(null=True, blank=True, help_text="When files and free pages were clean too.")
    counts = models.JSONField(default=dict)
    releases = models.JSONField(default=list, help_text="Releases that held their records, and are cut again without them.")
    tries = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["settled_at"], name="erasure_unsettled")]

    def __str__(self) -> str:
        return f"erasure {self.id}"


class RedactionPolicy(models.Model):
    """What a project adds to the redactor's own rules: its terms, allow list and phone regions. Versioned."""

    name = models.CharField(max_length=64, unique=True)
    version = models.PositiveIntegerField(default=1)
    definition = models.JSONField(
        default=dict, blank=True, help_text="As `privacy.redaction.Policy.from_dict` reads it."
    )
    updated_at = models.DateTimeField(default=timezone.now)
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        verbose_name_plural = "redaction policies"

    def __str__(self) -> str:
        return f"{self.name} v{self.version}"

    def compiled(self) -> Policy:
        """The policy as the redactor takes it."""
        return Policy.from_dict({"version": f"{self.name}-{self.version}", **self.definition})
