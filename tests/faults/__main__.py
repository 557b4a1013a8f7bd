"""The long run: `python -m tests.faults --kills 200 [--database sqlite|postgres] [--redis] [--seed N]`.

Kills web, worker and, on PostgreSQL, the database at random moments under load, and says what was lost or doubled. With
`--redis` also the broker, which forgets everything, while a second web process and a second worker with a beat of its own
go on.
Exit status 1 where anything was.
"""

import argparse
import random
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from tests.faults.load import Load
from tests.faults.system import system
from tests.faults.verdict import faults


def main(arguments: list[str]) -> int:
    """Kill, count, print."""
    parser = argparse.ArgumentParser(prog="tests.faults")
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--database", choices=["sqlite", "postgres"], default="sqlite")
    parser.add_argument("--redis", action="store_true")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    rng, killed = random.Random(options.seed), Counter[str]()
    with (
        tempfile.TemporaryDirectory(prefix="flywheel-faults-") as folder,
        system(
            Path(folder), postgres=options.database == "postgres", redis=options.redis, second=options.redis
        ) as made,
    ):
        load = Load(made.port, made.key)
        began = time.monotonic()
        load.start()
        for number in range(options.kills):
            time.sleep(rng.uniform(0.05, 1.0))
            part = rng.choice(made.parts)
            made.kill(part)
            killed[part] += 1
            if number % 20 == 19:
                print(f"{number + 1} kills, {len(load.interactions):,} pairs acknowledged", flush=True)
        load.stop()
        found = faults(made, load)
        print(f"{options.database}: {dict(killed)} killed in {time.monotonic() - began:.0f} s; ", end="")
        print(f"{len(load.interactions):,} interactions and {len(load.signals):,} signals acknowledged, ", end="")
        print(f"{load.sender.failures:,} calls sent again; {len(found)} lost, doubled or miscounted")
        print("\n".join(found[:20]))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
