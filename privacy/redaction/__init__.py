"""Removes personal data and secrets from text before anything is stored. Pure: no Django, no input or output, no clock.

    from privacy.redaction import redact
    redact("mail ada@example.org")  # Redacted('mail [EMAIL_1]')

`docs/explanation/redaction.md` says what is found, how well, and what is not.
"""

from privacy.native import SEARCH_PATH as __path__  # noqa: F401 - compiled modules first, where there are any
from privacy.redaction.documents import redact_json
from privacy.redaction.engine import prepare, redact
from privacy.redaction.numbering import PLACEHOLDER, Numbering
from privacy.redaction.policy import DEFAULT_POLICY, RULES_VERSION, Policy, Term, compile_policy
from privacy.redaction.results import Redacted, RedactedJSON, RedactionError, Span, is_redacted
from privacy.redaction.streams import filter_lines

__all__ = [
    "DEFAULT_POLICY",
    "PLACEHOLDER",
    "RULES_VERSION",
    "Numbering",
    "Policy",
    "Redacted",
    "RedactedJSON",
    "RedactionError",
    "Span",
    "Term",
    "compile_policy",
    "filter_lines",
    "is_redacted",
    "prepare",
    "redact",
    "redact_json",
]
