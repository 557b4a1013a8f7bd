"""`import_log --map`, `--dry-run` and the readings of votes and times: any log goes in, or says what it needs."""

import gzip
import json
from contextlib import nullcontext, suppress
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from feedback.models import Interaction, Outcome, Signal
from privacy.models import Subject
from tests import factories as cast

pytestmark = pytest.mark.django_db
HELD = ("--consent", "capture,evaluation,training", "--notice", "Terms of 2026")
MAP = ("--map", "question=prompt", "--map", "answer=response")
VOTED = (*MAP, "--map", "feedback=vote")
HEAD = "prompt,response,vote\n"


@pytest.fixture
def bring(tmp_path: Path, capsys: Any) -> Any:
    """A function that imports a file with these bytes into the shop, and returns what the command says."""
    cast.project()

    def imported(content: bytes | str | list[Any], *options: str, name: str = "log.csv") -> dict[str, Any]:
        path = tmp_path / name
        if isinstance(content, list):
            content = "\n".join(json.dumps(line) for line in content)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        capsys.readouterr()
        try:
            call_command("import_log", str(path), "--project", "shop", "--json", *HELD, *options)
        except CommandError as error:
            if "Nothing was stored" not in str(error):
                raise
        return dict(json.loads(capsys.readouterr().out))

    return imported


def kinds() -> list[str]:
    """The kinds of the votes, by the questions that they are about."""
    rows = Signal.objects.select_related("interaction")
    return [kind for _, kind in sorted((str(row.interaction.question), row.kind) for row in rows)]


def voted(*values: str) -> str:
    return HEAD + "".join(f'Q{place},A{place},"{value}"\n' for place, value in enumerate(values))


WAYS = {
    "thumbs": ("up", "down", ""),
    "numbers": ("1", "0", ""),
    "signed numbers": ("1", "-1", "0"),
    "decimals": ("1.0", "0.0", ""),
    "truths": ("true", "False", ""),
    "emoji": ("👍", "👎", ""),
    "emoji with a skin and a selector": ("👍🏽", "👎🏿", "😐"),
    "hearts and crosses": ("❤️", "❌", ""),
    "short codes": (":thumbsup:", ":-1:", "-"),
    "a product's words": ("thumbs_up", "thumbs-down", "none"),
    "capitals": ("LIKE", "DISLIKE", "Neutral"),
    "English": ("Helpful", "not helpful", "n/a"),
    "German": ("gut", "schlecht", "keine"),
    "French": ("oui", "non", "neutre"),
    "Spanish": ("Sí", "inútil", "ninguno"),
    "Italian": ("mi piace", "non mi piace", "nessuno"),
    "Portuguese": ("bom", "ruim", "nenhum"),
    "Dutch": ("goed", "slecht", "geen"),
    "Polish": ("dobrze", "źle", "brak"),
    "Russian": ("Хорошо", "плохо", ""),
    "Chinese": ("赞", "踩", "无"),
    "Japanese": ("はい", "いいえ", "なし"),
    "Korean": ("좋아요", "싫어요", ""),
    "Arabic": ("نعم", "لا", ""),
}


@pytest.mark.parametrize("way", WAYS)
def test_votes_are_read_in_every_way_of_writing_them(bring: Any, way: str) -> None:
    counts = bring(voted(*WAYS[way]), *VOTED)
    assert counts["problems"] == [] and counts["stored"] == 3
    assert kinds() == ["thumbs_up", "thumbs_down"]


@pytest.mark.parametrize(
    ("values", "threshold", "expected"),
    [
        (("5", "2", "4"), "4", ["thumbs_up", "thumbs_down", "thumbs_up"]),
        (("5", "2", "3"), "2,4", ["thumbs_up", "thumbs_down"]),
        (("★★★★★", "★☆☆☆☆", "★★★★"), "4", ["thumbs_up", "thumbs_down", "thumbs_up"]),
        (("0.9", "0,2", "0.5"), "0.5", ["thumbs_up", "thumbs_down", "thumbs_up"]),
        (("10", "-5", "7"), "7", ["thumbs_up", "thumbs_down", "thumbs_up"]),
    ],
)
def test_scores_are_votes_from_a_threshold_on(bring: Any, values: Any, threshold: str, expected: list[str]) -> None:
    counts = bring(voted(*values), *VOTED, "--threshold", threshold)
    assert counts["problems"] == [] and kinds() == expected


def test_scores_from_0_to_1_without_a_threshold_are_ratings(bring: Any) -> None:
    bring(voted("0.9", "0.25", "1"), *VOTED)
    assert [(row.kind, row.score) for row in Signal.objects.order_by("score")] == [
        ("rating", 0.25),
        ("rating", 0.9),
        ("rating", 1.0),
    ]


def test_stars_without_a_threshold_are_refused_also_the_ones_that_look_like_votes(bring: Any) -> None:
    counts = bring(voted("1", "5", "3"), *VOTED)
    assert "stored" not in counts and {problem["field"] for problem in counts["problems"]} == {"feedback"}
    assert [problem["line"] for problem in counts["problems"]] == [2, 3, 4]
    assert all("--threshold" in problem["problem"] for problem in counts["problems"])


def test_a_number_that_the_first_lines_do_not_explain_is_refused(bring: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("feedback.importing.reading.SAMPLE", 4)
    counts = bring(voted("1", "0", "1", "0", "-1", "4"), *VOTED)
    assert counts["stored"] == 4
    assert [problem["line"] for problem in counts["problems"]] == [6, 7]


def test_an_unknown_word_is_refused_by_its_line_and_field_and_not_repeated(bring: Any) -> None:
    counts = bring(voted("up", "geheim"), *VOTED)
    assert [(each["line"], each["field"]) for each in counts["problems"]] == [(3, "feedback")]
    assert "geheim" not in json.dumps(counts)


def test_a_correction_and_a_comment_have_places_of_their_own(bring: Any) -> None:
    lines = [
        {"prompt": "Q0", "response": "A0", "vote": -1, "fixed": "B0", "note": "wrong"},
        {"prompt": "Q1", "response": "A1", "vote": None, "fixed": "B1", "note": None},
        {"prompt": "Q2", "response": "A2", "vote": 0, "fixed": None, "note": "hm"},
    ]
    counts = bring(lines, *VOTED, "--map", "correction=fixed,comment=note", name="log.jsonl")
    assert counts["problems"] == []
    found = [(row.kind, str(row.correction), str(row.comment)) for row in Signal.objects.order_by("pk")]
    assert found == [("thumbs_down", "B0", "wrong"), ("edit", "B1", "")]
    assert [row.metadata for row in Interaction.objects.all() if row.question == "Q2"] == [{"comments": ["hm"]}]


NOON = "2026-01-31T11:00:00+00:00"
TIMES = [
    "2026-01-31T11:00:00Z", "2026-01-31 11:00:00 UTC", "2026-01-31T12:00:00+01:00", "2026-01-31 12:00:00+0100",
    "2026-01-31 12:00:00 +01", "Sat, 31 Jan 2026 11:00:00 GMT", "Sat Jan 31 2026 12:00:00 GMT+0100 (CET)", "20260131T110000Z",
    1769857200, 1769857200.0, "1769857200", 1769857200000, 1769857200000000, 1769857200000000000, "1769857200.000",
]  # fmt: skip
LOCAL = [
    "2026-01-31T12:00:00", "2026-01-31 12:00", "2026/01/31 12:00:00", "31.01.2026 12:00", "2026-1-31 12:00:00", "20260131120000",
    "2026-01-31T12:00:00.000000",
]  # fmt: skip


@pytest.mark.parametrize("written", [*TIMES, *LOCAL], ids=str)
def test_times_are_read_in_every_way_of_writing_them(bring: Any, written: Any) -> None:
    line = {"prompt": "Q", "response": "A", "when": written}
    counts = bring([line], *MAP, "--map", "ts=when", "--zone", "Europe/Berlin", name="log.jsonl")
    assert counts["problems"] == [] and Interaction.objects.get().occurred_at.isoformat() == NOON


@pytest.mark.parametrize("written", LOCAL)
def test_a_time_without_a_zone_asks_for_one(bring: Any, written: str) -> None:
    counts = bring([{"prompt": "Q", "response": "A", "when": written}], *MAP, "--map", "ts=when", name="log.jsonl")
    assert [each["field"] for each in counts["problems"]] == ["ts"] and "--zone" in counts["problems"][0]["problem"]


def test_a_time_that_could_be_two_days_asks_how_it_is_written(bring: Any) -> None:
    line, options = (
        [{"prompt": "Q", "response": "A", "when": "1/2/2026 12:00 PM"}],
        (*MAP, "--map", "ts=when", "--zone", "UTC"),
    )
    assert "--time-format" in bring(line, *options, name="log.jsonl")["problems"][0]["problem"]
    bring(line, *options, "--time-format", "%d/%m/%Y %I:%M %p", name="log.jsonl")
    assert Interaction.objects.get().occurred_at.isoformat() == "2026-02-01T12:00:00+00:00"


@pytest.mark.parametrize("written", ["soon", "2026-13-01T00:00:00Z", 12, True, [1], "99999999999999999999", 1e300])
def test_what_is_no_time_names_line_and_field(bring: Any, written: Any) -> None:
    lines = [{"prompt": "Q", "response": "A", "when": written}, {"prompt": "Q2", "response": "A2", "when": 1769857200}]
    counts = bring(lines, *MAP, "--map", "ts=when", "--zone", "UTC", name="log.jsonl")
    assert [(each["line"], each["field"]) for each in counts["problems"]] == [(1, "ts")] and counts["stored"] == 1


ROWS = [("Wie öffnet man „das“?", "Über die Tür – links.", "gut"), ("Où, ça?", "À côté; là.", "schlecht")]


def table(sign: str) -> str:
    quoted = [sign.join(f'"{cell}"' for cell in row) for row in ROWS]
    return "\n".join([sign.join(("prompt", "response", "vote")), *quoted]) + "\n"


@pytest.mark.parametrize("sign", [",", ";", "\t", "|", "^", "~", "\x1f"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"])
def test_a_table_goes_in_with_any_separator_and_encoding(bring: Any, sign: str, encoding: str) -> None:
    counts = bring(table(sign).encode(encoding), *VOTED)
    assert counts["problems"] == [] and {str(row.question) for row in Interaction.objects.all()} == {
        q for q, *_ in ROWS
    }
    assert sorted(kinds()) == ["thumbs_down", "thumbs_up"]


def test_an_encoding_and_a_separator_can_be_named(bring: Any) -> None:
    bring("prompt:response\nいつ?:明日\n".encode("shift_jis"), *MAP, "--encoding", "shift_jis", "--delimiter", ":")
    assert Interaction.objects.get().answer == "明日"
    for option in (("--encoding", "klingon"), ("--delimiter", "::"), ("--zone", "Mars/Base"), ("--threshold", "high")):
        with pytest.raises(CommandError):
            bring("prompt,response\nQ,A\n", *MAP, *option)


@pytest.mark.parametrize("name", ["log.csv.gz", "log.jsonl.gz", "log.gz"])
def test_gzip_is_unpacked(bring: Any, name: str) -> None:
    text = table(",") if "csv" in name else "\n".join(json.dumps({"prompt": q, "response": a}) for q, a, _ in ROWS)
    assert bring(gzip.compress(text.encode()), *MAP, name=name)["stored"] == 2
    with pytest.raises(CommandError, match="damaged"):
        bring(gzip.compress(text.encode())[:-12], *MAP, name=name)


def test_a_spreadsheet_goes_in_as_the_same_table(bring: Any) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    book, file = openpyxl.Workbook(), BytesIO()
    for row in [
        ("prompt", "response", "vote", "member", "when"),
        ("Q0", "A0", 1, 17, None),
        (None,) * 5,
        ("Q1", 42, True, None, None),
    ]:
        book.active.append(row)
    book.save(file)
    counts = bring(file.getvalue(), *VOTED, "--map", "user=member", name="log.xlsx")
    assert counts["problems"] == [] and {str(row.answer) for row in Interaction.objects.all()} == {"A0", "42"}
    assert kinds() == ["thumbs_up", "thumbs_up"] and Subject.objects.count() == 2


@pytest.mark.parametrize("layout", ["lines", "array", "array in one line", "document", "pretty document"])
def test_json_goes_in_in_any_layout(bring: Any, layout: str) -> None:
    lines = [{"prompt": f"Q{n}", "response": f"A{n}"} for n in range(3)]
    text = {
        "lines": "\n".join(map(json.dumps, lines)),
        "array": json.dumps(lines, indent=2),
        "array in one line": json.dumps(lines),
        "document": json.dumps({"data": lines, "meta": {"page": 1}}),
        "pretty document": json.dumps({"meta": {"page": 1}, "data": lines}, indent=2),
    }[layout]
    assert bring(text, *MAP, name="log.json")["stored"] == 3


def test_messages_and_objects_in_a_mapped_field_are_read(bring: Any) -> None:
    line = {
        "req": {"messages": [{"role": "user", "content": "Old?"}, {"role": "assistant", "content": "Yes."},
                             {"role": "user", "content": [{"type": "text", "text": "New?"}]}]},
        "res": json.dumps({"choices": [{"message": {"role": "assistant", "content": "No."}}]}),
        "found": [{"page_content": "It is new.", "metadata": {"source": "https://shop.example/new", "title": "New"}}],
        "who": 17, "bot": "v2", "labels": "a, b",
    }  # fmt: skip
    paths = "question=req.messages,answer=res,sources=found,user=who,agent.version=bot,tags=labels,metadata.was=bot"
    assert bring([line], "--map", paths, name="log.jsonl")["problems"] == []
    row = Interaction.objects.get()
    assert (row.question, row.answer, row.agent_version) == ("New?", "No.", "v2")
    assert [turn["content"] for turn in row.context] == ["Old?", "Yes."] and row.tags == ["a", "b"]
    assert row.sources[0]["url"] == "https://shop.example/new" and row.metadata == {"was": "v2"}


def test_an_unmapped_file_names_its_columns_and_proposes_a_map(bring: Any) -> None:
    lines = [{"input": {"text": "Q"}, "output": "A", "user_rating": 1, "uid": "u", "geheim 7": "x"}]
    [problem] = bring(lines, name="log.jsonl")["problems"]
    assert "input" in problem["field"] and "geheim" not in json.dumps(problem)
    options = [part for part in problem["problem"].partition("say where they are: ")[2].split(" ") if part != "--map"]
    assert options == ["question=input.text", "answer=output", "feedback=user_rating", "user=uid"]
    assert bring(lines, "--map", ",".join(options), name="log.jsonl")["signals"] == 1


def test_a_place_that_no_record_has_is_refused_with_those_that_they_have(bring: Any) -> None:
    with pytest.raises(CommandError, match=r"question: no record has this field. Their fields are: prompt, response\."):
        bring("prompt,response\nQ,A\n", "--map", "question=promt", "--map", "answer=response")


def test_a_dry_run_shows_what_would_be_kept_and_keeps_nothing(bring: Any, capsys: Any) -> None:
    lines = [{"prompt": f"Q{n}? Mail me at ann{n}@example.org", "response": f"A{n}", "vote": "up"} for n in range(8)]
    bring(lines[:1], *VOTED, name="log.jsonl")
    before = (Interaction.objects.count(), Signal.objects.count(), Subject.objects.count(), Outcome.objects.count())
    counts = bring([*lines, lines[2] | {"vote": "sideways"}, {"prompt": "?"}], *VOTED, "--dry-run", name="log.jsonl")
    assert before == (
        Interaction.objects.count(),
        Signal.objects.count(),
        Subject.objects.count(),
        Outcome.objects.count(),
    )
    assert (counts["dry_run"], counts["stored"], counts["replayed"], counts["signals"], counts["bad"]) == (
        True,
        7,
        1,
        7,
        2,
    )
    assert len(counts["first"]) == 5 and "example.org" not in json.dumps(counts)
    assert counts["first"][1]["question"] == "Q1? Mail me at [EMAIL_1]"
    assert [(each["line"], each["field"]) for each in counts["problems"]] == [(9, "feedback"), (10, "answer")]


def test_a_dry_run_counts_what_nobody_agreed_to(tmp_path: Path, capsys: Any) -> None:
    cast.project()
    (tmp_path / "log.csv").write_text("question,answer\nQ,A\n")
    capsys.readouterr()
    with pytest.raises(CommandError, match="Nothing was stored"):
        call_command("import_log", str(tmp_path / "log.csv"), "--project", "shop", "--dry-run")
    said = capsys.readouterr().out
    assert "1 without consent" in said and "nothing was stored" in said and not Interaction.objects.exists()


MARKER = "zq-marker@example.org"


@pytest.mark.parametrize("consent", [True, False])
def test_no_way_in_stores_what_must_be_redacted_or_what_nobody_agreed_to(
    tmp_path: Path, capsys: Any, consent: bool
) -> None:
    folder = Path(__file__).parent / "exports"
    for number, export in enumerate(sorted(folder.iterdir())):
        if export.name == "README.txt":
            continue
        raw = export.read_text()
        for place in (
            "It opens at ten in the morning.",
            "Saturdays it is four.",
            "Opening hours",
            "prod",
            "support_chain",
        ):
            raw = raw.replace(place, f"{place} {MARKER}")
        (tmp_path / export.name).write_text(raw)
        command = (
            "import_log",
            str(tmp_path / export.name),
            "--project",
            cast.project(f"shop-{number}").name,
            "--json",
        )
        with nullcontext() if consent else suppress(CommandError):
            call_command(*command, *(HELD if consent else ()))
        assert MARKER not in "".join(capsys.readouterr())
    assert Interaction.objects.exists() == Signal.objects.exists() == consent
    for model in (Interaction, Signal):
        assert MARKER not in json.dumps(list(model.objects.values()), default=str)


def test_a_dry_run_shows_the_turns_before_a_question(tmp_path: Path, capsys: Any) -> None:
    cast.project()
    said = [{"role": "user", "content": "Hi."}, {"role": "assistant", "content": "Hello."}]
    said += [{"role": "user", "content": "When do you open?"}, {"role": "assistant", "content": "At nine."}]
    (tmp_path / "log.jsonl").write_text(json.dumps({"messages": said, "id": "a"}))
    for more in (["--json"], []):
        consent = ["--consent", "capture", "--notice", "n"]
        call_command("import_log", str(tmp_path / "log.jsonl"), "--project", "shop", "--dry-run", *consent, *more)
        assert '"Hello."' in capsys.readouterr().out
