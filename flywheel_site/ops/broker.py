"""The file broker: messages are files in a folder, visible only when complete. A message that is not ours is logged in
one line and set aside, because it would end Celery's worker.
"""

import logging
import os
import time
import uuid
from base64 import b64decode
from collections.abc import Mapping
from pathlib import Path
from queue import Empty
from typing import Any

from celery import current_app
from django.conf import settings
from kombu.transport import TRANSPORT_ALIASES, filesystem
from kombu.utils.json import dumps, loads

logger = logging.getLogger(__name__)
SCHEME = "files"
TASKS = "celery"  # the queue of tasks; the others are Celery's own, for remote control
ASIDE = "set-aside"
KEPT_ASIDE = 20  # messages


class Channel(filesystem.Channel):
    def _put(self, queue: str, payload: Any, **kwargs: Any) -> None:  # type: ignore[override] # as its parent does
        """Put a message into the folder in one step. Kombu creates an empty file and then writes it; a worker that
        reads it in between loses the message and ends.
        """
        name = os.path.join(self.data_folder_out, f"{time.monotonic_ns() // 1_000_000}_{uuid.uuid4()}.{queue}.msg")
        with open(f"{name}.part", "x") as file:
            file.write(dumps(payload))  # type: ignore[no-untyped-call]
        os.replace(f"{name}.part", name)

    def _get(self, queue: str, timeout: float | None = None) -> Any:
        """The oldest message in the queue. One that cannot be read stays set aside, where each message is moved first."""
        folder = Path(self.data_folder_in)
        for name in sorted(os.listdir(folder)):
            if name.partition(".")[2] != f"{queue}.msg":
                continue
            aside = folder / ASIDE / name
            aside.parent.mkdir(mode=0o700, exist_ok=True)
            try:
                os.replace(folder / name, aside)  # only one reader can
                message = loads(aside.read_text())  # type: ignore[no-untyped-call]
            except (FileNotFoundError, IsADirectoryError):
                continue
            except (ValueError, RecursionError) as error:
                log_fault(queue, type(error).__name__)
                tidy(aside.parent)
                continue
            aside.unlink()
            return message
        raise Empty


class Transport(filesystem.Transport):
    Channel = Channel

    def _deliver(self, message: Any, queue: str) -> None:
        deliver(super()._deliver, message, queue)


def deliver(give: Any, message: Any, queue: str) -> None:
    """Give the message to the worker if it is ours; otherwise set it aside."""
    if not (why := fault(message, queue)):
        give(message, queue)
        return
    log_fault(queue, why)
    aside = settings.VAR / "broker" / ASIDE
    aside.mkdir(mode=0o700, exist_ok=True)
    (aside / f"{time.monotonic_ns() // 1_000_000}_{uuid.uuid4()}.{queue}.msg").write_text(dumps(message))  # type: ignore[no-untyped-call]
    tidy(aside)


def fault(message: Any, queue: str) -> str:
    """What is wrong with a message; "" for one that Celery wrote."""
    properties = message.get("properties") if isinstance(message, dict) else None
    if not isinstance(properties, dict) or not isinstance(properties.get("delivery_tag"), str):
        return "no delivery_tag"
    if not isinstance(properties.get("delivery_info"), dict):
        return "no delivery_info"
    if queue != TASKS:
        return ""
    if message.get("content-type") != "application/json" or message.get("content-encoding") != "utf-8":
        return "another content type"
    return fault_of_task(message.get("headers"), message.get("body"), properties.get("body_encoding"))


def fault_of_task(headers: Any, body: Any, encoding: Any) -> str:
    if not isinstance(headers, Mapping) or not isinstance(headers.get("id"), str):
        return "no task id"
    if not isinstance(headers.get("task"), str) or headers["task"] not in current_app.tasks:
        return "an unknown task"
    try:
        args, named, options = loads(b64decode(body, validate=True) if encoding == "base64" else body)  # type: ignore[no-untyped-call]
    except (ValueError, TypeError, AttributeError, RecursionError):
        return "a body that is not a call"
    if not (isinstance(args, list) and isinstance(named, dict) and isinstance(options, dict)):
        return "a body that is not a call"
    return ""


def log_fault(queue: str, why: str) -> None:
    """Log one line, without the message's content."""
    logger.error("A message in the queue %s is not ours and was set aside: %s", queue, why)


def tidy(aside: Path) -> None:
    """Delete all but the newest messages that were set aside."""
    for old in sorted(aside.iterdir(), key=lambda path: path.stat().st_mtime)[:-KEPT_ASIDE]:
        old.unlink(missing_ok=True)


TRANSPORT_ALIASES[SCHEME] = f"{__name__}:Transport"
if settings.REDIS_URL:
    TRANSPORT_ALIASES |= dict.fromkeys(("redis", "rediss"), "flywheel_site.ops.redis_broker:Transport")
