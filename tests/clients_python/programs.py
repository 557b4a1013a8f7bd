"""Where the client is, and what runs a program with it."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

CLIENT = Path(__file__).resolve().parents[2] / "clients" / "python"
Program = Callable[..., subprocess.CompletedProcess[str]]
