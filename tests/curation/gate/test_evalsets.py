"""Eval sets of other tools become review tasks, and golden cases once a person approves them."""

import json
from pathlib import Path
from typing import Any

import orjson
import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command

from curation.management.commands import import_evals
from curation.management.commands.import_evals import EvalSetError, entry
from curation.models import Decision, EvalCase, Example, ReviewTask
from curation.releases import formats
from curation.releases.formats.format import Format
from curation.review import deciding
from feedback.models import Interaction
from privacy.erasure import erasure
from privacy.files import records
from tests import factories as cast
from tests.curation.formats_corpus import row

PLAIN = {"question": "When does the ferry leave?", "expected": "At nine and at noon."}
MESSAGES = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "When does the ferry leave?"}]
SHAPES: list[tuple[str, dict[str, Any]]] = [
    ("plain", PLAIN),
    ("OpenAI evals", {"input": MESSAGES[1:], "ideal": "At nine and at noon."}),
    ("OpenAI evals, several", {"input": MESSAGES[1:], "ideal": ["At nine and at noon.", "9 and 12"]}),
    ("Inspect", {"input": "When does the ferry leave?", "target": "At nine and at noon.", "id": 1}),
    (
        "promptfoo",
        {"vars": {"question": PLAIN["question"]}, "assert": [{"type": "equals", "value": PLAIN["expected"]}]},
    ),
    (
        "promptfoo, one variable",
        {
            "vars": {"user_text": PLAIN["question"]},
            "assert": [{"type": "latency", "threshold": 1}, {"type": "icontains", "value": PLAIN["expected"]}],
        },
    ),
]


@pytest.mark.parametrize("case", [case for _, case in SHAPES], ids=[name for name, _ in SHAPES])
def test_it_reads_the_shapes_of_other_tools(case: dict[str, Any]) -> None:
    assert entry(case) == import_evals.Entry(PLAIN["question"], PLAIN["expected"])


def test_earlier_turns_are_context() -> None:
    assert entry({"input": MESSAGES, "ideal": "x"}).context == (("system", "Be brief."),)


@pytest.mark.parametrize(
    "case",
    [
        "text",
        {},
        {"question": "Q"},
        {"question": "", "expected": "x"},
        {"question": "Q", "expected": 3},
        {"input": [], "ideal": "x"},
        {"input": [{"role": "assistant", "content": "x"}], "ideal": "x"},
        {"input": [{"role": "user", "content": ["x"]}], "ideal": "x"},
        {"vars": "file://vars.yaml", "assert": []},
        {"vars": {"a": "1", "b": "2"}, "assert": [{"type": "equals", "value": "x"}]},
        {"vars": {"question": "Q"}, "assert": [{"type": "javascript", "value": "true"}]},
        {"vars": {"question": "file://secret.txt"}, "assert": [{"type": "equals", "value": "x"}]},
    ],
)
def test_what_is_no_case_is_refused_and_nothing_is_loaded(case: Any) -> None:
    with pytest.raises(EvalSetError) as refused:
        entry(case)
    assert "secret" not in str(refused.value)


OWN = [format for format in formats.FORMATS if format.record == "case"]


@pytest.mark.parametrize("format", OWN, ids=lambda format: format.name)
def test_what_a_release_writes_comes_back_in_as_it_was(format: Format, tmp_path: Path) -> None:
    path = tmp_path / format.file
    hostile = (
        "data:text/plain;x",
        "@@@langfuseMedia:x@@@",
        "[DEEPEVAL:IMAGE:x]",
        "{{ env.X }}",
        '{"a": 1}',
        "{",
    )
    written = [row(f"i-{number}", text) for number, text in enumerate(["What is it?", *hostile])]
    path.write_bytes(b"".join(format.line(each) or b"" for each in written))
    found = [record.value for record in records.read(path, lists=import_evals.LISTS)]
    for each, case in zip(written, found, strict=True):
        turns = tuple((turn["role"], turn["content"]) for turn in each.context)
        assert entry(case) == import_evals.Entry(each.question, each.expected, turns)


CHOICES = ["Bern", "Basel", "Zug"]


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("B", "Basel"),
        ("b", "Basel"),
        ("(C)", "Zug"),
        ("A.", "Bern"),
        (["B"], "Basel"),
        (["A", "C"], "Bern\nZug"),
        ("Zug", "Zug"),
    ],
)
@pytest.mark.parametrize("name", ["target", "ideal"])
def test_the_letter_of_a_choice_becomes_its_text(target: Any, expected: str, name: str) -> None:
    case = {"input": "What is the capital?", "choices": CHOICES, name: target}
    assert entry(case) == import_evals.Entry("What is the capital?", expected)
    assert entry({"question": "Q", "choices": CHOICES, "expected": target}).expected == expected


@pytest.mark.parametrize(
    "case", [{"target": "D"}, {"target": 1}, {"target": "Bonn"}, {"target": "A", "choices": [1, 2]}]
)
def test_a_target_that_names_no_choice_is_refused(case: dict[str, Any]) -> None:
    with pytest.raises(EvalSetError, match=r"choices"):
        entry({"input": "Q", "choices": CHOICES, **case})


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "content"),
    [
        (
            "a.jsonl",
            b"\xef\xbb\xbf"
            + json.dumps(PLAIN).encode()
            + b"\r\n{\r\n"
            + json.dumps({**PLAIN, "question": "B?"}).encode(),
        ),
        ("a.json", b"[" + json.dumps(PLAIN).encode() + b', nonsense, {"question": "B?", "expected": "x"}]'),
        ("a.csv", b'\xef\xbb\xbfquestion,expected\r\nA?,x\r\n"B?,y\r\nC?,z\r\n'),
        ("a.yaml", b"- {question: A, expected: x}\n- {question: [\n- {question: C, expected: y}\n"),
    ],
)
def test_a_byte_order_mark_or_a_bad_case_does_not_refuse_the_others(
    name: str, content: bytes, tmp_path: Path, capsys: Any
) -> None:
    cast.project()
    (tmp_path / name).write_bytes(content)
    call_command("import_evals", str(tmp_path / name), "--project", "shop", "--json")
    counts = json.loads(capsys.readouterr().out)
    assert counts["stored"] == 2 and [problem["line"] for problem in counts["problems"]] == [
        3 if name == "a.csv" else 2
    ]


@pytest.fixture
def imported(db: None, tmp_path: Path) -> ReviewTask:
    cast.project()
    path = tmp_path / "evals.jsonl"
    path.write_text(json.dumps(PLAIN) + "\n" + json.dumps({**PLAIN, "question": "Who is mia@example.com?"}))
    call_command("import_evals", str(path), "--project", "shop")
    call_command("import_evals", str(path), "--project", "shop")
    task: ReviewTask = ReviewTask.objects.order_by("pk")[0]
    return task


def test_an_imported_case_waits_for_a_person_and_is_redacted(imported: ReviewTask) -> None:
    assert ReviewTask.objects.count() == 2 == Interaction.objects.count()
    assert not EvalCase.objects.exists() and not Interaction.objects.filter(question__contains="mia@").exists()


def test_approved_it_is_a_golden_case_and_teaches_nothing(imported: ReviewTask) -> None:
    deciding.resolve(imported, deciding.Verdict("approve"), User.objects.create_user("rita"))
    case = EvalCase.objects.get()
    assert (case.kind, case.status) == ("golden", "active") and not Example.objects.exists()
    assert case.decision.expected == PLAIN["expected"]


def test_rejected_it_is_nothing(imported: ReviewTask) -> None:
    deciding.resolve(imported, deciding.Verdict("reject"), User.objects.create_user("rita"))
    assert not EvalCase.objects.exists()


def test_curation_leaves_it_to_the_reviewer(imported: ReviewTask) -> None:
    cast.turn(imported.project)
    imported.refresh_from_db()
    assert imported.state == "open" and Decision.objects.filter(reason="imported").count() == 2


def test_what_is_imported_can_be_erased(imported: ReviewTask) -> None:
    erasure.erase(cast.person(imported.project, import_evals.HOLDER))
    assert not Interaction.objects.exists() and not ReviewTask.objects.exists()


@pytest.mark.django_db
def test_bad_cases_are_named_by_number_and_the_rest_goes_in(tmp_path: Path, capsys: Any) -> None:
    cast.project()
    path = tmp_path / "evals.json"
    path.write_text(json.dumps([PLAIN, {"question": "only"}]))
    call_command("import_evals", str(path), "--project", "shop", "--json")
    counts = json.loads(capsys.readouterr().out)
    assert counts["stored"] == 1 and [(p["line"], p["field"]) for p in counts["problems"]] == [(2, "expected")]


@pytest.mark.django_db
@pytest.mark.parametrize("content", [b"\xff", b"{", b'{"a": 1}', b"3"])
def test_a_file_that_is_no_eval_set_is_refused(content: bytes, tmp_path: Path) -> None:
    cast.project()
    path = tmp_path / "evals.json"
    path.write_bytes(content)
    with pytest.raises(CommandError):
        call_command("import_evals", str(path), "--project", "shop")


def test_every_dialect_is_read_in_a_test_and_shown_to_people() -> None:
    cases = [case for _, case in SHAPES] + [
        orjson.loads((format.line(row("i-1")) or b"").removeprefix(b"- ")) for format in OWN
    ]
    assert [dialect.key for dialect in import_evals.DIALECTS if not any(dialect.key in case for case in cases)] == []
    assert all(
        dialect.form in import_evals.FORMAT and dialect.tool in import_evals.FORMAT for dialect in import_evals.DIALECTS
    )
