"""`make native`: compile the redactor with mypyc, for this interpreter and machine.

    python -m deploy.native [--optional]

It needs a C compiler and Python's headers. `--optional`: where they are missing, say so and go on with the sources.
GCC compiles twice: the second time it knows, from a reading of the demo's log, which of the code is often run.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from privacy import native

if TYPE_CHECKING:
    from setuptools import Extension

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


LOG = Path("flywheel_site", "demo", "sample.jsonl")
# For GCC: calls between our own functions are calls of just these; then code that is often run stands together.
DIRECT = "-fno-semantic-interposition"
COUNTING = "-fprofile-generate"
COUNTED = (DIRECT, "-fprofile-use", "-fprofile-partial-training", "-Wno-missing-profile")


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
    """The build itself; setuptools and mypyc say what they do as they please, so that it has a process of its own."""
    from mypyc.build import mypycify

    inside = [path for path in native.sources() if path.parent != native.REDACTION or path.name not in INTERPRETED]
    extensions = mypycify(
        [*TYPES, *map(str, inside)],
        opt_level="2",
        debug_level="0",
        target_dir=str(work / "c"),
        group_name=native.LIBRARY.removesuffix("__mypyc"),
    )
    if not is_gcc():
        compile_all(extensions, work)
        return
    compile_all(extensions, work, DIRECT, COUNTING)
    as_written = {**os.environ, "FLYWHEEL_NATIVE": "0"}  # what was compiled before is not in the way
    subprocess.run([sys.executable, "-m", "deploy.native", "--count", str(work / "made")], env=as_written, check=True)  # noqa: S603
    compile_all(extensions, work, *COUNTED)


def is_gcc() -> bool:
    """Whether the compiler is GCC; another one has other words for counting."""
    said = subprocess.run([*compiler(), "--version"], capture_output=True, text=True, check=False).stdout  # noqa: S603
    return "Free Software Foundation" in said


def compile_all(extensions: "list[Extension]", work: Path, *options: str) -> None:
    """Compile the extensions with these options into the folder `made`; what is counted is looked for beside the objects."""
    from setuptools import setup

    usual = extensions[0].extra_compile_args
    for extension in extensions:
        extension.extra_compile_args = [*usual, *options]
        extension.extra_link_args = [COUNTING] if COUNTING in options else []
    setup(
        name="flywheel-native",
        packages=[],
        ext_modules=extensions,
        script_args=["build_ext", "--force", f"--build-lib={work / 'made'}", f"--build-temp={work / 'objects'}"],
    )
    for extension in extensions:
        extension.extra_compile_args = usual


def count(made: Path) -> None:
    """Redact the demo's log with what was compiled into a folder to count, which it writes down when the process ends."""
    native.SEARCH_PATH.insert(0, str(made / native.REDACTION))
    sys.path.append(str(made))
    from privacy.redaction import redact_json

    if not native.compiled():
        raise ImportError(f"no compiled redactor in {made}")
    for line in (native.ROOT / LOG).read_text().splitlines():
        redact_json(json.loads(line))


def main() -> int:
    """Compile unless that is done; 1 where it cannot be."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--optional", action="store_true", help="where there is no compiler, go on without")
    parser.add_argument("--into", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--count", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.into:
        build(options.into)
        return 0
    if options.count:
        count(options.count)
        return 0
    folder = native.folder()
    if folder.exists():
        print(f"The redactor is compiled: {folder.relative_to(native.ROOT)}/")
        return 0
    if not can_compile():
        print(f"{MISSING} The redactor runs as it is, a third slower.", file=sys.stderr)
        return 0 if options.optional else 1
    print("Compiling the redactor (once for these sources; two or three minutes) …", flush=True)
    try:
        compile_into(folder)
    except subprocess.CalledProcessError as error:
        print(f"{error.stdout[-4000:]}\nIt could not be compiled. The redactor runs as it is.", file=sys.stderr)
        return 0 if options.optional else 1
    print(f"Compiled: {folder.relative_to(native.ROOT)}/. Start Flywheel again to use it.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
