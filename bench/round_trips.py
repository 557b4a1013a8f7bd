"""What one write costs in one process: round trips to PostgreSQL, processor time, and time on the clock.

    python -m tests.servers python -m bench.round_trips [--writes 300]      on PostgreSQL
    python -m bench.round_trips                                            on SQLite, which has no round trips

The processor time is the process's own, without that of a database server.
"""

import argparse
import itertools
import os
import re
import statistics
import tempfile
import time
from collections.abc import Callable
from functools import partial

import django

MESSAGE = re.compile(r"[-\d]+ [:.\d]+\t([FB])\t")  # a statement may take several lines; only its first matches
WARM = 30  # writes before any is measured: PostgreSQL keeps a statement's plan after some
QUESTION = "How long does a parcel to Norway take, and what does it cost? " * 6
ANSWER = "A parcel to Norway takes four to six working days and costs 14 euros up to two kilograms. " * 14
CORRECTION = "A parcel to Norway takes three working days and costs 16 euros, whatever its weight."


def trips(work: Callable[[], object]) -> int:
    """How often the work waits for PostgreSQL: the answers that follow a message sent, in libpq's log of messages."""
    from django.db import connection

    connection.ensure_connection()
    with tempfile.TemporaryFile("w+") as log:
        connection.connection.pgconn.trace(log.fileno())
        work()
        connection.connection.pgconn.untrace()
        log.seek(0)
        ways = [found[1] for line in log if (found := MESSAGE.match(line))]
    return sum(way == "B" and before == "F" for before, way in itertools.pairwise(ways))


def measured(write: Callable[[int], None], writes: int) -> tuple[float, float, float]:
    """Round trips, milliseconds of processor time, and milliseconds on the clock: medians."""
    from django.db import connection

    for number in range(WARM):
        write(number)
    found = []
    for number in range(WARM, WARM + writes):
        processor, clock = time.process_time(), time.perf_counter()
        write(number)
        found.append(((time.process_time() - processor) * 1000, (time.perf_counter() - clock) * 1000))
    processor, clock = (statistics.median(column) for column in zip(*found, strict=True))
    counted = [
        trips(partial(write, WARM + writes + more)) for more in range(WARM * (connection.vendor == "postgresql"))
    ]
    return statistics.median(counted) if counted else 0, processor, clock


def table(writes: int) -> dict[str, tuple[float, float, float]]:
    """Each kind of write, in one project."""
    from feedback.capture.payloads import FeedbackIn, InteractionIn, Purposes
    from feedback.capture.recording import record_interaction, record_signal
    from feedback.projects import creation

    shop = creation.create("shop")
    agreed: Purposes = {"capture": True, "evaluation": True, "training": True}

    def interaction(number: int) -> None:
        record_interaction(
            shop,
            InteractionIn(
                id=f"i{number}", question=QUESTION, answer=ANSWER, subject=f"person {number}", consent=agreed
            ),
        )

    def vote(number: int) -> None:
        record_signal(shop, FeedbackIn(id=f"v{number}", interaction=f"i{number}", signal="thumbs_up"))

    def correction(number: int) -> None:
        record_signal(shop, FeedbackIn(id=f"c{number}", interaction=f"i{number}", signal="edit", correction=CORRECTION))

    return {one.__name__: measured(one, writes) for one in (interaction, vote, correction)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--writes", type=int, default=300)
    asked = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "flywheel_site.settings")
    with tempfile.TemporaryDirectory() as folder:
        os.environ["FLYWHEEL_VAR"] = folder
        django.setup()
        from django.core.management import call_command
        from django.db import connection

        call_command("migrate", verbosity=0)
        found = table(asked.writes)
        connection.close()
        print(f"{connection.vendor}, {asked.writes} writes of each kind, medians")
        for name, (round_trips, processor, clock) in found.items():
            print(f"{name:12} {round_trips:3.0f} round trips  {processor:6.2f} ms processor  {clock:6.2f} ms clock")


if __name__ == "__main__":
    main()
