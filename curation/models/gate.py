"""Agent versions, and the gate runs that judge them."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from curation.models.releases import Release
from feedback.models import Interaction, Project
from privacy.db.fields import RedactedJSONField, RedactedTextField
from privacy.models import Subject

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
        default=1, help_text="Generations of model output in its answers: 1 + the deepest example that taught it."
    )
    decided_by = models.CharField(max_length=150, blank=True, help_text="Who promoted or refused it: a user or a key.")
    decided_at = models.DateTimeField(null=True, blank=True)
    decision_reason = models.CharField(max_length=200, blank=True, help_text="Redacted before it is kept.")
    decided_run = models.ForeignKey(
        "GateRun",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="The gate run, one of maybe several tries, that the decision rests on.",
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
    steps = RedactedTextField(blank=True, db_default="", help_text="The calls that led to the answer, as JSON.")
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
        return f"grader of {self.interaction_id}"
