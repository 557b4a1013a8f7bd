"""Reads a backup back into an empty installation, and purges it before anything is served.

While it runs a marker under FLYWHEEL_VAR keeps web, worker and `up` from starting. The marker goes once everybody on
the tombstone lists has been erased again and no released file holds them. A restore that was stopped is started again,
and replaces what it left.
"""

import os
import shutil
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.sessions.models import Session
from django.db import connection

from curation.models import Dataset, Recall, Release, ReleaseState
from curation.releases import cutting, folders
from flywheel_site.ops import ports
from flywheel_site.ops.backups import archive, state
from flywheel_site.ops.backups.archive import NoBackup, Progress
from privacy.console.counting import counted
from privacy.db import disk_space, isolation, snapshots
from privacy.db.state import APPS
from privacy.erasure import erasure, retention, tombstones
from privacy.models import Erasure, Tombstone
from privacy.subjects import master_keys

LIST = "tombstones.jsonl"
OURS = frozenset({"privacy.MasterKey"})  # rows that every start creates
SHOWN = 5
RELEASES = "releases/"
NOT_KNOWN = (
    "API keys revoked, users removed and passwords changed since",
    "privacy requests received since and not carried out",
    "consents given since; withdrawals are on the tombstone list",
    "releases made since: their version numbers will be used again",
)


class CannotRestore(Exception):
    """The restore did not begin, or did not finish; the message says why and what to do."""


@dataclass
class Lists:
    """The tombstone lists to replay, and what was read from them."""

    files: Sequence[Path]
    torn: int = 0
    newest: datetime | None = None
    counts: dict[str, int] = field(default_factory=dict)


def restore(file: Path, lists: Sequence[Path], progress: Progress, *, without_list: bool = False) -> dict[str, Any]:
    """Restore a backup; return what was restored and what was removed. Raises `CannotRestore`."""
    try:
        claimed = ports.claim_folder(Path(settings.VAR), 0)  # `up` cannot start meanwhile
    except ports.InUse as error:
        raise CannotRestore(str(error)) from None
    try:
        with claimed, archive.opened(file) as (document, members):
            moment = snapshots.of(document)
            snapshots.check(moment)
            expect_key(document)
            expect_empty()
            wanted = Lists(chosen(file, lists, without_list=without_list))
            archive.verify(document, members, progress)
            state.marker().touch(mode=0o600)
            snapshots.load(moment, members.open)
            files = unpack(document, members)
            went = purge(wanted)
            state.marker().unlink()
    except (NoBackup, snapshots.CannotLoad) as error:
        raise CannotRestore(str(error)) from None
    except OSError as error:
        if disk_space.is_full(error):
            raise CannotRestore("The disk is full. Nothing is served until a restore has finished.") from error
        raise
    back = {"rows": sum(moment.rows.values()), "releases": len(document["releases"]), "files": files}
    return {
        "made_at": document["made_at"],
        "back": back,
        "went": went,
        "lists": described(wanted),
        "not_known": NOT_KNOWN,
    }


def expect_key(document: Mapping[str, Any]) -> None:
    """Refuse a backup whose people this machine's master key would not find."""
    known = document["master_keys"]
    if not known or master_keys.fingerprint() in known:
        return
    here, shown = master_keys.fingerprint()[: master_keys.SHOWN], [each[: master_keys.SHOWN] for each in known]
    made = master_keys.take_back()
    raise CannotRestore(
        f"The backup was made with the master key {' or '.join(shown)}, and this machine has "
        f"{'none' if made else here}. Put the key back first: FLYWHEEL_MASTER_KEY, or its file flywheel_master_key "
        "under FLYWHEEL_VAR."
    )


def expect_empty() -> None:
    """Refuse an installation that holds data, unless an unfinished restore left it."""
    if state.is_unfinished():
        return
    if found := contents():
        named = ", ".join(found[:SHOWN]) + (" …" if len(found) > SHOWN else "")
        raise CannotRestore(
            f"This installation is not empty: {named}. Restore into an empty database and an empty FLYWHEEL_VAR."
        )


def contents() -> list[str]:
    """What the installation holds, in words."""
    there = set(connection.introspection.table_names())
    models = [model for app in APPS for model in apps.get_app_config(app).get_models()]
    found = []
    for model in [*models, get_user_model()]:
        asked = model._meta.label not in OURS and model._meta.db_table in there
        if asked and (number := model._base_manager.count()):
            found.append(counted(number, str(model._meta.verbose_name), str(model._meta.verbose_name_plural)))
    if number := sum(1 for path in Path(settings.RELEASES).iterdir()):
        found.append(counted(number, "release folder"))
    return found


def chosen(file: Path, lists: Sequence[Path], *, without_list: bool) -> list[Path]:
    """The lists to replay: those given, this installation's own, and the one next to the backup."""
    for path in lists:
        if not path.is_file():
            raise CannotRestore("There is no tombstone list at this path.")
    near = [path for path in (tombstones.file(), file.absolute().parent / LIST) if path.is_file()]
    found = list(dict.fromkeys(path.resolve() for path in (*lists, *near)))
    if not found and not without_list:
        raise CannotRestore(
            "There is no tombstone list, so people erased since the backup would come back. Give the newest "
            "copy of tombstones.jsonl with --tombstones; --without-tombstones only if nobody was erased since."
        )
    return found


def unpack(document: Mapping[str, Any], members: zipfile.ZipFile) -> int:
    """Put the release files into place; return how many. Anything already there is from an unfinished restore."""
    for left in Path(settings.RELEASES).iterdir():
        shutil.rmtree(left)
    names = [name for name in document["members"] if name.startswith(RELEASES)]
    for name in names:
        path = Path(settings.RELEASES) / name.removeprefix(RELEASES)
        path.parent.mkdir(parents=True, exist_ok=True)
        with members.open(name) as source, path.open("wb") as target:
            snapshots.copy(source, target)
            target.flush()
            os.fsync(target.fileno())
    for folder in {(Path(settings.RELEASES) / name.removeprefix(RELEASES)).parent for name in names}:
        disk_space.sync_folder(folder)
    for dataset in Dataset.objects.all():
        if folders.home(dataset).is_dir():
            folders.point_latest(dataset)
    return len(names)


def purge(lists: Lists) -> dict[str, Any]:
    """Erase the listed people again, recut the releases that held them, and remove expired rows; return the counts.

    Raises `CannotRestore` if any of it remains.
    """
    master_keys.expect_known()
    Session.objects.all().delete()
    recalled = set(Recall.objects.values_list("pk", flat=True))
    waited = set(Erasure.objects.filter(settled_at__isnull=True).values_list("pk", flat=True))
    Erasure.objects.filter(pk__in=waited).update(lease_until=None)  # a worker of the old installation held it
    for path in lists.files:
        torn: list[int] = []
        counts = tombstones.replay(path, torn)
        lists.torn += len(torn)
        lists.counts = {name: lists.counts.get(name, 0) + number for name, number in counts.items()}
    while erasure.settle():
        pass
    left = Erasure.objects.filter(settled_at__isnull=True).exclude(pk__in=waited).count()
    stale = Release.objects.filter(state=ReleaseState.STALE).count()
    if left or stale:
        failing = [*isolation.failing("erasure"), *isolation.failing(cutting.RECUT)]
        words = "; ".join(failing) or f"unfinished: {counted(left, 'erasure')} and {counted(stale, 'release')}"
        raise CannotRestore(f"Erasures could not be carried out again: {words}. {state.UNFINISHED}")
    lists.newest = Tombstone.objects.order_by("-buried_at").values_list("buried_at", flat=True).first()
    expired = retention.purge()
    note_all()
    went = Recall.objects.exclude(pk__in=recalled).select_related("release__dataset", "replaced_by").order_by("pk")
    recut = [f"{row.release} → {row.replaced_by.version if row.replaced_by else ''}" for row in went]
    return {**lists.counts, "expired": expired, "recut": recut}


def note_all() -> None:
    """Add every tombstone to this installation's own list, including those that came from another."""
    Tombstone.objects.filter(exported=True).update(exported=False)
    while tombstones.append():
        pass


def described(lists: Lists) -> dict[str, Any]:
    """The lists, for the report."""
    newest = lists.newest.isoformat() if lists.newest else None
    return {"files": [str(path) for path in lists.files], "torn": lists.torn, "newest": newest}
