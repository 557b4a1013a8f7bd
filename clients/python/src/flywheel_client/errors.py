"""Errors, by what the caller can do about them. No message ever contains captured text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

CODE = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,39}")


class FlywheelError(Exception):
    """The base of every error this package raises."""


@dataclass(frozen=True, slots=True)
class FieldError:
    """One entry of a problem's ``errors``: where it is, and what it is. Never the value that was sent."""

    pointer: str
    code: str
    detail: str


def refusal(status: int, code: object) -> str:
    """Why something was refused: the status, and the problem's code if it is a code and not free text."""
    return f"{status} {code}" if isinstance(code, str) and CODE.fullmatch(code) else str(status)


class ApiError(FlywheelError):
    """The server answered, and refused (RFC 9457 problem)."""

    def __init__(self, status: int, title: str, errors: Sequence[FieldError] = ()) -> None:
        self.status = status
        self.title = title
        self.errors = tuple(errors)
        places = "; ".join(f"{error.pointer} {error.code}" for error in self.errors)
        super().__init__(f"{status} {title}" + (f" ({places})" if places else ""))


class Unreachable(FlywheelError):
    """The server could not be reached, or gave no usable answer, within the tries and time allowed."""


class InvalidEvent(FlywheelError):
    """What was passed cannot be sent: a required text is missing, or a value is not JSON."""


class QueueFull(FlywheelError):
    """The bounded queue had no room. Raised only with ``raise_errors=True``; always counted."""


class DeliveryFailed(FlywheelError):
    """Some queued events did not reach the server.

    Raised by ``flush`` and ``close`` with ``raise_errors=True``.
    """

    def __init__(self, *, refused: int, dropped: int, pending: int) -> None:
        self.refused = refused
        self.dropped = dropped
        self.pending = pending
        super().__init__(f"{refused} events refused, {dropped} dropped, {pending} still pending")


class ChecksumMismatch(FlywheelError):
    """A release file differs from what its manifest promises."""


class MissingExtra(FlywheelError, ImportError):
    """An optional part of this package is not installed; the message says how to install it."""
