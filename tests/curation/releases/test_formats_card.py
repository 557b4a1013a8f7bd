"""The manifest and the dataset card: every field there, the same bytes for the same release, and no captured text."""

import hashlib
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import yaml

from curation.releases.card import card, front_matter
from curation.releases.formats import TABLES
from curation.releases.manifest import Manifest, canonical, sha256sums
from tests.curation.formats_corpus import hostile, row, rows, storable
from tests.curation.formats_release import release

PARTS: dict[str, Any] = {
    "policy": {"version": 4},
    "window": (datetime(2026, 10, 1, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC)),
    "counts": {"interactions": 12, "reviewed": 3},
    "bias": {
        "audit": {"value": 0.788, "low": 0.762, "high": 0.812, "n": 1048},
        "thumbs": {"value": 0.579, "low": 0.57, "high": 0.588, "n": 9000},
    },
    "leakage": {"holdout": 0.1, "overlap": 0, "near": 2},
    "authorship": {"agent_share": 0.41, "max_depth": 1},
    "languages": {"en": 10, "de": 2, "<script>": 1},
    "license": "cc-by-4.0",
    "supersedes": {"version": "v1", "reason": "erasure", "removed": 5},
    "recalls": [{"version": "v1"}],
    "cases_digest": "ab" * 32,
}


def front(document: Manifest) -> dict[str, Any]:
    return dict(yaml.safe_load(front_matter(document).removeprefix("---\n").removesuffix("---")))


def test_the_manifest_has_every_field_even_where_nothing_is_known(tmp_path: Path) -> None:
    document = release(tmp_path, [row()])
    assert set(document) == set(Manifest.__annotations__)
    assert document["bias"] is None and document["recalls"] == []
    assert document["release"] == "support:v1"
    assert document["counts"]["sft.jsonl"] == 1


def test_the_same_release_is_the_same_bytes(tmp_path: Path) -> None:
    first, second = tmp_path / "a", tmp_path / "b"
    for folder in (first, second):
        folder.mkdir()
        release(folder, rows(hostile()), optional=["promptfoo"], **PARTS)
    assert {p.name: p.read_bytes() for p in first.iterdir()} == {p.name: p.read_bytes() for p in second.iterdir()}


def test_the_manifests_bytes_do_not_depend_on_the_order_of_its_keys(tmp_path: Path) -> None:
    document = release(tmp_path, [row()], **PARTS)
    turned = dict(reversed(document.items()))
    assert canonical(document) == canonical(turned)
    assert orjson.loads(canonical(document)) == document


def test_sha256sum_itself_agrees_with_the_sums(tmp_path: Path) -> None:
    document = release(tmp_path, [row()])
    done = subprocess.run(
        ["sha256sum", "--check", "--strict", "SHA256SUMS"], cwd=tmp_path, check=False, capture_output=True
    )
    assert done.returncode == 0, done.stderr
    digest = hashlib.sha256((tmp_path / "sft.jsonl").read_bytes()).hexdigest()
    assert f"{digest}  sft.jsonl\n".encode() in sha256sums(document["files"])


def test_the_front_matter_names_a_config_for_each_table_with_its_split(tmp_path: Path) -> None:
    front_part = front(release(tmp_path, [row()], optional=["kto", "dpo", "promptfoo"], **PARTS))
    splits = {config["config_name"]: config["data_files"] for config in front_part["configs"]}
    assert splits["eval_cases"] == [{"split": "test", "path": "eval_cases.jsonl"}]
    assert splits["sft"] == [{"split": "train", "path": "sft.jsonl"}]
    assert set(splits) == {"eval_cases", "sft", "preferences", "kto", "dpo"}
    assert front_part["language"] == ["de", "en"]
    assert front_part["license"] == "cc-by-4.0"
    assert front_part["size_categories"] == ["n<1K"]
    assert front_part["annotations_creators"] == ["crowdsourced", "expert-generated"]


def test_the_front_matter_declares_every_column(tmp_path: Path) -> None:
    described = {part["config_name"]: part for part in front(release(tmp_path, [row()]))["dataset_info"]}
    columns = [feature["name"] for feature in described["eval_cases"]["features"]]
    assert columns == list(TABLES["eval_cases.jsonl"])
    assert described["sft"]["splits"][0]["num_examples"] == 1


def test_a_file_without_records_is_no_config(tmp_path: Path) -> None:
    front_part = front(release(tmp_path, [row(rejected=None)]))
    assert [config["config_name"] for config in front_part["configs"]] == ["eval_cases", "sft"]
    assert "configs" not in front(release(tmp_path, []))


def test_the_body_tells_what_a_reader_must_know(tmp_path: Path) -> None:
    text = card(release(tmp_path, [row()], **PARTS))
    for fact in (
        "| random audit | 78.8 % | 76.2 % to 81.2 % | 1048 |",
        "| votes alone | 57.9 % | 57.0 % to 58.8 % | 9000 |",
        "| evaluation | opt_in |",
        "| rules | 7 |",
        "| agent_share | 0.41 |",
        "| overlap | 0 |",
        "| near | 2 |",
        "It replaces v1 (erasure), without 5 of its lines. Delete that version.",
        "Recalls of earlier versions of this dataset: 1.",
        "| curation policy | 4 |",
        "ab" * 32,
    ):
        assert fact in text, fact


def test_an_estimate_without_its_interval_and_n_is_not_shown(tmp_path: Path) -> None:
    text = card(release(tmp_path, [row()], bias={"thumbs": {"value": 0.579}}))
    assert "57.9" not in text and "No audit sample was reviewed" in text


def test_no_captured_text_is_in_card_manifest_or_lineage(tmp_path: Path) -> None:
    release(tmp_path, [row(text="zebra-canary")], **PARTS)
    for name in ("README.md", "manifest.json", "lineage.jsonl", "SHA256SUMS"):
        assert "zebra-canary" not in (tmp_path / name).read_text(), name


def test_names_in_the_card_are_neither_yaml_nor_markdown_nor_html(tmp_path: Path) -> None:
    for text in map(storable, hostile()):
        document = release(
            tmp_path,
            [],
            dataset=text,
            license=text,
            consent={text: text},
            redaction={"terms": [text]},
            languages={text: 1},
            supersedes={"version": text, "reason": text},
        )
        found = card(document)
        body = found.split("---\n", 2)[2]
        assert isinstance(yaml.safe_load(found.split("---\n")[1])["license"], str)
        assert not set("<>[]{}!*\\\x1b\x00\u202e\u2028") & set(body), text
