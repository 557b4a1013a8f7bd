"""The request bodies of the privacy calls."""

from datetime import UTC, datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

SubjectId = Annotated[str, Meta(min_length=1, max_length=512, description="The product's own user id; never stored.")]


Moment = Annotated[
    datetime, Meta(tz=True, description="With its time zone; from the year 1 to 9999, also once converted to UTC.")
]


def require_utc(**moments: datetime | None) -> None:
    """Refuse times that leave the calendar when converted to UTC, as they are stored.

    For `__post_init__`: msgspec passes such errors on without their place, so they name it the way msgspec's own do.
    """
    for name, moment in moments.items():
        try:
            if moment is not None:
                moment.astimezone(UTC)
        except OverflowError:
            raise ValueError(f"Expected `datetime` from the year 1 to 9999 - at `$.{name}`") from None


class ConsentIn(Struct, forbid_unknown_fields=True, kw_only=True):
    """`POST /consent`."""

    subject: SubjectId
    purposes: Annotated[dict[Literal["capture", "evaluation", "training"], bool], Meta(min_length=1)]
    notice: Annotated[str, Meta(max_length=20_000)] | None = None
    language: Annotated[str, Meta(max_length=16)] | None = None
    expires_at: Moment | None = None
    method: Annotated[str, Meta(min_length=1, max_length=32, pattern=r"^[a-z0-9_-]+\Z")] = "api"

    def __post_init__(self) -> None:
        require_utc(expires_at=self.expires_at)


class SubjectIn(Struct, forbid_unknown_fields=True):
    """`POST /consent/lookup` and `POST /privacy/link`."""

    subject: SubjectId


class PrivacyRequestIn(Struct, forbid_unknown_fields=True, kw_only=True):
    """`POST /privacy/requests`. `purposes` is for a withdrawal; without it, all. `law` sets the deadline."""

    subject: SubjectId
    kind: Literal["erasure", "access", "withdrawal"]
    purposes: Annotated[list[Literal["capture", "evaluation", "training"]], Meta(min_length=1, max_length=3)] | None = (
        None
    )
    law: Literal["gdpr", "ccpa"] = "gdpr"
