"""What a release says of itself beside its files: how good the agent is, what is tested and taught alike, and whose
words are taught."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from curation import audits, columns
from curation.formats.manifest import Authorship, Bias, Estimate, Leakage
from curation.models import AuditFrame, Question, Release, ReleaseMember
from curation.releaserows import Tally
from feedback.models import Project

SHARE_DIGITS = 4


def estimates(project: Project) -> Bias | None:
    """The audit as it stands, and the votes, plain and weighted, as they were last counted; those that rest on anything.

    Counting the votes reads every interaction, which a cut shall not wait for: that is done once a day.
    """
    said: Bias = {}
    if (audit := audits.estimate_of(audits.sample(project))).n:
        said["audit"] = estimate(asdict(audit))
    frame = AuditFrame.objects.filter(project=project).first()
    counted = (frame.measured or {}) if frame else {}
    if counted.get("thumbs", {}).get("n"):
        said["thumbs"] = estimate(counted["thumbs"])
    if counted.get("weighted", {}).get("n"):
        said["weighted"] = estimate(counted["weighted"])
    return said or None


def estimate(made: Mapping[str, Any]) -> Estimate:
    """One estimate that rests on something."""
    rate, low, high = (round(made[name], SHARE_DIGITS) for name in ("rate", "low", "high"))
    return {"value": rate, "low": low, "high": high, "n": made["n"]}


def leakage(release: Release, tally: Tally) -> Leakage:
    """Of the tested interactions: how many are taught too, and how many have only a near-duplicate that is taught."""
    [[near]] = columns.select(NEAR, [release.pk, release.dataset.project_id, release.pk])
    return {"holdout": release.dataset.holdout, "overlap": tally.both, "near": near}


NEAR = (
    f"SELECT COUNT(*) FROM {columns.quoted(Question)} q JOIN {columns.quoted(ReleaseMember)} m "  # noqa: S608 - our own names
    "ON m.release_id = %s AND m.interaction_id = q.interaction_id WHERE q.project_id = %s AND q.cluster IN "
    f"(SELECT t.cluster FROM {columns.quoted(ReleaseMember)} n JOIN {columns.quoted(Question)} t "
    "ON t.interaction_id = n.interaction_id WHERE n.release_id = %s AND n.training) AND m.evaluation AND NOT m.training"
)


def authorship(tally: Tally) -> Authorship | None:
    """The share of the taught text that is the agent's own, unedited, by length; and the deepest generation of it."""
    if not tally.agent + tally.human:
        return None
    return {"agent_share": round(tally.agent / (tally.agent + tally.human), SHARE_DIGITS), "max_depth": tally.depth}
