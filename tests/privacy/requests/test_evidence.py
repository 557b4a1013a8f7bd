"""Receipts and the ledger: one changed byte is detected, a thousand times out of a thousand; in the ledger 300 times in
`make test`.
"""

import contextlib
import io
import os
import random
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.utils import timezone

from privacy.consent import ledger as consent_ledger
from privacy.models import ConsentEntry, Notice, PrivacyRequest
from privacy.requests import lifecycle, receipts
from privacy.subjects.lookup import find_or_create
from tests import factories as cast
from tests.extent import extent

pytestmark = pytest.mark.django_db(transaction=True)
TIMES = 1_000
LEDGER_TIMES = extent(300, TIMES)  # each reads the whole ledger


@pytest.fixture
def receipt() -> bytes:
    """The receipt of Anna's erasure."""
    cast.asked(cast.project())
    made = lifecycle.submit("shop", cast.ANNA, "erasure", verified_by="key", origin="shop")
    return receipts.canonical(lifecycle.advance(made).receipt)


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
    assert "The receipt is valid: erasure" in said.getvalue()
    path.write_bytes(receipt.replace(b'"interactions":1', b'"interactions":0'))
    with pytest.raises(CommandError, match="is not valid"):
        call_command("verify_receipt", path)


def ledger() -> None:
    """Three people who change their minds, under two wordings, some for a time."""
    for number, name in enumerate((cast.ANNA, cast.BEN, cast.CLEO)):
        for turn in range(7 + number):
            consent_ledger.record(
                find_or_create("shop", name),
                {"training": turn % 2 == 0, "evaluation": turn % 3 == 0},
                method="page",
                notice=consent_ledger.notice_for(f"May we keep this? ({number})", "en") if turn % 2 else None,
                expires_at=timezone.now() + timedelta(days=turn) if turn > 3 else None,
            )


def cells() -> list[tuple[str, int, str, str]]:
    """Every cell that the ledger consists of, as the database keeps it: table, key, column, text."""
    found = []
    with connection.cursor() as cursor:
        for model in (ConsentEntry, Notice):
            table = model._meta.db_table
            names = [
                str(field.column)
                for field in model._meta.concrete_fields
                if not said_elsewhere(model, str(field.column))
            ]
            cursor.execute(f"SELECT id, {', '.join(names)} FROM {table}")  # noqa: S608
            for key, *values in cursor.fetchall():
                found += [
                    (table, key, name, str(value))
                    for name, value in zip(names, values, strict=True)
                    if value not in (None, "")
                ]
    return found


def said_elsewhere(model: Any, column: str) -> bool:
    """Keys say nothing but the order of the lines; when a wording was first seen is no part of what was agreed to."""
    return column == "id" or (model is Notice and column == "created_at")


def changed(text: str, dice: random.Random) -> str:
    """The text with another byte in one place."""
    place = dice.randrange(len(text))
    return text[:place] + chr(ord(text[place]) ^ dice.randrange(1, 128)) + text[place + 1 :]


def rows() -> list[Any]:
    """What the ledger says, as it is read."""
    try:
        return [*ConsentEntry.objects.order_by("id").values_list(), *Notice.objects.order_by("id").values_list()]
    except (ValueError, TypeError):
        return ["cannot be read"]


@pytest.mark.skipif("DATABASE_URL" in os.environ, reason="PostgreSQL refuses most of such bytes itself")
def test_a_changed_byte_of_the_ledger_is_detected_every_time() -> None:
    with transaction.atomic():
        ledger()
    call_command("verify_ledger", stdout=io.StringIO())
    everything, dice, true = cells(), random.Random(7), rows()
    columns: Counter[str] = Counter()
    missed = []
    while columns.total() < LEDGER_TIMES:
        table, key, column, text = dice.choice(everything)
        forged = changed(text, dice)
        with contextlib.suppress(Rollback), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE {table} SET {column} = %s WHERE id = %s", [forged, key])  # noqa: S608
            if rows() != true:  # else the change says the same: what stands between date and time, say
                columns[column] += 1
                if verifies():
                    missed.append((column, text, forged))
            raise Rollback
    assert not missed
    assert {*columns} >= {
        "subject_id",
        "purpose",
        "granted",
        "recorded_at",
        "expires_at",
        "method",
        "notice_id",
        "previous_hash",
        "entry_hash",
        "digest",
        "language",
        "text",
    }


class Rollback(Exception):
    """Nothing of it stays."""


def verifies() -> bool:
    """Whether the command finds the ledger whole."""
    try:
        call_command("verify_ledger", stdout=io.StringIO())
    except CommandError:
        return False
    return True


@pytest.mark.parametrize("what", ["taken out", "given to somebody else", "given to nobody's chain, alone"])
def test_a_line_that_goes_or_moves_breaks_its_chain(what: str) -> None:
    with transaction.atomic():
        ledger()
        consent_ledger.record(find_or_create("shop", cast.DAN), {"training": True}, method="page")
    if what == "taken out":
        ConsentEntry.objects.order_by("id")[0].delete()
    elif what == "given to somebody else":
        ConsentEntry.objects.filter(pk=ConsentEntry.objects.order_by("id")[0].pk).update(
            subject=find_or_create("shop", cast.DAN)
        )
    else:
        ConsentEntry.objects.filter(subject=find_or_create("shop", cast.DAN)).update(
            subject=find_or_create("shop", "somebody-new")
        )
    with pytest.raises(CommandError, match="was changed"):
        call_command("verify_ledger", stdout=io.StringIO())


@pytest.mark.parametrize("column", ["granted", "recorded_at"])
def test_the_command_names_the_line_that_was_changed_in_the_database(column: str) -> None:
    anna = find_or_create("shop", cast.ANNA)
    with transaction.atomic():
        consent_ledger.record(anna, cast.ALL, method="api")
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
