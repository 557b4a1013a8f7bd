"""Datasets, their releases and recalls; agent versions, and the gate runs that judge them."""

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone

from curation.releases import formats, schedules
from feedback.models import NAME, Interaction, Project
from privacy.db.fields import RedactedJSONField, RedactedTextField
from privacy.models import Subject


def check_formats(names: Any) -> None:
    """Refuse an unknown file format, or one whose library is not installed."""
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise ValidationError("Formats must be a list of names.")
    try:
        formats.check(names)
    except ValueError as error:
        raise ValidationError(str(error)) from error


class Dataset(models.Model):
    """The releases of one project under one name, and their schedule."""

    class Cadence(models.TextChoices):
        MANUAL = "manual", "By hand"
        WEEKLY = "weekly", "Every week"
        MONTHLY = "monthly", "Every month"
        CRON = "cron", "By a cron line"

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="datasets")
    name = models.CharField(max_length=64, unique=True, validators=[NAME])
    formats = models.JSONField(
        default=list, blank=True, validators=[check_formats], help_text="Files in addition to the three standard ones."
    )
    system_prompt = models.TextField(blank=True, help_text="Added before every training example.")
    holdout = models.FloatField(default=0.0, help_text="Share of questions used only for testing, never for training.")
    cadence = models.CharField(max_length=16, choices=Cadence, default=Cadence.MANUAL)
    cron = models.CharField(max_length=64, blank=True, help_text="Five fields, in the time zone: 0 6 * * 1-5")
    time_zone = models.CharField(max_length=64, default="UTC")
    scheduled_since = models.DateTimeField(
        default=timezone.now,
        editable=False,
        help_text="When the schedule was set; earlier periods are not caught up on.",
    )
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Refuse an unknown time zone or an invalid cron line, each at its field."""
        self.cron = " ".join(self.cron.split())
        try:
            schedules.check_zone(self.time_zone)
        except ValueError as error:
            raise ValidationError({"time_zone": str(error)}) from error
        try:
            self.schedule()
        except ValueError as error:
            raise ValidationError({"cron": str(error)}) from error

    def schedule(self) -> schedules.Schedule | None:
        """When its releases are due; None if they are cut by hand. Raises `ValueError` if that cannot be determined."""
        return schedules.schedule(self.cadence, self.cron, self.time_zone)

    def published(self) -> "models.QuerySet[Release]":
        """Its published releases, newest first."""
        states = [ReleaseState.PUBLISHED, ReleaseState.STALE]
        return self.releases.filter(state__in=states).order_by("-number", "-recut")


class ReleaseState(models.TextChoices):
    CUTTING = "cutting", "Being cut"
    PUBLISHED = "published"
    STALE = "stale", "To be cut again"
    SUPERSEDED = "superseded", "Replaced by its recut"
    FAILED = "failed"


class Release(models.Model):
    """One immutable version of a dataset. It is recut (v2.1) when a person in it is erased."""

    dataset = models.ForeignKey(Dataset, on_delete=models.PROTECT, related_name="releases")
    number = models.PositiveIntegerField()
    recut = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=16, choices=ReleaseState, default=ReleaseState.CUTTING)
    policy = models.ForeignKey("curation.CurationPolicy", null=True, on_delete=models.PROTECT, related_name="+")
    period = models.CharField(max_length=32, blank=True, help_text="The scheduled period that it was cut for.")
    manifest = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    published_at = models.DateTimeField(null=True, blank=True)
    disturbed = models.BooleanField(default=False, help_text="A person in it was erased while it was being cut.")
    lease_until = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["dataset", "number", "recut"], name="release_version_once"),
            models.UniqueConstraint(
                fields=["dataset", "period"], condition=~Q(period="") & Q(recut=0), name="release_once_a_period"
            ),
        ]
        indexes = [models.Index(fields=["state"], name="release_state")]
        permissions = [("export_release", "Can download the files of releases")]

    def __str__(self) -> str:
        return f"{self.dataset} {self.version}"

    @property
    def public_id(self) -> str:
        """Its name in the API, the commands and the gate: `dataset:v3`."""
        return f"{self.dataset.name}:{self.version}"

    @property
    def version(self) -> str:
        """`v3`, or `v3.1` for its first recut."""
        return f"v{self.number}.{self.recut}" if self.recut else f"v{self.number}"


class PeriodState(models.TextChoices):
    WAITING = "waiting"
    DONE = "done"
    NOTHING_NEW = "nothing_new", "Nothing was new"
    MISSED = "missed", "Missed; cut with the period after it"
    FAILED = "failed"


class Period(models.Model):
    """One scheduled period of a dataset. However many beats run, the unique row lets its release be cut only once."""

    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="periods")
    name = models.CharField(max_length=32)
    due_at = models.DateTimeField()
    state = models.CharField(max_length=16, choices=PeriodState, default=PeriodState.WAITING)
    release = models.ForeignKey(Release, null=True, on_delete=models.SET_NULL, related_name="periods")
    tries = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(default=timezone.now)
    lease_until = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=200, blank=True, help_text="Why the last try failed; no captured text.")
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["dataset", "name"], name="period_once")]
        indexes = [models.Index(fields=["next_at"], condition=Q(state="waiting"), name="period_waiting")]

    def __str__(self) -> str:
        return f"{self.dataset} {self.name}"


class ReleaseMember(models.Model):
    """An interaction in a release; an erasure uses it to find the files to cut again."""

    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="members")
    interaction = models.ForeignKey(Interaction, on_delete=models.PROTECT, related_name="memberships")
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="memberships")
    evaluation = models.BooleanField(default=False, help_text="It is in a file for evaluation.")
    training = models.BooleanField(default=False, help_text="It is in a file for training.")
    author = models.ForeignKey(
        Subject,
        null=True,
        on_delete=models.PROTECT,
        related_name="authored_memberships",
        help_text="Who wrote the correction in it, if that is somebody else.",
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["release", "interaction"], name="member_once_a_release")]
        indexes = [models.Index(fields=["author"], condition=Q(author__isnull=False), name="member_author")]

    def __str__(self) -> str:
        return f"{self.release_id}: {self.interaction_id}"


class ReleaseQuote(models.Model):
    """A text from another conversation in an eval case of a release: another right answer, or a corrected one.

    An erasure of that conversation uses it to find the case.
    """

    class Kind(models.TextChoices):
        ACCEPTED = "accepted"
        REJECTED = "rejected"

    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="quotes")
    case = models.ForeignKey(Interaction, on_delete=models.PROTECT, related_name="+")
    interaction = models.ForeignKey(Interaction, on_delete=models.PROTECT, related_name="quotes")
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="quotes")
    author = models.ForeignKey(Subject, null=True, on_delete=models.PROTECT, related_name="authored_quotes")
    signal = models.ForeignKey("feedback.Signal", null=True, on_delete=models.PROTECT, related_name="quotes")
    kind = models.CharField(max_length=8, choices=Kind)
    digest = models.BigIntegerField(help_text="Hash of the text in the release.")

    class Meta:
        indexes = [models.Index(fields=["release", "case"], name="quote_case")]

    def __str__(self) -> str:
        return f"{self.release_id}: {self.kind} in {self.case_id}"


class Recall(models.Model):
    """Records that the users of a release must delete: ids and hashes, no text."""

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="recalls")
    replaced_by = models.ForeignKey(Release, null=True, on_delete=models.PROTECT, related_name="+")
    records = models.JSONField(default=list, help_text="[{file, record, sha256}]")
    reason = models.CharField(max_length=16, default="erasure")
    acknowledgements = models.JSONField(default=list, help_text="Who has confirmed deleting the records: [{by, at}].")
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"recall {self.pk}"


USER = settings.AUTH_USER_MODEL


class VersionState(models.TextChoices):
    CANDIDATE = "candidate"
    PROMOTED = "promoted"
    REFUSED = "refused"


class AgentVersion(models.Model):
    """A version of the agent that was, or may be, deployed."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="agent_versions")
    name = models.CharField(max_length=200)
    version = models.CharField(max_length=200, blank=True)
    model = models.CharField(max_length=200, blank=True)
    trained_on = models.ForeignKey(
        Release, null=True, blank=True, on_delete=models.PROTECT, related_name="trained_versions"
    )
    state = models.CharField(max_length=16, choices=VersionState, default=VersionState.CANDIDATE)
    depth = models.PositiveSmallIntegerField(
        default=1, help_text="Generations of model output in its training: 1 + that of its deepest example."
    )
    decided_by = models.CharField(max_length=150, blank=True, help_text="Who promoted or refused it: a user or a key.")
    decided_at = models.DateTimeField(null=True, blank=True)
    decision_reason = models.CharField(max_length=200, blank=True, help_text="Redacted before it is stored.")
    decided_run = models.ForeignKey(
        "GateRun",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="The gate run that the decision rests on; there may be several.",
    )
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "name", "version"], name="agent_version_once")]

    def __str__(self) -> str:
        return f"{self.name} {self.version}".strip()


class GateRun(models.Model):
    """One judgement of a candidate on a release's eval cases, compared with its baseline."""

    class Verdict(models.TextChoices):
        PASSED = "passed"
        REFUSED = "refused"
        NOT_JUDGED = "not_judged", "Could not be judged"

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="gate_runs")
    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="gate_runs")
    candidate = models.ForeignKey(AgentVersion, on_delete=models.PROTECT, related_name="gate_runs")
    baseline = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="challengers")
    verdict = models.CharField(max_length=16, choices=Verdict)
    reasons = models.JSONField(default=list)
    counts = models.JSONField(default=dict)
    policy = models.JSONField(default=dict)
    cases_digest = models.CharField(max_length=64)
    seal = models.CharField(
        max_length=64, blank=True, help_text="Keyed digest: a row edited by hand cannot be a baseline."
    )
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"gate run {self.pk}"


class GateResult(models.Model):
    """The candidate's answer to one case, and its grade."""

    run = models.ForeignKey(GateRun, on_delete=models.CASCADE, related_name="results")
    interaction = models.ForeignKey(Interaction, on_delete=models.PROTECT, related_name="gate_results")
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="gate_results")
    kind = models.CharField(max_length=16)
    answer = RedactedTextField(blank=True)
    score = models.FloatField(null=True)
    passed = models.BooleanField(default=False)
    grader = models.CharField(max_length=32, blank=True)
    change = models.CharField(max_length=24, blank=True, help_text="Compared with the baseline: fixed, regressed, …")
    error = models.CharField(max_length=200, blank=True)
    attempts = RedactedJSONField(default=list, help_text="Repetitions: [{answer, passed, score, error}].")
    steps = RedactedTextField(blank=True, db_default="", help_text="The tool calls that led to the answer, as JSON.")
    case_digest = models.CharField(max_length=64, help_text="The case's digest when it was answered.")
    seal = models.CharField(max_length=64, blank=True, help_text="Keyed digest of the row.")
    judged = models.BooleanField(null=True, help_text="A person's judgement of the answer, if there is one.")
    judged_by = models.ForeignKey(USER, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    judged_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "interaction"], name="gate_result_once")]
        indexes = [models.Index(fields=["-id"], condition=Q(judged__isnull=False), name="gate_result_judged")]

    def __str__(self) -> str:
        return f"{self.run_id}: {self.interaction_id}"


class CaseGrader(models.Model):
    """The grader that tells right from wrong for one wording of an eval case; calibrated once and kept as long as the
    case.
    """

    interaction = models.ForeignKey(Interaction, on_delete=models.PROTECT, related_name="case_graders")
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="case_graders")
    wording = models.CharField(max_length=64, help_text="Keyed digest of the case's texts and the graders' version.")
    grader = models.CharField(max_length=32, blank=True)
    threshold = models.FloatField()
    discriminating = models.BooleanField()
    why = models.CharField(max_length=200)
    seal = models.CharField(max_length=64, help_text="Keyed digest of the row.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["interaction", "wording"], name="case_grader_once")]

    def __str__(self) -> str:
        return f"case grader {self.pk}"
