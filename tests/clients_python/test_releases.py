"""Releases are downloaded whole, checked, resumed, or not at all."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from flywheel_client import ApiError, ChecksumMismatch, Client, FlywheelError, Unreachable
from flywheel_client.releases import files_of
from tests.clients_python.stub_server import Fault, Stub, sha256


def ranges(stub: Stub) -> list[str | None]:
    return [request[2].get("Range") for request in stub.state.seen("/api/v1/releases/rel-1/files/sft.jsonl")]


def test_every_file_is_there_as_promised(client: Client, stub: Stub, tmp_path: Path) -> None:
    directory = client.download_release("support/latest", tmp_path / "release")
    assert {path.name for path in directory.iterdir()} == {"manifest.json", *stub.state.files}
    assert (directory / "sft.jsonl").read_bytes() == stub.state.files["sft.jsonl"]
    assert client.download_release("support/latest", directory) == directory


def described(stub: Stub) -> dict[str, bytes]:
    """The files that describe the stub's release, which it serves from now on."""
    files = {name: sha256(content) for name, content in stub.state.files.items()}
    manifest = {"files": [{"name": name, "sha256": digest} for name, digest in files.items()]}
    stub.state.describing = {
        "README.md": b"---\nconfigs: []\n---\n",
        "SHA256SUMS": "".join(f"{digest}  {name}\n" for name, digest in files.items()).encode(),
        "manifest.json": json.dumps(manifest).encode(),
    }
    return stub.state.describing


def test_what_describes_a_release_is_downloaded_with_it(client: Client, stub: Stub, tmp_path: Path) -> None:
    files = described(stub)
    directory = client.download_release("rel-1", tmp_path / "release")
    assert {path.name: path.read_bytes() for path in directory.iterdir()} == {**stub.state.files, **files}


def test_what_an_older_download_left_out_is_added(client: Client, stub: Stub, tmp_path: Path) -> None:
    client.download_release("rel-1", tmp_path / "release")
    files = described(stub)
    client.download_release("rel-1", tmp_path / "release")
    for name in ("README.md", "SHA256SUMS"):
        assert (tmp_path / "release" / name).read_bytes() == files[name]


@pytest.mark.parametrize("name", ["SHA256SUMS", "manifest.json"])
@pytest.mark.parametrize("content", [b"", b"\xff", b"[]", b"0  sft.jsonl\n", b'{"files": []}'])
def test_a_description_of_other_files_is_refused_and_nothing_appears(
    client: Client, stub: Stub, tmp_path: Path, name: str, content: bytes
) -> None:
    described(stub)[name] = content
    with pytest.raises(FlywheelError, match=r"SHA256SUMS|manifest"):
        client.download_release("rel-1", tmp_path / "release")
    assert not (tmp_path / "release").exists()


def test_a_card_that_changed_on_the_way_is_refused(client: Client, stub: Stub, tmp_path: Path) -> None:
    described(stub)
    stub.state.changed = b"README.md"
    with pytest.raises(ChecksumMismatch, match=r"README\.md"):
        client.download_release("rel-1", tmp_path / "release")


def test_a_card_alone_can_be_asked_for(client: Client, stub: Stub, tmp_path: Path) -> None:
    files = described(stub)
    directory = client.download_release("rel-1", tmp_path / "release", files=["README.md"])
    assert {path.name for path in directory.iterdir()} == {"README.md", "manifest.json"}
    assert (directory / "README.md").read_bytes() == files["README.md"]


def test_a_broken_transfer_goes_on_where_it_stopped(client: Client, stub: Stub, tmp_path: Path) -> None:
    stub.state.faults = [Fault(cut_at=100_000, path="sft.jsonl"), Fault(cut_at=50_000, path="sft.jsonl")]
    client.download_release("rel-1", tmp_path / "release")
    assert ranges(stub)[0] is None
    assert all(asked and asked != "bytes=0-" for asked in ranges(stub)[1:])
    assert sha256((tmp_path / "release" / "sft.jsonl").read_bytes()) == sha256(stub.state.files["sft.jsonl"])


def test_an_earlier_process_s_part_is_resumed(client: Client, stub: Stub, tmp_path: Path) -> None:
    partial = tmp_path / ".release.partial"
    partial.mkdir()
    (partial / "sft.jsonl.part").write_bytes(stub.state.files["sft.jsonl"][:1234])
    (partial / "left-over").write_bytes(b"from another release")
    directory = client.download_release("rel-1", tmp_path / "release")
    assert ranges(stub) == ["bytes=1234-"]
    assert (directory / "sft.jsonl").read_bytes() == stub.state.files["sft.jsonl"]
    assert not (directory / "left-over").exists()


def test_a_part_with_other_bytes_is_fetched_anew(client: Client, stub: Stub, tmp_path: Path) -> None:
    partial = tmp_path / ".release.partial"
    partial.mkdir()
    (partial / "sft.jsonl.part").write_bytes(b"x" * 1234)
    directory = client.download_release("rel-1", tmp_path / "release")
    assert ranges(stub) == ["bytes=1234-", None]
    assert (directory / "sft.jsonl").read_bytes() == stub.state.files["sft.jsonl"]


def test_a_corrupt_file_is_refused_and_nothing_appears(client: Client, stub: Stub, tmp_path: Path) -> None:
    stub.state.promised = {"sft.jsonl": "0" * 64}
    with pytest.raises(ChecksumMismatch, match=r"sft\.jsonl"):
        client.download_release("rel-1", tmp_path / "release")
    assert not (tmp_path / "release").exists()


def test_a_directory_that_holds_something_else_is_left_alone(client: Client, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("precious")
    with pytest.raises(FlywheelError, match="not empty"):
        client.download_release("rel-1", tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_an_empty_directory_is_used(client: Client, tmp_path: Path) -> None:
    (tmp_path / "release").mkdir()
    assert (client.download_release("rel-1", tmp_path / "release") / "manifest.json").is_file()


def test_only_the_files_asked_for_are_fetched(client: Client, tmp_path: Path) -> None:
    directory = client.download_release("support/v1", tmp_path / "release", files=["eval_cases.jsonl"])
    assert {path.name for path in directory.iterdir()} == {"manifest.json", "eval_cases.jsonl"}
    with pytest.raises(FlywheelError, match="no file"):
        client.download_release("rel-1", tmp_path / "other", files=["passwords"])


def test_an_absent_release_is_an_error_of_its_own(client: Client, tmp_path: Path) -> None:
    with pytest.raises(ApiError) as caught:
        client.download_release("rel-9", tmp_path / "release")
    assert caught.value.status == 404
    with pytest.raises(FlywheelError, match="no release of that version"):
        client.release("support/v9")


def test_it_gives_up_where_no_byte_comes(
    client: Client, stub: Stub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flywheel_client.retries.Backoff.delay", lambda self, attempt: 0.0)
    stub.state.faults = [Fault(path="/files/")] * 20
    with pytest.raises(Unreachable):
        client.download_release("rel-1", tmp_path / "release")
    assert len(stub.state.faults) == 15


@pytest.mark.parametrize("name", ["../evil", "/etc/passwd", "a/b", ".hidden", "", "a\x00b", "..", "a\nb"])
def test_a_manifest_cannot_name_a_file_outside(name: str) -> None:
    with pytest.raises(FlywheelError):
        files_of({"files": [{"name": name, "sha256": "0" * 64}]})


def test_both_shapes_of_a_manifest_are_read() -> None:
    as_list = files_of({"files": [{"name": "a.jsonl", "sha256": "0" * 64, "bytes": 3}]})
    as_map = files_of({"files": {"a.jsonl": {"sha256": "0" * 64, "bytes": 3}}})
    assert as_list == as_map
    with pytest.raises(FlywheelError, match="sha256"):
        files_of({"files": {"a.jsonl": {"bytes": 3}}})
