"""Curation: interactions whose signals changed become decisions, review tasks, and eval cases, examples and pairs.

    read     store.waiting      what is pending, with its votes and its decision
    judge    judging.judge      what the votes say of each by itself, and what the filters find
    pool     pooling.pool       what all people said of the same answer to the same question, and who of them came together
    decide   pooled.settle      what is known of each answer then
    derive   derive.due         which records it may become, with the consent of the people in it
    ask      opening            the review tasks: doubts about a label, records that wait for a person
    compare  derive.compared    each record as it is without the others, in the cluster of its question
    write    duplicates.resolve each record with its status among those of the same question

`curate` is the one function that beat, the command, the console's button and the tests call. It asks the database what
is pending, so a lost message loses nothing. It works in short transactions that each leave a consistent state, so a
killed run continues where it was. If nothing is new, it does nothing.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from curation.decisions import derive, judging, pooled
from curation.decisions.derive import AffectedRecords, Weighed
from curation.decisions.judging import Judged
from curation.evidence import cohorts, pooling, store
from curation.evidence.pooling import Standings
from curation.evidence.records import Decided, Finding
from curation.models import CurationPolicy, Decision, Derived, Run, RunState
from curation.questions import clusters, duplicates
from curation.review import opening
from curation.runs import control
from curation.runs.pace import Pace, paced
from feedback.models import Interaction, Project
from privacy.db import engine


def curate(project: Project, *, progress: Callable[[int, int], None] | None = None) -> Run | None:
    """Decide everything that is pending; return the run, or None if nothing was pending. Workers on one project share
    its run.

    `progress` is called with (read, total) after each batch. A cancelled run stops after its batch. A signal that
    arrives meanwhile raises its interaction's revision, which stays pending for the next run; so does anything that
    another worker changed between the reading of a batch and its writing. Answers about which something new is known
    are decided again in the same run.
    """
    run = control.begin_or_join(project)
    if run is None:
        return None
    after: int | None = 0
    waiting = 0
    with paced() as pace:
        while after is not None and run.state != RunState.CANCELLED:
            after, reopened = batch(run, after, pace)
            waiting += reopened
            if after is None and waiting:
                after, waiting = 0, 0
            run.refresh_from_db(fields=["state", "read", "total"])
            if progress and run.state != RunState.CANCELLED:
                progress(run.read, run.total)
    return control.finish(run)


def batch(run: Run, after: int, pace: Pace) -> tuple[int | None, int]:
    """Decide the next interactions after this one.

    Returns the last one decided, or None if no more are pending; and how many already decided are pending again.
    """
    with pace.reading():
        size = pace.batch
        reading = store.waiting(run.project, after, size)
        judged = judging.judge(reading.stored, run.policy)
        if not judged:
            return None, 0
        with pace.writing():
            some = reading.stored[: pace.batch]  # fewer if others have begun to write: the rest is read again
            same = store.unchanged(some, since=reading.version)
            judged_still = [one for one in judged[: len(some)] if one.read.key in same]
            reopened = write(run.policy, judged_still, run.pk)
            control.note(run, judged_still, reopened=reopened)
    is_last = len(some) == len(judged) < size
    return None if is_last else judged[len(some) - 1].read.key, reopened


def again(row: Decision, policy: CurationPolicy) -> None:
    """Re-derive the records of a stored decision. Call in a transaction."""
    decided = store.load([row.pk])
    carry_out(Batch(policy, derive.weigh(decided, policy)))


def decide_again(row: Decision, policy: CurationPolicy) -> None:
    """Decide one interaction again by its votes, without the reviewer who decided it. Call in a transaction."""
    Decision.objects.filter(pk=row.pk).update(task=None)
    pooling.take_back_review(row.pk)
    write(policy, judging.judge(store.stored([row.pk]), policy), row.run_id)


def write(policy: CurationPolicy, judged: Sequence[Judged], run: int | None) -> int:
    """Write the decisions and their effects on other records; return how many already decided are pending again,
    because something new is known about their answers.

    Call in a transaction. Workers on one project take turns: neither could see what the other's votes add to the same
    question.
    """
    engine.in_turn("curate", policy.project_id)
    standings, reopened = pooling.pool(policy, judged)
    cohorts.count_apart(policy.project, standings)
    judged = pooled.settle(policy, judged, standings, run)
    Interaction.objects.read((one.read.key, one.read.revision) for one in judged)
    carry_out(Batch(policy, [one.alone for one in judged], judged, standings))
    return reopened


@dataclass(slots=True)
class Batch:
    """Decisions on their way to becoming records. Each stage of `carry_out` fills in its part."""

    policy: CurationPolicy
    decided: Sequence[Decided | Weighed]
    judged: Sequence[Judged] = ()
    known: Standings = field(default_factory=dict)  # what is known about the claims on their questions
    due: dict[type[Derived], list[Weighed]] = field(default_factory=dict)
    kept: list[Weighed] = field(default_factory=list)  # those that become at least one record
    found: dict[int, Finding | None] = field(default_factory=dict)
    touched: AffectedRecords = field(default_factory=AffectedRecords)


def carry_out(batch: Batch) -> None:
    """Derive, ask, compare, write; a constant number of queries.

    Records that are no longer due are removed, so that a changed mind leaves nothing behind.
    """
    project = batch.policy.project
    rows = [one.row if isinstance(one, Weighed) else one for one in batch.decided]
    labelled = [one for one in batch.decided if isinstance(one, Weighed)]
    batch.due, batch.kept = derive.due(project, labelled)
    opening.ask_about_votes(project, batch.judged, batch.known)
    batch.found = opening.disputed(labelled, batch.policy)
    opening.hold(project, rows, {one.row.interaction: batch.found[one.row.interaction] for one in batch.kept})
    clusters.assign(project.pk, [one.asked for one in batch.kept], [row.interaction for row in rows if not row.is_new])
    batch.touched = derive.compared(project, rows, batch.due, batch.found)
    duplicates.resolve(project, batch.touched)
