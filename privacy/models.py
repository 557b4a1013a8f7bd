"""Subjects, what they agreed to, and the evidence that they were erased."""

import uuid
from dataclasses import replace

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from privacy.redaction import Policy, RedactionError, compile_policy


class Purpose(models.TextChoices):
    """The purposes that a person can agree to. Without the first, nothing is stored."""

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
        # Nearly always empty. Each list leaves these out, for which PostgreSQL would read all subjects.
        indexes = [
            models.Index(fields=["id"], condition=models.Q(restricted_at__isnull=False), name="subject_restricted")
        ]

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
    """One line of the ledger. Lines are added, never changed; each holds the hash of the subject's previous line."""

    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="consent_entries", db_index=False)
    purpose = models.CharField(max_length=16, choices=Purpose)
    granted = models.BooleanField()
    recorded_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(null=True, blank=True)
    method = models.CharField(max_length=32, help_text="How it was asked: capture, api, import, page, gpc …")
    notice = models.ForeignKey(Notice, null=True, blank=True, on_delete=models.PROTECT, db_index=False)
    previous_hash = models.CharField(max_length=64, blank=True)
    entry_hash = models.CharField(max_length=64)

    class Meta:
        verbose_name_plural = "consent entries"
        indexes = [
            models.Index(fields=["subject", "purpose", "-id"], name="consent_latest"),
            models.Index(fields=["notice"], condition=Q(notice__isnull=False), name="consent_notice"),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {'granted' if self.granted else 'denied'}"


class Tombstone(models.Model):
    """A keyed hash of an id that was erased or has expired, so that sending it again is recognised and refused."""

    class Kind(models.TextChoices):
        SUBJECT = "subject"
        INTERACTION = "interaction"
        SIGNAL = "signal"
        DENIAL = "denial"

    kind = models.CharField(max_length=16, choices=Kind)
    digest = models.CharField(max_length=64)
    reason = models.CharField(max_length=16, default="erased")
    buried_at = models.DateTimeField(default=timezone.now)
    exported = models.BooleanField(default=False, help_text="It is also in the file next to the database.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "digest"], name="tombstone_once")]
        indexes = [models.Index(fields=["id"], condition=Q(exported=False), name="tombstone_to_export")]

    def __str__(self) -> str:
        return f"{self.kind} {self.reason}"


class Erasure(models.Model):
    """One erasure and its receipt: what was removed, by kind and number. Once done, it holds no personal data."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    subject = models.ForeignKey(
        Subject,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="Whose rows are being removed; empty once they are gone.",
    )
    namespace = models.CharField(max_length=64)
    purpose = models.CharField(max_length=16, choices=Purpose, blank=True, help_text="Blank: everything.")
    executed_at = models.DateTimeField(default=timezone.now)
    settled_at = models.DateTimeField(null=True, blank=True, help_text="When files and free pages were clean too.")
    request = models.ForeignKey(
        "PrivacyRequest", null=True, blank=True, on_delete=models.SET_NULL, related_name="erasures"
    )
    counts = models.JSONField(default=dict)
    releases = models.JSONField(
        default=list, help_text="Releases that held their records and are cut again without them."
    )
    overwritten_at = models.DateTimeField(
        null=True, blank=True, help_text="When the database's free pages were overwritten."
    )
    tries = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["settled_at"], name="erasure_unsettled")]

    def __str__(self) -> str:
        return f"erasure {self.id}"


class MasterKey(models.Model):
    """A version of the master key that this database has been written with, by a keyed fingerprint; never the key."""

    version = models.PositiveSmallIntegerField(primary_key=True)
    fingerprint = models.CharField(max_length=64, unique=True)
    added_at = models.DateTimeField(default=timezone.now)
    retired_at = models.DateTimeField(
        null=True, blank=True, help_text="When it was retired: no process starts with it since."
    )

    def __str__(self) -> str:
        return f"master key, version {self.version}"


class RequestStatus(models.TextChoices):
    """How far a person's request has come."""

    RECEIVED = "received"
    VERIFIED = "verified"
    RESTRICTED = "restricted"
    EXECUTED = "executed"
    SCANNED = "scanned"
    RECALLED = "recalled"
    CLOSED = "closed"
    REFUSED = "refused"


class PrivacyRequest(models.Model):
    """A person's request, its state and its legal deadline (`privacy/requests/lifecycle.py`).

    It refers to the person until they are erased. Then it holds nothing about them, and stays as evidence.
    """

    class Kind(models.TextChoices):
        ERASURE = "erasure", "Delete what you keep about me"
        ACCESS = "access", "Show me what you keep about me"
        WITHDRAWAL = "withdrawal", "I no longer agree"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    subject = models.ForeignKey(
        Subject,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="requests",
        help_text="Empty once the person is erased.",
    )
    namespace = models.CharField(max_length=64)
    origin = models.CharField(max_length=64, blank=True, help_text="The project through which it came.")
    kind = models.CharField(max_length=16, choices=Kind)
    purposes = models.JSONField(default=list, help_text="For a withdrawal: the purposes no longer agreed to.")
    state = models.CharField(max_length=16, choices=RequestStatus, default=RequestStatus.RECEIVED)
    verified_by = models.CharField(
        max_length=16, blank=True, help_text="key: the product; link: the person's own page."
    )
    law = models.CharField(max_length=8, default="gdpr", help_text="Which law sets the deadline: gdpr or ccpa.")
    link = models.CharField(
        max_length=64, blank=True, help_text="Keyed hash of the page link through which it was made."
    )
    received_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField()
    restricted_at = models.DateTimeField(null=True, blank=True)
    executed_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    counts = models.JSONField(default=dict, help_text="What was removed or shown, by kind.")
    releases = models.JSONField(default=list, help_text="Releases that held the person's records.")
    recalls = models.JSONField(default=list, help_text="What replaced them: [{release, replaced_by, recall}].")
    fingerprints = models.BinaryField(
        default=bytes, help_text="Keyed fingerprints of the person's text; emptied when it closes."
    )
    for_audit = models.BinaryField(
        null=True, help_text="Fingerprints with a salt that all requests share; emptied when the audit has passed."
    )
    scan = models.JSONField(default=dict, help_text="What the byte scan read and found.")
    progress = models.JSONField(default=dict, help_text="How far the byte scan is; emptied when it is done.")
    receipt = models.JSONField(default=dict, help_text="Signed; see `privacy/requests/receipts.py`.")
    tries = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=200, blank=True, help_text="Why the last try failed, without captured text.")

    class Meta:
        verbose_name = "request"
        indexes = [
            models.Index(fields=["due_at"], condition=~Q(state__in=["closed", "refused"]), name="request_open"),
            models.Index(fields=["link"], name="request_link"),
            models.Index(fields=["closed_at"], condition=Q(for_audit__isnull=False), name="request_audit"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"

    @property
    def is_over(self) -> bool:
        """Whether nothing is left to do."""
        return self.state in (RequestStatus.CLOSED, RequestStatus.REFUSED)

    @property
    def days_left(self) -> int:
        """Whole days until the legal deadline; negative once it has passed."""
        return (self.due_at - timezone.now()).days


class Webhook(models.Model):
    """An address to which a project's recalls and alerts are sent. The signing secret is encrypted."""

    origin = models.CharField(max_length=64, help_text="The project whose recalls it receives.")
    url = models.CharField(max_length=500)
    secret = models.BinaryField(help_text="Encrypted with a key derived from the master key.")
    created_at = models.DateTimeField(default=timezone.now)
    disabled_at = models.DateTimeField(null=True, blank=True, help_text="Set when the receiver answers 410.")

    class Meta:
        indexes = [models.Index(fields=["origin"], name="webhook_origin")]

    def __str__(self) -> str:
        return f"webhook {self.pk}"


class DeliveryStatus(models.TextChoices):
    """How far a message to a webhook has come."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    SET_ASIDE = "set_aside", "Set aside"


class Delivery(models.Model):
    """One message to one webhook: sent under a lease, and retried until it is accepted or set aside."""

    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="deliveries")
    message = models.CharField(
        max_length=64, help_text="The same each time it is sent, so that receivers can drop duplicates."
    )
    payload = models.JSONField(help_text="Ids and hashes alone.")
    state = models.CharField(max_length=16, choices=DeliveryStatus, default=DeliveryStatus.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(default=timezone.now)
    lease_until = models.DateTimeField(null=True, blank=True)
    status = models.PositiveSmallIntegerField(null=True, blank=True, help_text="What the receiver last answered.")
    error = models.CharField(max_length=80, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    delivered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "deliveries"
        constraints = [models.UniqueConstraint(fields=["webhook", "message"], name="delivery_once")]
        indexes = [models.Index(fields=["next_at"], condition=Q(state="waiting"), name="delivery_due")]

    def __str__(self) -> str:
        return f"delivery {self.pk}"


class Setback(models.Model):
    """Work that failed for one item when it last ran; see `privacy/db/isolation.py`. It holds no text."""

    work = models.CharField(max_length=40)
    about = models.CharField(max_length=80, help_text="The kind and key of what it was done for.")
    error = models.CharField(max_length=80)
    times = models.PositiveIntegerField(default=1)
    at = models.DateTimeField(default=timezone.now, help_text="When it was last tried.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["work", "about"], name="setback_once")]

    def __str__(self) -> str:
        return f"setback {self.pk}"


class InvalidRules(ValueError):
    """Rules in force are not valid: somebody stored them without the console. The message names the row and the place,
    never a value; `row` is where they can be corrected.
    """

    def __init__(self, row: models.Model, fault: str) -> None:
        super().__init__(f"{row}, which is in force, is not valid: {fault.rstrip('.')}.")
        self.row = row


class InvalidRedaction(InvalidRules, RedactionError):
    """Redaction rules that are not valid; no text is stored with them."""


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
        """The policy as the redactor takes it. Raises `InvalidRedaction`."""
        try:
            policy = Policy.from_dict(self.definition)
            compile_policy(policy)
        except RedactionError as error:
            raise InvalidRedaction(self, str(error)) from error
        return replace(policy, version=f"{self.name}-{self.version}")
