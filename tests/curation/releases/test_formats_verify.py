"""A release folder is checked as a whole, and every way to spoil one is found and named."""

from collections.abc import Callable
from pathlib import Path

import orjson
import pytest

from curation.releases import manifest as manifests
from curation.releases.verify import read_checked, verify
from tests.curation.formats_corpus import hostile, row, rows
from tests.curation.formats_release import describe, entry, release


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    release(tmp_path, rows(hostile()[:20]), optional=["kto", "dpo", "promptfoo", "inspect", "langfuse", "deepeval"])
    return tmp_path


def faults(folder: Path) -> list[str]:
    return [str(problem) for problem in verify(folder)]


def test_a_whole_release_has_no_fault(tmp_path: Path) -> None:
    release(tmp_path, rows(hostile()), optional=["kto", "dpo", "promptfoo", "inspect", "langfuse", "openai_evals"])
    assert verify(tmp_path) == []


def test_a_release_without_records_is_whole(tmp_path: Path) -> None:
    release(tmp_path, [])
    assert verify(tmp_path) == []


def spoil_byte(folder: Path) -> None:
    data = bytearray((folder / "sft.jsonl").read_bytes())
    data[len(data) // 2] ^= 1
    (folder / "sft.jsonl").write_bytes(data)


def cut_short(folder: Path) -> None:
    (folder / "sft.jsonl").write_bytes((folder / "sft.jsonl").read_bytes()[:-10])


def drop_line(folder: Path) -> None:
    (folder / "kto.jsonl").write_bytes(b"".join((folder / "kto.jsonl").read_bytes().splitlines(True)[1:]))


def add_file(folder: Path) -> None:
    (folder / "old.jsonl").write_text("{}\n")


def remove_file(folder: Path) -> None:
    (folder / "dpo.jsonl").unlink()


def remove_sums(folder: Path) -> None:
    (folder / "SHA256SUMS").unlink()


def change_sums(folder: Path) -> None:
    path = folder / "SHA256SUMS"
    path.write_text(path.read_text().replace(path.read_text()[:8], "00000000"))


def remove_manifest(folder: Path) -> None:
    (folder / "manifest.json").unlink()


def break_manifest(folder: Path) -> None:
    (folder / "manifest.json").write_text("[]")


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (spoil_byte, "sft.jsonl: does not match the manifest"),
        (cut_short, "does not end in a line feed"),
        (drop_line, "kto.jsonl: has 19 records where the manifest says 20"),
        (add_file, "old.jsonl: is in the folder but not in the manifest"),
        (remove_file, "dpo.jsonl: is in the manifest but not in the folder"),
        (remove_sums, "SHA256SUMS: is missing"),
        (change_sums, "differs from the manifest"),
        (remove_manifest, "manifest.json: is missing"),
        (break_manifest, "manifest.json: is not a manifest"),
    ],
)
def test_it_finds_what_was_done_to_a_folder(folder: Path, spoil: Callable[[Path], None], says: str) -> None:
    spoil(folder)
    assert any(says in fault for fault in faults(folder)), faults(folder)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (b'{"messages":[]}\n', "messages does not end with the assistant"),
        (b'{"messages":[{"role":"user","content":"x"}]}\n', "messages does not end with the assistant"),
        (b'{"messages":[{"role":"critic","content":"x"}]}\n', "messages[].role is none of"),
        (b'{"messages":[],"split":"train"}\n', "a field that does not belong"),
        (b"{}\n", "has no messages"),
        (b'{"messages":"x"}\n', "messages is not a list"),
        (b'{"messages":[{"role":"assistant","content":1}]}\n', "content is not of type string"),
        (b'{"messages":NaN}\n', "is not JSON"),
        (b'{"messages":["\\ud800"]}\n', "is not JSON"),
        (b"{\n", "is not JSON"),
        (b"\n", "is not JSON"),
        (b"[]\n", "the line is not an object"),
    ],
)
def test_it_reads_every_line_by_the_shape_of_its_file(tmp_path: Path, line: bytes, says: str) -> None:
    whole = release(tmp_path, [row()])
    others = [file for file in whole["files"] if file["name"] != "sft.jsonl"]
    spoilt = entry(tmp_path, "sft.jsonl", line, 1, "training")
    describe(tmp_path, {**whole, "files": [*others, spoilt]})
    assert any(says in fault and fault.startswith("sft.jsonl:1:") for fault in faults(tmp_path)), faults(tmp_path)


def test_no_fault_quotes_what_a_file_holds(tmp_path: Path) -> None:
    whole = release(tmp_path, [row()])
    line = b'{"messages":[{"role":"secret-role","content":"secret"}],"secret-key":1}\n'
    describe(tmp_path, {**whole, "files": [entry(tmp_path, "sft.jsonl", line, 1, "training")]})
    assert faults(tmp_path) and "secret" not in " ".join(faults(tmp_path))


def test_a_manifest_cannot_lead_the_check_out_of_the_folder(tmp_path: Path) -> None:
    outside, inside = tmp_path / "outside.jsonl", tmp_path / "release"
    inside.mkdir()
    whole = release(inside, [row()])
    outside.write_text("{}\n")
    describe(inside, {**whole, "files": [{**whole["files"][0], "name": "../outside.jsonl"}]})
    assert "../outside.jsonl: is in the manifest but not in the folder" in faults(inside)


def test_a_flood_of_faults_is_cut_off(tmp_path: Path) -> None:
    whole = release(tmp_path, [row()])
    describe(tmp_path, {**whole, "files": [entry(tmp_path, "sft.jsonl", b"x\n" * 10_000, 10_000, "training")]})
    assert len([fault for fault in faults(tmp_path) if fault.startswith("sft.jsonl")]) == 21


def test_records_are_read_only_where_their_hash_is_the_manifests(folder: Path) -> None:
    document = orjson.loads((folder / "manifest.json").read_bytes())
    assert len(read_checked(folder, "eval_cases.jsonl", document)) == 20
    spoil_byte(folder)
    with pytest.raises(ValueError, match=r"sft\.jsonl does not match the manifest"):
        read_checked(folder, "sft.jsonl", document)
    with pytest.raises(ValueError, match="manifest"):
        read_checked(folder, "manifest.json", document)


def test_records_come_apart_at_line_feeds_alone(tmp_path: Path) -> None:
    data = '{"a":"x\u2028y"}\n{"a":"z\x85"}\n'.encode()
    document = {"files": [entry(tmp_path, "a.jsonl", data, 2, "training")]}
    assert read_checked(tmp_path, "a.jsonl", document) == [{"a": "x\u2028y"}, {"a": "z\x85"}]


def test_lineage_says_file_line_record_and_interaction_and_no_text() -> None:
    record = row("case-1", "a secret question", provenance={**row().provenance, "interaction": "i-9"})
    line = manifests.lineage("sft.jsonl", record, 3)
    assert orjson.loads(line) == {"file": "sft.jsonl", "record": "case-1", "interaction": "i-9", "line": 3}
    assert b"line" not in manifests.lineage("sft.jsonl", record).replace(b"lineage", b"")
