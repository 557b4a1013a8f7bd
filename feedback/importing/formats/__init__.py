"""Exports of other products that `import_log` knows by name, each a module with one `FORMAT`.

To add one: write its module (`fits`, `lines`), add it to `FORMATS`, and put a file that the product wrote itself under
`tests/feedback/importing/exports/`. A format with weaker marks comes later in the list. `conversations` splits messages
into turns, `traces` turns spans into a line, `trees` reads conversations with branches, `scores` tells votes from
grades.
"""

from collections.abc import Sequence

from feedback.importing.formats import (
    chatgpt,
    langfuse,
    langsmith,
    librechat,
    message_rows,
    open_webui,
    openai,
    opik,
    phoenix,
    sharegpt,
)
from feedback.importing.formats.conversations import Data
from feedback.importing.formats.format import Format, Line, Unread

__all__ = ["FORMATS", "Data", "Format", "Line", "Unread", "recognise"]
MODULES = (open_webui, librechat, chatgpt, phoenix, opik, langsmith, langfuse, sharegpt, openai, message_rows)
FORMATS: dict[str, Format] = {module.FORMAT.name: module.FORMAT for module in MODULES}


def recognise(records: Sequence[Data]) -> Format | None:
    """The format that most of these records look like; None if fewer than half look like any."""
    counts = {name: sum(1 for record in records if format.fits(record)) for name, format in FORMATS.items()}
    best = max(counts, key=lambda name: counts[name])
    return FORMATS[best] if records and counts[best] * 2 >= len(records) and counts[best] else None
