"""What the privacy calls take."""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

SubjectId = Annotated[str, Meta(min_length=1, max_length=512, description="The product's own user id; never stored.")]


class ConsentIn(Struct, forbid_unknown_fields=True, kw_only=True):
    """`POST /consent`."""

    subject: SubjectId
    purposes: Annotated[dict[Literal["capture", "evaluation", "training"], bool], Meta(min_length=1)]
    notice: Annotated[str, Meta(max_length=20_000)] | None = None
    language: Annotated[str, Meta(max_length=16)] | None = None
    expires_at: Annotated[datetime, Meta(tz=True)] | None = None
    method: Annotated[str, Meta(min_length=1, max_length=32, pattern=r"^[a-z0-9_-]+\Z")] = "api"


class SubjectIn(Struct, forbid_unknown_fields=True):
    """`POST /consent/lookup` and `POST /privacy/link`."""

    subject: SubjectId


class PrivacyRequestIn(Struct, forbid_unknown_fields=True, kw_only=True):
    """`POST /privacy/requests`. `purposes`: of a withdrawal, else all. `law` sets the deadline."""

    subject: SubjectId
    kind: Literal["erasure", "access", "withdrawal"]
    purposes: Annotated[list[Literal["capture", "evaluation", "training"]], Meta(min_length=1, max_length=3)] | None = (
        None
    )
    law: Literal["gdpr", "ccpa"] = "gdpr"
