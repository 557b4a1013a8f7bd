"""What can go wrong, by what the caller can do about it. No message ever carries captured text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


class FlywheelError(Exception):
    """The base of every error this package raises."""


@dataclass(frozen=True, slots=True)
class FieldError:
    """One entry of a problem's ``errors``: where it is, and what it is. Never the value that was sent."""

    pointer: str
    code: str
    detail: str


class ApiError(FlywheelError):
    """The server answered, and refused (RFC 9457 problem)."""

    def __init__(self, status: int, title: str, errors: Sequence[FieldError] = ()) -> None:
        self.status = status
        self.title = title
        self.errors = tuple(errors)
        places = "; ".join(f"{error.pointer} {error.code}" for error in self.errors)
        super().__init__(f"{status} {title}" + (f" ({places})" if places else ""))


class Unreachable(FlywheelError):
    """The server could not be reached, or answered nothing usable, within the tries and time allowed."""


class InvalidEvent(FlywheelError):
    """What was passed cannot be sent at all: a required text is missing, or a value is no JSON."""


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
    """A release file is not the bytes that its manifest promises."""


class MissingExtra(FlywheelError, ImportError):
    """An optional part of this package is not installed; the message says how to install it."""
