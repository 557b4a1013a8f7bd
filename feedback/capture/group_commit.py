"""Whose turn it is to write. SQLite has one writer, and its own way to wait for it is a doze of many milliseconds.

So the threads of a process queue here, in turn; and whoever has the turn stores, in the same transaction, what the
others are waiting with. Sixteen callers then wait for the disk together, not one after another. PostgreSQL does all
this by itself.
"""

import threading
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import connection, transaction

from feedback.capture.applying import Ended, carry_out
from feedback.capture.lookup import Draft
from feedback.models import Project
from privacy.db.bulk import own

WRITES_AT_ONCE = 1_000
_turn = threading.RLock()
_door = threading.Lock()
_waiting: list["Job"] = []


@dataclass(slots=True, eq=False)
class Job:
    """What one caller wants stored, and how that ended."""

    project: Project
    writes: Sequence[Draft]
    refused: Mapping[tuple[str, str], int]
    ended: list[Ended] | None = None
    failed: BaseException | None = None


@contextmanager
def writing() -> Iterator[None]:
    """One transaction, in turn."""
    if connection.vendor == "sqlite":
        with _turn, transaction.atomic():
            yield
    else:
        with transaction.atomic():
            yield


def store(project: Project, writes: Sequence[Draft], refused: Mapping[tuple[str, str], int]) -> list[Ended]:
    """`carry_out` in a transaction of its own, or in one with what others store now; a return means committed."""
    database = own()
    if database.vendor != "sqlite" or database.in_atomic_block:
        with transaction.atomic():
            return carry_out(project, writes, refused)
    job = Job(project, writes, refused)
    with _door:
        _waiting.append(job)
    with _turn:
        if job.ended is None and job.failed is None:
            _store_together(_taken(job))
    if job.failed is not None:
        raise job.failed
    assert job.ended is not None
    return job.ended


def _taken(first: Job) -> list[Job]:
    """This job, and those waiting that can be stored with it: of the same project, and not too many."""
    jobs, writes = [first], len(first.writes)
    with _door:
        _waiting.remove(first)
        for job in list(_waiting):
            if job.project.pk == first.project.pk and writes + len(job.writes) <= WRITES_AT_ONCE:
                jobs.append(job)
                writes += len(job.writes)
                _waiting.remove(job)
    return jobs


def _store_together(jobs: Sequence[Job]) -> None:
    """Store them in one transaction; where that fails, each by itself, so that none fails for another."""
    counts: Counter[tuple[str, str]] = Counter()
    for job in jobs:
        counts.update(job.refused)
    try:
        with transaction.atomic():
            ended = iter(carry_out(jobs[0].project, [draft for job in jobs for draft in job.writes], counts))
    except BaseException as error:  # noqa: BLE001 - raised again, by whoever waits for the job
        if len(jobs) == 1 or not isinstance(error, Exception):
            for job in jobs:
                job.failed = error
            return
        for job in jobs:
            _store_together([job])
        return
    for job in jobs:
        job.ended = [next(ended) for _ in job.writes]
