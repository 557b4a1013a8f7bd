"""The only write path: a payload is prepared (redacted), applied in one transaction, and answered.

`recording` is the entry point, `payloads` defines the shapes, `preparing` redacts, `store` looks up existing rows,
`applying` decides, `plan` inserts. A new signal kind starts in `feedback.signals`.
"""

from feedback.capture.preparing import ConsentSource
from feedback.capture.recording import (
    Conflict,
    Forbidden,
    Gone,
    Payload,
    Recorded,
    Refusal,
    Unknown,
    object_to_training,
    record,
    record_interaction,
    record_signal,
    withdraw_signal,
    writing,
)
from feedback.capture.store import mark_pending

__all__ = [
    "Conflict", "ConsentSource", "Forbidden", "Gone", "Payload", "Recorded", "Refusal", "Unknown", "mark_pending", "object_to_training",
    "record", "record_interaction", "record_signal", "withdraw_signal", "writing",
]  # fmt: skip
