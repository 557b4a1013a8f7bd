"""Capture over HTTP: interaction + feedback pairs a second and their latency, compared with a bare view on the same
server.

    python -m bench.capture [--seconds 5] [--runs 3] [--database sqlite,postgres]

PHOENIX_PYTHON, MLFLOW_PYTHON and LABEL_STUDIO_PYTHON name interpreters that have these (`bench/capture_peers.py`); each
that is named is started, driven with the same texts, and stopped; "ours" is Flywheel's rate here as a multiple of its
rate.

The figures include everything that a caller gets: key check, consent, redaction, limits, and a commit on disk. A pair
is two requests, in a batch two items; the text is about 2 kB. Figures are medians of the runs. On a machine with other
work, look at the ratios. Two upper limits are measured too: a view that does nothing, and only writing the rows of an
interaction, or of a batch, into SQLite (`bench/capture_bare.py`).
"""

import argparse
import itertools
import json
import os
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from http.client import HTTPConnection
from pathlib import Path

from bench import capture_peers
from bench.capture_peers import Running
from bench.capture_servers import Server, copy_database, flywheel, kilobytes, megabytes, served, wait
from bench.load import Call, Load, drive, median, post
from tests import servers

BATCH = 250
SETTLED = 5.0  # seconds without another row: a peer that answers before it stores has stored all
CONSENT = {"capture": True, "evaluation": True, "training": True}
SENTENCES = (
    "The order page says that it was shipped, but the tracking number does not work.",
    "We have looked at the parcel's way and found it in the depot near the station.",
    "It will be brought on the next working day between nine in the morning and noon.",
    "Could you tell me whether I can still change the address, or choose another day?",
    "If nobody is at home the driver leaves a card and takes it to the nearest shop.",
    "The invoice shows two teapots, although I only asked for one with a blue lid.",
    "Returns are free for thirty days, and the label is in the box under the lid.",
    "I have written twice already and would like to hear from a person this time.",
)
_numbers = itertools.count(1)
_run = f"{random.randrange(16**6):06x}"


def interaction() -> dict[str, object]:
    """What one customer asks and is answered: some 2 kB, with a mail address and a number to redact."""
    number = next(_numbers)
    rng = random.Random(number)

    def say(sentences: int) -> str:
        return " ".join(rng.choices(SENTENCES, k=sentences))

    return {
        "id": f"{_run}-{number}",
        "subject": f"customer-{number % 5000}",
        "question": f"{say(4)} Write to customer{number}@example.com or call +49 30 901820{number % 100:02d}.",
        "answer": say(12),
        "sources": [{"id": "faq-7", "title": "Delivery", "text": say(4)}],
        "agent": {"name": "shop", "version": "1.4", "model": "small"},
        "consent": CONSENT,
    }


def feedback(about: object) -> dict[str, object]:
    """Feedback on it: mostly a thumb, one time in five a correction."""
    number = next(_numbers)
    said: dict[str, object] = {"id": f"{_run}-s{number}", "interaction": about, "signal": "thumbs_up"}
    if number % 5 == 0:
        said |= {"signal": "edit", "correction": " ".join(random.Random(number).choices(SENTENCES, k=4))}
    return said


def pair(server: Server) -> Call:
    """An interaction, then feedback on it."""

    def call(connection: HTTPConnection) -> None:
        talk = interaction()
        post(connection, "/api/v1/interactions", json.dumps(talk).encode(), server.headers)
        post(connection, "/api/v1/feedback", json.dumps(feedback(talk["id"])).encode(), server.headers)

    return call


def single(server: Server) -> Call:
    """An interaction alone."""

    def call(connection: HTTPConnection) -> None:
        post(connection, "/api/v1/interactions", json.dumps(interaction()).encode(), server.headers)

    return call


def batch(server: Server) -> Call:
    """Many pairs in one body."""

    def call(connection: HTTPConnection) -> None:
        talks = [interaction() for _ in range(BATCH)]
        items = [{"type": "interaction", **talk} for talk in talks]
        items += [{"type": "feedback", **feedback(talk["id"])} for talk in talks]
        said = json.loads(post(connection, "/api/v1/batch", json.dumps({"items": items}).encode(), server.headers))
        assert all(result["status"] == 201 for result in said["results"]), said["results"][:3]

    return call


def bare(connection: HTTPConnection) -> None:
    """The same body, sent to a view that does nothing."""
    post(connection, "/", json.dumps(interaction()).encode(), {})


@contextmanager
def rows_bare() -> Iterator[Server]:
    """Only the rows of captured interactions, written into a copy of a database that Flywheel has begun to fill."""
    with tempfile.TemporaryDirectory(prefix="flywheel-bench-") as folder:
        copy = Path(folder, "flywheel.sqlite3")
        with flywheel("") as server:
            drive(server.address, single(server), clients=1, seconds=1.0)
            drive(server.address, batch(server), clients=1, seconds=1.0)
            copy_database(server.folder, copy)
        with served("bench.capture_bare:application", BENCH_DATABASE=str(copy)) as bare_server:
            yield bare_server


def runs(address: str, call: Call, *, clients: int, options: argparse.Namespace, calls_each: int = 1) -> Load:
    """The median of several runs after a warm-up, in calls or, for a batch, in pairs."""
    drive(address, call, clients=clients, seconds=min(1.0, options.seconds))
    found = median([drive(address, call, clients=clients, seconds=options.seconds) for _ in range(options.runs)])
    return Load(found.rate * calls_each, found.p50, found.p99)


def row(name: str, load: Load, reference: float = 0.0) -> str:
    """One line of the table."""
    ratio = f"{load.rate / reference:>9.2f}" if reference else f"{'':>9}"
    return f"{name:<44}{load.rate:>10,.0f}{load.p50:>10.1f}{load.p99:>10.1f}{ratio}"


def measure(name: str, server: Server, limit: dict[int, float], options: argparse.Namespace) -> dict[int, Load]:
    """Print the lines of one database; the pairs, by clients, and under `BATCH` those of one client's batches."""
    kinds: list[tuple[str, Callable[[Server], Call], int]] = [
        ("interaction", single, 1),
        ("pair", pair, 1),
        (f"batch of {BATCH} pairs", batch, BATCH),
    ]
    held, reached, growth = [server.idle_megabytes], {}, 0.0
    for what, make, calls_each in kinds:
        size, number = kilobytes(server.folder), next(_numbers)
        for clients in (1, 16):
            if calls_each > 1 and clients == 16:
                clients = 4
            found = runs(server.address, make(server), clients=clients, options=options, calls_each=calls_each)
            reference = limit.get(clients, 0.0) if what == "interaction" else 0.0
            if what == "pair":
                reached[clients] = found
            if calls_each > 1 and clients == 1:
                reached[BATCH] = found
            print(row(f"{name}: {what}, {clients} client{'s' * (clients > 1)}", found, reference), flush=True)
        if what == "pair":  # an interaction and its feedback take a number each
            growth = (kilobytes(server.folder) - size) * 2 / (next(_numbers) - number)
        held.append(megabytes(server.process.pid))
    idle, _, pairs, batches = held
    print(
        f"{name}: ready after {server.seconds_to_start:.1f} s; web, worker and beat hold {idle:.0f} MB idle, ", end=""
    )
    print(f"{pairs:.0f} after the pairs, {batches:.0f} after the batches (PSS)")
    if growth:
        print(f"{name}: {growth:.1f} kB a pair on disk, with what was curated of it meanwhile")
    return reached


def measure_rows_bare(limit: dict[int, float], options: argparse.Namespace) -> None:
    """Print the lines of the rows written bare."""
    with rows_bare() as server:
        for clients in (1, 16):
            found = runs(server.address, single(server), clients=clients, options=options)
            name = f"an interaction's rows, bare, {clients} client{'s' * (clients > 1)}"
            print(row(name, found, limit[clients]), flush=True)
        found = runs(server.address, batch(server), clients=1, options=options, calls_each=BATCH)
        print(row(f"rows of a batch of {BATCH} pairs, bare, 1 client", found), flush=True)


def measure_peers(ours: dict[int, Load], options: argparse.Namespace) -> None:
    """Print the lines of the peers, each with how many times its rate ours is, and our p99 to its."""

    def talk() -> tuple[str, str]:
        sent = interaction()
        return str(sent["question"]), str(sent["answer"])

    for peer, python in capture_peers.installed():
        with capture_peers.running(peer, python, wait) as there:
            time.sleep(3)
            idle = megabytes(there.process.pid)
            call = peer.pair(there.address, talk)
            for clients in (1, 16):
                found = runs(there.address, call, clients=clients, options=options)
                print(
                    comparison(f"{peer.name}: pair, {clients} client{'s' * (clients > 1)}", found, ours.get(clients)),
                    flush=True,
                )
                if peer.votes:
                    kept = stored(there, peer.votes, call, found, clients=clients, seconds=options.seconds)
                    print(
                        comparison(f"{peer.name}: the same, until all is stored", kept, ours.get(clients)), flush=True
                    )
            if peer.batch:
                many = peer.batch(there.address, talk, BATCH)
                found = runs(there.address, many, clients=1, options=options, calls_each=BATCH)
                print(comparison(f"{peer.name}: batch of {BATCH} pairs, 1 client", found, ours.get(BATCH)), flush=True)
            print(f"{peer.name}: ready after {there.seconds_to_start:.1f} s; ", end="")
            print(f"{idle:.0f} MB idle, {megabytes(there.process.pid):.0f} after the pairs (PSS)")


def comparison(name: str, found: Load, ours: Load | None) -> str:
    """One line of a peer."""
    if ours is None or not found.rate:
        return row(name, found)
    return f"{row(name, found)}ours {ours.rate / found.rate:.1f} times, p99 {ours.p99 / found.p99:.2f}"


def stored(there: Running, votes: tuple[str, str], call: Call, found: Load, *, clients: int, seconds: float) -> Load:
    """The rate of storing the same load, for a peer that stores after it answers: one more run, until everything is
    stored.
    """
    before, _ = settled(there, votes)
    began = time.perf_counter()
    drive(there.address, call, clients=clients, seconds=seconds)
    kept, last = settled(there, votes)
    return Load((kept - before) / (last - began), found.p50, found.p99)


def settled(there: Running, votes: tuple[str, str]) -> tuple[int, float]:
    """How many votes are stored once no more come, and when the last of them was seen."""
    kept, last = there.stored(votes), time.perf_counter()
    while time.perf_counter() - last < SETTLED:
        time.sleep(0.2)
        if (now := there.stored(votes)) > kept:
            kept, last = now, time.perf_counter()
    return kept, last


def main(arguments: list[str] | None = None) -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="bench.capture")
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--database", default="sqlite,postgres")
    options = parser.parse_args(arguments)
    print(f"{'':<44}{'a second':>10}{'p50 ms':>10}{'p99 ms':>10}{'to bare':>9}   load {os.getloadavg()[0]:.1f}")
    limit: dict[int, float] = {}
    ours: dict[int, Load] = {}
    with served("bench.bare:application") as server:
        for clients in (1, 16):
            found = runs(server.address, bare, clients=clients, options=options)
            limit[clients] = found.rate
            print(row(f"a bare view, {clients} client{'s' * (clients > 1)}", found, found.rate), flush=True)
    measure_rows_bare(limit, options)
    for name in options.database.split(","):
        with ExitStack() as stack:
            try:
                url = stack.enter_context(servers.postgres(durable=True)).url if name == "postgres" else ""
            except servers.Unavailable as error:
                print(f"{name}: not measured: {error}")
                continue
            reached = measure(name, stack.enter_context(flywheel(url)), limit, options)
            ours = reached if name == "sqlite" else ours
    measure_peers(ours, options)
    return 0


if __name__ == "__main__":
    sys.exit(main())
