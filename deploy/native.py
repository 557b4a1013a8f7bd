"""`make native`: compile the redactor with mypyc, for this interpreter and machine.

    python -m deploy.native [--optional]

It needs a C compiler and Python's headers. With `--optional`, say so if they are missing, and use the sources.
"""

import argparse
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

from privacy import native

INTERPRETED = {
    "__init__.py",  # the package itself, which finds the others
    "__main__.py",
    "results.py",  # subclasses of `str`, which mypyc does not support
}
MISSING = "A C compiler or Python.h is missing here (Debian, Ubuntu: apt-get install gcc python3-dev)."
# `make test` checks types; mypyc only needs mypy to know them.
TYPES = (
    "--config-file=",
    "--strict",
    "--explicit-package-bases",
    "--ignore-missing-imports",
    "--follow-imports=silent",
    "--no-incremental",
)


def compiler() -> list[str]:
    """The command that compiles C for this interpreter."""
    return (os.environ.get("CC") or str(sysconfig.get_config_var("CC") or "cc")).split()


def can_compile() -> bool:
    """Whether this machine has what compiling needs."""
    return bool(shutil.which(compiler()[0])) and Path(sysconfig.get_path("include"), "Python.h").exists()


def compile_into(folder: Path) -> None:
    """Compile the modules into a folder that appears at the end, complete. Raises `CalledProcessError` with the output."""
    folder.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".making-") as name:
        work = Path(name)
        subprocess.run(  # noqa: S603 - this very program
            [sys.executable, "-m", "deploy.native", "--into", str(work)],
            cwd=native.ROOT,
            check=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        made = work / "made"
        for other in folder.parent.iterdir():
            if not other.name.startswith("."):
                shutil.rmtree(other)
        made.rename(folder)


def build(work: Path) -> None:
    """The build itself, in a separate process, since setuptools and mypyc print whatever they like."""
    from mypyc.build import mypycify
    from setuptools import setup

    inside = [path for path in native.sources() if path.parent != native.REDACTION or path.name not in INTERPRETED]
    extensions = mypycify(
        [*TYPES, *map(str, inside)],
        opt_level="2",
        debug_level="0",
        target_dir=str(work / "c"),
        group_name=native.LIBRARY.removesuffix("__mypyc"),
    )
    setup(
        name="flywheel-native",
        packages=[],
        ext_modules=extensions,
        script_args=["build_ext", "--force", f"--build-lib={work / 'made'}", f"--build-temp={work / 'objects'}"],
    )


def main() -> int:
    """Compile unless that is done; return 1 if it is not possible."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--optional", action="store_true", help="continue if there is no compiler")
    parser.add_argument("--into", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.into:
        build(options.into)
        return 0
    folder = native.folder()
    if folder.exists():
        print(f"The redactor is compiled: {folder.relative_to(native.ROOT)}/")
        return 0
    if not can_compile():
        print(f"{MISSING} The redactor runs uncompiled, a third slower.", file=sys.stderr)
        return 0 if options.optional else 1
    print("Compiling the redactor (once for these sources; a minute or two) …", flush=True)
    try:
        compile_into(folder)
    except subprocess.CalledProcessError as error:
        print(f"{error.stdout[-4000:]}\nCompiling failed. The redactor runs uncompiled.", file=sys.stderr)
        return 0 if options.optional else 1
    print(f"Compiled: {folder.relative_to(native.ROOT)}/. Restart Flywheel to use it.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
