"""Range requests: the part of a release's file that a web server sends."""

from pathlib import Path

from curation.releases.downloads import FilePart


def test_an_empty_file_is_not_left_to_the_server_which_refuses_an_empty_range(tmp_path: Path) -> None:
    path = tmp_path / "preferences.jsonl"
    path.touch()
    empty = FilePart(path, 0, 0, 200)
    assert empty.place is None and empty.getvalue() == b""
    path.write_bytes(b"a line\n")
    assert FilePart(path, 0, 7, 200).place == (str(path), 0, 7)
