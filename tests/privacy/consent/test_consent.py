"""The ledger, and what follows from it."""

import io
import json
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import call_command
from django.utils import timezone

from curation.models import Example
from feedback.models import Interaction
from privacy.consent import importing, ledger
from privacy.erasure import erasure
from privacy.models import ConsentEntry, Subject
from privacy.subjects.lookup import find_or_create
from tests import factories as cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def anna() -> Subject:
    return find_or_create("shop", cast.ANNA)


def test_no_entry_means_no_use(anna: Subject) -> None:
    assert ledger.effective(anna) == {"capture": False, "evaluation": False, "training": False}


def test_the_newest_entry_of_a_purpose_stands(anna: Subject) -> None:
    ledger.record(anna, {"capture": True, "training": True}, method="api")
    ledger.record(anna, {"training": False}, method="page")
    assert ledger.effective(anna) == {"capture": True, "evaluation": False, "training": False}


def test_nothing_holds_without_capture(anna: Subject) -> None:
    ledger.record(anna, {"capture": False, "training": True}, method="api")
    assert not any(ledger.effective(anna).values())


def test_an_expired_grant_does_not_hold_even_where_the_default_is_yes(anna: Subject) -> None:
    past = timezone.now() - timedelta(seconds=1)
    ledger.record(anna, cast.ALL, method="api", expires_at=past)
    assert not any(ledger.effective(anna, {"capture": True}).values())


def test_saying_the_same_again_adds_no_line(anna: Subject) -> None:
    ledger.record(anna, cast.ALL, method="api")
    assert ledger.record(anna, cast.ALL, method="api") == []


def test_a_new_wording_adds_a_line(anna: Subject) -> None:
    ledger.record(anna, {"capture": True}, method="api", notice=ledger.notice_for("old words"))
    assert len(ledger.record(anna, {"capture": True}, method="api", notice=ledger.notice_for("new words"))) == 1


def test_the_default_of_the_project_holds_until_somebody_says_no(anna: Subject) -> None:
    assert ledger.effective(anna, {"capture": True})["capture"]
    ledger.record(anna, {"capture": False}, method="page")
    assert not ledger.effective(anna, {"capture": True})["capture"]


@pytest.mark.parametrize("change", ["granted", "purpose", "method", "previous_hash"])
def test_a_changed_line_breaks_the_chain_at_its_place(anna: Subject, change: str) -> None:
    ledger.record(anna, cast.ALL, method="api")
    ledger.record(anna, {"training": False}, method="page")
    lines = list(ConsentEntry.objects.filter(subject=anna).order_by("id"))
    assert ledger.broken_at(lines) is None
    value = {"granted": False, "purpose": "x", "method": "forged", "previous_hash": "0" * 64}[change]
    setattr(lines[1], change, value)
    assert ledger.broken_at(lines) is lines[1]


def test_the_condition_for_querysets_says_what_effective_says() -> None:
    shop = cast.project()
    for name, given in (
        (cast.ANNA, cast.ALL),
        (cast.BEN, {"capture": True}),
        (cast.CLEO, {**cast.ALL, "training": False}),
    ):
        cast.asked(shop, name, consent=given)
    for purpose in ("capture", "evaluation", "training"):
        for default in (False, True):
            found = set(
                Interaction.objects.filter(ledger.agrees(purpose, default=default)).values_list("subject", flat=True)
            )
            expected = {s.pk for s in Subject.objects.all() if ledger.effective(s, {purpose: default})[purpose]}
            assert found == expected, (purpose, default)


def test_taking_consent_back_takes_derived_records_with_it() -> None:
    shop = cast.project()
    talk = cast.asked(shop)
    cast.said(shop, talk, "thumbs_up")
    cast.turn(shop)
    decision = cast.row(talk).decision
    assert decision.example and decision.evalcase
    erasure.change_consent(cast.person(shop), {"training": False}, method="page")
    decision.refresh_from_db()
    assert not hasattr(type(decision).objects.get(pk=decision.pk), "example")
    assert type(decision).objects.get(pk=decision.pk).evalcase


def test_consent_given_later_lets_curation_look_again() -> None:
    shop = cast.project()
    talk = cast.asked(shop, consent={"capture": True})
    cast.said(shop, talk, "thumbs_up")
    cast.turn(shop)
    assert not hasattr(cast.row(talk).decision, "evalcase")
    erasure.change_consent(cast.person(shop), {"evaluation": True}, method="page")
    cast.turn(shop)
    assert cast.row(talk).decision.evalcase


HELD = [
    b'{"subject": "anna-17", "purposes": {"capture": true, "training": true}, "at": "2026-03-01T12:00:00Z", "notice": "?"}\n',
    b'{"subject": "ben-42", "purposes": {"capture": true}, "expires_at": "2026-04-01T12:00:00Z"}\n',
    b"\n",
    b'{"subject": "cleo-3", "purposes": {"dancing": true}}\n',
    b'{"subject": 3}\n',
    b"no json\n",
]


def results(lines: list[bytes]) -> list[str]:
    return [line.result for line in importing.import_lines("shop", lines)]


def test_consent_that_is_held_already_comes_into_the_ledger_once_with_its_time_and_wording(anna: Subject) -> None:
    assert results(HELD) == ["noted", "noted", "bad", "bad", "bad"]
    assert results(HELD)[:2] == ["known", "known"]
    line = ConsentEntry.objects.select_related("notice").get(subject=anna, purpose="training")
    assert (line.method, line.recorded_at.isoformat()) == ("import", "2026-03-01T12:00:00+00:00")
    assert line.notice and line.notice.text == "?"
    assert ledger.effective(anna) == {"capture": True, "evaluation": False, "training": True}
    assert not any(ledger.effective(find_or_create("shop", cast.BEN)).values()), "it has expired"


def test_what_the_ledger_knows_to_be_newer_stands(anna: Subject) -> None:
    erasure.change_consent(anna, {"training": False}, method="page")
    assert results(HELD[:1]) == ["noted"]
    assert ledger.effective(anna)["training"] is False and ledger.effective(anna)["capture"] is True


def test_an_import_brings_nobody_back_who_was_erased() -> None:
    cast.asked(cast.project())
    erasure.erase(cast.person(cast.project()))
    assert results(HELD[:1]) == ["erased"]
    assert results([HELD[0].replace(b', "at": "2026-03-01T12:00:00Z"', b"")]) == ["erased"]
    assert not Subject.objects.exists()


def test_an_import_that_says_no_takes_derived_records_with_it() -> None:
    shop = cast.project()
    talk = cast.asked(shop)
    cast.said(shop, talk, "thumbs_up")
    cast.turn(shop)
    assert Example.objects.count() == 1
    later = timezone.now().isoformat().encode()
    assert results([b'{"subject": "anna-17", "purposes": {"training": false}, "at": "' + later + b'"}']) == ["noted"]
    assert not Example.objects.exists()


def test_a_byte_order_mark_a_list_or_a_table_brings_everybody_in(tmp_path: Path) -> None:
    cast.project()
    people = [{"subject": name, "purposes": {"capture": True}} for name in (cast.ANNA, cast.BEN)]
    marked = b"\xef\xbb\xbf" + b"\r\n".join(json.dumps(line).encode() for line in people)
    table = b"\xef\xbb\xbfsubject,purposes\r\n" + b"".join(
        f'{line["subject"]},"{{""capture"": true}}"\r\n'.encode() for line in people
    )
    for name, content in (("a.jsonl", marked), ("a.json", json.dumps(people).encode()), ("a.csv", table)):
        path, said = tmp_path / name, io.StringIO()
        path.write_bytes(content)
        call_command("import_consent", path, "--project", "shop", "--json", stdout=said)
        counts = json.loads(said.getvalue())
        assert counts.get("noted", 0) + counts.get("known", 0) == 2 and counts["problems"] == [], name
    assert Subject.objects.count() == 2


def test_a_bad_record_of_consent_is_told_by_its_field(tmp_path: Path) -> None:
    cast.project()
    bad = [
        ({"subject": "u", "purposes": {"dancing": True}}, "purposes"),
        ({"purposes": {"capture": True}}, "subject"),
        ({"subject": "u", "purposes": {"capture": True}, "at": "now"}, "at"),
        ({"subject": "u", "purposes": {}}, "purposes"),
        ({"subject": "u\0", "purposes": {"capture": True}}, "subject"),
        ({"subject": "u", "purpose": 1}, "purpose"),
        ([], ""),
        ({"subject": "u", "purposes": {"capture": True}, "until": 1}, "until"),
    ]
    path, said = tmp_path / "held.jsonl", io.StringIO()
    path.write_text(
        "\n".join(json.dumps(line) for line, _ in [*bad, ({"subject": "v", "purposes": {"capture": True}}, "")])
    )
    call_command("import_consent", path, "--project", "shop", "--json", stdout=said)
    counts = json.loads(said.getvalue())
    assert counts["noted"] == 1 and "dancing" not in said.getvalue()
    assert [(problem["line"], problem["field"]) for problem in counts["problems"]] == [
        (number, field) for number, (_, field) in enumerate(bad, 1)
    ]


def test_the_command_reports_bad_lines_by_number_without_their_values(tmp_path: Path) -> None:
    cast.project()
    path, said, complaints = tmp_path / "held.jsonl", io.StringIO(), io.StringIO()
    path.write_bytes(b"".join(HELD))
    with pytest.raises(SystemExit):
        call_command("import_consent", path, "--project", "shop", stdout=said, stderr=complaints)
    assert said.getvalue() == "3 bad, 2 noted\n" and complaints.getvalue().startswith("line 4: ")
    assert "cleo" not in complaints.getvalue()
