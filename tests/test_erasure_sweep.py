"""A marker in every column and file that can hold a person's text; after erasure it is nowhere."""

import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import User
from django.db import connection, models

from curation.gate import judging
from curation.models import GateResult, Release
from curation.review import deciding
from feedback.models import Project
from privacy.db.fields import RedactedJSONField, RedactedTextField
from privacy.erasure import erasure, scan, tables
from tests import factories as cast

MARK = "zebrafinch"
pytestmark = pytest.mark.django_db(transaction=True)


def text_columns() -> Iterator[tuple[type[models.Model], models.Field]]:  # type: ignore[type-arg]
    """Every column of our apps that holds people's text, from the schema."""
    for app in ("privacy", "feedback", "curation"):
        for model in apps.get_app_config(app).get_models():
            for field in model._meta.fields:
                if isinstance(field, RedactedTextField | RedactedJSONField):
                    yield model, field


def columns_with_the_mark(mark: str = MARK) -> set[str]:
    """The columns, of all tables whatever they are, that hold the mark."""
    found = set()
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            for column in connection.introspection.get_table_description(cursor, table):
                name = connection.ops.quote_name(column.name)
                quoted = connection.ops.quote_name(table)
                cursor.execute(
                    f"SELECT count(*) FROM {quoted} WHERE lower(CAST({name} AS text)) LIKE %s",  # noqa: S608
                    [f"%{mark}%"],
                )
                if cursor.fetchone()[0]:
                    found.add(f"{table}.{column.name}")
    return found


def files_with_the_mark(mark: str = MARK) -> list[str]:
    """The files under `var/` that hold the mark: database and its log, releases, broker, logs."""
    found = []
    for folder, _, names in os.walk(settings.VAR):
        for name in names:
            if mark.encode() in (Path(folder) / name).read_bytes().lower():
                found.append(name)
    return found


def agent(question: str, context: list[Any]) -> dict[str, Any]:
    """Says what it was asked, and that a tool said it."""
    return {"answer": f"You ask: {question}", "steps": [{"name": "echo", "arguments": question, "error": question}]}


def plant(shop: Project, mark: str = MARK) -> None:
    """Put the mark wherever a person's text can go, by the doors through which it goes."""
    everywhere: dict[str, Any] = {
        "context": [
            {"role": "user", "content": f"{mark} before"},
            {"role": "assistant", "tool_calls": [{"id": "c", "function": {"name": mark, "arguments": {mark: mark}}}]},
            {"role": "tool", "tool_call_id": "c", "content": mark},
        ],
        "sources": [{"id": f"{mark}-s", "title": mark, "url": f"https://example.com/{mark}", "text": mark}],
        "steps": [{"name": mark, "arguments": {mark: mark}, "result": mark, "error": mark}],
        "metadata": {mark: [mark]},
        "tags": [mark],
        "session": mark,
        "agent": {"name": mark, "version": mark, "model": mark, "prompt": mark},
    }
    rated = cast.asked(shop, question=f"What eats a {mark}?", answer=f"A {mark} eats seeds.", **everywhere)
    cast.said(
        shop,
        rated,
        "edit",
        correction=f"A {mark} is eaten by hawks.",
        comment=f"{mark}!",
        step={"index": 0, "arguments": {"of": mark}},
    )
    cast.asked(
        shop,
        question=f"What is on the {mark}?",
        metadata={"media": [{"type": "image", "url": f"https://x.org/{mark}"}]},
    )
    doubtful = cast.asked(shop, question=f"Where does the {mark} live?", answer="In Australia, mostly in dry places.")
    cast.said(shop, doubtful, "thumbs_down", comment=mark)
    cast.said(
        shop,
        "not-seen-yet",
        "edit",
        cast.ANNA,
        correction=f"{mark} early",
        comment=mark,
        step={"index": 0, "name": mark},
    )
    cast.traced(shop, f"Where is the {mark}?")
    cast.turn(shop)
    verdict = deciding.Verdict("correct", f"The {mark} lives in the north.", f"{mark} says the book")
    deciding.resolve(cast.task(doubtful), verdict, User.objects.create_user("rita"))
    again = cast.asked(shop, question=f"Does a {mark} sing?", answer="It does sing, and not only at dawn.")
    cast.said(shop, again, "thumbs_down")
    liked = cast.asked(shop, question=f"Is a {mark} a bird?", answer=f"Yes, the {mark} is a small bird.")
    cast.said(shop, liked, "thumbs_up")  # a golden case: that the agent below fails it is asked again, and kept
    cast.turn(shop)
    made = cast.cut(shop)
    judging.run(made, agent, judging.CandidateIn("candidate"), concurrency=1)


def test_no_trace_is_left_in_any_table_or_file() -> None:
    shop = cast.project()
    cast.said(shop, cast.asked(shop, cast.BEN), "thumbs_up")
    plant(shop)
    marked = columns_with_the_mark()
    planted = {f"{model._meta.db_table}.{field.column}" for model, field in text_columns()}
    assert planted <= marked, f"the test plants nothing in {planted - marked}"
    assert GateResult.objects.exists() and files_with_the_mark()

    anna = cast.person(shop)
    shown = set(tables.strings(erasure.export(anna)))
    kept = {text for text in scan.texts_of(anna) if text}
    assert kept <= shown, "access shows all that erasure removes"
    receipt = erasure.erase(anna)
    erasure.settle()

    assert columns_with_the_mark() == set()
    receipt.refresh_from_db()
    assert receipt.releases == ["shop v1"] and receipt.settled_at and MARK not in repr(receipt.__dict__)
    assert Release.objects.get(state="published").version == "v1.1"
    if connection.vendor == "sqlite":
        connection.close()
        assert files_with_the_mark() == []
    else:
        assert [name for name in files_with_the_mark() if "sqlite" not in name] == []


@pytest.mark.skipif("DATABASE_URL" in os.environ, reason="about SQLite's file")
def test_what_sqlite_frees_is_overwritten() -> None:
    shop = cast.project()
    for index in range(50):
        cast.asked(shop, id=f"n{index}", question=f"{MARK} {index} {'long ' * 200}")
    path = Path(connection.settings_dict["NAME"])
    erasure.erase(cast.person(shop))
    erasure.settle()
    connection.close()
    raw = b"".join(file.read_bytes() for file in path.parent.glob(f"{path.name}*"))
    assert MARK.encode() not in raw.lower() and sqlite3.sqlite_version
