"""Figures about the structure of the code: `python -m tests.structure` prints them, for two trees next to each other.

    python -m tests.structure [OTHER_CHECKOUT]

`tests/test_structure.py` has the limits that must not be exceeded.
"""

import ast
import io
import re
import statistics
import subprocess
import sys
import tokenize
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from tests.test_layers import LAYERS, backward, imports, past_the_doors

ROOT = Path(__file__).resolve().parent.parent
# Modules that a registry names one by one: a new one is added by its name there, and nobody else imports it.
REGISTERED = re.compile(r"\.(detectors(\.\w+)?|formats|graders|dialects)\.\w+$")
# What these do is run once by Django or by a person, so that nothing imports them or one place does.
ENTRY = re.compile(
    r"\.(apps|urls|admin|\w*_admin|tasks|checks|\w*views|personal_data|__main__|wsgi|celery|celeryconfig|settings)$|\.management\.|\.templatetags\."
)
SQL = re.compile(r"\.execute\(|\.executemany\(|\.raw\(|RawSQL\(|\bselect_in\(|\bSELECT \w+\.")
SKIP = "# fmt: " + "skip"
VENDOR = re.compile(r"\.vendor\b|has_select_for_update_skip_locked")


@dataclass(frozen=True)
class Tree:
    """A checkout: its modules by dotted name, and who imports whom. Migrations count as importers alone."""

    root: Path
    modules: Mapping[str, Path]
    migrations: Mapping[str, Path]

    @cached_property
    def sources(self) -> dict[str, str]:
        """The text of each module."""
        return {name: path.read_text() for name, path in self.modules.items()}

    @cached_property
    def importers(self) -> dict[str, set[str]]:
        """The modules that import each module. To know them, all of them are parsed: a second or two."""
        found: dict[str, set[str]] = defaultdict(set)
        for name, path in {**self.modules, **self.migrations}.items():
            for each in imports(name, path):
                if each.target in self.modules and each.target != name:
                    found[each.target].add(name)
        return dict(found)


def read(root: Path) -> Tree:
    """The product's modules below this root, and its migrations."""
    modules: dict[str, Path] = {}
    migrations: dict[str, Path] = {}
    for layer in LAYERS:
        for path in sorted((root / layer).rglob("*.py")):
            name = ".".join(path.relative_to(root).with_suffix("").parts).removesuffix(".__init__")
            (migrations if "migrations" in path.parts else modules)[name] = path
    return Tree(root, modules, migrations)


def folders(tree: Tree) -> Counter[str]:
    """How many modules each folder has, packages' own `__init__` apart."""
    counted: Counter[str] = Counter()
    for path in tree.modules.values():
        if path.name != "__init__.py":
            counted[str(path.parent.relative_to(tree.root))] += 1
    return counted


def with_one_importer(tree: Tree) -> list[str]:
    """Modules that one other module alone imports. A package's face is no importer of its own modules."""
    found = []
    for name, path in tree.modules.items():
        if path.name == "__init__.py" or REGISTERED.search(name) or ENTRY.search(name):
            continue
        outside = {other for other in tree.importers.get(name, ()) if other != name.rpartition(".")[0]}
        if len(outside) == 1:
            found.append(name)
    return found


def cycles(tree: Tree) -> list[list[str]]:
    """Modules that import each other, directly or in a circle, counting only what runs when a module is loaded."""
    graph = {name: set(loaded(name, path, tree)) for name, path in tree.modules.items()}
    return [sorted(group) for group in components(graph) if len(group) > 1]


def loaded(name: str, path: Path, tree: Tree) -> Iterator[str]:
    """The modules of ours that are imported when this one is loaded."""
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.ImportFrom) and not node.level and node.module:
            for alias in node.names:
                target = f"{node.module}.{alias.name}"
                target = target if target in tree.modules else node.module
                if target in tree.modules and target != name:
                    yield target
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in tree.modules)


def components(graph: Mapping[str, set[str]]) -> list[set[str]]:
    """The strongly connected components, by Tarjan's algorithm."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    found: list[set[str]] = []

    def visit(node: str) -> None:
        index[node] = low[node] = len(index)
        stack.append(node)
        for other in graph[node]:
            if other not in index:
                visit(other)
                low[node] = min(low[node], low[other])
            elif other in stack:
                low[node] = min(low[node], index[other])
        if low[node] == index[node]:
            at = stack.index(node)
            found.append(set(stack[at:]))
            del stack[at:]

    sys.setrecursionlimit(10_000)
    for node in graph:
        if node not in index:
            visit(node)
    return found


def bodies(tree: Tree) -> list[int]:
    """The number of lines in the body of each function, its docstring apart."""
    lengths = []
    for source in tree.sources.values():
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                body = node.body[1:] if ast.get_docstring(node) and len(node.body) > 1 else node.body
                lengths.append((body[-1].end_lineno or 0) - body[0].lineno + 1)
    return lengths


def comment_share(tree: Tree) -> float:
    """Lines with a comment, of all lines."""
    lines = comments = 0
    for source in tree.sources.values():
        lines += source.count("\n")
        tokens = tokenize.generate_tokens(io.StringIO(source).readline)
        comments += len(
            {
                token.start[0]
                for token in tokens
                if token.type == tokenize.COMMENT and "noqa" not in token.string and "fmt:" not in token.string
            }
        )
    return comments / lines


def migrations(tree: Tree) -> int:
    """How many migrations all apps have."""
    return sum(1 for layer in LAYERS for path in (tree.root / layer).glob("migrations/0*.py"))


def matching(tree: Tree, pattern: re.Pattern[str]) -> list[str]:
    """The modules in whose text the pattern occurs."""
    return [name for name, source in tree.sources.items() if pattern.search(source)]


def skips(tree: Tree) -> int:
    """Places where the formatter is told to look away, tests included."""
    listed = subprocess.run(["git", "ls-files", "*.py"], cwd=tree.root, capture_output=True, text=True, check=True)
    return sum((tree.root / name).read_text().count(SKIP) for name in listed.stdout.split())


def figures(root: Path) -> dict[str, str]:
    """All figures of one checkout, ready to print."""
    tree = read(root)
    counted = folders(tree)
    folder, most = counted.most_common(1)[0]
    lengths = bodies(tree)
    return {
        "modules in curation/ itself": str(counted["curation"]),
        "largest folder": f"{most} ({folder})",
        "modules with one importer": str(len(with_one_importer(tree))),
        "migrations": str(migrations(tree)),
        "modules with raw SQL": str(len(matching(tree, SQL))),
        "modules that ask for the vendor": str(len(matching(tree, VENDOR))),
        SKIP: str(skips(tree)),
        "lines with a comment": f"{comment_share(tree):.1%}",
        "product lines": f"{sum(source.count(chr(10)) for source in tree.sources.values()):,}",
        "lines in a function's body, median": f"{statistics.median(lengths):g}",
        "lines in a function's body, nine in ten": f"{statistics.quantiles(lengths, n=10)[-1]:g}",
        "import cycles": str(len(cycles(tree))),
        "imports to the right": str(len(backward(root))),
        "tasks imported past a door": str(len(past_the_doors(root))),
    }


def main(others: list[str]) -> None:
    """Print the figures, of the other checkout first."""
    columns = [*(figures(Path(other).resolve()) for other in others), figures(ROOT)]
    for name in columns[0]:
        print(f"{name:42}" + "".join(f"{each[name]:>26}" for each in columns))


if __name__ == "__main__":
    main(sys.argv[1:])
