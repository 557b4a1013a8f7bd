"""The registry of agent versions: which release taught each, its depth, and who promoted or refused it."""

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from django.db import transaction
from django.db.models import Count, Max
from django.utils import timezone
from msgspec import Meta, Struct

from curation.models import AgentVersion, GateRun, Release, ReleaseMember, ReleaseState, VersionState
from curation.releases import cutting
from feedback.capture.payloads import Label
from feedback.models import Project
from privacy.redaction import redact


class CandidateIn(Struct, forbid_unknown_fields=True):
    """Which agent it is."""

    name: Annotated[str, Meta(min_length=1, max_length=200)]
    version: Label = ""
    model: Label = ""


class AgentVersionIn(CandidateIn, forbid_unknown_fields=True, kw_only=True):
    """`POST /agent-versions`."""

    trained_on: Annotated[str, Meta(max_length=128)] | None = None


class DecisionIn(Struct, forbid_unknown_fields=True, kw_only=True):
    """`POST /agent-versions/{id}/decision`."""

    state: Literal["promoted", "refused"]
    reason: Annotated[str, Meta(min_length=1, max_length=200)]


class UnknownRelease(ValueError):
    """The release named as the one that taught a version does not exist in its project."""


class OtherOrigin(ValueError):
    """The version is registered with another model or another release."""


class NotPassed(ValueError):
    """The gate has not passed the version; only a person in the console may still promote it."""


LONGEST = 200
"""Characters of a name, as in the columns: a placeholder may be longer than the text that it replaces."""


def redacted(project: Project, sent: CandidateIn) -> dict[str, Any]:
    """A version's name, redacted like the agent name of a conversation so that the two match. Erasure does not reach
    this table, and a name may contain a person's.
    """
    said = {"name": sent.name, "version": sent.version, "model": sent.model}
    return {part: str(redact(text, project.redaction_policy))[:LONGEST] for part, text in said.items()}


@dataclass(frozen=True, slots=True)
class Registered:
    """A version, and whether it is new."""

    row: AgentVersion
    created: bool


def register(project: Project, sent: AgentVersionIn) -> Registered:
    """Register a version, or complete one that the gate registered. Idempotent. The depth is fixed when the release is
    named: a later erasure does not lower it.
    Raises `UnknownRelease`, and `OtherOrigin` where it contradicts what is registered.
    """
    taught = cutting.find(sent.trained_on, project) if sent.trained_on else None
    if sent.trained_on and taught is None:
        raise UnknownRelease("There is no such release.")
    called = redacted(project, sent)
    model = called.pop("model")
    with transaction.atomic():
        row, created = AgentVersion.objects.select_for_update().get_or_create(project=project, **called)
        if row.model and model and row.model != model:
            raise OtherOrigin("This version is registered with another model.")
        if taught and row.trained_on_id not in (None, taught.pk):
            raise OtherOrigin("This version is registered as taught by another release.")
        row.model = row.model or model
        if taught and row.trained_on_id is None:
            row.trained_on, row.depth = taught, depth_after(taught)
        row.save(update_fields=["model", "trained_on", "depth"])
    return Registered(row, created)


def depth_after(release: Release) -> int:
    """The depth of an agent that this release taught: 1 + the deepest of its examples."""
    members = ReleaseMember.objects.filter(release=release, training=True)
    deepest = members.aggregate(deepest=Max("interaction__decision__example__depth"))["deepest"]
    return 1 + (deepest or 0)


def decide(row: AgentVersion, state: str, reason: str, by: str, *, by_person: bool) -> AgentVersion:
    """Promote or refuse a version, with a reason, which is redacted, and who decided. The newest decision counts. A
    key may promote only a version that passed its newest gate run; otherwise a pipeline could make its own refused
    candidate the baseline. Raises `NotPassed`.
    """
    newest = row.gate_runs.order_by("-pk").first()
    if (
        state == VersionState.PROMOTED
        and not by_person
        and (newest is None or newest.verdict != GateRun.Verdict.PASSED)
    ):
        raise NotPassed("The newest gate run of this version did not pass; a person may promote it in the console.")
    row.state, row.decided_by, row.decided_at = VersionState(state), by[:150], timezone.now()
    row.decision_reason = str(redact(reason, row.project.redaction_policy))[:200]
    row.decided_run = newest
    row.save(update_fields=["state", "decided_by", "decided_at", "decision_reason", "decided_run"])
    return row


def as_json(row: AgentVersion) -> dict[str, Any]:
    """A version as the API shows it, with its gate runs, newest first."""
    tries = row.gate_runs.count()
    runs = row.gate_runs.select_related("release__dataset").order_by("-pk")[:100]
    return {
        "id": str(row.pk),
        "name": row.name,
        "version": row.version,
        "model": row.model,
        "trained_on": row.trained_on and row.trained_on.public_id,
        "depth": row.depth,
        "state": row.state,
        "decision": None
        if row.decided_at is None
        else {
            "by": row.decided_by,
            "at": row.decided_at,
            "reason": row.decision_reason,
            "gate_run": row.decided_run_id and str(row.decided_run_id),
        },
        "tries": tries,
        "gate_runs": [{"id": str(run.pk), "release": run.release.public_id, "verdict": run.verdict} for run in runs],
        "created_at": row.created_at,
    }


GENERATIONS = 12
ROW, HEIGHT = 110, 64  # of the drawing, in its own units; the template has the columns


@dataclass(frozen=True, slots=True)
class Generation:
    """One version, the release that taught it, and the conversations in that release."""

    version: AgentVersion
    release: Release | None
    conversations: int
    answered_by: AgentVersion | None
    row: int

    @property
    def top(self) -> int:
        return 10 + self.row * ROW

    @property
    def middle(self) -> int:
        return self.top + HEIGHT // 2

    @property
    def bottom(self) -> int:
        return self.top + HEIGHT


def generations(version: AgentVersion) -> list[Generation]:
    """The version and its ancestors, newest first; a parent gave most of the answers that taught the child. Ends with
    a version that no release taught, and never loops.
    """
    found: list[Generation] = []
    seen: set[int] = set()
    current: AgentVersion | None = version
    while current is not None and current.pk not in seen and len(found) < GENERATIONS:
        seen.add(current.pk)
        release = newest_cut(current.trained_on) if current.trained_on else None
        members = ReleaseMember.objects.filter(release=release, training=True) if release else None
        parent = answered_by(current, release) if release else None
        found.append(Generation(current, release, members.count() if members is not None else 0, parent, len(found)))
        current = parent
    return found


def newest_cut(release: Release) -> Release:
    """The release as it is today: its newest recut."""
    cuts = Release.objects.filter(dataset=release.dataset_id, number=release.number).exclude(state=ReleaseState.CUTTING)
    return cuts.select_related("dataset").order_by("-recut").first() or release


def answered_by(child: AgentVersion, release: Release) -> AgentVersion | None:
    """The registered version that gave most of the answers which taught the child."""
    members = ReleaseMember.objects.filter(release=release, training=True)
    names = members.values_list("interaction__agent_name", "interaction__agent_version")
    for name, number, _ in names.annotate(n=Count("pk")).order_by("-n", "interaction__agent_name")[:GENERATIONS]:
        rows = AgentVersion.objects.filter(project=child.project_id, name=name, version=number)
        if row := rows.select_related("trained_on__dataset").first():
            return row
    return None


def height(found: list[Generation]) -> int:
    return 20 + ROW * len(found)
