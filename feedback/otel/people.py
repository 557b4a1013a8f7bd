"""Who a span is about: the subject, the session and the consent, by the attributes in common use. Pure."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from feedback.otel.attributes import unwritten
from feedback.otel.readings import Person

# Where products put what a caller adds to a trace.
PREFIXES = tuple(
    "traceloop.association.properties. ai.telemetry.metadata. langfuse.trace.metadata. "
    "langfuse.observation.metadata. langsmith.metadata. mlflow.trace. mlflow.traceMetadata. metadata. "
    "gcp.vertex.agent. baggage.".split()
)
# Attributes by their whole names: the first that has a value is taken.
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
PURPOSES = ("capture", "evaluation", "training")
WORDS = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
SUBJECT_LIMIT, LABEL = 512, 200
FOLDED = re.compile(r"[._\-\s]")


def person(given: Mapping[str, Any]) -> Person:
    """What these attributes, of a span or of a resource, say of the person."""
    added = additions(given)
    return Person(
        subject=_first(given, SUBJECTS) or _first(added, SUBJECT_KEYS),
        session=(_first(given, SESSIONS) or _first(added, SESSION_KEYS))[:LABEL],
        talk=_first(given, TALKS)[:LABEL],
        consent=consent(given, added),
    )


def additions(given: Mapping[str, Any]) -> dict[str, Any]:
    """What the caller added, by its folded name, whatever prefix the product puts before it."""
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
        if isinstance(held, Mapping):
            for name, value in held.items():
                found.setdefault(folded(str(name)), value)
    return found


def folded(name: str) -> str:
    """`userId`, `user_id` and `user-id` as one."""
    return FOLDED.sub("", name).lower()


def consent(given: Mapping[str, Any], added: Mapping[str, Any]) -> dict[str, bool]:
    """What `flywheel.consent.<purpose>` says, for the purposes that it names."""
    found = {}
    for purpose in PURPOSES:
        value = given.get(f"flywheel.consent.{purpose}", added.get(f"flywheelconsent{purpose}"))
        word = str(value).strip().strip('"').lower()
        if word in WORDS:
            found[purpose] = WORDS[word]
    return found


def _first(given: Mapping[str, Any], names: Sequence[str]) -> str:
    found = (given[name] for name in names if name in given)
    texts = (
        str(value).strip().strip('"') for value in found if isinstance(value, str | int) and not isinstance(value, bool)
    )
    return next((text for text in texts if text and text not in ("None", "null")), "")
