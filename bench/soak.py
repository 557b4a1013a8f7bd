"""Mixed load for minutes on PostgreSQL and Redis, with random kills: what is lost, how memory grows, how long calls take.

    python -m bench.soak [--minutes 60] [--kill-every 30] [--pace 1] [--svg docs/images/soak.svg] [--seed 1]

It runs two web processes and two workers with a beat each. One of each, the database and the broker (which forgets
everything) are killed at random moments and started again. The other two are never killed, and their memory is measured.
`bench/soak_load.py` makes the load. `bench/soak_verdict.py` compares the stored rows with the acknowledged calls. The exit
status is 1 if anything was lost, doubled or left behind.
"""

import argparse
import os
import random
import statistics
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from bench.capture_servers import megabytes
from bench.soak_load import Mixed
from bench.soak_picture import picture
from bench.soak_verdict import faults
from tests.faults.system import System, system
from tests.faults.verdict import until_done

SAMPLE_SECONDS = 5.0
WINDOW = 30.0  # seconds whose calls make one point of the picture
LEASES = 1_200.0  # seconds: a killed worker holds a person's request for up to ten minutes
CAPTURE = ("/api/v1/interactions", "/api/v1/feedback")


@dataclass
class Watched:
    """What was seen while the load ran; times are seconds since it began."""

    began: float = field(default_factory=time.monotonic)
    kills: list[tuple[float, str]] = field(default_factory=list)
    memory: list[tuple[float, dict[str, float]]] = field(default_factory=list)  # MB by process
    waiting: list[tuple[float, int]] = field(default_factory=list)  # interactions that wait for curation

    def since(self) -> float:
        return time.monotonic() - self.began


def watch(made: System, seen: Watched, stop: threading.Event) -> None:
    """Look at memory and backlog until told to stop; a part that is being started again is left out."""
    assert made.database is not None and made.second_web is not None and made.second_worker is not None
    processes = {"web": made.second_web, "worker": made.second_worker}
    while not stop.wait(SAMPLE_SECONDS):
        seen.memory.append((seen.since(), {n: megabytes(c.running.pid) for n, c in processes.items() if c.running}))
        try:
            with psycopg.connect(made.database.url, connect_timeout=5) as connection:
                row = connection.execute("SELECT count(*) FROM feedback_interaction WHERE pending").fetchone()
        except psycopg.OperationalError:
            continue
        assert row is not None
        seen.waiting.append((seen.since(), row[0]))


def kill(made: System, seen: Watched, rng: random.Random, seconds: float, every: float) -> None:
    """Kill a random part every so many seconds, on average."""
    end = time.monotonic() + seconds
    while (pause := rng.uniform(0.3, 1.7) * every) < end - time.monotonic():
        time.sleep(pause)
        part = rng.choice(made.parts)
        seen.kills.append((seen.since(), part))
        made.kill(part)
    time.sleep(max(0.0, end - time.monotonic()))


def windows(taken: Sequence[tuple[float, str, float]], began: float) -> list[tuple[float, float, float]]:
    """(end of the window, p50, p99) of the capture calls of each window, in milliseconds."""
    found: dict[int, list[float]] = {}
    for at, path, seconds in taken:
        if path in CAPTURE:
            found.setdefault(int((at - began) // WINDOW), []).append(seconds * 1000)
    return [
        ((place + 1) * WINDOW, statistics.median(some), sorted(some)[len(some) * 99 // 100])
        for place, some in sorted(found.items())
    ]


def by_quarter(memory: Sequence[tuple[float, dict[str, float]]], name: str) -> list[float]:
    """The mean memory of a process in each quarter of the run."""
    quarter = len(memory) // 4
    return [
        statistics.fmean(each[name] for _, each in memory[place * quarter : (place + 1) * quarter])
        for place in range(4)
    ]


def report(made: System, load: Mixed, seen: Watched, found: Sequence[str]) -> None:
    """Print the figures."""
    calls = Counter(path for _, path, _ in load.sender.taken)
    print(f"{seen.since() / 60:.0f} minutes; killed: {dict(Counter(part for _, part in seen.kills))}")
    print(f"acknowledged: {dict(calls)}; sent again by status: {dict(load.sender.again)}")
    print(f"{len(load.verdicts):,} verdicts, {load.releases:,} releases, {len(load.requests):,} erasures")
    points = windows(load.sender.taken, seen.began)
    halves = [
        statistics.median(p50 for _, p50, _ in half)
        for half in (points[: len(points) // 2], points[len(points) // 2 :])
    ]
    print(
        f"capture, median of windows of {WINDOW:.0f} s: p50 {halves[0]:.0f} ms in the first half, {halves[1]:.0f} after"
    )
    for name in ("web", "worker"):
        quarters = ", ".join(f"{megabytes:.0f}" for megabytes in by_quarter(seen.memory, name))
        print(f"{name}: {quarters} MB in the four quarters")
    print(f"most that waited for curation: {max(number for _, number in seen.waiting):,}")
    print(f"{len(found)} lost, doubled, miscounted or left behind")
    print(dict(Counter(" ".join(each.split()[:2]) for each in found)))
    print("\n".join(found[:20]))


def main(arguments: list[str]) -> int:
    """Load, kill, compare, print, draw."""
    parser = argparse.ArgumentParser(prog="bench.soak", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--kill-every", type=float, default=30.0, help="seconds between kills, on average")
    parser.add_argument("--pace", type=float, default=1.0, help="2: twice as many calls, .5: half as many")
    parser.add_argument("--svg", type=Path, help="where to draw latency and memory")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    os.environ["REQUIRE_2FA"] = "0"  # the reviewer signs in again after each kill of the web process
    with (
        tempfile.TemporaryDirectory(prefix="flywheel-soak-") as folder,
        system(Path(folder), postgres=True, redis=True, second=True) as made,
    ):
        load, seen, stop = Mixed(made, options.pace), Watched(), threading.Event()
        watcher = threading.Thread(target=watch, args=(made, seen, stop))
        load.start()
        watcher.start()
        try:
            kill(made, seen, random.Random(options.seed), options.minutes * 60, options.kill_every)
        finally:
            load.stop()
            stop.set()
            watcher.join()
        found = [*until_done(made, LEASES), *faults(made, load)]
        report(made, load, seen, found)
        if options.svg:
            points = windows(load.sender.taken, seen.began)
            options.svg.write_text(picture(points, seen.memory, seen.kills), encoding="utf-8")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
