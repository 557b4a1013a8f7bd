"""The reader of files that operators bring: every layout goes in, and a bad record leaves its neighbours whole."""

import json
import tracemalloc
from pathlib import Path
from typing import Any

import pytest

from privacy.files import records
from privacy.files.records import MAX_RECORD, Record, UnreadableFile

ONE, TWO = {"question": "Is it open?", "answer": "Yes."}, {"question": "Où?", "answer": "Ici, à gauche."}
BOM = b"\xef\xbb\xbf"


def read(folder: Path, content: bytes | str, name: str = "log.jsonl", **options: Any) -> list[Record]:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return list(records.read(path, **options))


def values(found: list[Record]) -> list[Any]:
    return [record.value for record in found if not record.problem]


def bad(found: list[Record]) -> list[tuple[int, str]]:
    return [(record.number, record.field) for record in found if record.problem]


LINES = f"{json.dumps(ONE)}\n{json.dumps(TWO)}\n"
TABLE = 'question,answer\nIs it open?,Yes.\nOù?,"Ici, à gauche."\n'


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.jsonl", LINES),
        ("a.json", LINES),
        ("a.txt", LINES.replace("\n", "\r\n")),
        ("a.jsonl", BOM + b"\n\n" + LINES.replace("\n", "\n  \r\n").encode()),
        ("a.jsonl", LINES.strip()),
        ("a.json", json.dumps([ONE, TWO])),
        ("a.jsonl", BOM + json.dumps([ONE, TWO], indent=2, ensure_ascii=False).encode()),
        ("a.json", json.dumps({"tests": [ONE, TWO]})),
        ("a.json", json.dumps({"version": 1, "tests": [ONE, TWO]}, indent=1)),
        ("a.csv", TABLE),
        ("a.csv", BOM + TABLE.replace("\n", "\r\n").encode()),
        ("a.csv", TABLE.replace("\n", "\r")),
        ("a.csv", TABLE.replace("\n", "\r\r\n")),
        ("a.txt", TABLE.replace("\n", "\r").strip()),
        ("a.jsonl", LINES.replace("\n", "\r")),
        ("a.json", json.dumps([ONE, TWO], indent=2).replace("\n", "\r")),
        ("a.csv", "\n" + TABLE.replace("\n", "\n\n") + ",\n"),
        ("a.csv", 'question;answer\nIs it open?;Yes.\nOù?;"Ici, à gauche."\n'),
        ("a.tsv", "question\tanswer\nIs it open?\tYes.\nOù?\tIci, à gauche.\n"),
        ("a.yaml", BOM + f"- {json.dumps(ONE)}\n- question: Où?\n  answer: Ici, à gauche.\n".encode()),
        ("a.yml", f"tests:\r\n- {json.dumps(ONE)}\r\n- {json.dumps(TWO)}\r\n"),
    ],
)
def test_every_layout_gives_the_same_records(tmp_path: Path, name: str, content: str | bytes) -> None:
    assert values(read(tmp_path, content, name, lists=["tests"])) == [ONE, TWO]


def test_a_single_object_is_one_record_however_it_is_printed(tmp_path: Path) -> None:
    for content in (json.dumps(ONE), json.dumps(ONE, indent=4)):
        assert values(read(tmp_path, content, "a.json")) == [ONE]


BAD = [b"no json", b'{"a": NaN}', b'{"a": 1, "a": 2}', b"\xff"]
OPEN = [b"{", b"[" * 100_000, b'"' + bytes(9)]


@pytest.mark.parametrize("raw", BAD + OPEN)
@pytest.mark.parametrize("place", [0, 1])
def test_a_bad_line_leaves_its_neighbours_whole(tmp_path: Path, raw: bytes, place: int) -> None:
    good = [json.dumps(ONE).encode(), json.dumps(TWO).encode()]
    found = read(tmp_path, b"\n".join([*good[:place], raw, *good[place:]]))
    assert values(found) == [ONE, TWO] and [number for number, _ in bad(found)] == [place + 1]


@pytest.mark.parametrize("raw", BAD)
def test_a_bad_item_of_a_list_leaves_its_neighbours_whole(tmp_path: Path, raw: bytes) -> None:
    found = read(tmp_path, b"[" + b",\n".join([json.dumps(ONE).encode(), raw, json.dumps(TWO).encode()]) + b"]")
    assert values(found) == [ONE, TWO] and [number for number, _ in bad(found)] == [2]


def test_a_field_that_is_there_twice_is_named(tmp_path: Path) -> None:
    assert bad(read(tmp_path, '{"answer": "x", "answer": "y"}')) == [(1, "answer")]
    assert "geheim" not in repr(read(tmp_path, '{"geheim 1": "x", "geheim 1": "y"}'))


def test_a_list_that_was_cut_off_says_so_and_gives_what_is_whole(tmp_path: Path) -> None:
    found = read(tmp_path, f"[{json.dumps(ONE)},\n{json.dumps(TWO)[:-4]}", "a.json")
    assert values(found) == [ONE] and [number for number, _ in bad(found)] == [2, 3]


def test_a_record_of_more_than_four_megabytes_is_bad_and_no_more_than_that(tmp_path: Path) -> None:
    long = json.dumps({"question": "x" * MAX_RECORD, "answer": "y"})
    for name, content in (
        ("a.jsonl", f"{long}\n{LINES}"),
        ("a.json", f"[{long},{json.dumps(ONE)},{json.dumps(TWO)}]"),
        ("a.csv", f"question,answer\n{'x' * MAX_RECORD},y\n{TABLE.partition(chr(10))[2]}"),
    ):
        found = read(tmp_path, content, name)
        assert values(found) == [ONE, TWO] and len(bad(found)) == 1, name


HEAD = "id,question,answer,user\n"


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("2,Is it open,Yes, it is.,u", "user"),
        ("2,Is it open?,Yes.", "user"),
        ("2,Is it open?", "answer"),
        ('2,"Is it open?,Yes.,u', "question"),
        ('2,Is it open?,"Yes.,u', "answer"),
        ('2,Is it open?,Yes.,"u', "user"),
        ('2,"Is it" open?,Yes.,u', "question"),
        ('2,"Is it "open"?",Yes.,u', "question"),
        (b"2,Is it open?,Yes\xff.,u", ""),
    ],
)
@pytest.mark.parametrize(
    "after", ['3,Next,Ok,v\n4,"Last, one",Ok,w\n', "3,Next,Ok,v\n4,Last,Ok,w\n", '3,"",Ok,v\n4,Last,Ok,"w"']
)
def test_a_row_that_does_not_fit_is_bad_and_the_rows_after_it_go_in(
    tmp_path: Path, row: str | bytes, column: str, after: str
) -> None:
    raw = row if isinstance(row, bytes) else row.encode()
    found = read(tmp_path, HEAD.encode() + b"1,First,Ok,t\n" + raw + b"\n" + after.encode(), "log.csv")
    assert bad(found) == [(3, column)]
    assert [value["id"] for value in values(found)] == ["1", "3", "4"]


def test_a_stray_quote_far_below_does_not_close_an_open_one(tmp_path: Path) -> None:
    found = read(tmp_path, HEAD + '1,Q,A,"t\n2,Is it open?,Yes.,u\n3,Next,Ok,5"\n', "log.csv")
    assert bad(found) == [(2, "user")] and [value["id"] for value in values(found)] == ["2", "3"]


def test_a_carriage_return_ends_a_line_unless_it_is_within_quotes(tmp_path: Path) -> None:
    assert values(read(tmp_path, 'question,answer\rWhere?,"Here.\nThere."\rWhen?,Now.\r', "a.csv")) == [
        {"question": "Where?", "answer": "Here.\nThere."},
        {"question": "When?", "answer": "Now."},
    ]
    found = values(read(tmp_path, '"the\rquestion",answer\nWhere?,Here.\n', "a.csv"))
    assert found == [{"the\rquestion": "Where?", "answer": "Here."}]


def test_a_text_of_several_lines_and_with_quotes_is_one_cell(tmp_path: Path) -> None:
    text = 'First, this.\nThen, "that", and\n\nmore, or less.'
    quoted = text.replace('"', '""')
    for newline in ("\n", "\r\n"):
        content = f'{HEAD}1,"{quoted}",Ok,t\n2,Next,"{quoted}",u\n'.replace("\n", newline)
        found = read(tmp_path, content.encode(), "log.csv")
        assert [value.get("question") for value in values(found)] == [text, "Next"] and not bad(found)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.csv", "question,answer,answer\nx,y,z\n", "line 1: answer"),
        ("a.csv", 'question,"answer\nx,y\n', "line 1"),
        ("a.csv", "", "no records"),
        ("a.csv", "question,answer\n", "no records"),
        ("a.jsonl", "\n \n", "no records"),
        ("a.json", "[]", "no records"),
        ("a.jsonl", LINES.encode("utf-16")[:-1], "utf-16"),
        ("a.csv", b"PK\x03\x04", "spreadsheet"),
        ("a.jsonl", b"\x1f\x8b\x08", "compressed"),
        ("a.yaml", "a: [1\nb: 2", "line 2"),
    ],
)
def test_a_file_that_cannot_be_used_says_why(tmp_path: Path, name: str, content: str | bytes, said: str) -> None:
    with pytest.raises(UnreadableFile, match=said):
        read(tmp_path, content, name)


def test_a_missing_file_and_a_folder_say_so(tmp_path: Path) -> None:
    for path, said in ((tmp_path / "x", "no such file"), (tmp_path, "folder")):
        with pytest.raises(UnreadableFile, match=said):
            list(records.read(path))


def test_a_column_without_a_name_is_no_place_for_a_value(tmp_path: Path) -> None:
    found = read(tmp_path, "question,,answer\nQ,0,A\nQ2,,A2\n", "log.csv")
    assert bad(found) == [(2, "column 2")] and values(found) == [{"question": "Q2", "answer": "A2"}]


def test_a_first_column_without_a_name_is_the_index_of_a_data_frame(tmp_path: Path) -> None:
    found = read(tmp_path, ",question,answer\n0,Q,A\n1,Q2,A2\n", "log.csv")
    assert bad(found) == [] and [value["question"] for value in values(found)] == ["Q", "Q2"]


def test_json_in_a_cell_is_read_where_the_column_may_hold_it(tmp_path: Path) -> None:
    content = 'question,tags\n"[x]","[""a""]"\nQ,[a\n'
    found = read(tmp_path, content, "log.csv", structured=["tags"])
    assert values(found) == [{"question": "[x]", "tags": ["a"]}] and bad(found) == [(3, "tags")]


def test_one_bad_item_of_yaml_leaves_the_others(tmp_path: Path) -> None:
    found = read(tmp_path, f"- {json.dumps(ONE)}\n- {{a: [\n- {json.dumps(TWO)}\n", "a.yaml")
    assert values(found) == [ONE, TWO] and [number for number, _ in bad(found)] == [2]


def test_progress_is_told_in_bytes(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    read(tmp_path, LINES, progress=lambda done, total: told.append((done, total)))
    assert told[-1][1] == len(LINES) and [done for done, _ in told] == sorted(done for done, _ in told)


@pytest.mark.parametrize("layout", ["[{}]", '{{"more": [1], "data": [{}], "end": 2}}', "{}"])
def test_a_file_of_any_size_takes_the_memory_of_a_record(tmp_path: Path, layout: str) -> None:
    line = json.dumps({"question": "x" * 10_000})
    sign, name = ("\n", "a.jsonl") if layout == "{}" else (",", "a.json")
    (tmp_path / name).write_text(layout.format(sign.join([line] * 1_000)))
    tracemalloc.start()
    try:
        found = sum(
            1 for record in records.read(tmp_path / name, lists=["data"], longest=100_000) if not record.problem
        )
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert found == 1_000 and peak < 1_000_000
