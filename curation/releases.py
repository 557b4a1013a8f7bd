"""Releases: cut aside, checksummed, published atomically, never changed; cut again when a person is forgotten.

A cut has four steps. Its row (state `cutting`, with a lease) says that it is under way; the members are chosen in one
statement; the files are written in a hidden folder and flushed to disk; a rename and one UPDATE publish them. A process
that dies leaves a row whose lease ends: the next sweep begins it anew. A person who is erased meanwhile marks the row
`disturbed`, and then it is not published but begun anew.
"""

import os
import re
import secrets
import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, Max, Q
from django.utils import timezone

from curation import membership, policies, recalls, recuts, releasefiles, selection
from curation.models import Dataset, Recall, Release
from curation.releasefiles import folder
from feedback.models import Project

LEASE = timedelta(minutes=10)
GRACE = timedelta(minutes=1)  # between the row of a cut and its lease
MAX_TRIES = 5
State = Release.State
Progress = Callable[[int, int], None]


class Disturbed(Exception):
    """Somebody in the release was forgotten while it was being cut."""


def cut(dataset: Dataset, *, period: str = "", progress: Progress | None = None) -> Release:
    """Cut the next version of a dataset and publish it.

    Where nothing changed since the newest version, that one is returned and nothing is cut.
    """
    return finish(begin(dataset, period), progress)


def begin(dataset: Dataset, period: str = "") -> Release:
    """The row of the next version; one that a dead process began is taken over.

    For a period that has one already it is that one: whoever comes second finds it.
    """
    if not period and (begun := dataset.releases.filter(free_lease(), state=State.CUTTING, period="", recut=0).first()):
        return begun
    while True:
        newest = dataset.releases.aggregate(Max("number"))["number__max"] or 0
        try:
            with transaction.atomic():
                return Release.objects.create(
                    dataset=dataset, number=newest + 1, period=period, policy=policies.current(dataset.project)
                )
        except IntegrityError:
            if period and (made := dataset.releases.filter(period=period, recut=0).first()):
                return made


def finish(release: Release, progress: Progress | None = None) -> Release:
    """Do what is left of a cut: all of it, or nothing where it is published or somebody else holds it."""
    if not claim(release):
        release.refresh_from_db()
        return release
    try:
        for _ in range(MAX_TRIES):
            try:
                return publish(release, progress)
            except Disturbed:
                continue
        raise Disturbed(f"{release} was disturbed {MAX_TRIES} times")
    except Exception as error:
        Release.objects.filter(pk=release.pk, state=State.CUTTING).update(
            lease_until=None, error=type(error).__name__, tries=F("tries") + 1
        )
        raise


def free_lease() -> Q:
    """The cuts that no living process holds."""
    return Q(lease_until__isnull=True) | Q(lease_until__lt=timezone.now())


def claim(release: Release) -> bool:
    """Take the lease of a cut that nobody holds."""
    mine = Release.objects.filter(free_lease(), pk=release.pk, state=State.CUTTING)
    return bool(mine.update(lease_until=timezone.now() + LEASE, disturbed=False))


def publish(release: Release, progress: Progress | None) -> Release:
    """Choose, write, publish. Raises `Disturbed`."""
    previous = release.dataset.releases.filter(number=release.number, recut=release.recut - 1).first()
    if previous is None:
        project = release.dataset.project
        selection.select(project, release.policy or policies.current(project))
    with transaction.atomic():
        Release.objects.filter(pk=release.pk).update(disturbed=False)
        release.members.all().delete()
        total = membership.carry_over(previous, release) if previous else membership.choose(release)
    aside = folder(release).parent / f".{release.version}.{secrets.token_hex(4)}"
    aside.mkdir(parents=True)
    try:
        if previous:
            manifest, dropped = recuts.write(release, previous, aside)
        else:
            manifest, dropped = releasefiles.write(release, aside, total, progress), []
            if same := unchanged(release, manifest):
                withdraw(release)
                return same
        reveal(release, aside, manifest, previous, dropped)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    if previous:
        remove_files(previous)
    release.refresh_from_db()
    return release


def reveal(
    release: Release,
    aside: Path,
    manifest: dict[str, Any],
    previous: Release | None,
    dropped: list[dict[str, str]],
) -> None:
    """Make the finished folder the release, and say so in the database. A reader sees all of it, or none."""
    final = folder(release)
    shutil.rmtree(final, ignore_errors=True)  # what a killed cut of the same version left behind
    with transaction.atomic():
        mine = Release.objects.filter(pk=release.pk, state=State.CUTTING, disturbed=False)
        if not mine.update(
            state=State.PUBLISHED, manifest=manifest, published_at=timezone.now(), lease_until=None, error=""
        ):
            raise Disturbed
        if previous:
            previous.members.all().delete()
            Release.objects.filter(pk=previous.pk).update(state=State.SUPERSEDED)
            recalls.announce(Recall.objects.create(release=previous, replaced_by=release, records=dropped))
        aside.rename(final)
        releasefiles.sync_folder(final.parent)
    point_latest(release)


def point_latest(release: Release) -> None:
    """Swing the `latest` link to the newest published version, in one rename."""
    newest = published(release.dataset).first()
    link = folder(release).parent / "latest"
    if newest is None:
        link.unlink(missing_ok=True)
        return
    aside = link.with_name(f".latest.{secrets.token_hex(4)}")
    aside.symlink_to(newest.version)
    os.replace(aside, link)


def published(dataset: Dataset) -> Any:
    """The published releases of a dataset, newest first."""
    return dataset.releases.filter(state__in=[State.PUBLISHED, State.STALE]).order_by("-number", "-recut")


NAME = re.compile(
    r"(?P<dataset>[a-z0-9][a-z0-9_-]{0,63})(?:[:/](?P<version>latest|v(?P<number>\d{1,9})(?:\.(?P<recut>\d{1,9}))?))?\Z"
)


def find(name: str, project: Project | None = None) -> Release | None:
    """The release of that name, `dataset:v3`, `dataset:latest` or `dataset`; of that project, if one is given."""
    match = NAME.match(name)
    if match is None:
        return None
    rows = Release.objects.exclude(state__in=[State.CUTTING, State.FAILED]).select_related("dataset__project")
    rows = rows.filter(dataset__name=match["dataset"], **({"dataset__project": project} if project else {}))
    if match["number"]:
        return rows.filter(number=int(match["number"]), recut=int(match["recut"] or 0)).first()
    return rows.exclude(state=State.SUPERSEDED).order_by("-number", "-recut").first()


def unchanged(release: Release, manifest: dict[str, Any]) -> Release | None:
    """The newest published version, if it holds the very same files."""
    newest: Release | None = published(release.dataset).first()
    same = newest is not None and releasefiles.digests(newest.manifest) == releasefiles.digests(manifest)
    return newest if same else None


def withdraw(release: Release) -> None:
    """Take back a version that would hold nothing new."""
    with transaction.atomic():
        release.members.all().delete()
        release.delete()


def remove_files(release: Release) -> None:
    """Delete the files of a release; whoever reads them meanwhile keeps what is open, and no new reader finds them."""
    gone = folder(release).parent / f".gone.{secrets.token_hex(4)}"
    if folder(release).exists():
        folder(release).rename(gone)
    shutil.rmtree(gone, ignore_errors=True)


def recut_stale() -> list[str]:
    """Cut again every release that holds records of somebody forgotten, and finish cuts that were left unfinished."""
    done = []
    for stale in Release.objects.filter(state=State.STALE).select_related("dataset__project").order_by("pk"):
        new, _ = Release.objects.get_or_create(
            dataset=stale.dataset,
            number=stale.number,
            recut=stale.recut + 1,
            defaults={"policy": stale.policy, "period": stale.period},
        )
        finished = finish(new)
        if finished.state == State.PUBLISHED:
            done.append(str(finished))
    return done


def unfinished() -> Iterator[Release]:
    """Cuts whose process died: their lease has ended."""
    rows = Release.objects.filter(free_lease(), state=State.CUTTING, tries__lt=MAX_TRIES)
    yield from rows.filter(created_at__lt=timezone.now() - GRACE).select_related("dataset__project")
