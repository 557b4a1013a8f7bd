"""The steps that a candidate sends: parsed, redacted in the numbering of its case, and written as text for the grader."""

from typing import Any

import msgspec
import orjson

from feedback.capture.json_bodies import refuse_unstorable
from feedback.capture.payloads import PayloadError, Step, convert
from feedback.models import Interaction, Project
from privacy.redaction import Redacted, redact_json

MOST = 1_000
TOLD = ("name", "arguments", "result", "error")


def parsed(value: Any) -> str | None:
    """The steps as JSON, each a call with what came back; None where none were sent. Raises `PayloadError`."""
    if value is None:
        return None
    if not isinstance(value, list) or len(value) > MOST:
        raise PayloadError("/steps", "invalid_type", f"Expected a list of at most {MOST} steps.")
    try:
        refuse_unstorable(value)
        return written([as_json(msgspec.to_builtins(step)) for step in convert(value, list[Step])])
    except PayloadError as error:
        raise error.below("steps") from None


def as_json(step: dict[str, Any]) -> dict[str, Any]:
    """What the grader looks at in a step."""
    return {name: step[name] for name in TOLD if step.get(name) is not None}


def redacted(project: Project, origin: Interaction, steps: str | None) -> Redacted | None:
    """The same with every text in it redacted. Raises `RedactionError`."""
    if steps is None:
        return None
    numbering = project.numbering(origin.external_id, origin.placeholders)
    clean, _ = redact_json(orjson.loads(steps), project.redaction_policy, numbering)
    # What is put around redacted texts are JSON's own signs.
    return Redacted.stored(written(clean))


def expected(steps: Any) -> str:
    """The steps of a case as the grader reads them; "" for none."""
    return written([as_json(step) for step in steps]) if steps else ""


def written(steps: Any) -> str:
    """The steps as JSON, one text for equal ones."""
    return orjson.dumps(steps, option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS).decode()
