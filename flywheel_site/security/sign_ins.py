"""Who guesses passwords is slowed down, and who has left is signed out.

Each try at a password counts, before it is checked: for the address, for the name from there, and for the name from
anywhere. Over a limit the right password is refused, too, until the window ends; nobody learns whether it was right.
What is refused counts no further: who pushes counts out of memory, or locks a name everywhere, pays for each with a
password that is checked. Names from anywhere have a memory of their own, which no other traffic fills.
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
HERE, ANYWHERE, ADDRESS = 5, 50, 100  # tries a window: of a name from an address, of a name, of an address
IDLE = 60 * 60  # seconds without a page, after which a session ends
NOTED = 60  # seconds: how exactly the last page is noted, to spare a write a page
SEEN = "seen_at"
TOO_MANY = _("Too many tries. Wait a quarter of an hour, or ask an administrator.")


def may_try(request: HttpRequest, name: str) -> bool:
    """Count a try at the password of that name, and say whether it may be made."""
    return all(increment(key, WINDOW, aside) <= limit for key, limit, aside in counters(request, name))


def forgive(request: HttpRequest, name: str) -> None:
    """Forget the tries of a name from here: its password was right."""
    _address, (here, *_), _anywhere = counters(request, name)
    forget(here)


def counters(request: HttpRequest, name: str) -> Iterator[tuple[str, int, str]]:
    """The counts that a try belongs to, how far each may go, and the cache that keeps it without Redis. Names are
    hashed: they are somebody's."""
    window, address, name = int(time.time() // WINDOW), counted_address(request.META), name.casefold()
    for who, limit, aside in (
        (f" {address}", ADDRESS, "near"),
        (f"{name} {address}", HERE, "near"),
        (name, ANYWHERE, "names"),
    ):
        yield f"sign-in:{hashlib.sha256(who.encode()).hexdigest()}:{window}", limit, aside


def end_if_idle(request: HttpRequest) -> None:
    """Sign out who has opened no page for an hour; note that this one was opened."""
    if not request.user.is_authenticated:
        return
    now = int(time.time())
    seen = request.session.get(SEEN, now)
    if now - seen > IDLE:
        logout(request)
    elif now - seen > NOTED or SEEN not in request.session:
        request.session[SEEN] = now
