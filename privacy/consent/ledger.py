"""The consent ledger: an append-only chain per subject. For each purpose the newest unexpired line holds. Without an
entry there is no use. A project may pass `defaults` for a purpose where its law allows that.
"""

import hashlib
import operator
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from functools import lru_cache, reduce
from typing import NamedTuple

from django.db.models import BooleanField, Case, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.db.models.lookups import Exact
from django.utils import timezone

from privacy.db import bulk
from privacy.models import ConsentEntry, Notice, Purpose, Subject
from privacy.redaction import redact

NONE: Mapping[str, bool] = {}
PURPOSES = tuple(Purpose.values)
# What a notice to everybody never contains. Names, addresses and telephone numbers may occur: a notice has to say who
# asks and how to reach them.
ONE_PERSONS = frozenset("ACCOUNT BIRTH_DATE CARD IBAN IP NATIONAL_ID SECRET URL_CREDENTIAL".split())
# The name of the person addressed or speaking, found by these rules or after these words.
ADDRESSED = {"greeting", "introduction"}
GREETS = re.compile(
    r"\b(?:dear|hello|hi|hallo|liebe[rs]?|geehrte[rsn]?|chère?|bonjour|estimad[oa]|hola)[^.,!?\n]{0,20}\Z", re.I
)


class PersonalNotice(ValueError):
    """This wording is about one person. The message quotes nothing from it."""


def entry_hash(entry: ConsentEntry) -> str:
    """SHA-256 over the line and its predecessor's hash: a change to any line breaks the chain from there on."""
    content = "\n".join(
        (
            entry.previous_hash,
            entry.purpose,
            str(entry.granted),
            _as_stored(entry.recorded_at),
            _as_stored(entry.expires_at) if entry.expires_at else "",
            entry.method,
            entry.notice.digest if entry.notice else "",
        )
    )
    return hashlib.sha256(content.encode()).hexdigest()


@lru_cache(maxsize=64)  # all lines of a write share one time
def _as_stored(moment: datetime) -> str:
    """The time as the database returns it: in UTC."""
    return moment.astimezone(UTC).isoformat()


def beginning(subject: Subject) -> str:
    """The hash that the first entry of a subject's chain follows, so that no entry can be moved to another subject."""
    return hashlib.sha256(f"{subject.namespace}\n{subject.digest}".encode()).hexdigest()


def notice_digest(text: str, language: str) -> str:
    """The digest that identifies a wording."""
    return hashlib.sha256(f"{language}\n{text}".encode()).hexdigest()


def notice_for(text: str, language: str = "") -> Notice | None:
    """The row that holds this wording, made on first use; None for an empty text.

    A wording is the same for everybody and stays when people are erased. Raises `PersonalNotice` if it is about one
    person.
    """
    if not text:
        return None
    digest = notice_digest(text, language)
    if found := Notice.objects.filter(digest=digest).first():
        return found
    if is_personal(text):
        raise PersonalNotice("A notice is the same for everybody: leave out anything about one person.")
    return Notice.objects.get_or_create(digest=digest, defaults={"text": text, "language": language})[0]


def is_personal(text: str) -> bool:
    """Whether a wording is about, or addressed to, one person, as far as the redactor can tell."""
    return any(
        span.type in ONE_PERSONS
        or (
            span.type == "PERSON"
            and (span.rule in ADDRESSED or bool(GREETS.search(text[max(0, span.start - 40) : span.start])))
        )
        for span in redact(text).spans
    )


def newest(subject: Subject) -> dict[str, ConsentEntry]:
    """The newest line for each purpose, expired or not; one query."""
    each = [ConsentEntry.objects.filter(subject=subject, purpose=purpose).order_by("-id") for purpose in PURPOSES]
    of_any = reduce(operator.or_, (Q(pk__in=lines.values("pk")[:1]) for lines in each))
    lines = ConsentEntry.objects.filter(of_any).select_related("notice").order_by("id")
    return {line.purpose: line for line in lines}


def effective(subject: Subject, defaults: Mapping[str, bool] = NONE, now: datetime | None = None) -> dict[str, bool]:
    """What the subject has agreed to at this moment, for every purpose; one query."""
    return fold(newest(subject), defaults, now or timezone.now())


class Line(NamedTuple):
    """The columns of an entry that decide whether it holds."""

    granted: bool
    expires_at: datetime | None


def consenting(people: Iterable[int], defaults: Mapping[str, bool], now: datetime) -> dict[str, frozenset[int]]:
    """For each purpose, which of these subjects agree to it: the `fold` of each, a few thousand people a query."""
    lines: dict[int, dict[str, Line]] = {person: {} for person in people}
    keys, columns = list(lines), ("subject_id", "purpose", "granted", "expires_at")
    for start in range(0, len(keys), bulk.KEYS):
        some = ConsentEntry.objects.filter(subject__in=keys[start : start + bulk.KEYS])
        for person, purpose, granted, expires_at in some.order_by("id").values_list(*columns):
            lines[person][purpose] = Line(granted, expires_at)
    states = {person: fold(newest, defaults, now) for person, newest in lines.items()}
    return {purpose: frozenset(person for person, state in states.items() if state[purpose]) for purpose in PURPOSES}


def fold(lines: Mapping[str, ConsentEntry | Line], defaults: Mapping[str, bool], now: datetime) -> dict[str, bool]:
    """The state that follows from the newest entries. Without capture no other purpose holds."""
    state = {purpose: _holds(purpose, lines, defaults, now) for purpose in PURPOSES}
    return state if state[Purpose.CAPTURE] else dict.fromkeys(PURPOSES, False)


def allows_capture(lines: Mapping[str, ConsentEntry | Line], defaults: Mapping[str, bool], now: datetime) -> bool:
    """Whether anything may be stored about a subject with these newest entries."""
    return _holds("capture", lines, defaults, now)


def _holds(purpose: str, lines: Mapping[str, ConsentEntry | Line], defaults: Mapping[str, bool], now: datetime) -> bool:
    line = lines.get(purpose)
    if line is None:
        return bool(defaults.get(purpose, False))
    return line.granted and (line.expires_at is None or line.expires_at > now)


def record(
    subject: Subject,
    purposes: Mapping[str, bool],
    *,
    method: str,
    notice: Notice | None = None,
    expires_at: datetime | None = None,
    at: datetime | None = None,
) -> list[ConsentEntry]:
    """Append a line for each purpose whose state, wording or end this changes; return the lines. Call in a transaction.

    `at` is when it was said, if not now; the line added last holds, whenever it was said. The subject's row is locked
    while lines are added, so two writers never continue the chain from the same line.
    """
    now = at or timezone.now()
    if not following(subject, purposes, newest(subject), method=method, notice=notice, expires_at=expires_at, now=now):
        return []
    Subject.objects.select_for_update().get(pk=subject.pk)
    lines = newest(subject)
    added = following(subject, purposes, lines, method=method, notice=notice, expires_at=expires_at, now=now)
    return ConsentEntry.objects.bulk_create(added)


def following(
    subject: Subject,
    purposes: Mapping[str, bool],
    lines: Mapping[str, ConsentEntry],
    *,
    method: str,
    now: datetime,
    notice: Notice | None = None,
    expires_at: datetime | None = None,
    keep_end: bool = False,
    last: ConsentEntry | None = None,
) -> list[ConsentEntry]:
    """The unsaved lines that continue a subject's newest `lines` with what is new; empty if nothing is.

    `last` is the line added last, if it is not saved yet. With `keep_end`, consent that is given again keeps its end
    date.
    """
    last = last or max(lines.values(), key=lambda line: line.pk or 0, default=None)
    previous, added = last.entry_hash if last else beginning(subject), []
    for purpose, granted in sorted(purposes.items()):
        line, ends = lines.get(purpose), expires_at
        if keep_end and line and line.granted and granted and line.expires_at and line.expires_at > now:
            ends = line.expires_at
        if _says(line, granted, notice, ends, now):
            continue
        entry = ConsentEntry(
            subject_id=subject.pk,
            purpose=purpose,
            granted=granted,
            recorded_at=now,
            expires_at=ends,
            method=method,
            notice=notice,
            previous_hash=previous,
        )
        previous = entry.entry_hash = entry_hash(entry)
        added.append(entry)
    return added


def _says(
    line: ConsentEntry | None, granted: bool, notice: Notice | None, expires_at: datetime | None, now: datetime
) -> bool:
    """Whether the newest entry already says this, so that nothing is added."""
    if line is None or line.granted != granted or (line.expires_at and line.expires_at <= now):
        return False
    return (notice is None or line.notice_id == notice.pk) and line.expires_at == expires_at


def broken_at(entries: Iterable[ConsentEntry]) -> ConsentEntry | None:
    """The first line of a subject's chain, oldest first, that does not follow from the one before; None if the chain is
    whole.

    A line whose wording was changed does not follow either. Chains of the first versions begin with no hash.
    """
    previous: str | None = None
    for entry in entries:
        before = (beginning(entry.subject), "") if previous is None else (previous,)
        if entry.previous_hash not in before or entry.entry_hash != entry_hash(entry) or not as_asked(entry.notice):
            return entry
        previous = entry.entry_hash
    return None


def as_asked(notice: Notice | None) -> bool:
    """Whether the stored wording still matches its digest."""
    return notice is None or notice.digest == notice_digest(notice.text, notice.language)


def agrees(purpose: str, *, subject: str = "subject_id", default: bool = False, now: datetime | None = None) -> Q:
    """A condition for any queryset whose rows have a subject: that subject agrees to the purpose, and to capture.

    `subject` is the column that holds the subject's key. It costs one indexed look-up per row, and no join that could
    multiply rows.
    """
    wanted = Q(_agrees(purpose, subject, default, now or timezone.now()))
    if purpose != Purpose.CAPTURE:
        wanted &= Q(_agrees(Purpose.CAPTURE, subject, default, now or timezone.now()))
    return wanted


def _agrees(purpose: str, subject: str, default: bool, now: datetime) -> Exact:
    alive = Q(expires_at__isnull=True) | Q(expires_at__gt=now)
    lines = ConsentEntry.objects.filter(subject=OuterRef(subject), purpose=purpose).order_by("-id")
    state = lines.annotate(state=Case(When(alive & Q(granted=True), then=True), default=False)).values("state")[:1]
    return Exact(Coalesce(Subquery(state, output_field=BooleanField()), Value(default)), True)
