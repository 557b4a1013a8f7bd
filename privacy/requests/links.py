"""The link to a person's own page: for one person and one project, valid for a day. It is encrypted, so it tells nobody
who the person is. The link alone gives access to the page: no cookie, no account. Only a call with the product's key
gets one; the product has already checked who is asking.
"""

import base64
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import orjson
from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings

from privacy.models import Subject
from privacy.subjects.digests import key
from privacy.subjects.lookup import subject_digest


class BadLink(Exception):
    """This link is not ours, or has expired."""


@dataclass(frozen=True, slots=True)
class Holder:
    """The person whose page it is. `granted` names the purposes that apply in the project until the person says no."""

    namespace: str
    digest: str
    origin: str
    granted: tuple[str, ...]
    expires_at: datetime

    @property
    def defaults(self) -> Mapping[str, bool]:
        """The consents that the project assumes."""
        return dict.fromkeys(self.granted, True)

    def subject(self) -> Subject | None:
        """The person, or None if nothing is kept about them."""
        return Subject.objects.filter(namespace=self.namespace, digest=self.digest).first()

    def known_subject(self) -> Subject:
        """The person, stored on first use."""
        return Subject.objects.get_or_create(namespace=self.namespace, digest=self.digest)[0]


def _box() -> Fernet:
    return Fernet(base64.urlsafe_b64encode(key("link")))


def make(namespace: str, external_id: str, origin: str, defaults: Mapping[str, bool]) -> tuple[str, datetime]:
    """A link's token for this person, and when it expires."""
    content = {
        "n": namespace,
        "d": subject_digest(namespace, external_id),
        "o": origin,
        "g": sorted(purpose for purpose, granted in defaults.items() if granted),
    }
    now = int(time.time())
    ends = datetime.fromtimestamp(now + settings.PRIVACY_LINK_HOURS * 3600, UTC)
    return _box().encrypt_at_time(orjson.dumps(content), now).decode().rstrip("="), ends


def open_link(token: str) -> Holder:
    """The holder of the token's page. Raises `BadLink`."""
    padded = token + "=" * (-len(token) % 4)
    try:
        content = orjson.loads(_box().decrypt(padded, ttl=settings.PRIVACY_LINK_HOURS * 3600))
        made = _box().extract_timestamp(padded)
    except (InvalidToken, ValueError) as error:
        raise BadLink from error
    ends = datetime.fromtimestamp(made + settings.PRIVACY_LINK_HOURS * 3600, UTC)
    return Holder(content["n"], content["d"], content["o"], tuple(content["g"]), ends)
