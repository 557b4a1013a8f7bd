"""Bulk decisions: one verdict on many tasks, applied and undone in the background. A bulk decision is a row with a
state, and an item for each task. Each step is one transaction for one item, so a killed worker loses nothing and the
next one continues; a lease keeps two workers apart. SQLite has one writer, so steps pause often enough that capture
barely waits.
"""

import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.contrib.auth.models import User
from django.db import OperationalError, transaction
from django.db.models import Count, QuerySet
from django.utils import timezone

from curation.models import AuditItem, BulkDecision, BulkItem, BulkResult, BulkState, ReviewTask
from curation.review import deciding
from curation.runs.pace import PAUSE_SECONDS
from feedback.models import Interaction
from privacy.db import engine, leases
from privacy.db.leases import Lease
from privacy.models import Subject
from privacy.redaction import redact

logger = logging.getLogger(__name__)
LEASE = Lease(timedelta(seconds=30))  # far longer than a step, and than `SLICE_SECONDS`
SLICE_SECONDS = 2.0  # how long a worker spends on it before other work
HELD_SECONDS = 0.05  # how long steps run before a pause in which others can write
GONE = "It no longer exists."
HIDDEN = "Its subject has a pending privacy request."
DRAWN = "It was drawn at random, so it is judged by itself."
VOTED = "It received a vote after it was selected."
CHANGED = "It was decided again in the meantime."
NOT_ALLOWED = "Its reviewer may no longer decide it."
FAILED = "It failed; the log says why."


@dataclass(frozen=True, slots=True)
class Progress:
    """Progress of a bulk decision: counts, and why tasks were skipped or kept, as (reason, number)."""

    done: int
    total: int
    decided: int
    undone: int
    skipped: tuple[tuple[str, int], ...]
    kept: tuple[tuple[str, int], ...]


def begin(tasks: Sequence[ReviewTask], verdict: deciding.Verdict, user: User) -> BulkDecision:
    """Record one verdict for these tasks, as they are now. Their interactions must be loaded."""
    with transaction.atomic():
        bulk = BulkDecision.objects.create(who=user, resolution=verdict.resolution, note=str(redact(verdict.note)))
        BulkItem.objects.bulk_create(
            BulkItem(bulk=bulk, task_number=task.pk, revision=task.interaction.revision) for task in tasks
        )
    return bulk


def take_back(key: int, user: User) -> bool:
    """Undo one's own bulk decision, even one still running; return whether there was one."""
    mine = BulkDecision.objects.filter(pk=key, who=user, state__in=[BulkState.RUNNING, BulkState.DONE])
    return bool(mine.update(state=BulkState.UNDOING, finished_at=None))


def unfinished() -> list[int]:
    return list(free().order_by("pk").values_list("pk", flat=True))


def free() -> QuerySet[BulkDecision]:
    return BulkDecision.objects.filter(leases.free(), state__in=[BulkState.RUNNING, BulkState.UNDOING])


def advance(key: int, seconds: float = SLICE_SECONDS) -> bool:
    """Work on a bulk decision for a few seconds; return whether more is left. Does nothing if another worker holds it."""
    if not LEASE.claim(free().filter(pk=key)):
        return False
    try:
        return run_steps(key, time.monotonic() + seconds)
    finally:
        BulkDecision.objects.filter(pk=key).update(lease_until=None)


def run_steps(key: int, end: float) -> bool:
    """Process items until `end`, with pauses where the database has one writer; returns whether more are left."""
    began = time.monotonic()
    while step_or_failure(key):
        if time.monotonic() > end:
            return True
        if engine.one_writer() and time.monotonic() - began > HELD_SECONDS:
            time.sleep(PAUSE_SECONDS)
            began = time.monotonic()
    return False


def step_or_failure(key: int) -> bool:
    """Process one item. Any failure except the database's is noted on the item, so that the rest continues."""
    try:
        return step(key)
    except OperationalError:
        raise
    except Exception:
        logger.exception("a step of bulk decision %s failed", key)
        return step(key, failed=True)


def step(key: int, *, failed: bool = False) -> bool:
    """Decide or undo the next task in one transaction; False if none is left."""
    with transaction.atomic():
        bulk = BulkDecision.objects.select_for_update(of=("self",)).select_related("who").get(pk=key)
        undoing = bulk.state == BulkState.UNDOING
        items = bulk.items.filter(outcome=BulkResult.DECIDED if undoing else BulkResult.WAITING)
        item = items.order_by("-pk" if undoing else "pk").first()
        if item is None:
            finish(bulk)
            return False
        if failed:
            item.outcome, item.words = BulkResult.KEPT if undoing else BulkResult.SKIPPED, FAILED
        elif undoing:
            undo(bulk, item)
        else:
            decide(bulk, item)
        item.save()
    return True


def finish(bulk: BulkDecision) -> None:
    """Close the bulk decision, and drop its note, which the tasks now hold."""
    bulk.state = BulkState.UNDONE if bulk.state == BulkState.UNDOING else BulkState.DONE
    bulk.note, bulk.finished_at = "", timezone.now()
    bulk.save(update_fields=["state", "note", "finished_at"])


def decide(bulk: BulkDecision, item: BulkItem) -> None:
    task = ReviewTask.objects.filter(pk=item.task_number).first()
    item.words = obstacle(bulk, task)
    if task is None or item.words:
        item.outcome = BulkResult.SKIPPED
        return
    # Lock the conversation before its task, as everywhere: its revision cannot change until the verdict is given.
    talk = Interaction.objects.select_for_update(no_key=True).only("revision").get(pk=task.interaction_id)
    if talk.revision != item.revision:
        item.outcome, item.words = BulkResult.SKIPPED, VOTED
        return
    # A verdict on a whole list does not judge each answer, as the audit needs it.
    if AuditItem.objects.filter(pk=task.interaction_id).exists():
        item.outcome, item.words = BulkResult.SKIPPED, DRAWN
        return
    try:
        deciding.resolve(task, deciding.Verdict(bulk.resolution, note=bulk.note), bulk.who)
    except deciding.ReviewError as error:
        item.outcome, item.words = BulkResult.SKIPPED, str(error)
        return
    item.outcome = BulkResult.DECIDED
    item.resolved_at = ReviewTask.objects.values_list("resolved_at", flat=True).get(pk=task.pk)


def undo(bulk: BulkDecision, item: BulkItem) -> None:
    """Undo the verdict on one task and reopen it for all reviewers, or note on the item why the verdict stays."""
    task = ReviewTask.objects.filter(pk=item.task_number).first()
    item.words = obstacle(bulk, task) or (CHANGED if task and task.resolved_at != item.resolved_at else "")
    if task is None or bulk.who is None or item.words:
        item.outcome = BulkResult.KEPT
        return
    try:
        again = deciding.undo(task, bulk.who)
    except deciding.ReviewError as error:
        item.outcome, item.words = BulkResult.KEPT, str(error)
        return
    if again.claimed_until is not None:
        deciding.release(again.pk, bulk.who, again.claimed_until)
    item.outcome = BulkResult.UNDONE


def obstacle(bulk: BulkDecision, task: ReviewTask | None) -> str:
    """Why this task must not be touched: it is missing or hidden, or the reviewer lost the permission; else ""."""
    if task is None:
        return GONE
    if Subject.objects.filter(pk=task.subject_id, restricted_at__isnull=False).exists():
        return HIDDEN
    who = bulk.who
    if who is None or not who.is_active or not who.has_perm("curation.change_reviewtask"):
        return NOT_ALLOWED
    may = who.is_superuser or who.memberships.filter(project=task.project_id).exists()
    return "" if may else NOT_ALLOWED


def progress(bulk: BulkDecision) -> Progress:
    rows = list(bulk.items.order_by().values_list("outcome", "words").annotate(number=Count("pk")))
    count = {outcome: sum(number for one, _, number in rows if one == outcome) for outcome in BulkResult}
    total = sum(count.values())
    if bulk.state in (BulkState.UNDOING, BulkState.UNDONE):
        total = count[BulkResult.DECIDED] + count[BulkResult.UNDONE] + count[BulkResult.KEPT]
        done = total - count[BulkResult.DECIDED]
    else:
        done = total - count[BulkResult.WAITING]
    why = {
        kind: tuple(sorted(((words, number) for one, words, number in rows if one == kind), key=lambda row: -row[1]))
        for kind in (BulkResult.SKIPPED, BulkResult.KEPT)
    }
    decided = count[BulkResult.DECIDED] + count[BulkResult.KEPT]
    return Progress(done, total, decided, count[BulkResult.UNDONE], why[BulkResult.SKIPPED], why[BulkResult.KEPT])
