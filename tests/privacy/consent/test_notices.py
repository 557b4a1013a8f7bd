"""A notice is the same text for everybody: it may say who asks, and nothing of whom is asked."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from privacy.consent import importing, ledger
from privacy.models import Notice, Subject
from tests import factories as cast

pytestmark = pytest.mark.django_db
HONEST = [
    "May we keep this conversation and train our assistant on it? You can say no at any time.",
    "Shop Ltd., 12 High Street, London SW1A 1AA, asks. Write to privacy@shop.example or call +44 20 7946 0958.",
    "Verantwortlich: Shop GmbH, Hauptstraße 12, 10115 Berlin, HRB 12345 B, Geschäftsführer: Peter Müller. "
    "Datenschutzbeauftragte: Dr. Eva Klein, dsb@shop.example. Stand: 1. Mai 2026, Fassung 3.2.",
    "Our data protection officer is Jane Doe. See https://shop.example/privacy?lang=en, and follow @shop_support.",
]
PERSONAL = [
    "Dear Mrs Lovelace, may we keep your conversation?",
    "Sehr geehrte Frau Müller, dürfen wir das Gespräch behalten?",
    "My name is Ada Lovelace and I agree.",
    "May we keep what you said of card 4111 1111 1111 1111?",
    "May we keep what you said of DE89 3704 0044 0532 0130 00?",
    "Customer born 12.3.1980, may we keep it?",
    "Say yes at https://shop.example/yes?token=ghp_16C7e42F292c6912E7710c838347Ae178B4a",
    "You came from 93.184.216.34. May we keep that?",
]


def post(client: Client, notice: str) -> Any:
    headers = {"Authorization": f"Bearer {cast.key(cast.project())}", "X-Request-Id": "a-notice"}
    body = {"subject": cast.ANNA, "purposes": cast.ALL, "notice": notice}
    return client.post("/api/v1/consent", body, "application/json", headers=headers)


@pytest.mark.parametrize("text", HONEST)
def test_a_notice_says_who_asks_and_is_kept_as_it_was_read(client: Client, text: str) -> None:
    assert post(client, text).status_code == 200
    assert Notice.objects.get().text == text


@pytest.mark.parametrize("text", PERSONAL)
def test_a_notice_about_one_person_is_refused_without_saying_what_it_said(client: Client, text: str) -> None:
    answer = post(client, text)
    assert answer.status_code == 400 and answer.json()["errors"][0]["pointer"] == "/notice"
    said = answer.content.decode()
    assert not any(word in said for word in ("Lovelace", "Müller", "4111", "0044", "12.3.", "ghp_", "93.184"))
    assert not Notice.objects.exists() and not Subject.objects.exists()


def test_a_wording_that_is_known_is_not_judged_again() -> None:
    digest = ledger.notice_digest(PERSONAL[0], "")
    kept = Notice.objects.create(digest=digest, text=PERSONAL[0])
    assert ledger.notice_for(PERSONAL[0]) == kept


def test_imports_refuse_it_too(tmp_path: Path) -> None:
    shop = cast.project()
    lines = [
        json.dumps({"subject": name, "purposes": cast.ALL, "notice": text}).encode()
        for name, text in ((cast.ANNA, PERSONAL[0]), (cast.BEN, HONEST[0]))
    ]
    ended = list(importing.import_lines(shop.namespace, lines))
    assert [line.result for line in ended] == ["bad", "noted"] and "Lovelace" not in ended[0].problem
    log = tmp_path / "log.jsonl"
    log.write_text('{"question": "a", "answer": "b"}\n')
    with pytest.raises(CommandError, match="the same for everybody"):
        call_command("import_log", log, project="shop", consent="capture", notice=PERSONAL[0], stdout=StringIO())
