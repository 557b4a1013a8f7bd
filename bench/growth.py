"""What an installation costs as it grows: a write, curating new conversations, a page, an erasure and a release at each
size.

    python -m bench.growth [--sizes 100000,1000000] [--on sqlite,postgres] [--folder /tmp]

Ten thousand rated conversations are curated by the product; the other rows are copies of the result, made inside the
database, each with its own people, names, questions and claims. Ten times as many conversations should cost at most 1.5
times as much. A line says the median, in seconds of the processor (without a database server's) and on the clock. The
erasure and the small release are those of a project of about a thousand conversations.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from statistics import median
from typing import Any

import django

BLOCK = 10_000  # conversations that are copied; sizes are multiples of it
NEW = 1_000  # conversations of an increment
WRITES, INCREMENTS, REPEATS = 100, 3, 5
GROWTH = 1.5  # times as much, at most, for ten times as many
WHOLE = 1_000_000  # conversations, up to which the release of all of them is cut, too
HASHES = ("said", "near_said", "claim", "proposed", "words", *(f"band_{n}" for n in range(8)))
PAGES = {
    "the next task": "curation/reviewtask/next/",
    "the list of tasks": "curation/reviewtask/",
    "the list of interactions": "feedback/interaction/",
    "an interaction by its words": "feedback/interaction/?q=printer",
    "the list of decisions": "curation/decision/",
    "the list of eval cases": "curation/evalcase/",
    "the list of examples": "curation/example/",
}
HOME = "?days=all"
Cost = tuple[float, float]  # seconds of the processor, and on the clock


def cost(work: Callable[[], object]) -> Cost:
    """What it costs, with the processes that it starts."""
    began, before = time.perf_counter(), processor()
    work()
    return processor() - before, time.perf_counter() - began


def processor() -> float:
    """Seconds of the processor so far, of this process and of those that it started and that have ended."""
    ended = os.times()
    return time.process_time() + ended.children_user + ended.children_system


def middle(costs: list[Cost]) -> Cost:
    """The median of either."""
    return median(one[0] for one in costs), median(one[1] for one in costs)


def copied() -> list[Any]:
    """The models whose rows are copied, each after those that it refers to."""
    from curation import models as curation
    from feedback.models import Interaction, Signal
    from privacy.models import ConsentEntry, Subject

    made = [curation.ReviewTask, curation.Decision, curation.EvalCase, curation.Example, curation.PreferencePair]
    asked = [curation.AuditItem, curation.Question, curation.Opinion, curation.Claim]
    return [Subject, ConsentEntry, Interaction, Signal, *made, *asked]


def root(model: Any) -> Any:
    """The model whose key a model's rows have."""
    key = model._meta.pk
    return root(key.related_model) if key.is_relation else model


def fill(project: Any, size: int) -> None:
    """Let the product curate one block and draw its audit, and copy its rows until there are so many conversations."""
    from django.db import connection, transaction

    from bench import curation
    from curation import pipeline
    from curation.policies import versions
    from curation.quality import audits

    curation.fill(0, BLOCK)
    pipeline.curate(project)
    audits.draw(project, versions.current(project))
    extents = {model: extent(model) for model in copied() if root(model) is model}
    sqlite = connection.vendor == "sqlite"
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA foreign_keys = OFF" if sqlite else "SET session_replication_role = replica")
        for number in range(1, size // BLOCK):
            with transaction.atomic():
                for model in copied():
                    cursor.execute(copying(model, number, size // BLOCK, extents))
        cursor.execute("PRAGMA foreign_keys = ON" if sqlite else "RESET session_replication_role")


def extent(model: Any) -> tuple[int, int]:
    """The last key of a model's rows, and how far a copy's keys are from theirs."""
    from django.db.models import Max, Min

    keys = model.objects.aggregate(first=Min("pk"), last=Max("pk"))
    return keys["last"], keys["last"] - keys["first"] + 1


def copying(model: Any, number: int, copies: int, extents: dict[Any, tuple[int, int]]) -> str:
    """The statement that makes one copy of the first block's rows."""
    columns = model._meta.concrete_fields
    names = ", ".join(column.column for column in columns)
    values = ", ".join(value(model, column, number, copies, extents) for column in columns)
    table, key, last = model._meta.db_table, model._meta.pk.column, extents[root(model)][0]
    return f"INSERT INTO {table} ({names}) SELECT {values} FROM {table} WHERE {key} <= {last}"


def value(model: Any, column: Any, number: int, copies: int, extents: dict[Any, tuple[int, int]]) -> str:
    """A column of a copy, in SQL: keys are those of the copy's rows, and what must differ between copies does.

    Hashes of a copy have a part of the range to themselves, so that an index is filled in order and ends as it would in
    any other; new hashes fall anywhere in it.
    """
    from django.db import connection, models

    from curation.models import Opinion
    from feedback.models import Interaction, Signal

    name = column.column
    refers = root(column.related_model) if column.is_relation else None
    refers = model if name == "id" else refers
    refers = {"cluster": Interaction, "signal": Signal if model is Opinion else None}.get(name, refers)
    if refers in extents:
        return f"{name} + {number * extents[refers][1]}"
    if name in HASHES:
        half = 2**31 if name.startswith("band") else 2**63
        return f"{name} / {copies} + ({(2 * number + 1) * (half // copies) - half})"
    if isinstance(column, models.BinaryField):
        part = number * 65_536 // copies
        if connection.vendor == "sqlite":
            return f"CAST(x'{part:04x}' || substr({name}, 3) AS BLOB)"
        return f"decode('{part:04x}', 'hex') || substr({name}, 3)"
    if name == "digest":
        return f"'{number:08}' || substr(digest, 9)"
    return f"'{number}-' || {name}" if name == "external_id" else name


def increments(project: Any, size: int) -> list[Cost]:
    """New conversations, rated, on top of all; curated."""
    from bench import consolerows, curation
    from curation import pipeline

    found = []
    for first in range(size, size + INCREMENTS * NEW, NEW):
        curation.fill(first, NEW)
        consolerows.sequences()  # rows that were copied or filled brought their keys along
        found.append(cost(lambda: pipeline.curate(project)))
    return found


def writes(project: Any) -> dict[str, Cost]:
    """An interaction and a vote, by the functions behind the API: median and 99 of a hundred."""
    from bench.round_trips import ANSWER, QUESTION, WARM
    from feedback.capture.payloads import FeedbackIn, InteractionIn, Purposes
    from feedback.capture.recording import record_interaction, record_signal

    agreed: Purposes = {"capture": True, "evaluation": True, "training": True}

    def interaction(name: str) -> None:
        given = InteractionIn(id=name, question=QUESTION, answer=ANSWER, subject=f"person {name}", consent=agreed)
        record_interaction(project, given)

    def vote(name: str) -> None:
        record_signal(project, FeedbackIn(id=f"v{name}", interaction=name, signal="thumbs_up"))

    found = {}
    for write in (interaction, vote):
        for number in range(WARM):
            write(f"warm-{number}")
        costs = [cost(lambda write=write, name=f"new-{number}": write(name)) for number in range(WRITES)]  # type: ignore[misc]
        found[f"{write.__name__}"] = middle(costs)
        slow = sorted(one[0] for one in costs), sorted(one[1] for one in costs)
        found[f"{write.__name__}, 99 of 100"] = slow[0][-2], slow[1][-2]
    return found


def pages(project: Any, small: Any) -> dict[str, Cost]:
    """The pages that reviewers use most, and the home page with its counts and without."""
    from django.core.cache import cache

    from bench.console import people

    client = people([project, small])["member"]

    def asked(path: str) -> Cost:
        answer: list[Any] = []
        taken = cost(lambda: answer.append(client.get(f"/admin/{path}", headers={"X-Review": "1"})))
        assert answer[0].status_code == 200, (path, answer[0].status_code)
        return taken

    def counted_again() -> Cost:
        cache.clear()
        return asked(HOME)

    found = {name: middle([asked(path) for _ in range(1 + REPEATS)][1:]) for name, path in PAGES.items()}
    return found | {"home, counted again": middle([counted_again() for _ in range(REPEATS)]), "home": asked(HOME)}


def erased(project: Any) -> dict[str, Cost]:
    """People of a small project with 50 interactions each, in one release: erased, and scanned for alone."""
    from bench import erasure
    from curation.models import CurationPolicy
    from curation.policies import versions
    from privacy.erasure import scan

    version = versions.current(project).version + 1
    CurationPolicy.objects.create(project=project, version=version, settings=erasure.ALL_PASS)
    for number in range(erasure.FELLOWS):
        erasure.talk(project, f"fellow-{number}", erasure.OWN)
    scan.AT_ONCE = 0  # as if there were more than can be read for each request
    found = [person(project, f"anna-{number}") for number in range(REPEATS)]
    return {name: middle([one[name] for one in found]) for name in found[0]}


def person(project: Any, name: str) -> dict[str, Cost]:
    """One person comes, is released, and is erased."""
    from bench import erasure
    from curation import pipeline
    from curation.models import Dataset
    from curation.releases import cutting
    from privacy.erasure import erasure as erasing
    from privacy.requests import lifecycle

    erasure.talk(project, name, erasure.OWN)
    pipeline.curate(project)
    dataset, made = Dataset.objects.get(project=project), []
    how = {"verified_by": "bench", "origin": project.name}
    found = {
        "release of a small project": cost(lambda: cutting.cut(dataset)),
        "erasure: hidden": cost(lambda: made.append(lifecycle.submit(project.namespace, name, "erasure", **how))),
        "erasure: rows gone": cost(lambda: lifecycle.execute(made[0])),
        "erasure: release cut again": cost(erasing.settle),
        "erasure: scanned": cost(lambda: lifecycle.advance(made[0])),
    }
    made[0].refresh_from_db()
    assert made[0].state == "closed" and made[0].scan["scope"] == "person", (made[0].error, made[0].scan)
    erasure.expect(made[0], 1)
    return found


def measure(size: int, audit: bool) -> dict[str, Any]:
    """All figures of an installation of that size."""
    from django.db import connection

    from bench.erasure import audit_all
    from curation.models import Dataset
    from curation.policies.projects import create_project
    from curation.releases import cutting
    from privacy.db import condition

    project = create_project("filled")
    tell(f"filled in {cost(lambda: fill(project, size))[1]:,.0f} s, {condition.size() / 1e9:.1f} GB")
    if connection.vendor == "postgresql":  # PostgreSQL does this by itself in time; SQLite never does
        connection.cursor().execute("ANALYZE")
    found = {"increment of 1,000": middle(increments(project, size))}
    small, everything = create_project("small"), Dataset.objects.get(project=project)
    parts: dict[str, Callable[[], dict[str, Cost]]] = {
        "writes": lambda: writes(project),
        "pages": lambda: pages(project, small),
        "erasures": lambda: erased(small),
        "the audit": lambda: {"audit": cost(audit_all)} if audit else {},
        "a release": lambda: {"release of all": cost(lambda: cutting.cut(everything))} if size <= WHOLE else {},
    }
    for name, part in parts.items():
        found |= part()
        tell(f"{name} measured")
    return found


def tell(said: str) -> None:
    """Print progress, separately from the figures."""
    print(f"{time.strftime('%H:%M:%S')} {said}", file=sys.stderr, flush=True)


def child(size: int, audit: bool) -> None:
    """Measure in a database of its own, and print the figures as one line."""
    from django.core.management import call_command

    os.environ["DJANGO_SETTINGS_MODULE"] = "flywheel_site.settings"
    django.setup()
    call_command("migrate", verbosity=0)
    print(json.dumps(measure(size, audit)))


def measured(database: str, size: int, folder: Path | None, audit: bool) -> dict[str, Cost]:
    """The figures on that database, from a process of its own."""
    from tests.servers import postgres

    tell(f"{database}, {size:,} conversations")
    with tempfile.TemporaryDirectory(prefix="flywheel-growth-", dir=folder) as place:
        server = postgres(durable=True, given=False, within=folder) if database == "postgres" else nullcontext()
        with server as started:
            environment = {**os.environ, "FLYWHEEL_VAR": place, "REQUIRE_2FA": "0"}
            environment.pop("DATABASE_URL", None)
            if started is not None:
                environment["DATABASE_URL"] = started.url
            command = [sys.executable, "-m", "bench.growth", "--child", str(size), *(["--audit"] if audit else [])]
            ran = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, text=True)
            return {name: (worked, took) for name, (worked, took) in json.loads(ran.stdout.splitlines()[-1]).items()}


def report(database: str, found: dict[int, dict[str, Cost]]) -> bool:
    """Print the table: milliseconds of the processor and on the clock at each size, and what the last step multiplied
    them by; whether all processor times grew by at most what is allowed."""
    sizes = list(found)
    print(f"\n{database}: ms of the processor, ms on the clock{'':7}{''.join(f'{size:>22,}' for size in sizes)}")
    held = True
    for name in found[sizes[0]]:
        known = [found[size][name] for size in sizes if name in found[size]]
        line = "".join(f"{1000 * worked:>11,.1f}{1000 * took:>11,.1f}" for worked, took in known)
        if len(known) == len(sizes) > 1:
            (before, _), (after, _) = known[-2:]
            held = held and after <= GROWTH * before
            line += f"{after / before:>8.2f} times"
        print(f"  {name:44}{line}")
    return held


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default="100000,1000000")
    parser.add_argument("--on", default="sqlite,postgres", help="which databases, with commas between them")
    parser.add_argument("--folder", type=Path, help="where the databases are: 3 GB for each million conversations")
    parser.add_argument("--audit", action="store_true", help="also the audit, which reads all there is")
    parser.add_argument("--child", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        child(options.child, options.audit)
        return 0
    sizes, where, audit = [int(size) for size in options.sizes.split(",")], options.folder, options.audit
    found = {on: {size: measured(on, size, where, audit) for size in sizes} for on in options.on.split(",")}
    held = [report(database, each) for database, each in found.items()]
    return 0 if all(held) else 1


if __name__ == "__main__":
    sys.exit(main())
