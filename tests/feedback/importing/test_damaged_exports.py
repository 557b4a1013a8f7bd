"""Exports with random values in any field: each record is read, or refused with a reason, and no error escapes."""

import copy
import random
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from feedback.capture.payloads import PayloadError
from feedback.importing import commands, logs
from feedback.importing.formats.format import NO_VOTE
from feedback.importing.reading import Reading
from feedback.models import Project
from privacy.files.records import Record

EXPORTS = sorted(path for path in (Path(__file__).parent / "exports").iterdir() if path.suffix != ".txt")
JUNK: list[Any] = [
    None, 0, -1, 1.5, True, "", [], {}, "x", "{'a': 1}", "[1, 2", [[]], [None], {"a": {"b": [1]}}, "9" * 30, 1e300, float("inf"),
    -(2**70), "\x00", "\ud800", {"": ""}, [{"role": "user"}], {"role": 5, "content": 7}, "👍", [1, "a", None], {"messages": "x"},
]  # fmt: skip


def damaged(value: Any, chance: random.Random) -> Any:
    if chance.random() < 0.06:
        return copy.deepcopy(chance.choice(JUNK))
    if isinstance(value, dict):
        return {name: damaged(inner, chance) for name, inner in value.items() if chance.random() > 0.03}
    return [damaged(each, chance) for each in value] if isinstance(value, list) else value


def ends(records: Iterable[Record]) -> Counter[str]:
    """How the records end, without a database."""
    found: Counter[str] = Counter()
    reading, seen = Reading(ours=logs.FIELDS), Counter[str]()
    for record in reading.lines(records):
        if record.problem or record.value is NO_VOTE:
            found["refused"] += 1
            continue
        try:
            logs.parse(Project(name="shop"), record.value, seen, reading)
            found["read"] += 1
        except PayloadError as error:
            found["refused" if error.detail else "without a word"] += 1
    return found


@pytest.mark.parametrize("export", EXPORTS, ids=lambda path: path.name)
def test_a_damaged_export_is_read_or_refused_in_words(export: Path) -> None:
    whole = [record.value for record in commands.log_records(export)]
    assert ends(Record(number, value) for number, value in enumerate(whole, 1))["read"] > 0
    chance = random.Random(export.name)
    for _ in range(30):
        found = ends(Record(number, damaged(value, chance)) for number, value in enumerate(whole, 1))
        assert found.total() > 0 == found["without a word"]
