"""Release folders: shown and hidden by one rename each, and cleared of what killed processes left. Readers find them
through the database or the link `latest`. A folder gets its name before the database calls it published, and loses it
before it is emptied, so that neither way leads to half a release.
"""

import contextlib
import os
import secrets
import shutil
import time
from pathlib import Path

from django.conf import settings

from curation.models import Dataset, Release, ReleaseState
from curation.releases.files import folder
from privacy.db import disk_space

LATEST = "latest"
LINK_SECONDS = 60.0  # far longer than a link exists before its rename


def home(dataset: Dataset) -> Path:
    return Path(settings.RELEASES) / dataset.name


def temporary_folder(release: Release) -> Path:
    made = folder(release).parent / f".{release.version}.{secrets.token_hex(4)}"
    made.mkdir(parents=True)
    return made


def show(release: Release, written: Path) -> None:
    """Give the finished folder its name, replacing what a killed cut of the same version left there."""
    final = folder(release)
    hide(final)
    written.rename(final)
    disk_space.sync_folder(final.parent)


def hide(path: Path) -> None:
    """Rename a folder away, then delete it; open files stay readable."""
    gone = path.parent / f".gone.{secrets.token_hex(4)}"
    with contextlib.suppress(FileNotFoundError):  # never existed, or another process is removing it
        path.rename(gone)
    shutil.rmtree(gone, ignore_errors=True)


def clear_asides(release: Release) -> None:
    """Remove half-written folders of earlier tries of this cut. Call it while holding the cut's lease."""
    for path in folder(release).parent.glob(f".{release.version}.*"):
        if path.name.rpartition(".")[0] == f".{release.version}":  # but not .v1.1.… for v1
            shutil.rmtree(path, ignore_errors=True)


def point_latest(dataset: Dataset) -> None:
    """Point the `latest` link to the newest published version, in one rename."""
    newest = dataset.published().first()
    link = home(dataset) / LATEST
    if newest is None:
        link.unlink(missing_ok=True)
        return
    if link.is_symlink() and os.readlink(link) == newest.version:
        return
    made = link.with_name(f".latest.{secrets.token_hex(4)}")
    made.symlink_to(newest.version)
    os.replace(made, link)
    disk_space.sync_folder(link.parent)


def tidy(dataset: Dataset) -> list[str]:
    """Remove what dead processes left: half-written folders, and files of replaced releases; return the names.

    Both may hold text of people erased since. Folders in use stay.
    """
    base = home(dataset)
    if not base.is_dir():
        return []
    found = [entry.name for entry in base.iterdir()]
    # Read after listing the folder, so that a release that appears in between does not look like a stray.
    rows = {row.version: row.state for row in dataset.releases.all()}
    strays = [name for name in found if name != LATEST and is_stray(name, rows)]
    point_latest(dataset)
    for name in strays:
        hide(base / name)
    for link in base.glob(".latest.*"):
        with contextlib.suppress(FileNotFoundError):
            if link.lstat().st_mtime < time.time() - LINK_SECONDS:
                link.unlink()
    return strays


def is_stray(name: str, rows: dict[str, str]) -> bool:
    """Whether no release has, or is being written under, this name; `rows` has the state of each version."""
    if name.startswith(".latest."):
        return False
    if name.startswith(".gone."):
        return True
    version = name[1:].rpartition(".")[0] if name.startswith(".") else name
    state = rows.get(version)
    if state == ReleaseState.CUTTING:
        return False  # its next try clears it
    return name.startswith(".") or state not in (ReleaseState.PUBLISHED, ReleaseState.STALE)
