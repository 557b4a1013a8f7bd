"""Flywheel at work on a log, in this process, through its commands and its API, with a database of its own.

`started` must run before anything of the product is imported.
"""

import hashlib
import json
import logging
import os
import shutil
import tempfile
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from typing import Any, Final

import django

from bench.worlds.rules import Pair

NAME: Final = "value"
CONSENT: Final = {"capture": True, "evaluation": True, "training": True}
ITEMS: Final = 500
"""Conversations in a batch; each may bring a vote, and 1,000 items are allowed."""
SIGNALS: Final = {"up": "thumbs_up", "down": "thumbs_down"}


@contextmanager
def started(kept: Path | None = None) -> Iterator["Product"]:
    """Flywheel on a temporary SQLite database that has its tables; in the folder `kept`, where one is given, logs that were
    stored before are not stored again. Remove that folder after a migration.
    """
    with tempfile.TemporaryDirectory(prefix="flywheel-value-") as temporary:
        folder = str(kept or temporary)
        os.environ["FLYWHEEL_VAR"] = folder
        os.environ.pop("DATABASE_URL", None)
        os.environ["DJANGO_SETTINGS_MODULE"] = "flywheel_site.settings"
        django.setup()
        logging.disable(logging.WARNING)
        warnings.filterwarnings("ignore")
        installed = Product(Path(folder), keeps=kept is not None)
        installed.prepare()
        yield installed


class Product:
    """One installation with one project, which can be emptied."""

    def __init__(self, folder: Path, *, keeps: bool = False) -> None:
        from django.conf import settings

        self.folder, self.keeps = folder, keeps
        self.database = Path(settings.DATABASES["default"]["NAME"])
        self.empty = folder / "empty.sqlite3"

    def prepare(self) -> None:
        """Make the tables and the project, and keep a copy of the database as it is then."""
        if self.empty.exists():
            return
        self.run("migrate", verbosity=0)
        self.run("createproject", NAME)
        self.close()
        shutil.copy(self.database, self.empty)

    def run(self, command: str, *words: str, **options: Any) -> str:
        """What a command prints. One that refuses raises."""
        from django.core.management import call_command

        out = StringIO()
        call_command(command, *words, stdout=out, stderr=StringIO(), **options)
        return out.getvalue()

    def close(self) -> None:
        """Close the database, so that its file is whole."""
        from django.db import connections

        connections.close_all()

    def reset(self, database: Path | None = None) -> None:
        """Empty the database, or put this one in its place, and remove what was released."""
        self.close()
        for suffix in ("-wal", "-shm"):
            self.database.with_name(self.database.name + suffix).unlink(missing_ok=True)
        shutil.copy(database or self.empty, self.database)
        shutil.rmtree(self.folder / "releases", ignore_errors=True)

    def store(self, lines: Sequence[Mapping[str, Any]], road: str) -> None:
        """Make the database hold this log and nothing else, by `import_log` or, on the road "batch", by `/batch`."""
        digest = hashlib.sha256(json.dumps([road, *lines]).encode()).hexdigest()[:20]
        stored = self.folder / f"stored-{digest}.sqlite3"
        if self.keeps and stored.exists():
            self.reset(stored)
            return
        self.reset()
        (self.send_batches if road == "batch" else self.import_log)(lines)
        if self.keeps:
            self.close()
            shutil.copy(self.database, stored)

    def import_log(self, lines: Sequence[Mapping[str, Any]]) -> None:
        """Store a log by `import_log`, in one transaction: the disk is not what is measured."""
        from django.db import transaction

        path = self.folder / "log.jsonl"
        path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
        with transaction.atomic():
            self.run(
                "import_log", str(path), project=NAME, consent=",".join(CONSENT), notice="For a simulation.", json=True
            )

    def send_batches(self, lines: Sequence[Mapping[str, Any]]) -> None:
        """Send a log by `POST /api/v1/batch`."""
        from django.test import Client

        key = json.loads(self.run("createkey", NAME, "--scope", "ingest", "--scope", "feedback", "--json"))["key"]
        client = Client(SERVER_NAME="localhost")
        for start in range(0, len(lines), ITEMS):
            items = [item for line in lines[start : start + ITEMS] for item in items_of(line)]
            answer = client.post(
                "/api/v1/batch",
                json.dumps({"items": items}),
                content_type="application/json",
                headers={"Authorization": f"Bearer {key}"},
            )
            if answer.status_code != 200 or any(result["status"] >= 300 for result in answer.json()["results"]):
                raise AssertionError(f"/api/v1/batch answered {answer.status_code}: {answer.content[:300]!r}")
        self.as_if_in_time()

    def as_if_in_time(self) -> None:
        """Set each arrival time to the time of the conversation, and each person's first day to their first
        conversation: otherwise rules about people who came together would see everybody arrive now.
        """
        from django.db.models import F, Min, OuterRef, Subquery

        from feedback.models import Interaction, Signal
        from privacy.models import Subject

        mine = Interaction.objects.filter(subject=OuterRef("pk")).values("subject").order_by()
        Subject.objects.filter(pk__in=Interaction.objects.values("subject")).update(
            created_at=Subquery(mine.annotate(first=Min("occurred_at")).values("first"))
        )
        Interaction.objects.update(received_at=F("occurred_at"))
        Signal.objects.update(received_at=F("occurred_at"), effective_at=F("occurred_at"))

    def curate(self) -> dict[str, int]:
        """Curate what is new."""
        counts: dict[str, int] = json.loads(self.run("curate", project=NAME, json=True))
        return counts

    def release(self) -> Path | None:
        """The folder of the next release; None where it would hold nothing."""
        from django.core.management import CommandError

        try:
            return Path(json.loads(self.run("release", dataset=NAME, json=True))["path"])
        except CommandError:
            return None


def items_of(line: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """A line of a log as items of a batch."""
    yield {
        "type": "interaction",
        **{name: line[name] for name in ("id", "question", "answer")},
        "subject": line["user"],
        "occurred_at": line["ts"],
        "consent": CONSENT,
    }
    if vote := line.get("feedback"):
        typed = {"correction": vote["correction"]} if "correction" in vote else {}
        yield {
            "type": "feedback",
            "interaction": line["id"],
            "subject": line["user"],
            "signal": SIGNALS[vote["thumb"]],
            "occurred_at": line["ts"],
            **typed,
        }


def records(release: Path | None, file: str) -> list[dict[str, Any]]:
    """The records of a file of a release."""
    path = release / file if release else None
    if path is None or not path.exists():
        return []
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def pairs(release: Path | None) -> Iterable[Pair]:
    """The examples of a release: the last question and its answer."""
    for record in records(release, "sft.jsonl"):
        *_, asked, said = record["messages"]
        yield asked["content"], said["content"]
