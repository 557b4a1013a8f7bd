"""The copy of the releases in a bucket: what the database says is published is there, whole, and nothing else.

`follow` makes it so. It compares the bucket's own list with the database and makes up the difference, so that it can be
called at any time, as often as one likes, and after any crash; no record is kept of what was copied that could be wrong.
What is no longer published goes first, with every version that the bucket keeps of it; a release's manifest goes first of
its files and comes last, so that a reader who finds one finds all that it lists.

One process follows for a dataset at a time: a lock on a file under `FLYWHEEL_VAR`, which ends with the process that
holds it. Without that, an upload that began before an erasure could end after it.
"""

import contextlib
import fcntl
import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from curation import buckets
from curation.buckets import Bucket, StoreFailed
from curation.models import Dataset, Release
from curation.releasefiles import folder
from curation.releasefolders import LATEST

ROUNDS = 5
WORK = "copy"
MANIFEST = "manifest.json"
DESCRIBING = ("README.md", "SHA256SUMS", MANIFEST)
Progress = Callable[[int, int], None]
logger = logging.getLogger(__name__)


class Busy(Exception):
    """Another process is copying this dataset; what is asked for may not have come about."""


@dataclass(slots=True)
class Followed:
    """What was done: objects written, versions of objects removed, and how many are in place."""

    put: int = 0
    removed: int = 0
    there: int = 0


def wanted() -> bool:
    """Whether this installation keeps its releases in a bucket as well."""
    return bool(settings.RELEASES_S3)


def follow(dataset: Dataset, progress: Progress | None = None) -> Followed:
    """Bring the bucket to what the database says of a dataset; nothing where none is configured.

    Raises `Busy` where another process is at it, `StoreFailed` where the store cannot be reached or keeps what has to go.
    """
    done = Followed()
    if not wanted():
        return done
    bucket = buckets.at(settings.RELEASES_S3)
    with alone(dataset), buckets.failures():
        bucket.drop_unfinished(f"{dataset.name}/")
        for _ in range(ROUNDS):  # what was published or taken back meanwhile
            if compare(dataset, bucket, done, progress):
                return done
    raise Busy


def try_to_follow(dataset: Dataset) -> None:
    """The same for whoever has more to do than to wait for a store: the next sweep makes up for what failed."""
    try:
        follow(dataset)
    except Busy:
        logger.info("another process copies %s", dataset.name)
    except StoreFailed as error:
        logger.warning("the copy of %s in the bucket waits: %s", dataset.name, error)


def compare(dataset: Dataset, bucket: Bucket, done: Followed, progress: Progress | None) -> bool:
    """One comparison and what follows from it; whether nothing was left to do."""
    things = list(bucket.things(f"{dataset.name}/"))
    rows = list(dataset.releases.filter(state=Release.State.PUBLISHED).order_by("number", "recut"))
    files = {file.key: file for release in rows for file in files_of(dataset, release)}
    link = f"{dataset.name}/{LATEST}"
    stays = {*files, link} if rows else set(files)
    extra = [thing for thing in things if not (thing.current and thing.key in stays)]
    done.removed += bucket.remove(sorted(extra, key=lambda thing: (not thing.key.endswith(MANIFEST), thing.key)))
    there = {thing.key: thing.size for thing in things if thing.current}
    missing = [file for file in files.values() if not file.is_in(there) and file.path.is_file()]
    for number, file in enumerate(missing, start=1):
        with contextlib.suppress(FileNotFoundError):  # taken back meanwhile: the next round sees it
            bucket.put(file.key, file.path)
            done.put += 1
        if progress:
            progress(number, len(missing))
    if rows and (missing or link not in there):
        bucket.write(link, f"{rows[-1].version}\n".encode())
    done.there = len(files)
    return not (extra or missing)


@dataclass(frozen=True, slots=True)
class File:
    """A file of a release: its key in the bucket, where it is on disk, and its size in bytes where the manifest says it."""

    key: str
    path: Path
    size: int | None

    def is_in(self, there: Mapping[str, int]) -> bool:
        """Whether the bucket has it: the files of a version never change, so the same name and size say it."""
        return self.key in there and self.size in (None, there[self.key])


def files_of(dataset: Dataset, release: Release) -> list[File]:
    """The files of a release as its manifest lists them, and those that describe them; the manifest last.

    Listed from the database and not from the disk: a disk that was lost must not empty the bucket.
    """
    place = folder(release)
    sizes: dict[str, int | None] = {str(entry["name"]): entry["bytes"] for entry in release.manifest["files"]}
    sizes |= dict.fromkeys(DESCRIBING)
    return [File(f"{dataset.name}/{release.version}/{name}", place / name, size) for name, size in sizes.items()]


@contextlib.contextmanager
def alone(dataset: Dataset) -> Iterator[None]:
    """Hold the lock of a dataset's copy. Raises `Busy` at once where another process holds it."""
    place = settings.VAR / "locks"
    place.mkdir(parents=True, exist_ok=True)
    with (place / f"copy-{dataset.name}").open("wb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Busy("another process is at it") from None
        yield
