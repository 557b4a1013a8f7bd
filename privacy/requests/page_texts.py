"""The words of the person's page, for translation: purposes, kinds of record, states."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

LANGUAGES = dict(settings.LANGUAGES)
# For each purpose: its name, the reason, and what switching it off does.
PURPOSES: Mapping[str, tuple[Promise, Promise, Promise]] = {
    "capture": (
        _("Keep my conversations"),
        _("We store your questions and answers. A program takes out names, numbers and addresses; it may miss some."),
        _("If you switch this off, your conversations are deleted and new ones are not stored."),
    ),
    "evaluation": (
        _("Use them for testing"),
        _("Your questions help us check that a new version still gives the right answers."),
        _("If you switch this off, they are removed from our tests."),
    ),
    "training": (
        _("Use them for training"),
        _("Your questions and the right answers help us make the next version better."),
        _("If you switch this off, they are removed from our training files."),
    ),
}
DONE: Mapping[str, Promise] = {
    "consent": _("Your choices are saved. They apply from now on."),
    "delete": _("We have your request. Your data is already hidden and will be deleted within minutes."),
}
# For each kind of record: its name, and why it is kept. A kind not listed here is shown under its own name.
KINDS: Mapping[str, tuple[Promise, Promise]] = {
    "interactions": (_("Conversations"), _("Your questions and the answers you got.")),
    "signals": (_("Ratings and corrections"), _("What you said about answers.")),
    "waiting_signals": (
        _("Waiting ratings"),
        _("For a conversation that has not arrived yet; kept for a day at most."),
    ),
    "waiting_spans": (_("Waiting steps"), _("From a conversation that has not arrived yet; kept for an hour at most.")),
    "decisions": (_("Decisions"), _("Whether an answer counts as right or wrong, and why.")),
    "review_tasks": (
        _("Reviews"),
        _("Answers that a person checks, because the ratings alone do not settle whether they are right."),
    ),
    "eval_cases": (_("Test cases"), _("Questions with the right answer, to check new versions.")),
    "examples": (_("Training examples"), _("Questions with the right answer, to train new versions.")),
    "preference_pairs": (_("Preference pairs"), _("A right answer beside a wrong one, for training.")),
    "gate_results": (_("Test results"), _("How new versions answered your question.")),
    "releases": (_("Places in released files"), _("Where files for testing and training contain your words.")),
    "opinions": (
        _("Counted votes"),
        _("What you said about an answer, counted together with what others said about the same answer."),
    ),
    "release_quotes": (
        _("Quotations in released files"),
        _("Where test cases for other questions contain your words."),
    ),
    "questions": (
        _("Repeated questions"),
        _("Which of your questions ask the same thing as others, so that each question counts once."),
    ),
    "audit_items": (_("Spot checks"), _("Conversations chosen at random for a person to judge.")),
    "calibration_items": (_("Practice"), _("Conversations that reviewers use to check that they judge the same way.")),
    "consent": (_("Consents"), _("What you agreed to, when, and how you were asked.")),
    "requests": (_("Requests"), _("What you asked us to do with your data.")),
}
FIELDS: Mapping[str, Promise] = {
    "question": _("Question"),
    "answer": _("Answer"),
    "correction": _("Correction"),
    "comment": _("Comment"),
    "signal": _("Rating"),
    "purpose": _("Purpose"),
    "granted": _("Agreed"),
    "notice": _("Wording you were shown"),
    "occurred_at": _("Time"),
    "at": _("Time"),
    "state": _("State"),
    "kind": _("Kind"),
    "why": _("Reason"),
    "reason": _("Reason"),
    "project": _("Service"),
    "release": _("Release"),
    "status": _("State"),
    "outcome": _("Decision"),
    "passed": _("Passed"),
    "context": _("Earlier in the conversation"),
    "sources": _("Sources of the answer"),
    "steps": _("Steps to the answer"),
    "tags": _("Tags"),
    "session": _("Session"),
    "method": _("How it was recorded"),
    "note": _("Note"),
    "interaction": _("Conversation"),
    "id": _("ID"),
    "agent": _("Assistant"),
    "name": _("Name"),
    "version": _("Version"),
    "model": _("Model"),
    "title": _("Title"),
    "url": _("Web address"),
    "text": _("Text"),
    "content": _("Text"),
    "role": _("Speaker"),
    "attempts": _("Attempts"),
    "score": _("Score"),
    "stance": _("Your opinion"),
    "drawn_at": _("Chosen on"),
    "metadata": _("More details"),
    "about": _("Based on"),
    "judged": _("Judged right by a person"),
    "marked_at": _("Marked on"),
    "as": _("Used as"),
    "step": _("Steps to the answer"),
    "prompt": _("Instructions"),
    "arguments": _("What the tool was asked"),
    "result": _("What the tool returned"),
    "error": _("Error"),
    "index": _("Position"),
    "type": _("Kind"),
    "media": _("Attachments"),
    "tool_calls": _("Tool calls"),
}
UNDER_WAY = _("Under way")
# For each field with a closed set of codes: the words for each code. A code that is not listed is shown as it is.
CODES: Mapping[str, Mapping[str, Promise]] = {
    "signal": {
        "thumbs_up": _("Good answer"),
        "thumbs_down": _("Bad answer"),
        "edit": _("Corrected"),
        "rating": _("Score given"),
        "retry": _("Asked again"),
        "copy": _("Copied"),
        "accept": _("Accepted"),
        "abandon": _("Given up"),
        "follow_up": _("Follow-up question"),
    },
    "stance": {
        "up": _("Good answer"),
        "down": _("Bad answer"),
        "replaced": _("Corrected"),
        "review_up": _("Judged good by a reviewer"),
        "review_down": _("Judged bad by a reviewer"),
        "review_replaced": _("Corrected by a reviewer"),
    },
    "purpose": {purpose: words[0] for purpose, words in PURPOSES.items()},
    "method": {
        "api": _("Reported by the service"),
        "capture": _("Sent with a conversation"),
        "gpc": _("Through your browser’s privacy signal (Global Privacy Control)"),
        "import": _("Imported with earlier conversations"),
        "key": _("Reported by the service"),
        "link": _("On this page"),
        "operator": _("Entered by the service’s staff"),
        "page": _("On this page"),
        "replay": _("Entered again after a backup was restored"),
    },
    "kind": {
        "erasure": _("Delete everything"),
        "access": _("Show everything"),
        "withdrawal": _("Withdraw consent"),
    },
    "state": {
        **dict.fromkeys(("received", "verified", "restricted", "executed", "scanned", "recalled"), UNDER_WAY),
        "closed": _("Done"),
        "refused": _("Refused"),
        "open": _("Waiting for a person to check it"),
        "resolved": _("Done"),
        "cancelled": _("No longer needed"),
    },
    "outcome": {
        "confirmed": _("Right"),
        "corrected": _("Wrong, with a better answer"),
        "ambiguous": _("Undecided"),
        "conflicting": _("Ratings contradict each other"),
        "unrated": _("Not rated"),
        "outvoted": _("Another answer was judged right"),
        "rejected": _("Not to be used"),
    },
    "status": {
        "active": _("In use"),
        "filtered": _("Not used"),
        "duplicate": _("Not used, because another record says the same"),
        "balanced": _("Set aside, because there are many like it"),
        "guarded": _("Not used, as a protection against misuse"),
        "held": _("Waiting for a person to check it"),
        "retired": _("No longer used"),
    },
    "about": {
        "votes": _("Ratings"),
        "review": _("A person’s judgement"),
        "filter": _("An automatic check"),
        "rival": _("Another answer to the same question"),
        "guard": _("A protection against misuse"),
        "dispute": _("Two people who disagreed"),
        "gate": _("A test of a new version"),
        "check": _("A second check of what is in use"),
        "audit": _("A random check"),
    },
    "as": {"accepted": _("Another right answer"), "rejected": _("A wrong answer")},
}
ROLES: Mapping[str, Promise] = {
    "user": _("You"),
    "assistant": _("Assistant"),
    "system": _("Instructions"),
    "developer": _("Instructions"),
    "tool": _("Tool"),
}
CODED = frozenset({"reason"})  # a code for programs; `about` says it in words
ENGLISH = frozenset({"why"})
TIMES = frozenset({"at", "drawn_at", "marked_at", "occurred_at"})


@dataclass(frozen=True, slots=True)
class KeptRecords:
    """How many records of one kind are kept, and why."""

    label: str
    why: str
    number: int


@dataclass(frozen=True, slots=True)
class Section:
    """The records of one kind: each a list of (name, value)."""

    label: str
    why: str
    records: Sequence[Sequence[tuple[str, str]]]


def kept(data: Mapping[str, Sequence[Any]]) -> list[KeptRecords]:
    """The kinds that have records."""
    return [KeptRecords(*named(kind), len(rows)) for kind, rows in in_order(data) if rows]


def in_order(data: Mapping[str, Sequence[Any]]) -> list[tuple[str, Sequence[Any]]]:
    """The kinds as a person looks for them: their own words first, then records derived from them."""
    order = {kind: place for place, kind in enumerate(KINDS)}
    return sorted(data.items(), key=lambda entry: order.get(entry[0], len(order)))


def named(kind: str) -> tuple[str, str]:
    """A kind's name and purpose, for a person to read."""
    label, why = KINDS.get(kind, (kind.replace("_", " ").capitalize(), ""))
    return str(label), str(why)


def sections(data: Mapping[str, Sequence[Mapping[str, Any]]]) -> list[Section]:
    """Everything that is stored, for a person to read, without empty values."""
    return [Section(*named(kind), [lines(row) for row in rows]) for kind, rows in in_order(data) if rows]


def lines(row: Mapping[str, Any], prefix: str = "") -> list[tuple[str, str]]:
    """One record as (name, value), nested values flattened.

    Codes are in words; below the first level only who spoke, since names there are the service's own. Our own sentences
    are in English: a page in another language leaves them out, and the file to download has them.
    """
    found: list[tuple[str, str]] = []
    for name, value in row.items():
        if not prefix and (name in CODED or (name in ENGLISH and not (get_language() or "en").startswith("en"))):
            continue
        label = f"{prefix}{FIELDS.get(name, name.replace('_', ' '))}"
        if isinstance(value, Mapping):
            found += lines(value, f"{label}: ")
        elif isinstance(value, list) and value and isinstance(value[0], Mapping):
            found += [line for inner in value for line in lines(inner, f"{label}: ")]
        elif value not in (None, "", [], {}):
            codes = ROLES if prefix and name == "role" else {} if prefix else CODES.get(name, {})
            found.append(
                (label, str(codes[value]) if isinstance(value, str) and value in codes else written(name, value))
            )
    return found


def time_of(value: Any) -> datetime | None:
    """The time that a value is; None if it is another text, as in a caller's own metadata."""
    if isinstance(value, datetime):
        return value
    try:
        return datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return None


def written(name: str, value: Any) -> str:
    """A value as text; times, yes and no are in the reader's language."""
    if isinstance(value, bool):
        return gettext("Yes") if value else gettext("No")
    if name in TIMES and (moment := time_of(value)):
        # Values are shown as Markdown, where "3. Dezember" would begin a numbered list: the space does not break.
        return date_format(moment, "DATETIME_FORMAT").replace(". ", ".\u00a0")
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
