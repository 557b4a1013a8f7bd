"""Finds the redactor's modules that mypyc compiled, if there are any.

`make native` compiles into a folder named for the sources, the interpreter and the machine. Where any of them has changed
since, there is no folder of that name, and the sources run as they are: what runs is always what is written here.
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
    """The modules of the redactor, as paths below the root of the checkout."""
    return sorted(path.relative_to(root) for path in (root / REDACTION).rglob("*.py"))


def folder(root: Path = ROOT) -> Path:
    """Where these very sources are, compiled for this interpreter and machine, if they are."""
    made = hashlib.sha256(SUFFIX.encode())
    for path in sources(root):
        content = (root / path).read_bytes()
        made.update(f"\n{path.as_posix()} {len(content)}\n".encode() + content)
    return root / "native" / made.hexdigest()[:16]


def search_path(root: Path = ROOT) -> list[str]:
    """Where the modules of the redactor are looked for: compiled first. FLYWHEEL_NATIVE=0 leaves the sources alone."""
    as_written = [str(root / REDACTION)]
    if os.environ.get("FLYWHEEL_NATIVE") == "0" or not (root / "native").is_dir():
        return as_written
    found = folder(root)
    return [str(found / REDACTION), *as_written] if found.is_dir() else as_written


def compiled() -> bool:
    """Whether the redactor of this process is the compiled one."""
    return LIBRARY in sys.modules


SEARCH_PATH = search_path()
if len(SEARCH_PATH) > 1:
    # What the modules share they import by its name, from the folder itself.
    sys.path.append(SEARCH_PATH[0].removesuffix(f"/{REDACTION}"))
