"""Forgetting a person: complete, counted, final."""

import pytest
from django.db.models import ProtectedError

from curation.models import Decision, EvalCase, Release, ReviewTask
from curation.releases.files import folder
from feedback import capture
from feedback.models import Interaction, Signal
from privacy.erasure import erasure
from privacy.models import Subject, Tombstone
from tests import factories as cast

pytestmark = pytest.mark.django_db


def test_nothing_of_the_person_is_left_in_any_table() -> None:
    shop = cast.project()
    talk = cast.asked(shop)
    cast.said(shop, talk, "edit", correction=cast.RIGHT)
    cast.turn(shop)
    cast.cut(shop)
    receipt = erasure.erase(cast.person(shop))
    assert not Subject.objects.exists() and not Interaction.objects.exists() and not Decision.objects.exists()
    assert receipt.counts["interactions"] == receipt.counts["signals"] == receipt.counts["eval_cases"] == 1


def test_a_replay_of_what_was_erased_stores_nothing() -> None:
    shop = cast.project()
    talk = cast.asked(shop)
    erasure.erase(cast.person(shop))
    with pytest.raises(capture.Gone):
        cast.asked(shop, id=talk.id)
    with pytest.raises(capture.Gone):
        cast.said(shop, talk, "thumbs_up")
    with pytest.raises(capture.Gone):
        cast.asked(shop, cast.ANNA)
    assert not Interaction.objects.exists() and not Subject.objects.exists()


def test_the_tombstones_hold_hashes_alone() -> None:
    shop = cast.project()
    talk = cast.asked(shop)
    erasure.erase(cast.person(shop))
    kept = "".join(Tombstone.objects.values_list("digest", flat=True))
    assert talk.id not in kept and cast.ANNA not in kept and Tombstone.objects.count() == 2


def test_somebody_elses_correction_goes_with_its_author_and_the_question_is_decided_again() -> None:
    shop = cast.project()
    cast.asked(shop, cast.BEN)
    talk = cast.asked(shop, cast.ANNA)
    cast.said(shop, talk, "edit", cast.BEN, correction=cast.RIGHT)
    cast.turn(shop)
    assert cast.row(talk).decision.expected == cast.RIGHT
    erasure.erase(cast.person(shop, cast.BEN))
    assert not Decision.objects.exists() and not EvalCase.objects.exists()
    assert Interaction.objects.get().external_id == talk.id
    cast.turn(shop)
    assert cast.row(talk).decision.outcome == "unrated"


def test_a_table_that_is_forgotten_makes_erasure_fail_and_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    shop = cast.project()
    talk = cast.asked(shop)
    cast.said(shop, talk, "thumbs_down")
    cast.turn(shop)
    monkeypatch.setattr("curation.personal_data.erase", lambda subject, purpose=None: {})
    with pytest.raises(ProtectedError, match=r"decision|task"):
        erasure.erase(cast.person(shop))
    assert Interaction.objects.count() == Signal.objects.count() == ReviewTask.objects.count() == 1


def test_the_release_is_cut_again_without_them_and_the_old_files_go() -> None:
    shop = cast.project()
    for name, question in ((cast.ANNA, "How much is a ticket?"), (cast.BEN, "Where is the lost property office?")):
        talk = cast.asked(shop, name, question=question)
        cast.said(shop, talk, "thumbs_up")
    cast.turn(shop)
    before = cast.cut(shop)
    erasure.erase(cast.person(shop, cast.ANNA))
    assert erasure.settle() == 1
    after = Release.objects.get(state="published")
    assert after.version == "v1.1" and not folder(before).exists()
    text = "".join(path.read_text() for path in folder(after).iterdir())
    assert "ticket" not in text and "lost property" in text
    recalled = before.recalls.get().records
    assert {entry["file"] for entry in recalled} == {"eval_cases.jsonl", "sft.jsonl"}
    assert (folder(after).parent / "latest").resolve() == folder(after)


def test_access_shows_what_erasure_counts() -> None:
    shop = cast.project()
    talk = cast.asked(shop)
    cast.said(shop, talk, "edit", correction=cast.RIGHT)
    cast.turn(shop)
    cast.cut(shop)
    anna = cast.person(shop)
    shown = {kind: len(rows) for kind, rows in erasure.export(anna).items() if rows}
    counts = erasure.erase(anna).counts
    for kind in ("interactions", "signals", "decisions", "eval_cases", "examples", "preference_pairs", "consent"):
        assert shown[kind] == counts[kind], kind


def test_an_erased_duplicate_promotes_the_next() -> None:
    shop = cast.project()
    talks = [cast.asked(shop, name) for name in (cast.ANNA, cast.BEN)]
    for talk in talks:
        cast.said(shop, talk, "thumbs_up")
    cast.turn(shop)
    standing = EvalCase.objects.get(status="active").decision.subject
    erasure.erase(standing)
    assert EvalCase.objects.get().status == "active" and EvalCase.objects.get().canonical is None


def test_who_comes_back_and_agrees_anew_is_captured_again() -> None:
    shop = cast.project()
    cast.asked(shop)
    erasure.erase(cast.person(shop))
    from privacy.subjects.lookup import find_or_create

    erasure.change_consent(find_or_create("shop", cast.ANNA), cast.ALL, method="api")
    assert cast.asked(shop).result == "stored"
    with pytest.raises(capture.Gone):
        cast.asked(shop, occurred_at="2020-01-01T00:00:00Z")


def test_settling_twice_changes_nothing() -> None:
    shop = cast.project()
    cast.asked(shop)
    erasure.erase(cast.person(shop))
    assert erasure.settle() == 1 and erasure.settle() == 0
