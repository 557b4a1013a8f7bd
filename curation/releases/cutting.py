"""Cuts releases: written aside, checksummed, published atomically, never changed; cut again when a person is erased.

A cut has four steps. Its row (state `cutting`, with a lease) marks it as under way; one statement selects the members;
the files are written in a hidden folder and flushed to disk; a rename and one UPDATE publish them. If the process dies,
the lease ends and the next sweep starts the cut again. Erasing a member meanwhile marks the row `disturbed`, and the
cut starts again instead of being published.
"""

import re
import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, Max, Q, QuerySet
from django.utils import timezone

from curation import claims
from curation.models import Dataset, Recall, Release, ReleaseMember, ReleaseState
from curation.policies import versions
from curation.releases import copies, files, folders, membership, quotes, recalls, recuts
from curation.releases.files import folder
from curation.selection import selection
from feedback.models import Project
from privacy.db import engine, isolation, leases
from privacy.db.leases import Lease

LEASE = Lease(timedelta(minutes=10))
GRACE = timedelta(minutes=1)  # may pass between creating a cut's row and taking its lease
MAX_TRIES = 5
RECUT, TIDY = "recut", "recut: removal of files"
Progress = Callable[[int, int], None]


class ErasedMeanwhile(Exception):
    """A person in the release was erased while it was being cut."""


class LeaseLost(Exception):
    """Another process took over the cut, because this one outlived its lease."""


class NothingToCut(Exception):
    """A new release would be empty. (A recut after erasures may be.)"""


def cut(dataset: Dataset, *, period: str = "", progress: Progress | None = None) -> Release:
    """Cut the next version of a dataset and publish it.

    If nothing has changed since the newest version, that one is returned and nothing is cut. Raises `NothingToCut`.
    """
    return finish(begin(dataset, period), progress)


def begin(dataset: Dataset, period: str = "") -> Release:
    """Create the next version's row, or take over one that a dead process began.

    A period that already has a release gets that release.
    """
    if not period and (
        begun := dataset.releases.filter(leases.free(), state=ReleaseState.CUTTING, period="", recut=0).first()
    ):
        return begun
    while True:
        newest = dataset.releases.aggregate(Max("number"))["number__max"] or 0
        try:
            with transaction.atomic():
                return Release.objects.create(
                    dataset=dataset, number=newest + 1, period=period, policy=versions.current(dataset.project)
                )
        except IntegrityError:
            if period and (made := dataset.releases.filter(period=period, recut=0).first()):
                return made


def finish(release: Release, progress: Progress | None = None) -> Release:
    """Finish a cut; does nothing if it is already published or another process holds it."""
    if not claim(release):
        release.refresh_from_db()
        return release
    try:
        for _ in range(MAX_TRIES):
            try:
                made = publish(release, progress)
            except ErasedMeanwhile:
                continue
            copies.try_sync(release.dataset)
            return made
        raise ErasedMeanwhile(f"{release} was disturbed {MAX_TRIES} times")
    except LeaseLost:
        release.refresh_from_db()
        return release
    except Exception as error:
        return_failed(release, type(error).__name__)
        raise
    finally:
        claims.forget()


def return_failed(release: Release, error: str) -> None:
    """Give a failed cut back for a retry; after five tries only if it is a recut, since an erasure depends on it."""
    with transaction.atomic():
        held_row(release).update(lease_until=None, error=error, tries=F("tries") + 1)
        spent = Release.objects.filter(
            leases.free(), pk=release.pk, state=ReleaseState.CUTTING, tries__gte=MAX_TRIES, recut=0, period=""
        )
        if spent.update(state=ReleaseState.FAILED):
            release.members.all().delete()


def claim(release: Release) -> bool:
    """Take the lease of a free cut. Its end time is also the token that identifies the holder."""
    free = Release.objects.filter(pk=release.pk, state=ReleaseState.CUTTING)
    release.lease_until = LEASE.claim(free, disturbed=False)
    return release.lease_until is not None


def held_row(release: Release) -> QuerySet[Release]:
    return Release.objects.filter(pk=release.pk, state=ReleaseState.CUTTING, lease_until=release.lease_until)


def renew(release: Release) -> None:
    """Extend the lease. Raises `LeaseLost` if another process has taken it."""
    until = LEASE.renew(held_row(release), release.lease_until)
    if until is None:
        raise LeaseLost
    release.lease_until = until


def renewing(release: Release, progress: Progress | None) -> Progress:
    """A progress callback that renews the lease now and then. Not on SQLite, where a reading statement cannot start to
    write once another process has written.
    """

    def news(done: int, total: int) -> None:
        ends = release.lease_until
        if not engine.one_writer() and ends is not None and ends - timezone.now() < LEASE.length / 2:
            renew(release)
        if progress:
            progress(done, total)

    return news


def publish(release: Release, progress: Progress | None) -> Release:
    """Select, write, publish. Raises `ErasedMeanwhile`, and `LeaseLost` if another process took over the cut."""
    previous = release.dataset.releases.filter(number=release.number, recut=release.recut - 1).first()
    if previous is None:
        project = release.dataset.project
        engine.analyze(*membership.READ)
        selection.select(project, release.policy or versions.current(project))
    renew(release)
    with transaction.atomic():
        if not held_row(release).update(disturbed=False):
            raise LeaseLost
        release.members.all().delete()
        release.quotes.all().delete()
        total = membership.carry_over(previous, release) if previous else membership.choose(release)
        if previous:
            quotes.carry_over(previous, release)
        else:
            quotes.choose(release)
    engine.analyze(ReleaseMember)
    if not total and previous is None:
        withdraw(release)
        raise NothingToCut
    folders.clear_asides(release)
    aside = folders.temporary_folder(release)
    try:
        if previous:
            manifest, dropped = recuts.write(release, previous, aside)
        else:
            manifest, dropped = files.write(release, aside, total, renewing(release, progress)), []
            if not any(entry["records"] for entry in manifest["files"]):
                withdraw(release)
                raise NothingToCut
            if same := unchanged(release, manifest):
                withdraw(release)
                return same
        reveal(release, aside, manifest, previous, dropped)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    if previous:
        folders.hide(folder(previous))
    release.refresh_from_db()
    return release


def reveal(
    release: Release,
    aside: Path,
    manifest: dict[str, Any],
    previous: Release | None,
    dropped: list[dict[str, str]],
) -> None:
    """Publish the finished folder: rename it and update the row. A reader sees all of it or nothing."""
    with transaction.atomic():
        if not held_row(release).update(disturbed=F("disturbed")):
            raise LeaseLost
        whole = held_row(release).filter(disturbed=False)
        if not whole.update(
            state=ReleaseState.PUBLISHED, manifest=manifest, published_at=timezone.now(), lease_until=None, error=""
        ):
            raise ErasedMeanwhile
        if previous:
            previous.members.all().delete()
            previous.quotes.all().delete()
            Release.objects.filter(pk=previous.pk).update(state=ReleaseState.SUPERSEDED)
            recalls.announce(Recall.objects.create(release=previous, replaced_by=release, records=dropped))
        folders.show(release, aside)
    folders.point_latest(release.dataset)


NAME = re.compile(
    r"(?P<dataset>[a-z0-9][a-z0-9_-]{0,63})(?:[:/](?P<version>latest|v(?P<number>\d{1,9})(?:\.(?P<recut>\d{1,9}))?))?\Z"
)


def find(name: str, project: Project | None = None) -> Release | None:
    """The release with this name, `dataset:v3`, `dataset:latest` or `dataset`; in the given project, if any."""
    match = NAME.match(name)
    if match is None:
        return None
    rows = Release.objects.exclude(state__in=[ReleaseState.CUTTING, ReleaseState.FAILED]).select_related(
        "dataset__project"
    )
    rows = rows.filter(dataset__name=match["dataset"], **({"dataset__project": project} if project else {}))
    if match["number"]:
        return rows.filter(number=int(match["number"]), recut=int(match["recut"] or 0)).first()
    return rows.exclude(state=ReleaseState.SUPERSEDED).order_by("-number", "-recut").first()


def unchanged(release: Release, manifest: dict[str, Any]) -> Release | None:
    """The newest published version, if it has exactly the same files."""
    newest: Release | None = release.dataset.published().first()
    same = newest is not None and files.digests(newest.manifest) == files.digests(manifest)
    return newest if same else None


def withdraw(release: Release) -> None:
    """Delete a version that has nothing new. Raises `LeaseLost`."""
    with transaction.atomic():
        if not held_row(release).update(error=""):
            raise LeaseLost
        release.members.all().delete()
        release.delete()


def recut_stale() -> list[str]:
    """Cut again every release that holds records of an erased person, and finish unfinished cuts."""
    stale = Release.objects.filter(state=ReleaseState.STALE).select_related("dataset__project").order_by("pk")
    done = isolation.each(RECUT, stale, recut)
    isolation.each(TIDY, Dataset.objects.all(), folders.tidy)
    return [str(release) for release in done if release.state == ReleaseState.PUBLISHED]


def recut(stale: Release) -> Release:
    new, _ = Release.objects.get_or_create(
        dataset=stale.dataset,
        number=stale.number,
        recut=stale.recut + 1,
        defaults={"policy": stale.policy, "period": stale.period},
    )
    return finish(new)


def unfinished() -> Iterator[Release]:
    """Cuts whose process died, so that their lease expired. Scheduled ones are retried by their period."""
    rows = Release.objects.filter(leases.free(), state=ReleaseState.CUTTING, tries__lt=MAX_TRIES)
    rows = rows.filter(Q(period="") | Q(recut__gt=0))
    yield from rows.filter(created_at__lt=timezone.now() - GRACE).select_related("dataset__project")
