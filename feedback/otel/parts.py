"""Readings that wait in the database: redacted text, stored apart from their place in the trace."""

from collections.abc import Mapping
from typing import Any

import msgspec
import orjson

from feedback.models import Project
from feedback.otel.readings import Person, Reading
from privacy.redaction import Numbering, redact_json

WORDS = ("asked", "told", "sources", "call", "agent", "tags")  # fields of a reading that hold text


def redacted(project: Project, reading: Reading, numbering: Numbering) -> Reading:
    """The reading with its text redacted. The person's own id stays in it, and is never stored. Raises
    `RedactionError`.
    """
    words = {name: msgspec.to_builtins(getattr(reading, name)) for name in WORDS}
    made, _ = redact_json(
        {**words, "session": reading.person.session, "talk": reading.person.talk}, project.redaction_policy, numbering
    )
    clean = as_plain(made)
    said = msgspec.convert({"span": reading.span, **{name: clean[name] for name in WORDS}}, Reading)
    person = msgspec.structs.replace(reading.person, session=str(clean["session"]), talk=str(clean["talk"]))
    return msgspec.structs.replace(reading, person=person, **{name: getattr(said, name) for name in WORDS})


def as_plain(value: Any) -> Any:
    """Redacted JSON as plain JSON, as the next redaction needs it."""
    return orjson.loads(orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS))


def restored(place: Mapping[str, Any], part: Mapping[str, Any]) -> Reading:
    """A reading that waited."""
    part = as_plain(part)
    consent = {"consent": place.get("consent", {}), "session": part["session"], "talk": part["talk"]}
    words = {name: part[name] for name in WORDS}
    return msgspec.convert(
        {**{key: value for key, value in place.items() if key != "consent"}, **words, "person": consent}, Reading
    )


def place_of(reading: Reading) -> dict[str, Any]:
    """The reading's place in its trace, and its person's consent."""
    kept = msgspec.to_builtins(msgspec.structs.replace(reading, person=Person()))
    return {**{key: value for key, value in kept.items() if key not in WORDS}, "consent": reading.person.consent}


def words_of(reading: Reading) -> dict[str, Any]:
    """The text of the reading, to be redacted."""
    words = {name: msgspec.to_builtins(getattr(reading, name)) for name in WORDS}
    return {**words, "session": reading.person.session, "talk": reading.person.talk}
