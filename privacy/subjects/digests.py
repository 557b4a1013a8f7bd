"""Keyed digests: the only form in which an outside identifier, or the body of a write, is stored."""

import functools
import hmac
from typing import Any

import orjson
from django.conf import settings

BODY_CHARACTERS = 32


@functools.cache
def _key(use: str, master: str) -> bytes:
    return hmac.digest(master.encode(), b"flywheel:" + use.encode(), "sha256")


def key(use: str) -> bytes:
    """The 32-byte key for one use, derived from the master key: knowing one reveals nothing about another."""
    return _key(use, settings.MASTER_KEY)


def mac(use: str, data: bytes) -> bytes:
    """HMAC-SHA256 under the key for one use."""
    return hmac.digest(key(use), data, "sha256")


def digest(use: str, *parts: str) -> str:
    """HMAC-SHA256 over the parts, in hex. The parts are length-prefixed, so ("ab", "c") and ("a", "bc") differ."""
    encoded = [part.encode("utf-8", "surrogatepass") for part in parts]
    framed = b"".join([len(data).to_bytes(4, "big") + data for data in encoded])
    return mac(use, framed).hex()


def body_digest(body: Any) -> str:
    """The keyed digest of a write's body in canonical form: it recognises a repeated write and reveals nothing.

    128 bits in hex: enough that no two bodies collide by chance, and short because every row keeps it for good.
    """
    return mac("body", orjson.dumps(body, option=orjson.OPT_SORT_KEYS)).hex()[:BODY_CHARACTERS]


def same_body(stored: str, digest: str) -> bool:
    """Whether both are digests of the same body. Digests of earlier versions have all 256 bits."""
    return stored.startswith(digest)
