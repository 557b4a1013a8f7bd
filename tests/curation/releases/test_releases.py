"""A release: what may be in it is in it, whole or not at all, and the same bytes for the same rows."""

import hashlib
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from curation import tasks
from curation.models import Dataset, EvalCase, Example, PreferencePair, Release, ReleaseMember
from curation.policies import versions
from curation.releases import cutting, files, membership
from curation.releases.files import folder
from curation.releases.verify import read_checked
from curation.selection import selection
from feedback.models import Interaction, Project
from privacy.consent import ledger
from privacy.erasure import erasure
from privacy.models import ConsentEntry
from tests import factories as cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> Project:
    shop = cast.project()
    confirmed = cast.asked(shop, cast.ANNA, question="How much is a day ticket?", answer="A day ticket is six euros.")
    cast.said(shop, confirmed, "thumbs_up")
    corrected = cast.asked(
        shop,
        cast.BEN,
        context=[{"role": "user", "content": "Hello"}, {"role": "assistant", "content": "Hello!"}],
        sources=[{"id": "p1", "title": "Opening hours"}],
        tags=["hours"],
        agent={"name": "helper", "version": "1"},
    )
    cast.said(shop, corrected, "edit", correction=cast.RIGHT)
    cast.turn(shop)
    return shop


def lines(release: Release, name: str) -> list[dict]:  # type: ignore[type-arg]
    return [json.loads(line) for line in (folder(release) / name).read_bytes().splitlines()]


def test_the_files_have_the_shapes_of_the_contract(shop: Project) -> None:
    made = cast.cut(shop)
    golden, regression = lines(made, "eval_cases.jsonl")
    keys = {"id", "kind", "question", "expected", "rejected", "context", "sources", "tags", "why", "provenance"}
    keys |= {"accepted", "also_rejected", "tier", "depends_on", "as_of", "valid_until", "steps"}
    assert set(golden) == set(regression) == keys
    assert (golden["kind"], golden["rejected"], golden["expected"]) == ("golden", None, "A day ticket is six euros.")
    assert (regression["kind"], regression["expected"], regression["rejected"]) == (
        "regression",
        cast.RIGHT,
        cast.ANSWER,
    )
    assert set(regression["provenance"]) == {"interaction", "agent", "decided_by", "decided_at", "evidence"}
    assert all(
        set(line) == {"messages"} and line["messages"][-1]["role"] == "assistant" for line in lines(made, "sft.jsonl")
    )
    (pair,) = lines(made, "preferences.jsonl")
    assert set(pair) == {"input", "preferred_output", "non_preferred_output"}
    assert set(pair["input"]) == {"messages", "tools", "parallel_tool_calls"}
    assert pair["non_preferred_output"] == [{"role": "assistant", "content": cast.ANSWER}]


def test_every_record_is_in_the_lineage_in_the_order_of_its_file(shop: Project) -> None:
    made = cast.cut(shop)
    listed = [(entry["file"], entry["record"]) for entry in lines(made, "lineage.jsonl")]
    assert len(listed) == sum(len(lines(made, name)) for name in ("eval_cases.jsonl", "sft.jsonl", "preferences.jsonl"))
    assert [record for file, record in listed if file == "eval_cases.jsonl"] == [
        c["id"] for c in lines(made, "eval_cases.jsonl")
    ]


def test_checksums_and_manifest_agree_with_the_files(shop: Project) -> None:
    made = cast.cut(shop)
    listed = [line.split("  ") for line in (folder(made) / "SHA256SUMS").read_text().splitlines()]
    sums = {name: digest for digest, name in listed}
    manifest = json.loads((folder(made) / "manifest.json").read_text())
    for entry in manifest["files"]:
        data = (folder(made) / entry["name"]).read_bytes()
        assert hashlib.sha256(data).hexdigest() == entry["sha256"] == sums[entry["name"]]
        assert (len(data), data.count(b"\n")) == (entry["bytes"], entry["records"])
    assert (folder(made).parent / "latest").resolve() == folder(made)


def test_a_changed_byte_is_found(shop: Project) -> None:
    made = cast.cut(shop)
    path = folder(made) / "eval_cases.jsonl"
    path.write_bytes(path.read_bytes().replace(b"six", b"sex"))
    with pytest.raises(ValueError, match=r"."):
        read_checked(folder(made), "eval_cases.jsonl", made.manifest)


def test_where_nothing_changed_nothing_is_cut(shop: Project) -> None:
    first = cast.cut(shop)
    assert cast.cut(shop) == first and Release.objects.count() == 1


def test_the_same_rows_are_the_same_bytes(shop: Project) -> None:
    first = cast.cut(shop)
    Release.objects.update(manifest={})  # so that the second is not taken for a repetition
    second = cast.cut(shop)
    assert second.version == "v2"
    for name in ("eval_cases.jsonl", "sft.jsonl", "preferences.jsonl", "lineage.jsonl"):
        assert (folder(first) / name).read_bytes() == (folder(second) / name).read_bytes()


def test_consent_is_asked_again_when_a_release_is_cut(shop: Project) -> None:
    anna = cast.person(shop, cast.ANNA)
    ConsentEntry.objects.filter(subject=anna, purpose="training").delete()  # as one that ends by itself would
    assert not ledger.effective(anna)["training"] and Example.objects.filter(subject=anna).exists()
    made = cast.cut(shop)
    assert len(lines(made, "eval_cases.jsonl")) == 2 and len(lines(made, "sft.jsonl")) == 1


def test_consent_taken_back_leaves_the_purposes_files_alone(shop: Project) -> None:
    before = cast.cut(shop)
    erasure.change_consent(cast.person(shop, cast.ANNA), {"training": False}, method="page")
    erasure.settle()
    after = Release.objects.get(state="published")
    assert (before.version, after.version) == ("v1", "v1.1") and not folder(before).exists()
    assert len(lines(after, "eval_cases.jsonl")) == 2 and len(lines(after, "sft.jsonl")) == 1


def test_a_person_forgotten_while_a_release_is_cut_is_not_in_it(shop: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    real, calls = files.write, []

    def meanwhile(*args: Any) -> Any:
        calls.append(1)
        manifest = real(*args)
        if len(calls) == 1:
            erasure.erase(cast.person(shop, cast.ANNA))
        return manifest

    monkeypatch.setattr("curation.releases.files.write", meanwhile)
    made = cast.cut(shop)
    assert len(calls) == 2 and len(lines(made, "eval_cases.jsonl")) == 1


def test_a_cut_that_died_is_taken_over_under_its_own_version(shop: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("curation.releases.files.write", lambda *args: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(OSError, match="disk full"):
        cast.cut(shop)
    assert not Dataset.objects.get().published().exists()
    monkeypatch.undo()
    assert cast.cut(shop).version == "v1"
    assert [path.name for path in sorted(folder(Release.objects.get()).parent.iterdir())] == ["latest", "v1"]


def test_one_release_a_period_however_many_ask(shop: Project) -> None:
    dataset = Dataset.objects.get()
    assert {cutting.begin(dataset, "2026-W47").pk for _ in range(3)} == {Release.objects.get().pk}


def test_members_are_entered_in_one_statement(shop: Project, django_assert_max_num_queries: object) -> None:
    release = cutting.begin(Dataset.objects.get())
    selection.select(shop, versions.current(shop))
    with django_assert_max_num_queries(1):  # type: ignore[operator]
        assert membership.choose(release) == 2
    assert ReleaseMember.objects.count() == 2 and connection.vendor


def test_no_other_projects_records_are_in_it(shop: Project) -> None:
    other = cast.project("other")
    cast.said(other, cast.asked(other, question="A question for the other project?"), "thumbs_up")
    cast.turn(other)
    assert len(lines(cast.cut(shop), "eval_cases.jsonl")) == 2
    assert Path(folder(cast.cut(other))).exists()


def test_a_release_that_would_hold_no_record_is_refused_in_words(db: None) -> None:
    for agreed in ({"capture": True}, cast.ALL):  # nobody agrees to a purpose; nobody voted
        cast.asked(cast.project(), consent=agreed)
        cast.turn(cast.project())
        with pytest.raises(CommandError, match="Nothing is published") as refused:
            call_command("release", "--dataset", "shop")
        assert refused.value.returncode == 1 and "curate --project shop" in str(refused.value)
        assert not Release.objects.exists()


def test_records_that_come_to_no_line_are_not_published_either(shop: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("curation.releases.formats.chosen", lambda names: [])
    with pytest.raises(cutting.NothingToCut):
        cast.cut(shop)
    assert not Release.objects.exists()


def test_a_next_version_without_a_record_is_refused_and_the_one_before_stays(shop: Project) -> None:
    first = cast.cut(shop)
    Example.objects.all().delete()
    Dataset.objects.update(holdout=0)
    for model in (EvalCase, PreferencePair):
        model.objects.all().delete()
    with pytest.raises(CommandError, match="Nothing is published"):
        call_command("release", "--dataset", "shop")
    assert list(Dataset.objects.get().published()) == [first]


def test_the_sweep_goes_on_where_an_unfinished_cut_would_hold_nothing(db: None) -> None:
    begun = cutting.begin(Dataset.objects.get(name=cast.project().name))
    Release.objects.filter(pk=begun.pk).update(created_at=begun.created_at - timedelta(hours=1))
    cast.asked(cast.project("other"))
    Interaction.objects.update(pending=True)
    assert tasks.sweep() == 1 and not Release.objects.exists()


def test_a_release_is_cut_again_though_the_last_person_in_it_left(shop: Project) -> None:
    cast.cut(shop)
    for name in (cast.ANNA, cast.BEN):
        erasure.erase(cast.person(shop, name))
    erasure.settle()
    newest = Dataset.objects.get().published().get()
    assert newest.recut >= 1 and not any(entry["records"] for entry in newest.manifest["files"])
