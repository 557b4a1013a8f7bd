"""Only writing the rows of curation: the limit of its rate. SQLite only."""

import sqlite3
import time
from pathlib import Path
from typing import Any

BATCH = 2_000  # interactions, as many as curation takes where nobody else writes


def tables() -> dict[str, str]:
    """The tables that curation fills, each with its column that names the interaction; of a claim its own key."""
    from curation.models import Claim, Decision, EvalCase, Example, Opinion, PreferencePair, Question, ReviewTask

    found = {model._meta.db_table: "decision_id" for model in (EvalCase, Example, PreferencePair)}
    found |= {model._meta.db_table: "interaction_id" for model in (Decision, Question, ReviewTask, Opinion)}
    return found | {Claim._meta.db_table: "id"}


def write() -> dict[str, Any]:
    """Write the rows of the database into an empty one with the same tables, indexes and settings, in batches as curation
    does: ready tuples, no look-ups, no foreign keys. How many interactions they are of; processor seconds.
    """
    from django.conf import settings
    from django.db import connection

    from curation.models import Decision
    from privacy.db.engine import BATCH_PRAGMAS

    here = settings.DATABASES["default"]
    source, target = sqlite3.connect(here["NAME"]), Path(here["NAME"]).with_name("bare.sqlite3")
    copy = sqlite3.connect(target, isolation_level=None)
    copy.executescript(here["OPTIONS"]["init_command"] + f"PRAGMA cache_size = {BATCH_PRAGMAS['cache_size']}")
    wanted = tables()
    schema = source.execute("SELECT tbl_name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY type = 'index'")
    for statement in [sql for table, sql in schema if table in wanted]:
        copy.execute(statement)
    lasts = {
        table: source.execute(f"SELECT MAX({key}) FROM {table}").fetchone()[0] or 0 for table, key in wanted.items()
    }
    last = lasts[Decision._meta.db_table]
    spent = 0.0
    for first in range(0, max(lasts.values()) + 1, BATCH):
        rows = {
            table: source.execute(
                f"SELECT * FROM {table} WHERE {key} >= ? AND {key} < ?", [first, first + BATCH]
            ).fetchall()
            for table, key in wanted.items()
        }
        began = time.process_time()
        copy.execute("BEGIN IMMEDIATE")
        for table, some in rows.items():
            if some:
                copy.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * len(some[0]))})", some)
        copy.execute("COMMIT")
        spent += time.process_time() - began
    copy.close()
    connection.close()
    target.unlink()
    return {"read": last, "cpu": spent}
