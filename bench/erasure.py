"""One person with 50 interactions among many: how soon they are hidden, gone, and out of the released files.

    python -m bench.erasure [--sizes 100000,1000000] [--no-scan]

Targets: hidden within 1 s, all that was derived gone within 10 s, neither depending on the size of the tables (within
1.5 times), and the time to cut releases again in proportion to their number.
"""

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import django

BLOCK = 20_000
TARGETS = {"hidden": 1.0, "gone": 10.0, "ratio": 1.5}


def filler(start: int, number: int, subjects: int) -> list[tuple[Any, ...]]:
    """Rows of interactions that nobody rated, of many people."""
    now = datetime(2026, 11, 1, tzinfo=UTC).isoformat(" ").removesuffix("+00:00")
    return [
        (
            f"filler-{i}", 1 + i % subjects, f"When does line {i} leave from the stop at the harbour on a workday?",
            f"Line {i} leaves there every twenty minutes, from five in the morning until midnight; on Sundays less.",
            now, now, f"{i:064x}", i.to_bytes(16, "big"),
        )
        for i in range(start, start + number)
    ]  # fmt: skip


def fill(project: int, number: int) -> None:
    """Put that many interactions into the tables, past the doors."""
    from django.db import connection, transaction

    subjects = max(1, number // 50)
    empty = "'', '[]', '[]', '[]', '{}', '', '', '', ''"
    statement = (
        "INSERT INTO feedback_interaction (external_id, subject_id, question, answer, occurred_at, received_at,"
        " body_digest, fingerprint, session, context, sources, tags, metadata, agent_name, agent_version, agent_model,"
        " agent_prompt, project_id, redactions, redaction_version, placeholders, scan_due, revision, pending{extra})"
        f" VALUES (?, ?, ?, ?, ?, ?, ?, ?, {empty}, {project}, '{{}}', 'bench', '{{}}', 0, 0, 0{{values}})"
    )
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(id), 0) FROM privacy_subject")
        rows = [(f"filler:{i:055x}",) for i in range(subjects)]
        insert = (
            "INSERT INTO privacy_subject (namespace, digest, created_at) VALUES ('bench', ?, '2026-11-01 00:00:00')"
        )
        connection.connection.executemany(insert, rows)
        extra, values = unknown_columns(statement)
        statement = statement.replace("{extra}", extra).replace("{values}", values)
        for start in range(0, number, BLOCK):
            some = filler(start, min(BLOCK, number - start), subjects)
            connection.connection.executemany(statement, some)


def unknown_columns(statement: str) -> tuple[str, str]:
    """Columns that were added since and must be filled, each with its default."""
    from feedback.models import Interaction

    columns = [
        field for field in Interaction._meta.concrete_fields
        if str(field.column) not in statement and not field.null and not field.primary_key
    ]  # fmt: skip
    defaults = ["0" if isinstance(field.get_default(), int | float) else "''" for field in columns]
    return "".join(f", {field.column}" for field in columns), "".join(f", {value}" for value in defaults)


def talk(project: Any, person: str, number: int) -> None:
    """One person's interactions, each confirmed; by the ordinary doors."""
    from feedback import capture
    from feedback.payloads import FeedbackIn, InteractionIn

    agreed: Any = {"capture": True, "evaluation": True, "training": True}
    for i in range(number):
        name = f"{person}-{i}"
        question = f"Does {person} get a refund for ticket {i} when ferry {i * 7} is late by {i + 3} minutes?"
        answer = f"Yes: for ticket {i} half of the price, since ferry {i * 7} was late by more than {i + 2} minutes."
        capture.record_interaction(
            project, InteractionIn(id=name, question=question, answer=answer, subject=person, consent=agreed)
        )
        capture.record_signal(project, FeedbackIn(interaction=name, signal="thumbs_up"))


def seconds(work: Callable[[], object]) -> float:
    """How long it takes."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def person_erased(project: Any, person: str, releases: int, *, scan: bool) -> dict[str, float]:
    """Put one person into that many releases, erase them, and time each part."""
    from curation import curate
    from curation import releases as cutting
    from curation.models import Dataset
    from privacy import erasure, requests

    talk(project, person, 50)
    curate.curate(project)
    dataset = Dataset.objects.get(project=project)
    for _ in range(releases):
        talk(project, f"{person}-fellow-{time.perf_counter_ns()}", 1)
        curate.curate(project)
        cutting.cut(dataset)
    made: list[Any] = []
    found = {
        "hidden": seconds(
            lambda: made.append(requests.submit("bench", person, "erasure", verified_by="bench", origin="bench"))
        ),
        "gone": seconds(lambda: requests.execute(made[0])),
        "recut": seconds(erasure.settle),
    }
    if scan:
        found["scan"] = seconds(lambda: requests.advance(made[0]))
        made[0].refresh_from_db()
        assert made[0].state == "closed", made[0].error
    return found


def measure(size: int, repeats: int, scan: bool) -> dict[str, float]:
    """The figures among that many interactions: medians over several people, and one full scan."""
    from curation import datasets

    project = datasets.create_project("bench")
    already = seconds(lambda: fill(project.pk, size))
    people = [person_erased(project, f"anna-{n}", 1, scan=False) for n in range(repeats)]
    last = person_erased(project, "ben", 3, scan=scan)
    found = {name: statistics.median(one[name] for one in people) for name in ("hidden", "gone", "recut")}
    return {**found, "recut of 3": last["recut"], "scan": last.get("scan", 0.0), "filling": already}


def child(size: int, scan: bool) -> None:
    """Measure in a database of its own, and print the figures."""
    import orjson
    from django.core.management import call_command

    os.environ["DJANGO_SETTINGS_MODULE"] = "flywheel_site.settings"
    django.setup()
    call_command("migrate", verbosity=0)
    print(orjson.dumps(measure(size, 5, scan)).decode())


def main() -> int:
    import json
    import subprocess

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default="100000,1000000")
    parser.add_argument("--child", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--no-scan", action="store_true", help="leave out the byte scan, which reads all there is")
    options = parser.parse_args()
    if options.child:
        child(options.child, not options.no_scan)
        return 0
    found = {}
    for size in map(int, options.sizes.split(",")):
        with tempfile.TemporaryDirectory(prefix="flywheel-bench-") as folder:
            environment = {**os.environ, "FLYWHEEL_VAR": folder}
            environment.pop("DATABASE_URL", None)
            command = [sys.executable, "-m", "bench.erasure", "--child", str(size)]
            command += ["--no-scan"] if options.no_scan else []
            ran = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, text=True)
        found[size] = json.loads(ran.stdout.splitlines()[-1])
    return report(found)


def report(found: dict[int, dict[str, float]]) -> int:
    """Print the table and the verdicts; 1 where a target is missed."""
    names = ["hidden", "gone", "recut", "recut of 3", "scan"]
    print(f"{'interactions':>14}" + "".join(f"{name:>14}" for name in names))
    for size, figures in found.items():
        print(f"{size:>14,}" + "".join(f"{figures[name]:>12.3f} s" for name in names))
    small, large = found[min(found)], found[max(found)]
    ratio = large["gone"] / small["gone"]
    held = {
        f"hidden within {TARGETS['hidden']} s": large["hidden"] <= TARGETS["hidden"],
        f"gone within {TARGETS['gone']} s": large["gone"] <= TARGETS["gone"],
        f"gone, largest against smallest: {ratio:.2f} (at most {TARGETS['ratio']})": ratio <= TARGETS["ratio"],
    }
    for said, holds in held.items():
        print(f"{'  ok' if holds else 'MISS'}  {said}")
    return 0 if all(held.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
