"""The short form of the long run, and a broker that is emptied or gone."""

import random
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests import servers
from tests.extent import extent
from tests.faults.load import Load
from tests.faults.system import System, system
from tests.faults.verdict import faults, until_done

pytestmark = pytest.mark.slow
KILLS = extent(2, 8)


def made_under_fire(made: System, kills: int = KILLS) -> Load:
    """Load, with that many kills in it."""
    rng, load = random.Random(7), Load(made.ports, made.key, callers=extent(2, 4))
    load.start()
    for number in range(kills):
        time.sleep(rng.uniform(0.2, 0.8))
        made.kill(made.parts[number % len(made.parts)])
    load.stop()
    return load


def test_what_was_acknowledged_outlives_kills_of_web_and_worker(tmp_path: Path) -> None:
    with system(tmp_path) as made:
        load = made_under_fire(made)
        assert faults(made, load) == [] and load.interactions


HARMS: list[dict[str, Any]] = [
    {"disk": True},
    {"disk": True, "postgres": True},
    {"second": True, "clock": "+1h"},
    {"second": True, "clock": "-1h"},
]


@pytest.mark.thorough
@pytest.mark.parametrize("harm", HARMS)
def test_a_full_disk_and_a_second_beat_with_a_wrong_clock_lose_and_double_nothing(
    tmp_path: Path, harm: dict[str, Any]
) -> None:
    try:
        with system(tmp_path, **harm) as made:
            load = made_under_fire(made, max(KILLS, len(made.parts)))  # the disk too
            assert until_done(made) == [] and faults(made, load) == [] and load.interactions
            assert not made.ended_by_disk
    except servers.Unavailable as reason:
        pytest.skip(str(reason))


@pytest.mark.postgres
def test_what_was_acknowledged_outlives_kills_of_postgresql(tmp_path: Path) -> None:
    try:
        with system(tmp_path, postgres=True) as made:
            # The database is also restarted, and moved to another address.
            load = made_under_fire(made, max(KILLS, len(made.parts)))
            assert faults(made, load) == [] and load.interactions
    except servers.Unavailable as reason:
        pytest.skip(str(reason))


def test_capture_goes_on_without_its_broker_and_the_work_is_done_when_it_is_back(tmp_path: Path) -> None:
    try:
        with system(tmp_path, redis=True) as made:
            assert made.broker is not None
            load = Load(made.ports, made.key, callers=2)
            load.start()
            until(lambda: len(load.signals) > 0)
            made.broker.kill()
            alone = len(load.signals)
            until(lambda: len(load.signals) > alone)
            time.sleep(extent(1, 3))
            made.broker.start()  # empty: it keeps nothing on disk
            load.stop()
            assert faults(made, load) == []
            deadline = time.monotonic() + 120
            while pending(made):
                assert time.monotonic() < deadline, made.worker.log.read_text(errors="replace")[-2000:]
                time.sleep(0.2)
    except servers.Unavailable as reason:
        pytest.skip(str(reason))


def until(is_so: Callable[[], bool], seconds: float = 120) -> None:
    """Wait for something that must become so, however busy the machine is."""
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def pending(made: System) -> int:
    """How many interactions wait for curation, in a database of SQLite: a command of `manage.py` takes two seconds."""
    path = Path(made.environment["FLYWHEEL_VAR"]) / "flywheel.sqlite3"
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
        waiting: int = database.execute("SELECT count(*) FROM feedback_interaction WHERE pending").fetchone()[0]
    return waiting
