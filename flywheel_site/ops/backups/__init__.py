"""Backups of a running installation, and the way back into an empty one.

`archive` writes the database and releases of one moment into a file, `restoring` reads it back and purges people who
were erased since, `state` says when the last backup was made and whether a restore is unfinished; until it is finished,
nothing is served. No backup holds keys.
"""

from flywheel_site.ops.backups.archive import CannotSave, save
from flywheel_site.ops.backups.restoring import CannotRestore, restore

__all__ = ["CannotRestore", "CannotSave", "restore", "save"]
