"""`make bench`: every benchmark, or those that are named; each is a module of this folder that can be run.

`python -m bench redaction,capture` runs two of them. The exit status is 1 when one of them failed.
"""

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent


def names() -> list[str]:
    """The available benchmarks: modules that can be run, by name."""
    return sorted(path.stem for path in HERE.glob("*.py") if '__name__ == "__main__"' in path.read_text())


def main(arguments: list[str]) -> int:
    """Run the benchmarks that are named, with commas or spaces between them; without a name, all."""
    known = [name for name in names() if name != "__main__"]
    wanted = [name for argument in arguments for name in argument.split(",") if name] or known
    if unknown := sorted(set(wanted) - set(known)):
        print(f"There is no benchmark {', '.join(unknown)}. There are: {', '.join(known)}.", file=sys.stderr)
        return 2
    failed = []
    for name in wanted:
        print(f"\n── {name} " + "─" * 80, flush=True)
        if subprocess.run([sys.executable, "-m", f"bench.{name}"], cwd=HERE.parent, check=False).returncode:
            failed.append(name)
    if failed:
        print(f"\nFailed: {', '.join(failed)}.", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
