"""Examinations of the parts that run: database, broker, workers, beat, disk, clock, backups."""

import shutil
import time
from collections.abc import Iterator
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from feedback.models import Interaction
from flywheel_site.ops import health, heartbeats
from flywheel_site.ops.backups import state as backups
from flywheel_site.ops.doctor.findings import Finding, fault, ok, warning
from privacy.db import condition, disk_space, engine, state

LATE = 120.0  # seconds without a heartbeat from beat, or from a finished task
LITTLE, FULL = 0.15, 0.05  # the share of the disk that is free
LARGE_LOG = 512 << 20
OLD_TRANSACTION = 3_600.0
CROWDED = 0.8
APART, WRONG = 2.0, 30.0  # seconds between two clocks


def database() -> Iterator[Finding]:
    """Whether it answers, and which one it is."""
    if words := state.trouble():
        yield fault("database", words, "Everything else that needs the database was skipped.")
    elif condition.too_old():
        yield warning(
            "database",
            f"{condition.version()} is older than the versions we test.",
            "Upgrade to PostgreSQL 14 or newer.",
        )
    else:
        yield ok("database", f"{condition.version()}, {condition.size() / 1e6:,.1f} MB")


def durability() -> Iterator[Finding]:
    """Whether an acknowledged write is on disk, and whether erased rows leave the log."""
    off = engine.not_durable()
    for name in off:
        yield fault(
            "database",
            f"PostgreSQL has {name} off.",
            f"Set {name}=on: an answer of 201 promises that the write is on disk.",
            "flywheel.E011",
        )
    if condition.keeps_old_log():
        yield warning(
            "database",
            "PostgreSQL recycles its log (wal_recycle=on): erased rows stay in it until they are overwritten.",
            "Set wal_recycle=off.",
        )
    if logged := condition.logs_text():
        yield warning(
            "database",
            f"PostgreSQL can write people's text into its log, which no erasure reaches: {', '.join(logged)}.",
            "Set log_min_error_statement=panic and log_error_verbosity=terse, and let it log no slow or other statements.",
        )
    if not off:
        yield ok("database", "commits are on disk when they are acknowledged")


def room() -> Iterator[Finding]:
    """What deleted rows, open transactions and connections take up."""
    for dead in condition.dead():
        todo = (
            "Check that autovacuum runs, and which transaction is open."
            if not engine.one_writer()
            else "Stop Flywheel, and run VACUUM."
        )
        yield warning("database", f"Deleted rows take {dead.share:.0%} of {dead.where}.", todo)
    if condition.log_size() > LARGE_LOG:
        size = condition.log_size() / 1e6
        yield warning(
            "database",
            f"The write-ahead log takes up {size:,.0f} MB.",
            "A reader is holding it: end long reads, or restart.",
        )
    if condition.has_statistics():
        yield warning(
            "database",
            "Somebody ran ANALYZE on SQLite: the lists of a small project now read the rows of all projects.",
            "In its file, run DROP TABLE sqlite_stat1.",
        )
    if (seconds := condition.oldest_transaction()) > OLD_TRANSACTION:
        yield warning(
            "database",
            f"A transaction has been open for {seconds / 3600:.1f} hours; it keeps erased rows in place.",
            "Find it in pg_stat_activity and end it.",
        )
    if (share := condition.connections_used()) > CROWDED:
        yield warning(
            "database",
            f"{share:.0%} of PostgreSQL's connections are in use.",
            "Lower DATABASE_POOL, or raise max_connections.",
        )


def broker() -> Iterator[Finding]:
    """Whether it answers."""
    if (answer := health.broker()) == "ok":
        yield ok("broker", "Redis answers" if settings.REDIS_URL else "files under FLYWHEEL_VAR")
    else:
        yield fault(
            "broker",
            f"It does not answer: {answer}.",
            "Check that Redis runs and that REDIS_URL is right. Capture works meanwhile.",
        )


def workers() -> Iterator[Finding]:
    """Whether a worker is alive, beat sends tasks, and they are carried out."""
    number = heartbeats.alive()
    if not number:
        yield fault(
            "workers",
            "No worker has reported in the last minute.",
            "Start one: celery --app flywheel_site worker, or manage.py up.",
        )
    else:
        yield ok("workers", f"{number} alive")
    if (words := silent(heartbeats.BEAT)) is not None:
        yield fault(
            "beat",
            f"Beat has sent nothing {words}.",
            "Start one: celery --app flywheel_site beat. If it runs, check its log and the broker.",
        )
    elif (words := silent(heartbeats.WORK)) is not None:
        yield warning(
            "workers",
            f"No worker has taken a task from beat {words}.",
            "Either all workers are busy with long tasks, or they use another broker.",
        )
    else:
        yield ok("beat", "sends tasks, and workers take them")


def silent(name: str) -> str | None:
    """How long there has been no heartbeat, in words; None if there was one recently."""
    at = heartbeats.last(name)
    if at is None:
        return "yet"
    seconds = time.time() - at
    return f"for {seconds / 60:,.0f} minutes" if seconds > LATE else None


def disk() -> Iterator[Finding]:
    """Whether FLYWHEEL_VAR has space."""
    usage = shutil.disk_usage(settings.VAR)
    share = usage.free / usage.total
    words = f"{usage.free / 1e9:,.1f} GB free where FLYWHEEL_VAR is ({share:.0%})"
    if problem := disk_space.problem():
        yield fault(
            "disk",
            f"FLYWHEEL_VAR cannot be written to: {problem}.",
            "Free some space, or give the folder to this user.",
        )
    elif share < FULL:
        yield fault("disk", words, "Free some space now: erasures and releases are waiting for it.")
    elif share < LITTLE:
        yield warning("disk", words, "Free some space: a release is written in full before the old one is removed.")
    else:
        yield ok("disk", words)


def clock() -> Iterator[Finding]:
    """Whether this machine's clock agrees with the database's, and has not gone back."""
    apart = abs((condition.now() - timezone.now()).total_seconds())
    if apart > APART:
        made = fault if apart > WRONG else warning
        yield made("clock", f"This machine's clock and the database's are {apart:,.0f} s apart.", "Set both by NTP.")
        return
    newest = Interaction.objects.order_by("-id").values_list("received_at", flat=True).first()
    if newest and newest > timezone.now() + timedelta(seconds=WRONG):
        yield fault("clock", "The newest interaction is in the future: the clock has gone back.", "Set it by NTP.")
    else:
        yield ok("clock", "agrees with the database's")


def last_backup() -> Iterator[Finding]:
    if not settings.BACKUP_HOURS:
        yield ok("backups", "not watched (BACKUP_HOURS=0)")
        return
    last, todo = (
        backups.last(),
        "Run manage.py backup DIR every day, or set BACKUP_HOURS=0 if you back up in another way.",
    )
    if last is None:
        yield warning("backups", "There is none.", todo)
        return
    hours = (timezone.now() - last["made_at"]).total_seconds() / 3600
    if hours > settings.BACKUP_HOURS:
        yield warning("backups", f"The last one is {hours:,.0f} hours old.", todo)
    else:
        yield ok("backups", f"the last one is {hours:,.1f} hours old, {last['bytes'] / 1e6:,.1f} MB")
