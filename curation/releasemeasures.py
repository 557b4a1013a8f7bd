"""What a release says of itself beside its files: how good the agent is, what is tested and taught alike, and whose
words are taught. Counted by the database from the release's members; no text leaves it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from django.db.models import Max, Q, Sum
from django.db.models.functions import Coalesce, Length

from curation import audits
from curation.formats.manifest import Authorship, Bias, Estimate, Leakage
from curation.models import AuditFrame, Release, ReleaseMember
from curation.rules import Outcome
from feedback.models import Project

SHARE_DIGITS = 4
DECISION = "interaction__decision"


@dataclass(frozen=True, slots=True)
class Measures:
    """The three, as the manifest has them; None where there is nothing to count."""

    bias: Bias | None
    leakage: Leakage
    authorship: Authorship | None


def measure(release: Release) -> Measures:
    """All three of one release whose members are chosen."""
    return Measures(estimates(release.dataset.project), leakage(release), authorship(release))


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


def leakage(release: Release) -> Leakage:
    """Of the tested interactions: how many are taught too, and how many have only a near-duplicate that is taught."""
    members = ReleaseMember.objects.filter(release=release)
    tested, taught = members.filter(evaluation=True), members.filter(training=True)
    clusters = taught.values("interaction__asked__cluster")  # one set, read once; no statement a row
    return {
        "holdout": release.dataset.holdout,
        "overlap": tested.filter(training=True).count(),
        "near": tested.filter(training=False, interaction__asked__cluster__in=clusters).count(),
    }


def authorship(release: Release) -> Authorship | None:
    """The share of the taught text that is the agent's own, unedited, by length; and the deepest generation of it."""
    reviewed = Coalesce(f"{DECISION}__task__correction", f"{DECISION}__correction__correction")
    theirs = Q(**{f"{DECISION}__outcome": Outcome.CORRECTED})
    found = ReleaseMember.objects.filter(release=release, training=True).aggregate(
        agent=Sum(Length("interaction__answer"), filter=~theirs),
        human=Sum(Length(reviewed), filter=theirs),
        depth=Max(f"{DECISION}__example__depth"),
    )
    agent, human = found["agent"] or 0, found["human"] or 0
    if not agent + human:
        return None
    return {"agent_share": round(agent / (agent + human), SHARE_DIGITS), "max_depth": found["depth"] or 0}
