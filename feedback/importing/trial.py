"""A trial import: each line is stored and rolled back, so that its result is exactly that of the real import."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.db import transaction

from feedback import capture
from feedback.capture import dry_run
from feedback.capture.payloads import InteractionIn
from feedback.models import Project, WriteResult

SHOWN = 5
REMEMBERED = 1_000_000  # conversations remembered, so that a repeat in the file counts as already there
T = TypeVar("T")


@dataclass(slots=True)
class Trial:
    """What a trial has seen. `first`: the first conversations as they would be stored, redacted."""

    shown: int = SHOWN
    first: list[dict[str, Any]] = field(default_factory=list)
    seen: set[int] = field(default_factory=set)

    def run(self, store: Callable[[], T]) -> T:
        """The result of storing a line; nothing of it stays."""
        with capture.writing():
            result = store()
            transaction.set_rollback(True)
        return result

    def note(self, project: Project, interaction: InteractionIn | None, result: str) -> str:
        """Keep the conversation if it is among the first, and return its result; a repeat is already there."""
        if interaction is None or result not in (WriteResult.STORED, WriteResult.REPLAYED):
            return result
        if len(self.first) < self.shown:
            self.first.append(dry_run.preview(project, interaction)["interaction"])
        name = hash(interaction.id)
        if name in self.seen:
            return WriteResult.REPLAYED
        if len(self.seen) < REMEMBERED:
            self.seen.add(name)
        return result
