"""Receipts that anybody can check: what was removed, when, from where, and that a scan found nothing of it left.

Signed with Ed25519 (RFC 8032). The key hangs on the master key, so it lives as long as the pseudonyms do. A receipt is
canonical JSON: one changed byte, wherever it is, and it no longer verifies. It holds nothing of the person.
"""

from typing import Any

import orjson
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.db import connection

from privacy.digests import key
from privacy.models import PrivacyRequest

WINDOWS = {
    "sqlite": "Freed pages are overwritten at once and the write-ahead log is emptied; the file was scanned.",
    "postgresql": "Rows are gone; freed pages are overwritten by the next nightly VACUUM FULL, the write-ahead log "
    "goes with it. Backups outlive this by as long as the operator keeps them.",
}


class Forged(Exception):
    """These bytes are not a receipt of this installation; says what does not fit."""


def private_key() -> Ed25519PrivateKey:
    """The installation's signing key."""
    return Ed25519PrivateKey.from_private_bytes(key("receipt"))


def public_key() -> str:
    """The key that verifies, in hex: 64 characters to publish."""
    return private_key().public_key().public_bytes_raw().hex()


def canonical(document: Any) -> bytes:
    """The one way to write a document down."""
    return orjson.dumps(document, option=orjson.OPT_SORT_KEYS)


def sign(said: dict[str, Any]) -> dict[str, Any]:
    """What is said, with the signature over its canonical form."""
    return {
        "receipt": said,
        "algorithm": "Ed25519",
        "key": public_key(),
        "signature": private_key().sign(canonical(said)).hex(),
    }


def verify(data: bytes, trusted: str = "") -> dict[str, Any]:
    """What a receipt says. Raises `Forged` where a byte of it was changed, or where another key signed it."""
    try:
        document = orjson.loads(data)
        said, signer = document["receipt"], document["key"]
        signature = bytes.fromhex(document["signature"]).hex()  # in the one way to write it: hex has two cases
        exact = canonical({"receipt": said, "algorithm": "Ed25519", "key": signer, "signature": signature})
        if exact != data.removesuffix(b"\n"):
            raise Forged("It is not written as a receipt is.")
        if signer != (trusted or public_key()):
            raise Forged("It was signed with another key.")
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(signer)).verify(bytes.fromhex(signature), canonical(said))
    except (ValueError, KeyError, TypeError) as error:
        raise Forged("It is not a receipt.") from error
    except InvalidSignature as error:
        raise Forged("Its signature does not fit what it says.") from error
    return dict(said)


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
            "physical": WINDOWS.get(connection.vendor, ""),
        }
    )
