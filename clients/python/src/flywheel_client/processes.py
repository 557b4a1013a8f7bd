"""Handles forks and exits for the open channels."""

from __future__ import annotations

import atexit
import os
import sys
import weakref
from typing import Protocol


class Closable(Protocol):
    """Something that holds undelivered events."""

    def finish(self) -> None:
        """Deliver what is pending, within a time limit, and end. Never raises."""

    def restart_in_child(self) -> None:
        """Forget the parent's queue, thread, locks and connections."""


# All channels, because a fork can come at any time; and the started ones, kept alive until they end.
_all: weakref.WeakSet[Closable] = weakref.WeakSet()
_open: set[Closable] = set()
_registered_in: int | None = None


def register(channel: Closable) -> None:
    """Restart this channel in a forked child. Call before another thread can know the channel."""
    _all.add(channel)


def watch(channel: Closable) -> None:
    """Finish this channel when the process exits."""
    global _registered_in
    _open.add(channel)
    if _registered_in != os.getpid():
        _registered_in = os.getpid()
        # `multiprocessing` processes skip atexit, but run these.
        multiprocessing_exit = sys.modules.get("multiprocessing.util")
        if multiprocessing_exit is not None:
            multiprocessing_exit.Finalize(None, finish_all, exitpriority=10)


def forget(channel: Closable) -> None:
    """The channel is closed: nothing more to do for it."""
    _open.discard(channel)


def finish_all() -> None:
    """Finish every open channel."""
    for channel in list(_open):
        channel.finish()


def _restart_all() -> None:
    _open.clear()
    for channel in list(_all):
        channel.restart_in_child()


atexit.register(finish_all)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_restart_all)
