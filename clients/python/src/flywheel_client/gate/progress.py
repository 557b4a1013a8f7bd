"""A progress bar on stderr; if that is not a terminal, a line now and then."""

from __future__ import annotations

import sys
import time
from typing import TextIO

WIDTH = 30


class Progress:
    """Counts up to ``total``. Not drawn at all when ``quiet``."""

    def __init__(self, label: str, total: int, *, stream: TextIO | None = None, quiet: bool = False) -> None:
        self._label, self._total = label, total
        self._stream = sys.stderr if stream is None else stream
        self._quiet = quiet
        self._live = self._stream.isatty()
        self._began = time.monotonic()
        self._drawn_at = 0.0
        self._done = 0

    def advance(self, count: int = 1) -> None:
        """Count, and redraw if enough time has passed."""
        if not count:
            return
        self._done += count
        now = time.monotonic()
        pause = 0.1 if self._live else 10.0
        if self._done >= self._total or now - self._drawn_at >= pause:
            self._drawn_at = now
            self._draw()

    def _draw(self) -> None:
        if self._quiet:
            return
        text = bar(self._label, self._done, self._total, time.monotonic() - self._began)
        end = "\n" if self._done >= self._total or not self._live else ""
        self._stream.write(("\r" if self._live else "") + text + end)
        self._stream.flush()


def bar(label: str, done: int, total: int, seconds: float) -> str:
    """One line: how much is done, and how long the rest will take at this rate."""
    share = done / total if total else 1.0
    filled = int(share * WIDTH)
    left = seconds / done * (total - done) if done else 0.0
    return f"{label} [{'#' * filled}{'.' * (WIDTH - filled)}] {done}/{total} {share:4.0%} {left:4.0f} s left"
