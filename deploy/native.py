"""`make native`: compile the redactor with mypyc, for this interpreter and machine.

    python -m deploy.native [--optional]

It needs a C compiler and Python's headers. `--optional`: where they are missing, say so and go on with the sources.
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
    "results.py",  # a kind of `str`, which mypyc does not make
}
MISSING = "There is no C compiler or no Python.h here (Debian, Ubuntu: apt-get install gcc python3-dev)."
# Types are checked by `make test`; what mypyc needs of mypy is only that it knows them.
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
    """Whether this machine has what a compiled module takes."""
    return bool(shutil.which(compiler()[0])) and Path(sysconfig.get_path("include"), "Python.h").exists()


def compile_into(folder: Path) -> None:
    """Compile the modules into a folder, which is made at the end, whole. Raises `CalledProcessError` with what was said."""
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
    """The build itself, in a process of its own: setuptools and mypyc print what they like."""
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
    """Compile unless that is done; 1 where it cannot be."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--optional", action="store_true", help="where there is no compiler, go on without")
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
        print(f"{MISSING} The redactor runs as it is, a third slower.", file=sys.stderr)
        return 0 if options.optional else 1
    print("Compiling the redactor (once for these sources; a minute or two) …", flush=True)
    try:
        compile_into(folder)
    except subprocess.CalledProcessError as error:
        print(f"{error.stdout[-4000:]}\nIt could not be compiled. The redactor runs as it is.", file=sys.stderr)
        return 0 if options.optional else 1
    print(f"Compiled: {folder.relative_to(native.ROOT)}/. Start Flywheel again to use it.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
