"""What the demo does with its sample: moves its days so that it ends in the last week, and judges a random audit of the
answers by what the help pages say.

The console opens on the newest days, and a project keeps its conversations for a limited time. `scenarios.jsonl` says which
passage answers each question, which neither votes nor agents know. The same functions as in the console draw the audit and
record its verdicts.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import User
from django.utils import timezone

from curation import pipeline
from curation.models import ReviewTask, TaskState
from curation.policies import versions
from curation.quality import audits
from curation.quality.strata import SampledAnswer
from curation.review import deciding, holds
from curation.review.deciding import Resolution, Verdict
from feedback.models import Interaction, Project
from flywheel_site.demo.build_sample import right_passages
from privacy.files.records import Record

WEEK = timedelta(weeks=1)


def in_last_week(project: Project, records: Iterable[Record]) -> list[Record]:
    """The sample's lines, later by whole weeks: as many as in the project's first run, if there was one."""
    rows = list(records)
    by = moved_before(project, rows)
    if by is None:
        by = (timezone.now() - max(moment(row.value) for row in rows)) // WEEK * WEEK
    return [replace(row, value=later(row.value, by)) for row in rows]


def moved_before(project: Project, rows: Iterable[Record]) -> timedelta | None:
    """How much later the lines are stored than they say; None if none is stored."""
    stored = dict(Interaction.objects.filter(project=project).values_list("external_id", "occurred_at"))
    return next((stored[name] - moment(row.value) for row in rows if (name := row.value["id"]) in stored), None)


def moment(line: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(line["ts"])


def later(value: Any, by: timedelta) -> Any:
    """The value with every time in it moved."""
    if isinstance(value, list):
        return [later(item, by) for item in value]
    if not isinstance(value, dict):
        return value
    whole = {name: later(item, by) for name, item in value.items()}
    return {**whole, "ts": (moment(value) + by).isoformat()} if "ts" in value else whole


NAME = "demo-reviewer"
SHARE = 0.15
"""The share that the demo draws: one in a hundred, the default, would be four of the sample's answers."""
NOTE = "More answers than usual are drawn for the audit, because the sample is small."


def audit(project: Project) -> list[SampledAnswer]:
    """Draw the audit from what is new, judge what nobody has judged, and return the sample."""
    policy = versions.current(project)
    if policy.version == 1:
        policy = versions.revise(project, {"audit": {"share": SHARE}}, NOTE)
    audits.draw(project, policy, now=timezone.now() + audits.SETTLED)  # nobody else writes: no need to wait
    reviewer, right = reviewer_account(), right_passages()
    waiting = [one.interaction for one in audits.sample(project) if one.is_waiting]
    tasks = ReviewTask.objects.filter(interaction__in=waiting, state=TaskState.OPEN, claimed_by=None)
    for task in tasks.filter(interaction__external_id__in=right).select_related("interaction").order_by("pk"):
        deciding.resolve(task, verdict(task, right[task.interaction.external_id].text), reviewer)
    pipeline.curate(project)  # a verdict counts for all conversations with the same answer
    return audits.sample(project)


def reviewer_account() -> User:
    """The reviewer: an account that nobody can sign in to, and no member, so that no second review waits for them."""
    user, is_new = User.objects.get_or_create(username=NAME, defaults={"is_active": False})
    if is_new:
        user.set_unusable_password()
        user.save()
    return user


def verdict(task: ReviewTask, right: str) -> Verdict:
    """Whether the answer has the passage that answers its question; if not, the passage is the correction."""
    policy = versions.current(task.interaction.project)
    record = holds.record(task, policy) if holds.is_hold(task) else None
    if record is not None and right in record.expected:
        return Verdict(Resolution.USE)
    if right not in str(task.interaction.answer):
        return Verdict(Resolution.CORRECT, correction=right)
    return Verdict(Resolution.AGENT if holds.is_hold(task) else Resolution.APPROVE)
