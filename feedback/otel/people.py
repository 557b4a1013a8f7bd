"""Finds whom a span is about (subject, session, consent) in commonly used attributes. Pure."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from feedback.otel.readings import Person
from feedback.texts.literals import unwritten

# Where products put attributes that a caller adds to a trace.
PREFIXES = tuple(
    "traceloop.association.properties. ai.telemetry.metadata. langfuse.trace.metadata. "
    "langfuse.observation.metadata. langsmith.metadata. mlflow.trace. mlflow.traceMetadata. metadata. "
    "gcp.vertex.agent. baggage.".split()
)
# Attributes by full name: the first with a value is used.
SUBJECTS = tuple(
    "enduser.id user.id langfuse.user.id langfuse.trace.user_id gen_ai.user.id gen_ai.user enduser.pseudo.id "
    "mlflow.trace.user llm.user gen_ai.request.user metadata.user_api_key_end_user_id".split()
)
TALKS = ("gen_ai.conversation.id",)
SESSIONS = (
    "session.id",
    "langfuse.session.id",
    "langfuse.trace.session_id",
    "langsmith.trace.session_id",
    "mlflow.trace.session",
    "gcp.vertex.agent.session_id",
)
# The same behind a prefix, or in the JSON of `metadata`; compared in lower case without _ - and dots.
SUBJECT_KEYS = ("userid", "enduserid", "user", "customerid", "uid")
SESSION_KEYS = ("sessionid", "conversationid", "threadid", "chatid", "session", "conversation", "groupid")
METADATA = ("metadata", "langfuse.trace.metadata", "langfuse.observation.metadata")  # attributes that hold JSON
CONSENTS = [
    (purpose, f"flywheel.consent.{purpose}", f"flywheelconsent{purpose}")
    for purpose in ("capture", "evaluation", "training")
]
WORDS = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
LABEL = 200
FOLDED = re.compile(r"[._\-\s]")
ADDED = frozenset(prefix.partition(".")[0] for prefix in PREFIXES)
NAMES = frozenset((*SUBJECTS, *TALKS, *SESSIONS, *METADATA, *(name for _, name, _ in CONSENTS)))


def person(given: Mapping[str, Any]) -> Person:
    """What these attributes, of a span or a resource, say about the person."""
    if NAMES.isdisjoint(given) and ADDED.isdisjoint([key.partition(".")[0] for key in given]):
        return Person()  # as most spans
    added = additions(given)
    return Person(
        subject=_first(given, SUBJECTS) or _first(added, SUBJECT_KEYS),
        session=(_first(given, SESSIONS) or _first(added, SESSION_KEYS))[:LABEL],
        talk=_first(given, TALKS)[:LABEL],
        consent=consent(given, added),
    )


def additions(given: Mapping[str, Any]) -> dict[str, Any]:
    """What the caller added, by its folded name, whatever prefix the product uses."""
    found: dict[str, Any] = {}
    for key, value in given.items():
        if key.startswith(PREFIXES):
            prefix = next(prefix for prefix in PREFIXES if key.startswith(prefix))
            found.setdefault(folded(key[len(prefix) :]), value)
    for key in METADATA:
        if key not in given:
            continue
        held = given[key]
        held = unwritten(held) if isinstance(held, str) else held
        if isinstance(held, dict):
            for name, value in held.items():
                found.setdefault(folded(str(name)), value)
    return found


def folded(name: str) -> str:
    """`userId`, `user_id` and `user-id` as the same name."""
    return FOLDED.sub("", name).lower()


def consent(given: Mapping[str, Any], added: Mapping[str, Any]) -> dict[str, bool]:
    """What `flywheel.consent.<purpose>` says, for the purposes it names."""
    found = {}
    for purpose, name, other in CONSENTS:
        value = given[name] if name in given else added.get(other)
        if value is not None and (word := str(value).strip().strip('"').lower()) in WORDS:
            found[purpose] = WORDS[word]
    return found


def _first(given: Mapping[str, Any], names: Sequence[str]) -> str:
    for name in names:
        if name not in given:  # nearly always
            continue
        value = given[name]
        if not isinstance(value, str | int) or isinstance(value, bool):
            continue
        text = str(value).strip().strip('"')
        if text and text not in ("None", "null"):
            return text
    return ""
