"""Curation: interactions whose signals changed become decisions, review tasks, and eval cases, examples and pairs.

    read     store.waiting      what is pending, with its votes and its decision
    decide   judging.judge      what the votes say of each by itself, and what the filters find
    derive   derive.due         which records it may become, with the consent of the people in it
    ask      opening            the review tasks: doubts about a label, records that wait for a person
    compare  derive.compared    each record as it is without the others, in the cluster of its question
    write    duplicates.resolve each record with its status among those of the same question

`curate` is the one function that beat, the command, the console's button and the tests call. It asks the database what
is pending, so a lost message loses nothing. It works in short transactions, each of which leaves a whole state, so that
a killed run goes on where it was; with nothing new it does nothing.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from curation.decisions import derive, judging
from curation.decisions.derive import Touched, Weighed
from curation.decisions.judging import Judged
from curation.evidence import store
from curation.evidence.records import Decided, Finding
from curation.models import CurationPolicy, Decision, Derived, Run, RunState
from curation.questions import clusters, duplicates
from curation.review import opening
from curation.runs import control
from curation.runs.pace import paced
from feedback.models import Interaction, Project
from privacy.db import engine


def curate(project: Project, *, progress: Callable[[int, int], None] | None = None) -> Run | None:
    """Decide everything that is pending; the run, or None where nothing was.

    Workers on one project share its run. `progress` is called with (read, total) after each batch. A run that is
    cancelled stops after its batch. A signal that arrives meanwhile raises its interaction's revision, which stays
    pending for the next run; so does what another has changed between the reading of a batch and its writing.
    """
    run = control.begin_or_join(project)
    if run is None:
        return None
    after: int | None = 0
    with paced() as pace:
        while after is not None and run.state != RunState.CANCELLED:
            with pace.reading():
                size = pace.batch
                reading = store.waiting(project, after, size)
                judged = judging.judge(reading.stored, run.policy)
                if not judged:
                    break
                with pace.writing():
                    some = reading.stored[
                        : pace.batch
                    ]  # fewer, where others have begun to write: the rest is read again
                    same = store.unchanged(some, since=reading.version)
                    write(run, [one for one in judged[: len(some)] if one.read.key in same])
            is_last = len(some) == len(judged) < size
            after = None if is_last else judged[len(some) - 1].read.key
            run.refresh_from_db(fields=["state", "read"])
            if progress and run.state != RunState.CANCELLED:
                progress(run.read, run.total)
    return control.finish(run)


def again(row: Decision, policy: CurationPolicy) -> None:
    """Make of a stored decision what it becomes now. Call in a transaction."""
    decided = store.load([row.pk])
    carry_out(Batch(policy, derive.weigh(decided, policy)))


def write(run: Run, judged: Sequence[Judged]) -> None:
    """Write what was decided, and what comes of it among the other records. Call in a transaction.

    Workers on one project take turns: duplicates that two wrote at once could not be seen, and both would be in use.
    What comes before the turn writes only rows that no other worker's turn touches, so neither waits for the other.
    """
    judging.record(run, judged)
    Interaction.objects.read((one.read.key, one.read.revision) for one in judged)
    engine.in_turn("curate", run.project_id)
    carry_out(Batch(run.policy, [one.alone for one in judged], judged))
    control.note(run, judged)


@dataclass(slots=True)
class Batch:
    """Decisions on their way to their records. Each stage of `carry_out` fills in its part."""

    policy: CurationPolicy
    decided: Sequence[Decided | Weighed]
    judged: Sequence[Judged] = ()
    due: dict[type[Derived], list[Weighed]] = field(default_factory=dict)
    kept: list[Weighed] = field(default_factory=list)  # those that become at least one record
    found: dict[int, Finding | None] = field(default_factory=dict)
    clusters: dict[int, int] = field(default_factory=dict)
    touched: Touched = field(default_factory=Touched)


def carry_out(batch: Batch) -> None:
    """Derive, ask, compare, write; a constant number of queries. Records that are no longer due go, so that a changed
    mind leaves nothing behind.
    """
    project = batch.policy.project
    rows = [one.row if isinstance(one, Weighed) else one for one in batch.decided]
    labelled = [one for one in batch.decided if isinstance(one, Weighed)]
    agreed = store.agreements([one.row for one in labelled], project)
    batch.due, batch.kept = derive.due(labelled, agreed)
    opening.ask_about_votes(project, batch.judged)
    batch.found = opening.disputed(labelled, batch.policy)
    opening.hold(project, rows, {one.row.interaction: batch.found[one.row.interaction] for one in batch.kept})
    batch.clusters = clusters.enter(project.pk, [one.asked for one in batch.kept])
    batch.touched = derive.compared(rows, batch.due, batch.found, batch.clusters)
    duplicates.resolve(project, batch.touched)
