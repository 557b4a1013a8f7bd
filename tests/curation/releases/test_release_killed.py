"""A cut killed at any of its writes while readers look: they see the old release or the new one, whole, never a part."""

import os
import signal
import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import DEFAULT_DB_ALIAS, connections
from django.utils import timezone

from curation.models import Dataset, Release, ReleaseState
from curation.releases import cutting, folders
from curation.releases.verify import verify
from feedback.models import Project
from tests import factories as cast
from tests.extent import extent
from tests.processes import forked

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
WRITES = {"os.rename", "os.mkdir", "os.remove", "os.rmdir", "os.symlink", "os.link", "os.truncate", "os.chmod"}
CHANGES = ("INSERT", "UPDATE", "DELETE")
TOPICS = ("museum", "harbour", "library", "station", "market", "theatre", "castle", "garden", "bakery", "hospital")
MOST = 400  # a cut of so small a release has far fewer writes
EVERY = extent(4, 1)  # from one write at which it dies to the next


class Countdown:
    """Ends this process, without a word, before its write of a number: to a folder, a file, a disk or the database."""

    def __init__(self, at: int) -> None:
        self.left = at

    def tick(self) -> None:
        self.left -= 1
        if not self.left:
            os.kill(os.getpid(), signal.SIGKILL)

    def heard(self, event: str, arguments: tuple[Any, ...]) -> None:
        """The interpreter's report of what is about to happen."""
        if event in WRITES or (event == "open" and arguments[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)):
            self.tick()

    def statement(self, execute: Any, sql: str, parameters: Any, many: bool, context: Any) -> Any:
        """A statement about to be sent."""
        if sql.lstrip().startswith(CHANGES):
            self.tick()
        return execute(sql, parameters, many, context)

    def start(self) -> None:
        """Hear of all of it from now on; cannot be taken back."""
        database = connections[DEFAULT_DB_ALIAS]
        flush, commit = os.fsync, database.commit

        def flushing(file: Any) -> None:
            self.tick()
            flush(file)

        def committing() -> None:
            self.tick()
            commit()

        os.fsync, database.commit = flushing, committing  # type: ignore[assignment, method-assign]
        database.execute_wrappers.append(self.statement)
        sys.addaudithook(self.heard)


def one_more(shop: Project, number: int) -> None:
    """Something new to release: a person of its own, a question like no other."""
    topic = f"{TOPICS[number % len(TOPICS)]} of town {number}"
    question = f"When does the {topic} open in the month number {number * 7}?"
    answer = f"The {topic} opens at {number % 12} and its door number is {number * 13}."
    about = cast.asked(shop, f"reader-{number}", question=question, answer=answer)
    cast.said(shop, about, "thumbs_up")
    cast.turn(shop)


def killed_cut(dataset: Dataset, at: int) -> int:
    """A process that cuts the dataset and dies before write number `at`; its number."""

    def cut() -> None:
        Countdown(at).start()
        cutting.cut(Dataset.objects.get(pk=dataset.pk))

    return forked(cut)


def look(base: Path, allowed: set[str]) -> None:
    """What readers find by the link, by the folder and by the database: only whole releases, the old one or the new."""
    newest = os.readlink(base / folders.LATEST)
    assert newest in allowed
    assert verify(base / newest) == []
    for path in base.iterdir():
        assert path.name.startswith((".", "latest")) or verify(path) == [], path.name
    for release in Release.objects.filter(state=ReleaseState.PUBLISHED):
        assert verify(base / release.version) == [], release.version


def after_the_kill(dataset: Dataset) -> Release:
    """The lease of the dead process ends, and the next one does the rest."""
    past = timezone.now() - timedelta(seconds=1)
    Release.objects.filter(lease_until__isnull=False).update(lease_until=past)
    return cutting.cut(dataset)


def test_readers_see_the_old_or_the_new_release_at_whatever_write_a_cut_dies(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folders, "LINK_SECONDS", 0.0)
    shop = cast.project()
    dataset = Dataset.objects.get(name=shop.name)
    one_more(shop, 0)
    old = cast.cut(shop).version
    base = folders.home(dataset)
    looks, ended = 0, 0
    for at in range(1, MOST, EVERY):
        one_more(shop, at)
        coming = f"v{int(old[1:]) + 1}"
        child = killed_cut(dataset, at)
        while not (waited := os.waitpid(child, os.WNOHANG))[0]:
            look(base, {old, coming})
            looks += 1
            time.sleep(0.002)
        look(base, {old, coming})
        done = os.waitstatus_to_exitcode(waited[1])
        assert done in (0, -signal.SIGKILL), done
        if done == 0:
            break
        ended += 1
        made = after_the_kill(dataset)
        assert made.state == ReleaseState.PUBLISHED and made.version in (coming, f"v{int(coming[1:]) + 1}")
        folders.tidy(dataset)
        assert sorted(path.name for path in base.iterdir() if path.name.startswith(".")) == []
        old = made.version
        look(base, {old})
    assert done == 0, "the cut has more writes than this counts to"
    assert ended * EVERY > 30 and looks > ended
    assert Release.objects.filter(state=ReleaseState.CUTTING).count() == 0
    whole = Release.objects.filter(state=ReleaseState.PUBLISHED).order_by("-number").first()
    assert whole and whole.manifest["counts"]["eval_cases.jsonl"] >= ended
