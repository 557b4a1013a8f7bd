"""The protocol that every module of a line format implements."""

from typing import Protocol

from curation.releases.formats.records import Row


class Format(Protocol):
    """A file of one line a record.

    `NAME` is the file's; `PURPOSE` the consent that its records need ("evaluation" or "training"); `CONFIG` its name
    among the configs of the dataset card, None where it is not a table to load.
    """

    @property
    def NAME(self) -> str: ...
    @property
    def PURPOSE(self) -> str: ...
    @property
    def CONFIG(self) -> str | None: ...

    def line(self, row: Row) -> bytes | None:
        """The record as one line, LF at its end; None where the format has no place for it."""
