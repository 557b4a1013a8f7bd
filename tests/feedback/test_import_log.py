"""`manage.py import_log`: a log goes in line by line, and says what did not."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from feedback.models import Interaction, Signal
from tests import factories as cast

pytestmark = pytest.mark.django_db
GOOD = {"id": "a", "question": "Is it open?", "answer": "Yes.", "user": "u", "consent": cast.ALL}


def imported(tmp_path: Path, capsys: Any, lines: list[Any], *options: str) -> dict[str, Any]:
    """The counts of importing these lines."""
    path = tmp_path / "log.jsonl"
    path.write_bytes(b"\n".join(one if isinstance(one, bytes) else json.dumps(one).encode() for one in lines))
    capsys.readouterr()
    call_command("import_log", str(path), "--project", "shop", "--json", *options)
    return dict(json.loads(capsys.readouterr().out))


def test_every_shape_of_feedback_goes_in(tmp_path: Path, capsys: Any) -> None:
    cast.project()
    shapes: list[Any] = [
        "up", None, {"thumb": "down", "correction": "No."}, [{"thumb": "up", "ts": "2026-01-01T00:00:00Z"}, {"thumb": "down"}],
        {"signal": "rating", "score": 0.5},
    ]  # fmt: skip
    lines = [{**GOOD, "id": f"l{index}", "feedback": shape} for index, shape in enumerate(shapes)]
    counts = imported(tmp_path, capsys, lines)
    assert counts["stored"] == 5 and counts["signals"] == 5 == Signal.objects.count()
    assert imported(tmp_path, capsys, lines)["replayed"] == 5


def test_a_bad_line_is_named_by_its_number_and_the_rest_goes_in(tmp_path: Path, capsys: Any) -> None:
    cast.project()
    bad: list[Any] = [b"{", b"\xff", {"question": "no answer"}, {**GOOD, "secret": 1}, {**GOOD, "feedback": "sideways"}, [1],
                      {**GOOD, "question": "nul \x00"}]  # fmt: skip
    counts = imported(tmp_path, capsys, [*bad, GOOD])
    assert counts["stored"] == 1 and counts["bad"] == len(bad)
    assert [problem["line"] for problem in counts["problems"]] == list(range(1, len(bad) + 1))
    assert Interaction.objects.count() == 1


def test_without_consent_nothing_is_kept_unless_the_operator_holds_it(tmp_path: Path, capsys: Any) -> None:
    cast.project()
    line = {key: value for key, value in GOOD.items() if key != "consent"}
    assert imported(tmp_path, capsys, [line])["no_consent"] == 1 and not Interaction.objects.exists()
    held = imported(tmp_path, capsys, [line], "--consent", "capture,evaluation", "--notice", "Terms of 2025")
    assert held["stored"] == 1
    entry = Interaction.objects.get().subject.consent_entries.get(purpose="evaluation")
    assert entry.method == "import" and entry.notice is not None and entry.notice.text == "Terms of 2025"


def test_csv_has_the_same_columns(tmp_path: Path, capsys: Any) -> None:
    cast.project()
    path = tmp_path / "log.csv"
    path.write_text(
        'id,question,answer,user,feedback,consent\na,"Is it, open?",Yes.,u,"{""thumb"": ""up""}","{""capture"": true}"\n'
    )
    capsys.readouterr()
    call_command("import_log", str(path), "--project", "shop", "--json")
    assert json.loads(capsys.readouterr().out)["stored"] == 1
    assert Interaction.objects.get().question == "Is it, open?" and Signal.objects.get().kind == "thumbs_up"


def test_an_unknown_project_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="createproject"):
        call_command("import_log", str(tmp_path / "x"), "--project", "nobody")
