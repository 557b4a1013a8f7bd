"""Secrets that nobody gave: made once, and kept in files that their owner alone can read."""

import contextlib
import secrets
from pathlib import Path


def kept_secret(path: Path) -> str:
    """The secret in that file; made where there is none yet."""
    if not path.exists():
        aside = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
        aside.touch(mode=0o600)
        aside.write_text(secrets.token_urlsafe(64))
        with contextlib.suppress(FileExistsError):  # another process was first: its key is read below
            path.hardlink_to(aside)  # atomic: of two processes that start together, one key wins for both
        aside.unlink()
    return path.read_text().strip()
