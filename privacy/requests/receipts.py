"""Receipts that anybody can verify: what was removed, when, from where, and that a scan found nothing left.

Signed with Ed25519 (RFC 8032). The key is derived from the master key, so it lives as long as the pseudonyms do. The
signature covers the canonical form, so it holds however the JSON is laid out. A receipt holds no personal data.
"""

import json
from datetime import datetime
from typing import Any, NoReturn

import orjson
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from privacy.db import engine
from privacy.erasure.scan import PERSON
from privacy.models import PrivacyRequest
from privacy.subjects.digests import key

WINDOWS = {
    "sqlite": "Freed pages are overwritten at once and the write-ahead log is emptied; the file was scanned.",
    "sqlite, one person": "Freed pages are overwritten at once and the write-ahead log is emptied; the pages that held the rows were scanned, and the nightly audit reads the whole file.",
    "postgresql": "Rows are gone; the next nightly rewrite copies the tables without them, and clears the write-ahead log. Backups last for as long as the operator keeps them.",
}


class Forged(Exception):
    """These bytes are not a receipt of this installation; the message says why."""


def private_key() -> Ed25519PrivateKey:
    """The installation's signing key."""
    return Ed25519PrivateKey.from_private_bytes(key("receipt"))


def public_key() -> str:
    """The key that verifies receipts, in hex: 64 characters to publish."""
    return private_key().public_key().public_bytes_raw().hex()


def canonical(document: Any) -> bytes:
    """A document's only canonical form."""
    return orjson.dumps(document, option=orjson.OPT_SORT_KEYS)


def sign(content: dict[str, Any]) -> dict[str, Any]:
    """The claims with a signature over their canonical form."""
    return {
        "receipt": content,
        "algorithm": "Ed25519",
        "key": public_key(),
        "signature": private_key().sign(canonical(content)).hex(),
    }


def verify(data: bytes, trusted: str = "") -> dict[str, Any]:
    """What a receipt says, whether alone or inside what `erase --json` or the API prints around it.

    Raises `Forged` if it was changed or signed with another key.
    """
    try:
        around = json.loads(data, object_pairs_hook=without_doubles, parse_constant=no_number)
        document = enclosed(around)
        content, signer, signature = (document[name] for name in ("receipt", "key", "signature"))
        if document != {"receipt": content, "algorithm": "Ed25519", "key": signer, "signature": signature}:
            raise Forged("Its fields are not those of a receipt.")
        if signer != (trusted or public_key()):
            raise Forged("It was signed with another key.")
        if signature != bytes.fromhex(signature).hex():  # hex may be upper or lower case; a receipt allows one form
            raise Forged("Its signature is not written as a receipt's.")
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(signer)).verify(bytes.fromhex(signature), canonical(content))
        expect_agreement(around, content)
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise Forged("It is not a receipt.") from error
    except InvalidSignature as error:
        raise Forged("Its signature does not match its content.") from error
    return dict(content)


def without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A JSON object without repeated names: readers differ in which of two values they take."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise Forged("A field appears twice.")
    return found


def no_number(name: str) -> NoReturn:
    """Refuse NaN and infinity, which JSON does not have and the canonical form would turn into null."""
    raise Forged("A number in it is not valid.")


def enclosed(around: Any) -> dict[str, Any]:
    """The signed document: the whole, or the part under the name that a command or call gives it."""
    if not isinstance(around, dict):
        raise Forged("It is not a receipt.")
    if "signature" in around:
        return around
    inner = [around[name] for name in ("signed", "receipt") if around.get(name)]
    if len(inner) != 1 or not isinstance(inner[0], dict):
        raise Forged("There is no signed receipt in it.")
    return inner[0]


def expect_agreement(around: dict[str, Any], content: dict[str, Any]) -> None:
    """Raise `Forged` if the fields around the receipt contradict it: only the receipt is signed."""
    if "signature" in around:
        return
    signed = {**content, "status": "closed", "id": content["request"], "due_at": content["times"].get("due_at")}
    for name in sorted(around.keys() & signed.keys()):
        if same_moment(around[name]) != same_moment(signed[name]):
            raise Forged(f"The text around it contradicts it: {name}.")


def same_moment(value: Any) -> Any:
    """A time in UTC, whatever its zone; any other value unchanged."""
    try:
        return datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return value


def of_request(request: PrivacyRequest) -> dict[str, Any]:
    """The signed receipt of a request that is about to close."""
    times = {
        name: moment.isoformat()
        for name in ("received_at", "due_at", "restricted_at", "executed_at", "closed_at")
        if (moment := getattr(request, name))
    }
    return sign(
        {
            "version": 1,
            "request": str(request.id),
            "kind": request.kind,
            "purposes": request.purposes,
            "verified_by": request.verified_by,
            "law": request.law,
            "times": times,
            "counts": request.counts,
            "releases": request.releases,
            "recalls": request.recalls,
            "scan": request.scan,
            "physical": physical(request),
        }
    )


def physical(request: PrivacyRequest) -> str:
    """What becomes of the bytes on disk."""
    of_person = engine.one_writer() and request.scan.get("scope") == PERSON
    return WINDOWS.get("sqlite, one person" if of_person else engine.name(), "")
