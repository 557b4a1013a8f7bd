"""Receipts and the ledger: one changed byte is detected, a thousand times out of a thousand."""

import io
import random
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from privacy import consent, receipts, requests
from privacy.models import ConsentEntry, PrivacyRequest
from privacy.subjects import find_or_create
from tests import factories as cast

pytestmark = pytest.mark.django_db(transaction=True)
TIMES = 1_000


@pytest.fixture
def receipt() -> bytes:
    """The receipt of Anna's erasure."""
    cast.asked(cast.project())
    made = requests.submit("shop", cast.ANNA, "erasure", verified_by="key", origin="shop")
    return receipts.canonical(requests.advance(made).receipt)


def test_a_changed_byte_of_a_receipt_is_detected_every_time(receipt: bytes) -> None:
    dice, detected = random.Random(5), 0
    for _ in range(TIMES):
        place = dice.randrange(len(receipt))
        changed = receipt[:place] + bytes([receipt[place] ^ dice.randrange(1, 256)]) + receipt[place + 1 :]
        try:
            receipts.verify(changed)
        except receipts.Forged:
            detected += 1
    assert receipts.verify(receipt)["kind"] == "erasure" and detected == TIMES


def test_no_letter_of_a_receipt_may_change_its_case(receipt: bytes) -> None:
    for place in range(len(receipt)):
        changed = receipt[:place] + bytes([receipt[place] ^ 0x20]) + receipt[place + 1 :]
        with pytest.raises(receipts.Forged):
            receipts.verify(changed)


def test_a_receipt_signed_with_another_key_is_refused(receipt: bytes, settings: object) -> None:
    ours = receipts.public_key()
    settings.MASTER_KEY = "another"  # type: ignore[attr-defined]
    with pytest.raises(receipts.Forged, match="another key"):
        receipts.verify(receipt)
    assert receipts.verify(receipt, ours)["kind"] == "erasure"


def test_a_receipt_holds_nothing_of_the_person(receipt: bytes) -> None:
    text = receipt.decode()
    assert cast.ANNA not in text and "market square" not in text and "subject_id" not in text


def test_the_command_tells_a_true_receipt_from_a_changed_one(receipt: bytes, tmp_path: Path) -> None:
    path, said = tmp_path / "receipt.json", io.StringIO()
    path.write_bytes(receipt + b"\n")
    call_command("verify_receipt", path, stdout=said)
    assert "The receipt holds: erasure" in said.getvalue()
    path.write_bytes(receipt.replace(b'"interactions":1', b'"interactions":0'))
    with pytest.raises(CommandError, match="does not hold"):
        call_command("verify_receipt", path)


def test_a_changed_byte_of_the_ledger_is_detected_every_time() -> None:
    anna = find_or_create("shop", cast.ANNA)
    notice = consent.notice_for("May we keep this?", "en")
    for number in range(20):
        with transaction.atomic():
            consent.record(anna, {"training": number % 2 == 0}, method="page", notice=notice)
    lines = list(ConsentEntry.objects.select_related("notice").order_by("id"))
    assert consent.broken_at(lines) is None
    dice, detected = random.Random(7), 0
    for _ in range(TIMES):
        line = dice.choice(lines)
        name = dice.choice(["purpose", "method", "previous_hash", "entry_hash"])
        before = getattr(line, name)
        if not before:
            name, before = "method", line.method
        place = dice.randrange(len(before))
        changed = before[:place] + chr(ord(before[place]) ^ dice.randrange(1, 128)) + before[place + 1 :]
        setattr(line, name, changed)
        detected += consent.broken_at(lines) is not None
        setattr(line, name, before)
    assert detected == TIMES


@pytest.mark.parametrize("column", ["granted", "recorded_at"])
def test_the_command_names_the_line_that_was_changed_in_the_database(column: str) -> None:
    anna = find_or_create("shop", cast.ANNA)
    with transaction.atomic():
        consent.record(anna, cast.ALL, method="api")
    said = io.StringIO()
    call_command("verify_ledger", stdout=said)
    assert said.getvalue().startswith("1 of 1 chains are whole.")
    with connection.cursor() as cursor:
        value = "NOT granted" if column == "granted" else "'2020-01-01T00:00:00+00:00'"
        cursor.execute(f"UPDATE privacy_consententry SET {column} = {value} WHERE purpose = 'evaluation'")  # noqa: S608
    with pytest.raises(CommandError, match="was changed: subject"):
        call_command("verify_ledger", stdout=io.StringIO())


def test_the_erase_command_prints_the_signed_receipt() -> None:
    import orjson

    cast.asked(cast.project())
    said = io.StringIO()
    call_command("erase", "--project", "shop", "--subject", cast.ANNA, "--json", stdout=said)
    printed = orjson.loads(said.getvalue())
    assert printed["status"] == "closed" and printed["counts"]["interactions"] == 1 and printed["settled_at"]
    assert receipts.verify(receipts.canonical(printed["signed"]))["request"] == str(PrivacyRequest.objects.get().pk)
