"""Policies, runs, review tasks, decisions, the records derived from them, releases and gate runs."""

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone

from curation.decisions.rules import Outcome, Reason
from curation.models.derived import Derived as Derived
from curation.models.derived import EvalCase as EvalCase
from curation.models.derived import Example as Example
from curation.models.derived import PreferencePair as PreferencePair
from curation.models.derived import Question as Question
from curation.models.review import BulkDecision as BulkDecision
from curation.models.review import BulkItem as BulkItem
from curation.models.review import CalibrationItem as CalibrationItem
from curation.models.review import ReviewEvent as ReviewEvent
from curation.releases import formats, schedules
from feedback.models import NAME, Interaction, Project, Signal
from privacy.db.fields import RedactedJSONField, RedactedTextField
from privacy.db.keys import RowKey
from privacy.models import Subject

USER = settings.AUTH_USER_MODEL


def check_formats(names: Any) -> None:
    """Refuse an unknown file format, or one whose library is not installed."""
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise ValidationError("Formats are a list of names.")
    try:
        formats.check(names)
    except ValueError as error:
        raise ValidationError(str(error)) from error


class CurationPolicy(models.Model):
    """One version of how a project curates. A version is never changed; a run records the one that it used."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="policies")
    version = models.PositiveIntegerField(default=1)
    settings = models.JSONField(
        default=dict, blank=True, help_text="What differs from the defaults; docs/reference/policy.md."
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


class Run(models.Model):
    """One pass of curation over what is new."""

    class State(models.TextChoices):
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"
        CANCELLED = "cancelled"

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="runs")
    policy = models.ForeignKey(CurationPolicy, on_delete=models.PROTECT, related_name="runs")
    state = models.CharField(max_length=16, choices=State, default=State.RUNNING)
    started_at = models.DateTimeField(default=timezone.now)
    alive_at = models.DateTimeField(default=timezone.now, help_text="When it last finished a batch.")
    finished_at = models.DateTimeField(null=True, blank=True)
    read = models.PositiveIntegerField(default=0, help_text="Interactions looked at so far.")
    total = models.PositiveIntegerField(default=0, help_text="Interactions that waited when the run began.")
    counts = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["project", "-id"], name="run_list")]

    def __str__(self) -> str:
        return f"run {self.pk}"


class ReviewTask(models.Model):
    """An interaction whose label a person must decide. Labels are never guessed."""

    class State(models.TextChoices):
        OPEN = "open"
        RESOLVED = "resolved"
        CANCELLED = "cancelled", "No longer needed"

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
        SECOND = "second", "Second look, blind"
        ADJUDICATION = "adjudication", "Reviewers differ"
        CALIBRATION = "calibration", "Answer is known"

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="review_tasks")
    interaction = models.ForeignKey(Interaction, on_delete=models.PROTECT, related_name="review_tasks")
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="review_tasks")
    reason = models.CharField(max_length=40)
    detail = models.CharField(
        max_length=200, blank=True, help_text="Why a person is asked, in words; no captured text."
    )
    kind = models.CharField(max_length=16, choices=Kind, default=Kind.LABEL)
    about = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="looks",
        help_text="The task whose verdict is judged once more.",
    )
    not_for = models.ForeignKey(
        USER, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", help_text="Who has judged it already."
    )
    state = models.CharField(max_length=16, choices=State, default=State.OPEN)
    priority = models.SmallIntegerField(default=0)
    revision = models.PositiveIntegerField(help_text="The interaction's revision that the task is about.")
    created_at = models.DateTimeField(default=timezone.now)
    assignee = models.ForeignKey(USER, null=True, blank=True, on_delete=models.SET_NULL, related_name="assigned_tasks")
    claimed_by = models.ForeignKey(USER, null=True, blank=True, on_delete=models.SET_NULL, related_name="claimed_tasks")
    claimed_until = models.DateTimeField(null=True, blank=True)
    resolution = models.CharField(max_length=16, choices=Resolution, blank=True)
    correction = RedactedTextField(blank=True, default="")
    note = RedactedTextField(blank=True, default="")
    resolved_by = models.ForeignKey(
        USER, null=True, blank=True, on_delete=models.SET_NULL, related_name="resolved_tasks"
    )
    resolved_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["interaction"], condition=Q(state="open"), name="one_open_task_each"),
        ]
        indexes = [
            models.Index(fields=["project", "-priority", "id"], condition=Q(state="open"), name="task_queue"),
            models.Index(fields=["-priority", "id"], condition=Q(state="open"), name="task_first"),
            models.Index(fields=["resolved_by", "-resolved_at"], name="task_decided"),
            models.Index(fields=["project", "-id"], name="task_list"),
            models.Index(fields=["project", "kind", "-id"], condition=~Q(kind="label"), name="task_beside"),
        ]
        permissions = [("adjudicate_reviewtask", "Can decide where reviewers differ, and see how all of them do")]

    def __str__(self) -> str:
        return f"task {self.pk}"


class Decision(models.Model):
    """The decision on one interaction, by its current signals or by a reviewer, and why."""

    interaction = RowKey(Interaction, on_delete=models.PROTECT, primary_key=True, related_name="decision")
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="decisions", db_index=False)
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="decisions")
    run = models.ForeignKey(Run, null=True, blank=True, on_delete=models.SET_NULL, related_name="decisions")
    policy_version = models.PositiveIntegerField()
    revision = models.PositiveIntegerField(help_text="The interaction's revision that was decided on.")
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
        return f"{self.outcome} ({self.reason})"

    @property
    def expected(self) -> str:
        """The right answer: a reviewer's, else a person's correction, else the agent's own, which was confirmed."""
        if self.task is not None and self.task.correction:
            return str(self.task.correction)
        return str(self.correction.correction if self.correction is not None else self.interaction.answer)

    @property
    def rejected(self) -> str | None:
        """The answer that was wrong, where one was corrected."""
        return str(self.interaction.answer) if self.outcome == Outcome.CORRECTED else None


class AuditItem(models.Model):
    """An interaction drawn, by a keyed hash alone, into the random sample that a person judges blind."""

    interaction = models.OneToOneField(Interaction, on_delete=models.PROTECT, primary_key=True, related_name="audit")
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="audit_items")
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="audit_items")
    drawn_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"audit of {self.interaction_id}"


class AuditFrame(models.Model):
    """How far the audit has drawn from a project's interactions, and from how many."""

    project = models.OneToOneField(Project, on_delete=models.CASCADE, primary_key=True, related_name="audit_frame")
    drawn_to = models.BigIntegerField(default=0)
    seen = models.PositiveBigIntegerField(default=0)
    measured = models.JSONField(null=True, help_text="What thumbs and weighted thumbs came to, when all was counted.")
    measured_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"audit of {self.project}"


class Dataset(models.Model):
    """The releases of one project under one name, and their schedule."""

    class Cadence(models.TextChoices):
        MANUAL = "manual", "By hand"
        WEEKLY = "weekly", "Every week"
        MONTHLY = "monthly", "Every month"
        CRON = "cron", "As the cron line says"

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="datasets")
    name = models.CharField(max_length=64, unique=True, validators=[NAME])
    formats = models.JSONField(
        default=list, blank=True, validators=[check_formats], help_text="Files in addition to the three standard ones."
    )
    system_prompt = models.TextField(blank=True, help_text="Put before every training example.")
    holdout = models.FloatField(default=0.0, help_text="Share of questions that are tested and never trained on.")
    cadence = models.CharField(max_length=16, choices=Cadence, default=Cadence.MANUAL)
    cron = models.CharField(max_length=64, blank=True, help_text="Five fields, in the time zone: 0 6 * * 1-5")
    time_zone = models.CharField(max_length=64, default="UTC")
    scheduled_since = models.DateTimeField(
        default=timezone.now,
        editable=False,
        help_text="When the cadence was set; earlier periods are not made up for.",
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
        """When its releases are due; None where they are cut by hand. Raises `ValueError` where that cannot be said."""
        return schedules.schedule(self.cadence, self.cron, self.time_zone)

    def published(self) -> "models.QuerySet[Release]":
        """Its published releases, newest first."""
        states = [Release.State.PUBLISHED, Release.State.STALE]
        return self.releases.filter(state__in=states).order_by("-number", "-recut")


class Release(models.Model):
    """One immutable version of a dataset. Recut (v2.1) when a person in it is erased."""

    class State(models.TextChoices):
        CUTTING = "cutting", "Being cut"
        PUBLISHED = "published"
        STALE = "stale", "To be cut again"
        SUPERSEDED = "superseded", "Replaced by its recut"
        FAILED = "failed"

    dataset = models.ForeignKey(Dataset, on_delete=models.PROTECT, related_name="releases")
    number = models.PositiveIntegerField()
    recut = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=16, choices=State, default=State.CUTTING)
    policy = models.ForeignKey(CurationPolicy, null=True, on_delete=models.PROTECT, related_name="+")
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
        """The name that the API, the commands and the gate know it by: `dataset:v3`."""
        return f"{self.dataset.name}:{self.version}"

    @property
    def version(self) -> str:
        """`v3`, or `v3.1` for its first recut."""
        return f"v{self.number}.{self.recut}" if self.recut else f"v{self.number}"


class Period(models.Model):
    """One scheduled period of a dataset. However many beats run, the unique row lets its release be cut once."""

    class State(models.TextChoices):
        WAITING = "waiting"
        DONE = "done"
        NOTHING_NEW = "nothing_new", "Nothing was new"
        MISSED = "missed", "Missed; cut with the period after it"
        FAILED = "failed"

    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="periods")
    name = models.CharField(max_length=32)
    due_at = models.DateTimeField()
    state = models.CharField(max_length=16, choices=State, default=State.WAITING)
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
    """An interaction in a release: how an erasure finds the files to cut again."""

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
        help_text="Who wrote the correction in it, where that is somebody else.",
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["release", "interaction"], name="member_once_a_release")]
        indexes = [models.Index(fields=["author"], condition=Q(author__isnull=False), name="member_author")]

    def __str__(self) -> str:
        return f"{self.release_id}: {self.interaction_id}"


class Recall(models.Model):
    """Records that the users of a release must delete: ids and hashes, no text."""

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="recalls")
    replaced_by = models.ForeignKey(Release, null=True, on_delete=models.PROTECT, related_name="+")
    records = models.JSONField(default=list, help_text="[{file, record, sha256}]")
    reason = models.CharField(max_length=16, default="erasure")
    acknowledgements = models.JSONField(default=list, help_text="Who says they have deleted the records: [{by, at}].")
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"recall {self.pk}"


class AgentVersion(models.Model):
    """A version of the agent that was, or may be, deployed."""

    class State(models.TextChoices):
        CANDIDATE = "candidate"
        PROMOTED = "promoted"
        REFUSED = "refused"

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="agent_versions")
    name = models.CharField(max_length=200)
    version = models.CharField(max_length=200, blank=True)
    model = models.CharField(max_length=200, blank=True)
    trained_on = models.ForeignKey(
        Release, null=True, blank=True, on_delete=models.PROTECT, related_name="trained_versions"
    )
    state = models.CharField(max_length=16, choices=State, default=State.CANDIDATE)
    depth = models.PositiveSmallIntegerField(
        default=1, help_text="Generations of model output in its answers: 1 + the deepest example that taught it."
    )
    decided_by = models.CharField(max_length=150, blank=True, help_text="Who promoted or refused it: a user or a key.")
    decided_at = models.DateTimeField(null=True, blank=True)
    decision_reason = models.CharField(max_length=200, blank=True, help_text="Redacted before it is kept.")
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
    seal = models.CharField(max_length=64, blank=True, help_text="Keyed digest: a row edited by hand is no baseline.")
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
    """The grader that tells right from wrong for one wording of an eval case; calibrated once, kept as long as the
    case."""

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
        return f"grader of {self.interaction_id}"
