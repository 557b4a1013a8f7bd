"""What a release says of itself beside its files: how good the agent is, what is tested and taught alike, and whose
words are taught. Counted by the database from the release's members; no text leaves it."""

from dataclasses import dataclass

from django.db.models import Exists, Max, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce, Length

from curation import bias, quality
from curation.formats.manifest import Authorship, Bias, Estimate, Leakage
from curation.models import Question, Release, ReleaseMember
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
    """The audit beside the votes, plain and weighted; those that rest on anything."""
    made = quality.measure(project)
    found = {"audit": made.audit, "thumbs": made.thumbs, "weighted": made.weighted.estimate}
    said: Bias = {name: estimate(one) for name, one in found.items() if one.n}  # type: ignore[assignment]
    return said or None


def estimate(made: bias.Estimate) -> Estimate:
    """One estimate that rests on something."""
    rate, low, high = (round(value or 0.0, SHARE_DIGITS) for value in (made.rate, made.low, made.high))
    return {"value": rate, "low": low, "high": high, "n": made.n}


def leakage(release: Release) -> Leakage:
    """Of the tested interactions: how many are taught too, and how many have only a near-duplicate that is taught."""
    members = ReleaseMember.objects.filter(release=release)
    taught = members.filter(training=True)
    near = Question.objects.filter(
        cluster=OuterRef("interaction__asked__cluster"),
        interaction__in=Subquery(taught.values("interaction")),
        project=release.dataset.project,
    )
    tested = members.filter(evaluation=True)
    return {
        "holdout": release.dataset.holdout,
        "overlap": tested.filter(training=True).count(),
        "near": tested.filter(training=False).filter(Exists(near)).count(),
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
