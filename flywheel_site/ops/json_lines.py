"""Log records as lines of JSON (`LOG_FORMAT=json`), each with the id of its request. For an exception a line has its
kind and place, but not the message, which may quote what was sent.
"""

import logging
import traceback
from datetime import UTC, datetime

import orjson

FRAMES = 12


class JsonFormatter(logging.Formatter):
    """One object per line: time, level, logger, request_id, message, and `exception` if there is one."""

    def format(self, record: logging.LogRecord) -> str:
        entry: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC),
            "level": record.levelname,
            "logger": record.name,
            "request_id": getattr(record, "request_id", "-"),
            "message": record.getMessage(),
            "process": record.process,
        }
        if record.exc_info and record.exc_info[1] is not None:
            entry["exception"] = list(exception_chain(record.exc_info[1]))
        return orjson.dumps(entry, default=str).decode("utf-8", "replace")


def exception_chain(error: BaseException | None) -> list[dict[str, object]]:
    """An exception and its causes: kinds and places."""
    found: list[dict[str, object]] = []
    while error is not None and len(found) < FRAMES:
        frames = traceback.extract_tb(error.__traceback__)[-FRAMES:]
        places = [f"{frame.filename.rpartition('site-packages/')[2]}:{frame.lineno} {frame.name}" for frame in frames]
        found.append({"type": type(error).__name__, "at": places})
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return found
