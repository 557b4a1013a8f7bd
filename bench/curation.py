"""Curation of a million rated interactions: all of it, ten thousand new ones on top, and the release of the result.

    python -m bench.curation [--sizes 100000,1000000] [--workers]
    python -m tests.servers python -m bench.curation      the same on PostgreSQL

Each phase is a process of its own, so that its peak memory is its own. On SQLite, the rows that curation wrote are
written once more without any other work, which is the limit of its rate. The release is compared with a SELECT of the
same columns of the same rows with orjson and a write. Targets: 8,000 interactions a second and core for whole curation,
400 MB, an increment that costs the same at either size (within 1.5 times), release files at half the speed of SELECT
and write or better, in processor seconds. `--workers` also curates with two processes and with one; on SQLite, which
has one writer, that says little.
"""

import argparse
import itertools
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import django
import orjson

from bench import curation_bare
from privacy.db import bulk

NEW = 10_000
TARGETS = {"rate": 8_000, "memory": 400, "growth": 1.5, "files": 0.5, "workers": 1.6}
START = datetime(2026, 1, 1, tzinfo=UTC)
CHUNK = 5_000
TAGS = ("billing", "login", "shipping", "returns", "account", "invoices", "devices", "travel")


Talk = tuple[int, str, str, str, str, str]
VOCABULARY = [f"{'bcdfglmnprst'[n % 12]}{'aeiou'[n % 5]}{'klmnrst'[n % 7]}{n:x}" for n in range(20_000)]
WEIGHTS = list(itertools.accumulate(1 / (rank + 2) for rank in range(len(VOCABULARY))))


def words(rng: random.Random, number: int) -> list[str]:
    """Words by Zipf's law."""
    return rng.choices(VOCABULARY, cum_weights=WEIGHTS, k=number)


ANSWERS = 40  # to one question, where only one is asked


def talks(first: int, number: int, *, one: bool = False) -> Iterator[Talk]:
    """(Number, question, answer, vote, correction, tag) of this many rated interactions, about 450 characters each:
    nine of ten questions are new, the others are asked again, half of them with a word exchanged; or all are `one`
    question, with some answers. Of the votes 80 % are up, 12 % rewrite the answer, 8 % are bare down-votes.
    """
    rng = random.Random(first)
    if one:
        yield from talks_of_one(rng, first, number)
        return
    asked: list[list[str]] = []
    for key in range(first, first + number):
        fresh = not asked or rng.random() < 0.9
        question = words(rng, rng.randint(8, 18)) if fresh else list(rng.choice(asked[:200]))
        if not fresh and rng.random() < 0.5:
            question[rng.randrange(len(question))] = rng.choice(VOCABULARY)
        if fresh:
            asked.append(question)
        answer = f"You can {' '.join(words(rng, rng.randint(25, 60)))}."
        vote = rng.choices(("thumbs_up", "edit", "thumbs_down"), (80, 12, 8))[0]
        right = f"You should {' '.join(words(rng, rng.randint(25, 60)))}." if vote == "edit" else ""
        yield key, f"How do I {' '.join(question)}?", answer, vote, right, rng.choice(TAGS)


def talks_of_one(rng: random.Random, first: int, number: int) -> Iterator[Talk]:
    """The same for one question, asked again and again."""
    fixed = random.Random("one question")
    said = [f"You can {' '.join(words(fixed, fixed.randint(25, 60)))}." for _ in range(ANSWERS)]
    for key in range(first, first + number):
        vote = rng.choices(("thumbs_up", "edit", "thumbs_down"), (80, 12, 8))[0]
        right = rng.choice(said) if vote == "edit" else ""
        yield key, "How do I renew the licence of the printer?", rng.choice(said), vote, right, rng.choice(TAGS)


def fill(first: int, number: int, one: int = 0, source: Iterator[Talk] | None = None) -> dict[str, Any]:
    """Put rated interactions directly into the tables; with `one`, all of one question; or those of a source."""
    from django.db import connection

    from curation.policies.projects import create_project
    from feedback.models import Project

    project = Project.objects.first() or create_project("bench")
    began = time.perf_counter()
    source = source or talks(first, number, one=bool(one))
    for start in range(first, first + number, CHUNK):
        store(project, list(itertools.islice(source, min(CHUNK, first + number - start))))
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    return {"seconds": time.perf_counter() - began}


ASKED = (
    "id project_id subject_id external_id question answer tags agent_name agent_version occurred_at received_at body_digest "
    "fingerprint redaction_version revision pending"
)
SAID = "id project_id interaction_id subject_id external_id kind correction occurred_at effective_at received_at body_digest"


def store(project: Any, chunk: list[Talk]) -> None:
    """Put these interactions and their signals into the tables, and the people whose first they are."""
    from django.db import transaction

    from feedback.models import Interaction, Signal
    from privacy.models import ConsentEntry, Subject

    people, agreed = people_of(project, chunk)
    agreement = "id subject_id purpose granted method entry_hash recorded_at"
    with transaction.atomic():
        bulk.upsert(Subject, *both(Subject, "id namespace digest created_at", people))
        bulk.upsert(ConsentEntry, *both(ConsentEntry, agreement, agreed))
        bulk.upsert(Interaction, *both(Interaction, ASKED, [asked(project, talk) for talk in chunk]))
        bulk.upsert(Signal, *both(Signal, SAID, [said(project, talk) for talk in chunk]))


def moment(key: int) -> Any:
    """When it was asked: one every twenty seconds."""
    return bulk.stamp(START + timedelta(seconds=20 * key))


def people_of(project: Any, chunk: list[Talk]) -> tuple[list[Any], list[Any]]:
    """Those who ask for the first time, ten questions each, and their consent to everything."""
    first = [(key // 10 + 1, moment(key)) for key, *_ in chunk if key % 10 == 0]
    people = [(who, project.namespace, f"{who:064}", at) for who, at in first]
    purposes = tuple(enumerate(("capture", "evaluation", "training")))
    return people, [(who * 3 + n, who, purpose, True, "api", "", at) for who, at in first for n, purpose in purposes]


def asked(project: Any, talk: Talk) -> tuple[Any, ...]:
    """The row of an interaction, as `ASKED` names its columns. Each 250,000 have another version of the agent."""
    from feedback.texts.fingerprints import fingerprint

    key, question, answer, _, _, tag = talk
    row = (key + 1, project.pk, key // 10 + 1, f"talk-{key}", question, answer, f'["{tag}"]', "guide")
    at = moment(key)
    return (*row, f"{key // 250_000 + 1}", at, at, "b", fingerprint(question), "bench", 1, True)


def said(project: Any, talk: Talk) -> tuple[Any, ...]:
    """The row of a signal, as `SAID` names its columns."""
    key, _, _, vote, right, _ = talk
    at = moment(key)
    return key + 1, project.pk, key + 1, key // 10 + 1, f"said-{key}", vote, right, at, at, at, "b"


def both(model: Any, given: str, rows: list[Any]) -> tuple[list[str], list[Any]]:
    """All columns of a model that must have a value, and the rows with their defaults."""
    return names(model, given), filled(model, given, rows)


def missing(model: Any, given: str) -> list[Any]:
    """The fields that need a value and were given none."""
    known = given.split()
    return [f for f in model._meta.concrete_fields if f.column not in known and not f.null and not f.primary_key]


def names(model: Any, given: str) -> list[str]:
    """The columns of the rows of `filled`."""
    return [*given.split(), *(field.column for field in missing(model, given))]


def filled(model: Any, given: str, rows: list[Any]) -> list[Any]:
    """The rows with the defaults of what they leave out."""
    rest = tuple(map(default_of, missing(model, given)))
    return [(*row, *rest) for row in rows]


def default_of(field: Any) -> Any:
    """A field's default as the database takes it."""
    value = field.get_default()
    return json.dumps(value) if isinstance(value, list | dict) else value


def curate() -> dict[str, Any]:
    """Everything that is pending, in this process; processor and wall seconds."""
    from curation import pipeline as curation
    from feedback.models import Project

    began, worked = time.perf_counter(), time.process_time()
    run = curation.curate(Project.objects.get())
    return {
        "seconds": time.perf_counter() - began,
        "cpu": time.process_time() - worked,
        "ended": time.time(),
        "read": run.read if run else 0,
        "counts": run.counts if run else {},
    }


def release() -> dict[str, Any]:
    """Select and write a release, then SELECT the same rows and write them as they are."""
    from curation.models import Dataset, ReleaseMember
    from curation.releases import cutting
    from curation.releases import files as releases_files
    from curation.selection import selection

    spent: dict[str, float] = {}
    cpu: dict[str, float] = {}

    def timed(module: Any, name: str) -> None:
        inner = getattr(module, name)

        def outer(*given: Any, **named: Any) -> Any:
            began, worked = time.perf_counter(), time.process_time()
            try:
                return inner(*given, **named)
            finally:
                spent[name], cpu[name] = time.perf_counter() - began, time.process_time() - worked

        setattr(module, name, outer)

    timed(selection, "select")
    timed(releases_files, "write")
    began = time.perf_counter()
    made = cutting.cut(Dataset.objects.get())
    total = time.perf_counter() - began
    files = releases_files.folder(made)
    size = sum(path.stat().st_size for path in files.iterdir())
    memory = peak()
    members = ReleaseMember.objects.filter(release=made).count()
    return {
        "seconds": total,
        "select": spent["select"],
        "write": spent["write"],
        "write_cpu": cpu["write"],
        "members": members,
        "bytes": size,
        "raw": raw(made.pk),
        "memory": memory,
    }


def raw(release: int) -> float:
    """Processor seconds to SELECT the columns that the release's files are made of, and write each row with orjson, once."""
    from curation.models import Decision, ReleaseMember
    from feedback.models import Interaction, Signal

    statement = (
        "SELECT i.external_id, i.question, i.answer, i.context, i.sources, i.tags, i.agent_name, i.agent_version, s.correction, "
        f"d.outcome, d.detail, d.language, d.decided_by FROM {bulk.quoted(ReleaseMember)} m "
        f"JOIN {bulk.quoted(Interaction)} i ON i.id = m.interaction_id JOIN {bulk.quoted(Decision)} d ON d.interaction_id = i.id "
        f"LEFT JOIN {bulk.quoted(Signal)} s ON s.id = d.correction_id WHERE m.release_id = %s ORDER BY m.interaction_id"
    )
    began = time.process_time()
    with tempfile.TemporaryFile() as file:
        for row in bulk.stream(statement, [release]):
            file.write(orjson.dumps(row) + b"\n")
        file.flush()
        os.fsync(file.fileno())
    return time.process_time() - began


def peak() -> float:
    """The most memory that this process has had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def phase(name: str, *given: int) -> dict[str, Any]:
    """Run one phase in a process of its own."""
    said = subprocess.run(
        [sys.executable, "-m", "bench.curation", "--phase", name, *map(str, given)],
        check=True,
        capture_output=True,
        text=True,
    )
    found: dict[str, Any] = json.loads(said.stdout.splitlines()[-1])
    return found


def curate_by_two() -> float:
    """Everything that is pending, by two processes at once; wall seconds from the first one's start to the last one's end."""
    command = [sys.executable, "-m", "bench.curation", "--phase", "curate"]
    workers = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    said = [worker.communicate()[0] for worker in workers]
    if any(worker.returncode for worker in workers):
        raise SystemExit("a worker failed")
    told = [json.loads(text.splitlines()[-1]) for text in said]
    return float(max(one["ended"] for one in told) - min(one["ended"] - one["seconds"] for one in told))


def verdict(ok: bool) -> str:
    """Whether a figure meets its target, in words."""
    return "" if ok else "  (missed)"


def measure(size: int, *, one: bool = False) -> dict[str, Any]:
    """One size, in a fresh database: fill, curate, add, curate, release; printed as it comes."""
    print(f"\n{size:,} rated interactions{' of one question' if one else ''}", flush=True)
    made = phase("fill", 0, size, int(one))
    print(f"  made                {size / made['seconds']:>9,.0f} a second", flush=True)
    full = phase("curate")
    rate = full["read"] / full["cpu"]
    print(
        f"  curated             {full['read'] / full['seconds']:>9,.0f} a second, {rate:,.0f} a processor second, "
        f"{full['memory']:,.0f} MB{verdict(rate >= TARGETS['rate'] and full['memory'] <= TARGETS['memory'])}",
        flush=True,
    )
    if vendor() == "sqlite":
        bare = phase("bare")
        print(f"  its rows alone      {bare['read'] / bare['cpu']:>9,.0f} a processor second, written bare", flush=True)
    phase("fill", size, NEW, int(one))
    more = phase("curate")
    print(
        f"  {NEW:,} new         {more['read'] / more['seconds']:>9,.0f} a second, {more['cpu']:.2f} processor s",
        flush=True,
    )
    cut = phase("release")
    files = cut["raw"] / cut["write_cpu"]
    print(
        f"  released            {cut['members']:>9,} of them in {cut['seconds']:.1f} s (selection {cut['select']:.1f}, files "
        f"{cut['write']:.1f}), {cut['bytes'] / 1e6:,.0f} MB, peak {cut['memory']:,.0f} MB"
        f"{verdict(cut['memory'] <= TARGETS['memory'])}",
        flush=True,
    )
    print(
        f"  SELECT, orjson      {cut['members'] / cut['raw']:>9,.0f} a processor second; files {cut['members'] / cut['write_cpu']:,.0f}, "
        f"{files:.2f} times that{verdict(files >= TARGETS['files'])}",
        flush=True,
    )
    return {"full": full, "more": more, "cut": cut}


def vendor() -> str:
    """The kind of database that is measured."""
    from django.db import connection

    return str(connection.vendor)


def fresh() -> None:
    """An empty database and an empty folder for releases."""
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    call_command("flush", interactive=False, verbosity=0)


def main() -> None:
    """Measure every size, and print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--sizes", default="100000,1000000")
    parser.add_argument("--workers", action="store_true", help="also with two processes")
    parser.add_argument("--one", action="store_true", help="one question alone, asked again and again")
    parser.add_argument("--phase", nargs="+", help=argparse.SUPPRESS)
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "flywheel_site.settings")
    if options.phase:
        django.setup()
        name, *given = options.phase
        phases: dict[str, Callable[..., dict[str, Any]]] = {
            "fill": fill,
            "curate": curate,
            "bare": curation_bare.write,
            "release": release,
        }
        made = phases[name](*map(int, given))
        print(json.dumps({"memory": peak(), **made}))
        return
    with tempfile.TemporaryDirectory() as folder:
        os.environ["FLYWHEEL_VAR"] = str(Path(folder))
        django.setup()
        found = []
        for size in map(int, options.sizes.split(",")):
            fresh()
            found.append(measure(size, one=options.one))
        if len(found) > 1:
            growth = found[-1]["more"]["cpu"] / found[0]["more"]["cpu"]
            print(
                f"\nThe increment costs {growth:.2f} times as much at the greatest size{verdict(growth <= TARGETS['growth'])}"
            )
        if options.workers:
            two(int(options.sizes.split(",")[0]))


def two(size: int) -> None:
    """Two processes and one, each on a fresh database."""
    fresh()
    phase("fill", 0, size)
    one = phase("curate")["seconds"]
    fresh()
    phase("fill", 0, size)
    both = curate_by_two()
    print(
        f"\nTwo workers: {one / both:.2f} times one{verdict(one / both >= TARGETS['workers'])}, {size / both:,.0f} a second"
    )


if __name__ == "__main__":
    main()
