"""The caller's address: the one that connected or, behind a trusted proxy, the one the proxy forwards."""

import ipaddress
from collections.abc import Mapping
from typing import Any, TypeAlias

from django.conf import settings

Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address


def client_address(meta: Mapping[str, Any]) -> str:
    """The caller's address, from a request's `META`: the last one in `X-Forwarded-For` that is not one of our proxies.

    Anybody could have written the entries to the left of it. If the header cannot be read, it is the peer's own
    address.
    """
    peer = parsed(meta.get("REMOTE_ADDR", ""))
    if peer is None:  # a Unix socket has none
        return ""
    client = peer
    for entry in reversed(meta.get("HTTP_X_FORWARDED_FOR", "").split(",")):
        if not is_trusted(client):
            break
        found = parsed(entry)
        if found is None:
            return str(peer)
        client = found
    return str(client)


def counted_address(meta: Mapping[str, Any]) -> str:
    """What a rate limit counts as one caller: the address or, for IPv6, its /64 network, which belongs to one customer."""
    address = client_address(meta)
    return str(ipaddress.ip_network((address, 64), strict=False)) if ":" in address else address


def parsed(text: str) -> Address | None:
    """The address. For an IPv4 address mapped into IPv6, as a dual-stack server reports it, the IPv4 address."""
    try:
        found = ipaddress.ip_address(text.strip())
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found


def is_trusted(address: Address) -> bool:
    """Whether it is one of the operator's proxies."""
    return any(address in network for network in settings.TRUSTED_PROXIES)
