"""Imports the votes of a log line: a repeated vote is recognised, a different one is a change."""

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count, takewhile
from typing import Any

import msgspec

from feedback import capture
from feedback.capture import Conflict, Gone
from feedback.capture.payloads import FeedbackIn, PayloadError, check_feedback, convert
from feedback.capture.preparing import signal_digest
from feedback.models import Project, Signal, WriteResult
from privacy.files.csv_rows import plain_name
from privacy.redaction import RedactionError
from privacy.subjects.digests import same_body

THUMBS = {"up": "thumbs_up", "down": "thumbs_down"}
FIELDS = ("thumb", "signal", "correction", "comment", "score", "user", "ts", "id")
NO_FIELD = f"A vote has no such field. It takes: {', '.join(FIELDS)}."
EXPECTED = 'Expected "up", "down", or an object with a thumb or a signal.'
IN_USE = "The conversation went in, a vote of it did not: its id is in use for another vote."
NAMES = {"subject": "user", "occurred_at": "ts"}
LONGEST = 120  # characters of an id, so that a version fits behind it


@dataclass(frozen=True, slots=True)
class Vote:
    """A vote as the write path takes it, and whether it says itself when it was given."""

    signal: FeedbackIn
    timed: bool


def parse(item: Any, conversation: str, moment: datetime | None, place: int) -> Vote:
    """One entry of a line's `feedback`; `moment`: when the conversation was. Raises `PayloadError`."""
    entry = {"thumb": item} if isinstance(item, str) else item
    if not isinstance(entry, dict):
        raise PayloadError("/feedback", "invalid", EXPECTED)
    if unknown := [name for name in entry if name not in FIELDS]:
        name = plain_name(unknown[0], "a field without a plain name")
        raise PayloadError(f"/feedback/{name}", "unknown_field", NO_FIELD)
    thumb, signal = entry.get("thumb"), entry.get("signal")
    if signal is None:
        signal = THUMBS.get(thumb) if isinstance(thumb, str) else None
    if signal is None:
        raise PayloadError("/feedback", "invalid", EXPECTED)
    body = {
        "id": entry.get("id") or base(conversation, place),
        "interaction": conversation,
        "signal": signal,
        "subject": entry.get("user"),
        "occurred_at": entry.get("ts"),
        **{name: entry.get(name) for name in ("correction", "comment", "score")},
    }
    try:
        given = check_feedback(convert({name: value for name, value in body.items() if value is not None}, FeedbackIn))
    except PayloadError as error:
        first, *rest = error.pointer.removeprefix("/").split("/")
        raise PayloadError("/".join(["/feedback", NAMES.get(first, first), *rest]), error.code, error.detail) from None
    moment = given.occurred_at or moment
    settled = msgspec.structs.replace(given, occurred_at=moment.astimezone(UTC) if moment else None)
    return Vote(settled, timed=given.occurred_at is not None)


def base(conversation: str, place: int) -> str:
    """The id of a vote without one: by its place in the conversation."""
    name = f"{conversation}:{place}"
    digest = hashlib.blake2b(name.encode(), digest_size=16).hexdigest()
    return name if len(name) <= LONGEST else f"{conversation[:80]}.{digest}"


def record(project: Project, conversation: str, votes: Sequence[Vote]) -> tuple[Counter[str], str]:
    """Store the votes on a stored conversation: their outcomes, and the problem with one that was refused."""
    ended: Counter[str] = Counter()
    problem = ""
    known = digests(project, conversation) if votes else {}
    for vote in votes:
        signal = named(vote, known)
        try:
            ended[capture.record_signal(project, signal, imported=True).result] += 1
            known[signal.id or ""] = signal_digest(signal, None)
        except Gone:
            ended[WriteResult.GONE] += 1
        except Conflict:
            problem = IN_USE
        except RedactionError as error:
            problem = str(error)
    return ended, problem


def digests(project: Project, conversation: str) -> dict[str, str]:
    """The ids of what was said of a conversation, each with the digest of its body."""
    said = Signal.objects.filter(project=project, interaction__external_id=conversation)
    return dict(said.values_list("external_id", "body_digest"))


def named(vote: Vote, known: Mapping[str, str]) -> FeedbackIn:
    """The vote under the id that it is stored with already, or under the next of its id where it changed.

    A vote that says when it was given is the same wherever it came before. One that does not is compared with the
    newest alone: up, down and up again are three votes. When it changed nobody knows, so that its time is now.
    """
    first = vote.signal.id or ""
    versions = list(takewhile(known.__contains__, names(first)))
    if not versions and not vote.timed:
        return vote.signal
    for name in known if vote.timed else versions[-1:]:
        for moment in {vote.signal.occurred_at, None}:
            signal = msgspec.structs.replace(vote.signal, id=name, occurred_at=moment)
            if same_body(known[name], signal_digest(signal, None)):
                return signal
    if not versions:
        return vote.signal
    moment = vote.signal.occurred_at if vote.timed else None
    return msgspec.structs.replace(vote.signal, id=f"{first}.v{len(versions) + 1}", occurred_at=moment)


def names(first: str) -> Iterator[str]:
    """The ids of a vote and of what it changed to."""
    yield first
    yield from (f"{first}.v{number}" for number in count(2))
