"""Finds the redactor's modules compiled by mypyc, if there are any.

`make native` compiles into a folder named for the sources, the interpreter and the machine. Once any of them changes,
there is no folder of that name and the sources run instead, so what runs always matches the sources.
"""

import hashlib
import os
import sys
import sysconfig
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
REDACTION = Path("privacy", "redaction")
LIBRARY = "flywheel__mypyc"  # what the compiled modules share
SUFFIX = str(sysconfig.get_config_var("EXT_SUFFIX"))


def sources(root: Path = ROOT) -> list[Path]:
    """The redactor's modules, as paths below the root of the checkout."""
    return sorted(path.relative_to(root) for path in (root / REDACTION).rglob("*.py"))


def folder(root: Path = ROOT) -> Path:
    """Where these exact sources are compiled for this interpreter and machine, if they are."""
    made = hashlib.sha256(SUFFIX.encode())
    for path in sources(root):
        content = (root / path).read_bytes()
        made.update(f"\n{path.as_posix()} {len(content)}\n".encode() + content)
    return root / "native" / made.hexdigest()[:16]


def search_path(root: Path = ROOT) -> list[str]:
    """Where the redactor's modules are looked for: compiled ones first. With FLYWHEEL_NATIVE=0 only the sources."""
    as_written = [str(root / REDACTION)]
    if os.environ.get("FLYWHEEL_NATIVE") == "0" or not (root / "native").is_dir():
        return as_written
    found = folder(root)
    return [str(found / REDACTION), *as_written] if found.is_dir() else as_written


SEARCH_PATH = search_path()
if len(SEARCH_PATH) > 1:
    # The modules import what they share by name, from the folder itself.
    sys.path.append(SEARCH_PATH[0].removesuffix(f"/{REDACTION}"))
