"""Precision and recall on hand-labelled texts, by language: a new kind of error shows up before a release."""

import json
from collections import Counter

import pytest

from bench.redaction_labelled import FOLDER, compared

OF_OTHERS = {"bodies", "corrections", "losses", "real_pairs"}  # labelled for other benchmarks
FLOORS = {  # precision, recall
    "streets": {"ADDRESS": (0.95, 0.9)},
    "later_conversations": {"PERSON": (0.95, 0.9), "ADDRESS": (1.0, 1.0), "PHONE": (1.0, 1.0)},
    "conversations": {
        "PERSON": (0.95, 0.95),
        "ADDRESS": (0.95, 0.95),
        "PHONE": (0.95, 0.95),
        "EMAIL": (1.0, 1.0),
        "IBAN": (1.0, 1.0),
    },
}


def totals(name: str) -> dict[str, Counter[str]]:
    found: dict[str, Counter[str]] = {}
    for line in (FOLDER / f"{name}.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        found.setdefault(row["lang"], Counter()).update(compared(row["text"])[0])
    return found


@pytest.mark.parametrize("name", sorted(FLOORS))
def test_what_is_labelled_is_found_and_nothing_else(name: str) -> None:
    for language, counts in totals(name).items():
        for kind, (precision, recall) in FLOORS[name].items():
            right, wrong = counts[f"{kind} right"], counts[f"{kind} wrong"]
            hidden, missed = counts[f"{kind} found"], counts[f"{kind} missed"]
            assert right >= precision * (right + wrong), (language, kind, "precision", right, wrong)
            assert hidden >= recall * (hidden + missed), (language, kind, "recall", hidden, missed)


def test_every_file_of_labelled_texts_has_a_floor() -> None:
    assert {path.stem for path in FOLDER.glob("*.jsonl")} == set(FLOORS) | OF_OTHERS
