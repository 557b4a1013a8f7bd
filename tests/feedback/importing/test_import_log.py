"""`manage.py import_log`: a log goes in line by line, and says what did not."""

import json
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from curation.models import Decision
from feedback.models import Interaction, Signal
from privacy.consent import ledger
from privacy.erasure import erasure
from tests import factories as cast

pytestmark = pytest.mark.django_db
GOOD = {"id": "a", "question": "Is it open?", "answer": "Yes.", "user": "u", "consent": cast.ALL}


def imported(tmp_path: Path, capsys: Any, lines: list[Any], *options: str, nothing: bool = False) -> dict[str, Any]:
    """The counts of importing these lines."""
    raw = b"\n".join(one if isinstance(one, bytes) else json.dumps(one).encode() for one in lines)
    return imported_file(tmp_path, capsys, raw, *options, nothing=nothing)


def imported_file(
    tmp_path: Path, capsys: Any, raw: bytes, *options: str, name: str = "log.jsonl", nothing: bool = False
) -> dict[str, Any]:
    """The counts of importing a file with these bytes; with `nothing`, the command must fail because nothing went in."""
    path = tmp_path / name
    path.write_bytes(raw)
    capsys.readouterr()
    with pytest.raises(CommandError, match="Nothing was stored") if nothing else nullcontext():
        call_command("import_log", str(path), "--project", "shop", "--json", *options)
    return dict(json.loads(capsys.readouterr().out))


def test_every_shape_of_feedback_goes_in(tmp_path: Path, capsys: Any) -> None:
    cast.project()
    shapes: list[Any] = [
        "up",
        None,
        {"thumb": "down", "correction": "No."},
        [{"thumb": "up", "ts": "2026-01-01T00:00:00Z"}, {"thumb": "down"}],
        {"signal": "rating", "score": 0.5},
    ]
    lines = [{**GOOD, "id": f"l{index}", "feedback": shape} for index, shape in enumerate(shapes)]
    counts = imported(tmp_path, capsys, lines)
    assert counts["stored"] == 5 and counts["signals"] == 5 == Signal.objects.count()
    assert imported(tmp_path, capsys, lines)["replayed"] == 5


def test_a_bad_line_is_named_by_its_number_and_the_rest_goes_in(tmp_path: Path, capsys: Any) -> None:
    cast.project()
    bad: list[Any] = [
        b"{",
        b"\xff",
        {"question": "no answer"},
        {**GOOD, "secret": 1},
        {**GOOD, "feedback": "sideways"},
        [1],
        {**GOOD, "question": "nul \x00"},
    ]
    counts = imported(tmp_path, capsys, [*bad, GOOD])
    assert counts["stored"] == 1 and counts["bad"] == len(bad)
    assert [problem["line"] for problem in counts["problems"]] == list(range(1, len(bad) + 1))
    assert Interaction.objects.count() == 1


def test_without_consent_nothing_is_kept_unless_the_operator_holds_it(tmp_path: Path, capsys: Any) -> None:
    cast.project()
    line = {key: value for key, value in GOOD.items() if key != "consent"}
    assert imported(tmp_path, capsys, [line], nothing=True)["no_consent"] == 1 and not Interaction.objects.exists()
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


TALKS = [
    {"question": "Wo ist die Brücke?", "answer": "Über dem Fluß.", "user": "u", "consent": cast.ALL, "feedback": "up"},
    {
        "question": "Is it open?",
        "answer": "Yes.",
        "ts": "2026-01-01T12:00:00Z",
        "consent": cast.ALL,
        "tags": ["a"],
        "metadata": {"score": 1, "page": {"b": 2, "a": 1}},
        "feedback": {"thumb": "down", "comment": "no"},
    },
    {"question": "And on Sundays?", "answer": "No.", "consent": cast.ALL},
]


def turned(value: Any) -> Any:
    """The same value with every object's keys in another order."""
    if isinstance(value, dict):
        return {key: turned(value[key]) for key in reversed(list(value))}
    return [turned(item) for item in value] if isinstance(value, list) else value


SPELLINGS = {
    "grown": lambda: "".join(json.dumps(line) + "\n" for line in [*TALKS, GOOD]),
    "CRLF": lambda: "".join(json.dumps(line) + "\r\n" for line in TALKS),
    "another order of keys": lambda: "".join(json.dumps(turned(line)) + "\n" for line in TALKS),
    "no escapes": lambda: "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in TALKS),
    "spaces": lambda: "\n\n".join(json.dumps(line, separators=(" ,  ", " : ")) for line in TALKS),
    "a list": lambda: json.dumps(TALKS, indent=2),
    "a byte order mark": lambda: "\ufeff" + "\n".join(json.dumps(line) for line in TALKS),
    "the last line first": lambda: "\n".join(json.dumps(line) for line in reversed(TALKS)),
    "nulls and empty lists": lambda: "\n".join(json.dumps({"context": [], "session": None, **line}) for line in TALKS),
    "another zone": lambda: "\n".join(json.dumps(line) for line in TALKS).replace("T12:00:00Z", "T14:00:00+02:00"),
    "another way of writing numbers": lambda: "\n".join(map(json.dumps, TALKS)).replace('"score": 1', '"score": 1.0'),
}


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("own", [False, True], ids=["without ids", "with ids"])
def test_the_same_conversations_are_stored_once_in_any_spelling(
    tmp_path: Path, capsys: Any, spelling: str, own: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    cast.project()
    monkeypatch.setattr(
        f"{__name__}.TALKS", [{**line, **({"id": f"i{n}"} if own else {})} for n, line in enumerate(TALKS)]
    )
    assert imported(tmp_path, capsys, TALKS)["stored"] == 3
    counts = imported_file(tmp_path, capsys, SPELLINGS[spelling]().encode())
    assert counts["replayed"] == 3 and counts["problems"] == []
    assert Interaction.objects.count() == 3 + counts.get("stored", 0) and Signal.objects.count() == 2


def test_a_conversation_of_a_table_is_that_of_json(tmp_path: Path, capsys: Any) -> None:
    cast.project()
    imported(tmp_path, capsys, [{**GOOD, "id": None, "question": "One,\ntwo?"}])
    table = 'answer,user,question,consent\r\nYes.,u,"One,\r\ntwo?","{""capture"":true,""evaluation"":true,""training"":true}"\r\n'
    assert imported_file(tmp_path, capsys, table.encode(), name="log.csv")["replayed"] == 1


def test_equal_lines_are_one_conversation_where_something_tells_whose_they_are(tmp_path: Path, capsys: Any) -> None:
    cast.project()
    bare = {"question": "Is it open?", "answer": "Yes.", "consent": cast.ALL}
    for known in ({"user": "u"}, {"ts": "2026-01-01T00:00:00Z"}, {"session": "s"}):
        counts = imported(tmp_path, capsys, [bare | known, bare | known])
        assert (counts["stored"], counts["replayed"]) == (1, 1), known


def test_equal_lines_of_nobody_in_particular_are_of_as_many_people(tmp_path: Path, capsys: Any) -> None:
    cast.project()
    bare = {"question": "Is it open?", "answer": "Yes.", "consent": cast.ALL}
    lines = [bare | {"feedback": "up"}, bare | {"feedback": "down"}]
    assert imported(tmp_path, capsys, lines)["stored"] == 2
    counts = imported(tmp_path, capsys, [*lines, bare | {"feedback": "up"}])
    assert (counts["stored"], counts["replayed"], Signal.objects.count()) == (1, 2, 3)


def standing(shop: Any) -> str:
    """How the one conversation is decided now."""
    cast.turn(shop)
    return Decision.objects.get().outcome


@pytest.mark.parametrize("extra", [{"id": "a"}, {"user": "u"}, {}, {"ts": "2026-01-01T00:00:00Z"}], ids=str)
def test_a_vote_that_changed_since_the_last_import_is_taken_as_changed(
    tmp_path: Path, capsys: Any, extra: dict[str, Any]
) -> None:
    shop = cast.project()
    line = {"question": cast.QUESTION, "answer": cast.ANSWER, "consent": cast.ALL, **extra}
    outcomes = []
    for thumb, new in (("up", 1), ("up", 0), ("down", 1), ("down", 0), ("up", 1)):
        counts = imported(tmp_path, capsys, [{**line, "feedback": thumb}])
        assert counts["signals"] == new and counts["problems"] == []
        outcomes.append(standing(shop))
    assert Interaction.objects.count() == 1 and Signal.objects.count() == 3
    assert outcomes[0] == outcomes[1] == outcomes[4] == "confirmed" != outcomes[2] == outcomes[3]


def test_votes_with_a_time_or_an_id_are_known_again_wherever_they_are(tmp_path: Path, capsys: Any) -> None:
    cast.project()
    first, second = {"thumb": "up", "ts": "2026-01-01T10:00:00Z"}, {"thumb": "down", "ts": "2026-01-01T11:00:00+00:00"}
    for said, new in (
        ([first], 1),
        ([first, second], 1),
        ([second, first], 0),
        ([{**second, "ts": "2026-01-01T12:00:00+01:00"}], 0),
        ([{"thumb": "up", "id": "v", "comment": "a"}], 1),
        ([first, {"thumb": "down", "id": "v"}], 1),
        ([{"thumb": "down", "id": "v"}], 0),
    ):
        counts = imported(tmp_path, capsys, [{**GOOD, "feedback": said}])
        assert (counts["signals"], counts["problems"]) == (new, []), said


def test_an_id_that_another_vote_has_is_said_and_the_conversation_goes_in(tmp_path: Path, capsys: Any) -> None:
    cast.project()
    said = {"thumb": "up", "id": "v"}
    counts = imported(tmp_path, capsys, [{**GOOD, "feedback": said}, {**GOOD, "id": "b", "feedback": said}])
    assert counts["stored"] == 2 and [(p["line"], p["field"]) for p in counts["problems"]] == [(2, "feedback")]


def test_another_text_under_an_id_is_refused(tmp_path: Path, capsys: Any) -> None:
    cast.project()
    imported(tmp_path, capsys, [GOOD])
    counts = imported(tmp_path, capsys, [{**GOOD, "answer": "No."}], nothing=True)
    assert [(p["line"], p["field"]) for p in counts["problems"]] == [(1, "id")]


@pytest.mark.parametrize("extra", [{"user": "u"}, {}, {"id": "a"}], ids=str)
def test_consent_that_is_found_later_comes_in_with_the_same_log(
    tmp_path: Path, capsys: Any, extra: dict[str, Any]
) -> None:
    cast.project()
    line = {"question": "Is it open?", "answer": "Yes.", **extra}
    imported(tmp_path, capsys, [line], "--consent", "capture", "--notice", "Terms of 2025")
    again = imported(tmp_path, capsys, [line], "--consent", "capture,evaluation,training", "--notice", "Terms of 2026")
    assert again["replayed"] == 1 and again["problems"] == []
    assert ledger.effective(Interaction.objects.get().subject) == cast.ALL


def test_a_line_of_a_known_person_looks_their_consent_up_once(tmp_path: Path, capsys: Any) -> None:
    cast.project()
    held = ("--consent", "capture,evaluation,training", "--notice", "May we keep it?")
    line = {name: GOOD[name] for name in ("question", "answer", "user")}
    imported(tmp_path, capsys, [{**line, "id": "a"}], *held)
    with CaptureQueriesContext(connection) as queries:
        imported(tmp_path, capsys, [{**line, "id": name} for name in "bcd"], *held)
    looked_up = [one["sql"] for one in queries if "FROM privacy_consententry" in one["sql"].replace('"', "")]
    assert len(looked_up) == 3


def test_what_is_held_for_everybody_overrules_nobody_who_said_no(tmp_path: Path, capsys: Any) -> None:
    shop = cast.project()
    cast.asked(shop, subject="u")
    erasure.change_consent(cast.person(shop, "u"), {"training": False}, method="page")
    line = {"question": "Is it open?", "answer": "Yes.", "user": "u"}
    held = ("--consent", "capture,evaluation,training", "--notice", "Terms")
    assert imported(tmp_path, capsys, [line], *held)["stored"] == 1
    assert ledger.effective(cast.person(shop, "u"))["training"] is False
    erasure.change_consent(cast.person(shop, "u"), {"capture": False}, method="page")
    assert imported(tmp_path, capsys, [{**line, "question": "And now?"}], *held, nothing=True)["no_consent"] == 1


def test_a_field_that_does_not_fit_is_named_with_those_that_do_and_equal_problems_are_told_once(
    tmp_path: Path, capsys: Any
) -> None:
    cast.project()
    path = tmp_path / "log.jsonl"
    path.write_text('{"prompt": "Is it open?", "response": "Yes.", "anna@example.org": 1}\n' * 300)
    with pytest.raises(CommandError, match="Nothing was stored"):
        call_command("import_log", str(path), "--project", "shop")
    said = capsys.readouterr().err
    assert len(said.splitlines()) == 1 and "300 lines (1, 2, 3, 4, 5, …)" in said
    assert "prompt, response" in said and "question, answer" in said and "--map" in said and "example.org" not in said


@pytest.mark.parametrize(
    ("line", "field"),
    [
        ({"question": "Q", "user": "u"}, "answer"),
        ({**GOOD, "user": 3}, "user"),
        ({**GOOD, "ts": "yesterday"}, "ts"),
        ({**GOOD, "id": "a b"}, "id"),
        ({**GOOD, "tags": ["a", 3]}, "tags.1"),
        ({**GOOD, "feedback": "sideways"}, "feedback"),
        ({**GOOD, "feedback": {"thumb": ["up"]}}, "feedback"),
        ({**GOOD, "feedback": 7}, "feedback"),
        ({**GOOD, "feedback": {"thumb": "up", "ts": "x"}}, "feedback.ts"),
        ({**GOOD, "feedback": {"vote": "up"}}, "feedback.vote"),
        ({**GOOD, "feedback": {"signal": "edit"}}, "feedback.correction"),
    ],
)
def test_a_bad_line_names_its_field(tmp_path: Path, capsys: Any, line: dict[str, Any], field: str) -> None:
    cast.project()
    problems = imported(tmp_path, capsys, [line, {**GOOD, "id": "z"}])["problems"]
    assert [(problem["line"], problem["field"]) for problem in problems] == [(1, field)]


def test_rows_of_a_table_that_do_not_fit_are_named_and_never_cut(tmp_path: Path, capsys: Any) -> None:
    cast.project()
    table = b"""id,question,answer,user
1,Is it open?,Yes, it is.,u
2,"And on Sundays?,No.,v
3,And today?,Yes.,w
"""
    held = ("--consent", "capture", "--notice", "Terms")
    counts = imported_file(tmp_path, capsys, table, *held, name="log.csv")
    assert [(problem["line"], problem["field"]) for problem in counts["problems"]] == [(2, "user"), (3, "question")]
    assert [(row.external_id, str(row.answer)) for row in Interaction.objects.all()] == [("3", "Yes.")]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.csv", b"question,answer,answer\nx,y,z\n", "line 1: answer"),
        ("a.jsonl", b"", "no records"),
        ("a.csv", b"PK\x03\x04", "spreadsheet"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_in_words(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    cast.project()
    (tmp_path / name).write_bytes(content)
    with pytest.raises(CommandError, match=said):
        call_command("import_log", str(tmp_path / name), "--project", "shop", "--json")


def test_a_log_of_another_shape_goes_in_by_a_map(tmp_path: Path, capsys: Any) -> None:
    cast.project()
    line = {
        "input": {"messages": [{"text": "Old"}, {"text": "Is it open?"}]},
        "output": "Yes.",
        "rating.thumb": "up",
        "latency": 3,
        "id": "a",
        "consent": cast.ALL,
    }
    paths = ("question=input.messages.-1.text", "answer=output", "feedback=rating.thumb")
    counts = imported(tmp_path, capsys, [line], *(f"--map={path}" for path in paths))
    assert (counts["stored"], counts["signals"]) == (1, 1)
    assert Interaction.objects.get().question == "Is it open?"
    with pytest.raises(CommandError, match="FIELD is one of: question, answer"):
        call_command("import_log", str(tmp_path / "log.jsonl"), "--project", "shop", "--map", "prompt=x")


def test_the_exit_status_and_the_help_tell(tmp_path: Path, capsys: Any) -> None:
    cast.project()
    path = tmp_path / "log.jsonl"
    path.write_text(json.dumps(GOOD) + "\n{\n")
    with pytest.raises(SystemExit) as ended:
        call_command("import_log", str(path), "--project", "shop")
    assert ended.value.code == 1 and "line 2: " in capsys.readouterr().err
    with pytest.raises(SystemExit):
        call_command("import_log", "--help")
    said = capsys.readouterr().out
    assert all(words in said for words in ('"question": TEXT', "Exit status", "--map FIELD=PATH", "--notice"))
