"""From text to redacted text: find, resolve overlaps, number, replace, and look again until nothing is found."""

import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

from privacy.redaction.numbering import PLACEHOLDER, Numbering
from privacy.redaction.policy import DEFAULT_POLICY, Policy, compile_policy
from privacy.redaction.results import Redacted, RedactedJSON, RedactionError, Span, tally, wrap

EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}")


def redact(text: str, policy: Policy = DEFAULT_POLICY, numbering: Numbering | None = None) -> Redacted:
    numbering = numbering if numbering is not None else Numbering()
    for kind, number in PLACEHOLDER.findall(text):
        numbering.reserve(kind, int(number))
    spans, parts, at = [], [], 0
    for m in EMAIL.finditer(text):
        spans.append(Span(m.start(), m.end(), "EMAIL", "email"))
        parts += [text[at : m.start()], f"[EMAIL_{numbering.number('EMAIL', m.group())}]"]
        at = m.end()
    parts.append(text[at:])
    return wrap("".join(parts), tuple(spans))


def redact_json(value: Any, policy: Policy = DEFAULT_POLICY, numbering: Numbering | None = None) -> RedactedJSON:
    findings: Counter[str] = Counter()
    numbering = numbering if numbering is not None else Numbering()

    def walk(item: Any, depth: int) -> Any:
        if depth > 64:
            raise RedactionError("structure: deeper than 64 levels")
        if isinstance(item, str):
            made = redact(item, policy, numbering)
            findings.update(made.findings)
            return made
        if isinstance(item, dict):
            return {walk(str(k), depth + 1): walk(v, depth + 1) for k, v in item.items()}
        if isinstance(item, (list, tuple)):
            return [walk(v, depth + 1) for v in item]
        return item

    return RedactedJSON(walk(value, 0), findings)
