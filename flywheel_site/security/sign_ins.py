"""Slows down password guessing, and signs out idle users. Each attempt counts before the password is checked: for the
address, for the name from that address, and for the name from anywhere. Over a limit even the right password is refused
until the window ends, so that nobody learns whether it was right. Refused attempts do not count, so evicting counters
from memory, or locking a name everywhere, costs one checked password each. Counters of names from anywhere have their
own cache, which no other traffic fills.
"""

import hashlib
import time
from collections.abc import Iterator

from django.contrib.auth import logout
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from feedback.api.throttling import forget, increment
from privacy.api.client_address import counted_address

WINDOW = 15 * 60  # seconds
HERE, ANYWHERE, ADDRESS = 5, 50, 100  # attempts per window: of a name from an address, of a name, of an address
IDLE = 60 * 60  # seconds without a page, after which a session ends
NOTED = 60  # seconds: how precisely the last visit is stored, to save a write per page
SEEN = "seen_at"
TOO_MANY = _("Too many attempts. Wait 15 minutes, or ask an administrator.")


def may_try(request: HttpRequest, name: str) -> bool:
    """Count an attempt at the password of that name; returns whether it is allowed."""
    return all(increment(key, WINDOW, aside) <= limit for key, limit, aside in counters(request, name))


def forgive(request: HttpRequest, name: str) -> None:
    """Reset the attempts of a name from here: its password was right."""
    _address, (here, *_), _anywhere = counters(request, name)
    forget(here)


def counters(request: HttpRequest, name: str) -> Iterator[tuple[str, int, str]]:
    """An attempt's counters, with their limits and the cache that holds them without Redis. Names are hashed, because
    they are personal data.
    """
    window, address, name = int(time.time() // WINDOW), counted_address(request.META), name.casefold()
    for who, limit, aside in (
        (f" {address}", ADDRESS, "near"),
        (f"{name} {address}", HERE, "near"),
        (name, ANYWHERE, "names"),
    ):
        yield f"sign-in:{hashlib.sha256(who.encode()).hexdigest()}:{window}", limit, aside


def end_if_idle(request: HttpRequest) -> None:
    """Sign out a user who has opened no page for an hour; otherwise note this visit."""
    if not request.user.is_authenticated:
        return
    now = int(time.time())
    seen = request.session.get(SEEN, now)
    if now - seen > IDLE:
        logout(request)
    elif now - seen > NOTED or SEEN not in request.session:
        request.session[SEEN] = now
