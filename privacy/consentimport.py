"""Consent that a product holds already, brought into the ledger: a JSON object a line.

`{"subject", "purposes": {"training": true, …}, "at"?, "expires_at"?, "notice"?, "language"?}`. What the ledger knows to be
newer stands, so importing the same file again changes nothing; a person who was erased since stays out.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Annotated, Literal

import msgspec
from django.db import transaction
from msgspec import Meta, Struct

from privacy import consent, erasure
from privacy.payloads import Moment, SubjectId, require_utc
from privacy.subjects import find_or_create, is_erased

Result = Literal["noted", "known", "erased", "bad"]


class HeldConsent(Struct, forbid_unknown_fields=True, kw_only=True):
    """A line of the file. `at`: when it was said, else now."""

    subject: SubjectId
    purposes: Annotated[dict[Literal["capture", "evaluation", "training"], bool], Meta(min_length=1)]
    at: Moment | None = None
    expires_at: Moment | None = None
    notice: Annotated[str, Meta(max_length=20_000)] = ""
    language: Annotated[str, Meta(max_length=16)] = ""

    def __post_init__(self) -> None:
        require_utc(at=self.at, expires_at=self.expires_at)


@dataclass(frozen=True, slots=True)
class Line:
    """How a line ended: by its number from 1, and for a bad one what is wrong with its shape, without its values."""

    number: int
    result: Result
    problem: str = ""


def import_lines(namespace: str, lines: Iterable[bytes]) -> Iterator[Line]:
    """Bring each line into the ledger, in a transaction of its own; a bad one never stops the others."""
    for number, raw in enumerate(lines, start=1):
        if not raw.strip():
            continue
        try:
            held = msgspec.json.decode(raw, type=HeldConsent)
        except (msgspec.DecodeError, msgspec.ValidationError, UnicodeDecodeError) as error:
            yield Line(number, "bad", str(error) if isinstance(error, msgspec.ValidationError) else "It is no JSON.")
        else:
            try:
                yield Line(number, note(namespace, held))
            except consent.PersonalNotice as error:
                yield Line(number, "bad", str(error))


def note(namespace: str, held: HeldConsent) -> Result:
    """Bring one person's consent into the ledger, and carry it out."""
    with transaction.atomic():
        if is_erased(namespace, held.subject, held.at):
            return "erased"
        subject = find_or_create(namespace, held.subject)
        lines = consent.newest(subject)
        newer = {
            str(purpose): granted
            for purpose, granted in held.purposes.items()
            if purpose not in lines or (held.at is not None and lines[purpose].recorded_at < held.at)
        }
        if not newer:
            return "known"
        wording = consent.notice_for(held.notice, held.language)
        erasure.change_consent(subject, newer, method="import", notice=wording, expires_at=held.expires_at, at=held.at)
        return "noted"
