"""The kinds of signal, in one list: the API, the column, tokens and OpenTelemetry's labels read it.

To add one, add it at the end (a token's kinds are bits in this order), and define in `curation/decisions/rules.py` what
it counts as: a vote (`EXPLICIT`) or a weight in review (`IMPLICIT_WEIGHT`). Tests fail until both are done.
"""

from typing import Final, Literal, get_args

SignalKind = Literal["thumbs_up", "thumbs_down", "edit", "rating", "retry", "copy", "accept", "abandon", "follow_up"]
KINDS: Final[tuple[SignalKind, ...]] = get_args(SignalKind)
LABELS: Final[dict[str, str]] = {str(kind): kind.replace("_", " ").capitalize() for kind in KINDS} | {
    "follow_up": "Follow-up"
}
"""Its label for people."""
