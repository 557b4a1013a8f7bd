"""Imports consent that a product already holds into the ledger.

`FORMAT` describes a record of the file. A newer entry in the ledger wins, so importing the same file again changes
nothing. A person who was erased since stays out.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

import msgspec
from django.db import transaction
from msgspec import Meta, Struct

from privacy.api.payloads import Moment, SubjectId, require_utc
from privacy.consent import ledger
from privacy.erasure import erasure
from privacy.files import records as files_records
from privacy.files.records import Record
from privacy.models import Notice, Subject
from privacy.subjects.lookup import find_or_create, is_erased

FORMAT = """
A record of the file:
  {"subject": your own id for the person, "purposes": {"capture": true, "evaluation": true, "training": false},
   "at": when it was said, "2026-03-01T12:00:00Z", "expires_at", "notice": the wording, "language": "en"}
subject and purposes are required. A newer entry in the ledger wins; people who were erased since stay out.
"""
STRUCTURED = ("purposes",)
Result = Literal["noted", "known", "erased", "bad"]
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
PLACE = re.compile(r" - at (?:`key` in )?`\$\.([a-z_]+)")
FIELD = re.compile(r"field `([A-Za-z_]{1,32})`")
WORDS = (
    ("Object missing", "It is required."),
    ("Object contains unknown", "There is no such field."),
    ("Invalid enum", "The purposes are capture, evaluation and training."),
    ("Expected `datetime`", "Expected a time with its zone, such as 2026-01-31T12:00:00Z."),
    ("Invalid RFC3339", "Expected a time with its zone, such as 2026-01-31T12:00:00Z."),
    ("Expected `str` of length", "The text is too short or too long."),
    ("Expected `object` of length", "Name at least one purpose."),
)


class HeldConsent(Struct, forbid_unknown_fields=True, kw_only=True):
    """A line of the file. `at` is when the consent was given; the default is now."""

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
    """The outcome of a line: its number from 1, and for a bad one the field and the fault, without values."""

    number: int
    result: Result
    field: str = ""
    problem: str = ""


def import_lines(namespace: str, lines: Iterable[bytes]) -> Iterator[Line]:
    """Bring JSON Lines into the ledger."""
    return import_records(namespace, files_records.from_lines(lines))


def import_records(namespace: str, records: Iterable[Record]) -> Iterator[Line]:
    """Bring each record into the ledger, in a transaction of its own; a bad one never stops the others."""
    for record in records:
        if record.problem:
            yield Line(record.number, "bad", record.field, record.problem)
            continue
        try:
            held = msgspec.convert(record.value, HeldConsent)
        except msgspec.ValidationError as error:
            yield Line(record.number, "bad", *in_words(str(error)))
            continue
        if unstorable := [name for name in ("subject", "notice", "language") if UNSTORABLE.search(getattr(held, name))]:
            yield Line(record.number, "bad", unstorable[0], "The text holds a character that cannot be stored.")
            continue
        try:
            yield Line(record.number, note(namespace, held))
        except ledger.PersonalNotice as error:
            yield Line(record.number, "bad", "notice", str(error))


def in_words(message: str) -> tuple[str, str]:
    """The field and the fault from an msgspec error, whose message may quote a value."""
    words = next((words for start, words in WORDS if message.startswith(start)), "The value has the wrong type.")
    place, named = PLACE.search(message), FIELD.search(message)
    found = place or named
    return (found[1] if found else ""), words if found else "A record is an object with a subject and purposes."


def note(namespace: str, held: HeldConsent) -> Result:
    """Import one person's consent and apply its effects."""
    with transaction.atomic():
        if is_erased(namespace, held.subject, held.at):
            return "erased"
        subject = find_or_create(namespace, held.subject)
        lines = ledger.newest(subject)
        newer = {
            str(purpose): granted
            for purpose, granted in held.purposes.items()
            if purpose not in lines or (held.at is not None and lines[purpose].recorded_at < held.at)
        }
        if not newer:
            return "known"
        wording = ledger.notice_for(held.notice, held.language)
        erasure.change_consent(subject, newer, method="import", notice=wording, expires_at=held.expires_at, at=held.at)
        return "noted"


def add_unsaid(subject: Subject, purposes: Mapping[str, bool], notice: Notice | None) -> None:
    """Import consent for the purposes that the person's ledger has no entry for."""
    if set(purposes) <= set(ledger.newest(subject)):
        return  # the usual case, and it needs no write transaction
    with transaction.atomic():
        lines = ledger.newest(subject)
        new = {str(purpose): granted for purpose, granted in purposes.items() if purpose not in lines}
        if new:
            erasure.change_consent(subject, new, method="import", notice=notice)
