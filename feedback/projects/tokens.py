"""The feedback token for browsers. It allows one person's feedback on one interaction, for a day.

`v1.<key id>.<project>.<interaction>.<subject>.<kinds>.<expiry>.<mac>`: nothing in it is secret except the MAC, and
nothing in it is text that somebody typed. It is made from stored values, so a repeated capture returns the same token.
`FEEDBACK_TOKEN_KEYS` names the keys: the first signs, all verify. To rotate, put a new name in front and drop the old
one a day later; to end every token at once, drop the old one immediately.
"""

import base64
import functools
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.conf import settings

from feedback.models import Interaction
from feedback.signals import KINDS
from privacy.subjects.digests import digest, mac

LIFETIME = timedelta(days=1)
MAC_BYTES = 24
ALL_KINDS: frozenset[str] = frozenset(KINDS)
BROWSER = "browser:"  # prefix of the ids of signals that came with a token
LONGEST_ID = 128
MOST = 50  # signals from browsers on one interaction, including withdrawn ones


class BadToken(ValueError):
    """The token was not made here, was changed, or is no longer valid."""


@dataclass(frozen=True, slots=True)
class Grant:
    """What a valid token allows: row keys of the project, the interaction and the subject, and the kinds of signal."""

    project: int
    interaction: int
    subject: int
    expires_at: datetime
    kinds: frozenset[str] = ALL_KINDS


def issue(grant: Grant) -> str:
    """The token for a grant."""
    signer: str = settings.FEEDBACK_TOKEN_KEYS[0]
    kinds, expiry = bits(grant.kinds), int(grant.expires_at.timestamp())
    claims = f"v1.{signer}.{grant.project:x}.{grant.interaction:x}.{grant.subject:x}.{kinds:x}.{expiry:x}"
    return f"{claims}.{_mac(signer, claims)}"


def token_of(row: Interaction) -> str:
    """The token for this interaction's own reader; the same for a row at any time."""
    return issue(Grant(row.project_id, row.pk, row.subject_id, row.received_at + LIFETIME))


def open_token(token: str, now: datetime) -> Grant:
    """What the token allows at this time. Raises `BadToken`, which does not say why."""
    claims, _, sent = token.rpartition(".")
    signer = claims.split(".")[1] if claims.count(".") == 6 else ""
    is_our_signer = signer in settings.FEEDBACK_TOKEN_KEYS
    if not is_our_signer or not hmac.compare_digest(_mac(signer, claims).encode(), sent.encode("utf-8", "replace")):
        raise BadToken("This feedback token is not valid.")
    project, interaction, subject, kinds, expiry = (int(part, 16) for part in claims.split(".")[2:])
    allowed = frozenset(kind for place, kind in enumerate(KINDS) if kinds >> place & 1)
    grant = Grant(project, interaction, subject, datetime.fromtimestamp(expiry, UTC), allowed)
    if grant.expires_at <= now:
        raise BadToken("This feedback token has expired.")
    return grant


def own_id(sent: str) -> str:
    """The id under which a browser's signal is stored: a browser can neither guess nor claim a product's ids."""
    own = BROWSER + sent
    return own if len(own) <= LONGEST_ID else BROWSER + digest("browser", sent)


def sent_id(kept: str) -> str:
    """The sender's own id for a signal stored under this id."""
    return kept.removeprefix(BROWSER)


@functools.cache
def bits(kinds: frozenset[str]) -> int:
    """Kinds of signals as a number."""
    return sum(1 << KINDS.index(kind) for kind in kinds)


def _mac(signer: str, claims: str) -> str:
    made = mac(f"feedback-token:{signer}", claims.encode("utf-8", "replace"))[:MAC_BYTES]
    return base64.urlsafe_b64encode(made).decode()
