"""A receipt verifies in the form that each entry point gives, and every change of it is detected."""

import html
import io
import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from privacy.models import PrivacyRequest
from privacy.requests import lifecycle, links, receipts
from tests import factories as cast

pytestmark = pytest.mark.django_db(transaction=True)
DOORS = ["api", "desk", "erase", "page"]


def closed(verified_by: str = "key") -> PrivacyRequest:
    """The closed request for Anna's erasure."""
    cast.asked(cast.project())
    return lifecycle.advance(lifecycle.submit("shop", cast.ANNA, "erasure", verified_by=verified_by, origin="shop"))


def from_api(client: Client) -> bytes:
    made = closed()
    key = cast.key(cast.project())
    return client.get(f"/api/v1/privacy/requests/{made.pk}", headers={"authorization": f"Bearer {key}"}).content


def from_desk(client: Client) -> bytes:
    page = client.get(reverse("admin:privacy_privacyrequest_change", args=[closed().pk])).content.decode()
    found = re.search(r"field-receipt.*?readonly\">(.*?)</div>", page, re.DOTALL)
    assert found
    return html.unescape(found.group(1).replace("<br>", "\n")).encode()


def from_erase(client: Client) -> bytes:
    cast.asked(cast.project())
    said = io.StringIO()
    call_command("erase", "--project", "shop", "--subject", cast.ANNA, "--json", stdout=said)
    return said.getvalue().encode()


def from_page(client: Client) -> bytes:
    shop = cast.project()
    cast.asked(shop)
    token, _ = links.make("shop", cast.ANNA, "shop", shop.consent_defaults)
    lifecycle.advance(
        lifecycle.submit_for(
            cast.person(shop), "erasure", link=token, namespace="shop", origin="shop", verified_by="link"
        )
    )
    return Client().get(reverse("privacy-receipt", args=[token])).content


TAKEN = {"api": from_api, "desk": from_desk, "erase": from_erase, "page": from_page}


def verified(data: bytes, folder: Path) -> str:
    """What the command says of it."""
    path, said = folder / "receipt.json", io.StringIO()
    path.write_bytes(data)
    call_command("verify_receipt", path, stdout=said)
    return said.getvalue()


@pytest.mark.parametrize("door", DOORS)
def test_a_true_receipt_holds_as_a_door_gives_it(door: str, admin_client: Client, tmp_path: Path) -> None:
    given = TAKEN[door](admin_client)
    assert "The receipt is valid: erasure" in verified(given, tmp_path)
    assert "The receipt is valid: erasure" in verified(json.dumps(json.loads(given), indent=2).encode(), tmp_path)
    assert "The receipt is valid: erasure" in verified(given.decode().encode("utf-8-sig"), tmp_path)


def leaves(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The way to each value in a document that holds no other."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [found for name, each in inner for found in leaves(each, (*path, name))] or [path]


def changed(document: Any, path: tuple[Any, ...]) -> bytes:
    """The document with another value at the end of the way."""
    copy = json.loads(json.dumps(document))
    place = copy
    for name in path[:-1]:
        place = place[name]
    was = place[path[-1]]
    place[path[-1]] = not was if isinstance(was, bool) else was + 1 if isinstance(was, int) else "something else"
    return json.dumps(copy).encode()


@pytest.mark.parametrize("door", DOORS)
def test_every_change_of_what_is_signed_is_detected_at_every_door(door: str, admin_client: Client) -> None:
    document = json.loads(TAKEN[door](admin_client))
    inside = {"api": ("receipt",), "erase": ("signed",)}.get(door, ())
    signed = [path for path in leaves(document) if path[: len(inside)] == inside]
    assert len(signed) > 20
    for path in signed:
        with pytest.raises(receipts.Forged):
            receipts.verify(changed(document, path))


@pytest.mark.parametrize("name", ["counts", "releases", "status", "request"])
def test_what_is_printed_around_a_receipt_may_not_contradict_it(name: str, admin_client: Client) -> None:
    document = json.loads(from_erase(admin_client))
    with pytest.raises(receipts.Forged, match="contradicts it"):
        receipts.verify(json.dumps({**document, name: "another"}).encode())


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"{}",
        b"null",
        b"17",
        b'{"signed": null}',
        b"\xff",
        b"[" * 100_000,
        b'{"signature": NaN}',
        b'{"receipt": [1]}',
        b'{"a": 1, "a": 1}',
    ],
)
def test_what_is_no_receipt_is_refused_in_words(data: bytes, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="is not valid"):
        verified(data, tmp_path)


def test_a_receipt_with_a_field_twice_is_refused(admin_client: Client) -> None:
    given = receipts.canonical(closed().receipt)
    for twice in (b'"interactions":0,"interactions":1', b'"interactions":1,"interactions":1'):
        with pytest.raises(receipts.Forged, match="twice"):
            receipts.verify(given.replace(b'"interactions":1', twice))
