"""Projects and their keys, interactions, and people's signals on them."""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.functional import cached_property

from feedback.signals import LABELS
from privacy.api.scopes import Scope
from privacy.consent.ledger import PURPOSES
from privacy.db.fields import RedactedJSONField, RedactedTextField
from privacy.models import RedactionPolicy, Subject
from privacy.redaction import RULES_VERSION, Numbering, Policy
from privacy.subjects.digests import digest

NAME = RegexValidator(r"^[a-z0-9][a-z0-9_-]{0,63}\Z", "Lower-case letters, digits, - and _; at most 64.")


SPAN_ID = re.compile(r"[0-9a-f]{32}-[0-9a-f]{16}")


class Project(models.Model):
    """One deployed agent. A key sees only its own project."""

    class Consent(models.TextChoices):
        OPT_IN = "opt_in", "Only with consent"
        OPT_OUT = "opt_out", "Unless refused"

    name = models.CharField(max_length=64, unique=True, validators=[NAME])
    namespace = models.CharField(
        max_length=64,
        help_text="Projects with the same namespace recognise the same person. Default: only this project.",
    )
    redaction = models.ForeignKey(RedactionPolicy, on_delete=models.PROTECT, related_name="projects")
    capture_consent = models.CharField(max_length=8, choices=Consent, default=Consent.OPT_IN)
    evaluation_consent = models.CharField(max_length=8, choices=Consent, default=Consent.OPT_IN)
    training_consent = models.CharField(max_length=8, choices=Consent, default=Consent.OPT_IN)
    web_origins = models.JSONField(
        default=list,
        blank=True,
        help_text='Origins whose pages may send feedback with a token: ["https://shop.example"].',
    )
    keep_days = models.PositiveIntegerField(
        default=90, help_text="How many days an interaction is kept if no decision uses it."
    )
    guidelines = models.TextField(
        blank=True, default="", db_default="", help_text="What counts as a right answer, for reviewers. Markdown."
    )
    deep_scan = models.BooleanField(
        default=False, help_text="Hold interactions back from review and curation until the second redaction is done."
    )
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.name

    @property
    def consent_defaults(self) -> dict[str, bool]:
        """The consent that applies to each purpose while the person has said nothing."""
        return {purpose: self.consents_by_default(purpose) for purpose in PURPOSES}

    def consents_by_default(self, purpose: str) -> bool:
        """Whether the project may use data for this purpose, under its law, until the person says no."""
        return bool(getattr(self, f"{purpose}_consent") == self.Consent.OPT_OUT)

    @cached_property
    def redaction_policy(self) -> Policy:
        """The compiled redaction rules that hold for this project's text."""
        return self.redaction.compiled()

    @property
    def redaction_version(self) -> str:
        """The rules in force: the redactor's own and this project's."""
        return f"{RULES_VERSION}:{self.redaction_policy.version}"

    def numbering(self, external_id: str, placeholders: Mapping[str, list[str]] | None = None) -> Numbering:
        """The numbering of one interaction's placeholders, continued from those it has.

        A whole trace shares one: its spans are redacted before it is known which of them names the turn.
        """
        name = external_id[:32] if SPAN_ID.fullmatch(external_id) else external_id
        key = bytes.fromhex(digest("numbering", self.name, name))
        return Numbering.restored(key, dict(placeholders)) if placeholders else Numbering(key)

    def tombstone(self, external_id: str) -> str:
        """The digest under which an erased id of this project is remembered."""
        return digest("tombstone", self.name, external_id)


class ApiKey(models.Model):
    """A key of one project. Only its hash is stored; the key itself is shown once, when it is created."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="keys")
    name = models.CharField(max_length=64, blank=True)
    prefix = models.CharField(max_length=16, help_text="The first characters, to recognise the key.")
    digest = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(default=list)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "key"

    def __str__(self) -> str:
        return f"{self.prefix}…"

    def is_live(self, now: datetime) -> bool:
        """Whether the key may be used at that time."""
        return self.revoked_at is None and (self.expires_at is None or self.expires_at > now)

    def scope_labels(self) -> list[str]:
        return [Scope(scope).label for scope in self.scopes]


class InteractionQuerySet(models.QuerySet["Interaction"]):
    """Selections of interactions."""

    def visible(self) -> "InteractionQuerySet":
        """Rows of subjects who are not hidden by an open request."""
        return self.filter(subject__restricted_at__isnull=True)

    def pending(self) -> "InteractionQuerySet":
        """Interactions whose signals have changed since curation last read them, and whose text is fully redacted."""
        return self.visible().filter(pending=True, scan_due=False)

    def unused(self) -> "InteractionQuerySet":
        """Interactions that only signals and other names refer to. It is read from the schema, because this app does
        not know the apps that build on it.
        """
        rows = self
        for relation in Interaction._meta.related_objects:
            if relation.related_model not in (Signal, InteractionName):
                dependent = relation.related_model._default_manager.filter(**{relation.field.name: OuterRef("pk")})
                rows = rows.exclude(Exists(dependent))
        return rows

    def read(self, revisions: Iterable[tuple[int, int]]) -> None:
        """Take interactions off the pending list, each only if it is still at the revision that was read."""
        by_revision: dict[int, list[int]] = {}
        for pk, revision in revisions:
            by_revision.setdefault(revision, []).append(pk)
        for revision, keys in by_revision.items():
            for start in range(0, len(keys), 500):
                self.filter(pk__in=keys[start : start + 500], revision=revision).update(pending=False)


class Interaction(models.Model):
    """One question, the agent's answer and their context. All text is redacted."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="interactions", db_index=False)
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="interactions")
    external_id = models.CharField(max_length=128)
    session = RedactedTextField(blank=True)
    question = RedactedTextField()
    answer = RedactedTextField()
    context = RedactedJSONField(default=list, blank=True)
    sources = RedactedJSONField(default=list, blank=True)
    steps = RedactedJSONField(default=list, blank=True, db_default=[])
    tags = RedactedJSONField(default=list, blank=True)
    metadata = RedactedJSONField(default=dict, blank=True)
    agent_name = RedactedTextField(blank=True)
    agent_version = RedactedTextField(blank=True)
    agent_model = RedactedTextField(blank=True)
    agent_prompt = RedactedTextField(blank=True)
    occurred_at = models.DateTimeField()
    received_at = models.DateTimeField(default=timezone.now)
    body_digest = models.CharField(max_length=64)
    fingerprint = models.BinaryField(max_length=16, help_text="Hash of the normalised question and context.")
    redactions = models.JSONField(default=dict, help_text="What was replaced, by type and number.")
    redaction_version = models.CharField(max_length=96)
    text_changed_at = models.DateTimeField(
        null=True, blank=True, help_text="When a later redaction replaced something."
    )
    placeholders = models.JSONField(
        default=dict, help_text="Keyed hashes of replaced values, to number later ones alike."
    )
    scan_due = models.BooleanField(default=False, help_text="The second redaction has not run yet.")
    revision = models.PositiveIntegerField(default=0, help_text="Increases with every change to its signals.")
    pending = models.BooleanField(default=False, help_text="Its signals changed since curation last read them.")

    objects = InteractionQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "external_id"], name="interaction_once")]
        indexes = [
            models.Index(fields=["id"], condition=Q(scan_due=True), name="interaction_scan_due"),
            models.Index(fields=["project", "redaction_version"], name="interaction_rules"),
            models.Index(
                fields=["text_changed_at"], condition=Q(text_changed_at__isnull=False), name="interaction_changed"
            ),
            models.Index(fields=["project", "-id"], name="interaction_list"),
            models.Index(fields=["project", "received_at"], name="interaction_age"),
            # Last on purpose: among indexes it considers equal, SQLite takes the newest, and any other would read a
            # whole project.
            models.Index(fields=["project", "id"], condition=Q(pending=True), name="interaction_pending"),
        ]

    def __str__(self) -> str:
        return self.external_id


class InteractionName(models.Model):
    """Another id by which a product may know an interaction from a trace, such as the model's response id."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="interaction_names", db_index=False)
    name = models.CharField(max_length=200)
    interaction = models.ForeignKey(Interaction, on_delete=models.CASCADE, related_name="names")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "name"], name="interaction_name_once")]

    def __str__(self) -> str:
        return self.name


class Trace(models.Model):
    """What has arrived of a trace so far.

    Spans that come before their turn wait here, redacted, for an hour. The places of the turns are kept for a day, so
    that later spans find them.
    """

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="traces", db_index=False)
    subject = models.ForeignKey(Subject, null=True, on_delete=models.PROTECT, related_name="traces")
    trace = models.CharField(max_length=32)
    turns = models.JSONField(default=list, help_text="Where the stored turns are in the trace, and under which ids.")
    links = models.JSONField(default=dict, help_text="The span above each span.")
    places = models.JSONField(default=list, help_text="Where the waiting spans are in the trace.")
    parts = RedactedJSONField(default=list, help_text="What the waiting spans say.")
    placeholders = models.JSONField(default=dict)
    revision = models.PositiveIntegerField(default=0)
    received_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "trace"], name="trace_once")]
        indexes = [models.Index(fields=["received_at"], name="trace_age")]

    def __str__(self) -> str:
        return self.trace


class TraceReport(models.Model):
    """The result of one day's trace exports: by product, with what was missing in them."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="trace_reports", db_index=False)
    day = models.DateField()
    product = models.CharField(max_length=64)
    missing = models.CharField(max_length=400, blank=True, help_text="Why spans were not stored, and what to change.")
    exports = models.PositiveBigIntegerField(default=0)
    spans = models.PositiveBigIntegerField(default=0)
    conversations = models.PositiveBigIntegerField(default=0)
    last_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = "trace export"
        constraints = [
            models.UniqueConstraint(fields=["project", "day", "product", "missing"], name="trace_report_once")
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.product}: {self.spans}"


class SignalQuerySet(models.QuerySet["Signal"]):
    """Selections of signals."""

    def live(self) -> "SignalQuerySet":
        """Signals that have not been withdrawn."""
        return self.filter(withdrawn_at__isnull=True)

    def visible(self) -> "SignalQuerySet":
        """Rows of subjects who are not hidden by an open request."""
        return self.filter(subject__restricted_at__isnull=True)


class Signal(models.Model):
    """What one person said or did about one answer. Nothing is overwritten: the newest explicit vote counts."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="signals", db_index=False)
    interaction = models.ForeignKey(Interaction, on_delete=models.PROTECT, related_name="signals")
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="signals")
    external_id = models.CharField(max_length=128)
    kind = models.CharField(max_length=16, choices=list(LABELS.items()))
    score = models.FloatField(null=True, blank=True)
    correction = RedactedTextField(blank=True, default="")
    comment = RedactedTextField(blank=True, default="")
    step = RedactedJSONField(default=dict, blank=True, db_default={}, help_text="What a step should have been.")
    occurred_at = models.DateTimeField()
    effective_at = models.DateTimeField(
        default=timezone.now,
        help_text="Orders a person's votes: the time of arrival or, in an import, its own time.",
    )
    received_at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    body_digest = models.CharField(max_length=64)

    objects = SignalQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "external_id"], name="signal_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.external_id}"


class ParkedSignal(models.Model):
    """Feedback that arrived before its interaction. It waits a day, redacted like all text, and is then dropped."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="parked_signals", db_index=False)
    subject = models.ForeignKey(
        Subject,
        null=True,
        on_delete=models.PROTECT,
        related_name="parked_signals",
        help_text="Empty: the asker gave it.",
    )
    interaction_external_id = models.CharField(max_length=128)
    external_id = models.CharField(max_length=128)
    kind = models.CharField(max_length=16, choices=list(LABELS.items()))
    score = models.FloatField(null=True, blank=True)
    correction = RedactedTextField(blank=True, default="")
    comment = RedactedTextField(blank=True, default="")
    step = RedactedJSONField(default=dict, blank=True, db_default={}, help_text="What a step should have been.")
    placeholders = models.JSONField(default=dict)
    body_digest = models.CharField(max_length=64)
    occurred_at = models.DateTimeField()
    effective_at = models.DateTimeField(default=timezone.now)
    received_at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True, blank=True, help_text="It was withdrawn while it waited.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "external_id"], name="parked_signal_once")]
        indexes = [models.Index(fields=["project", "interaction_external_id"], name="parked_for")]

    def __str__(self) -> str:
        return self.external_id


class WriteResult(models.TextChoices):
    """The possible results of a write."""

    STORED = "stored"
    REPLAYED = "replayed"
    NO_CONSENT = "no_consent"
    REFUSED = "refused"
    GONE = "gone"
    PARKED = "parked"
    DROPPED = "dropped"
    MERGED = "merged"


class Outcome(models.Model):
    """How many of a project's writes had each result, by day. Their sum is the number of writes received."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="outcomes", db_index=False)
    day = models.DateField()
    kind = models.CharField(max_length=16)
    result = models.CharField(max_length=16, choices=WriteResult)
    slot = models.PositiveSmallIntegerField(
        default=0, help_text="Spreads one counter over several rows, so that writers do not wait for each other."
    )
    number = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "day", "kind", "result", "slot"], name="outcome_once"),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.kind} {self.result}: {self.number}"


class ProjectMember(models.Model):
    """A console user who may see the project. Superusers see all projects."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="members")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "user"], name="member_once")]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.project_id}"
