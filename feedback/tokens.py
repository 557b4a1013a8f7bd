"""The feedback token: what a browser may hold. It opens one interaction to one person's feedback, for a day.

`v1.<project>.<interaction>.<subject>.<expiry>.<mac>`: nothing in it is secret but the MAC, and nothing in it is text
that somebody typed. It is made from what is stored, so that a repeated capture answers with the same token.
"""

import base64
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from privacy.digests import key

LIFETIME = timedelta(days=1)
MAC_BYTES = 24


class BadToken(ValueError):
    """The token was not made here, was changed, or is no longer valid."""


@dataclass(frozen=True, slots=True)
class Grant:
    """What a valid token opens: row keys of the project, the interaction and the subject."""

    project: int
    interaction: int
    subject: int
    expires_at: datetime


def issue(grant: Grant) -> str:
    """The token for a grant."""
    expiry = int(grant.expires_at.timestamp())
    claims = ".".join(("v1", *(f"{number:x}" for number in (grant.project, grant.interaction, grant.subject, expiry))))
    return f"{claims}.{_mac(claims)}"


def open_token(token: str, now: datetime) -> Grant:
    """What the token opens at that time. Raises `BadToken`, which does not say why."""
    claims, _, mac = token.rpartition(".")
    if not hmac.compare_digest(_mac(claims).encode(), mac.encode("utf-8", "replace")):
        raise BadToken("This feedback token is not valid.")
    try:
        project, interaction, subject, expiry = (int(part, 16) for part in claims.split(".")[1:])
    except ValueError:
        raise BadToken("This feedback token is not valid.") from None
    grant = Grant(project, interaction, subject, datetime.fromtimestamp(expiry, UTC))
    if grant.expires_at <= now:
        raise BadToken("This feedback token has expired.")
    return grant


def _mac(claims: str) -> str:
    mac = hmac.digest(key("feedback-token"), claims.encode("utf-8", "replace"), "sha256")[:MAC_BYTES]
    return base64.urlsafe_b64encode(mac).decode()
