"""One straight line of imports: privacy ← feedback ← curation ← flywheel_site; left never imports right.

The syntax trees are walked, so that an import inside a function, under `TYPE_CHECKING` or by a name in a
string counts as one at the top. For each rule, a planted breach in a separate tree is detected.
"""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LAYERS = ("privacy", "feedback", "curation", "flywheel_site")
# Without I/O: a function of these runs, and is tested, without Django.
PURE = (
    "privacy.redaction",
    "curation.review.agreement",
    "curation.selection.balance",
    "curation.quality.estimates",
    "curation.gate.calibration",
    "curation.filters.filters",
    "curation.questions.fingerprints",
    "curation.releases.card",
    "curation.releases.formats",
    "curation.releases.manifest",
    "curation.releases.verify",
    "curation.gate.graders",
    "curation.selection.guards",
    "curation.evidence.records",
    "curation.decisions.rules",
    "curation.gate.verdicts",
)
FRAMEWORKS = {"django", "rest_framework", "celery", "kombu", "environ", "drf_spectacular"}
DOORS = re.compile(r"views|tasks|\w*admin")  # a face with many pages has a module for each noun
DOTTED = re.compile(rf"(?:{'|'.join(LAYERS)})(?:\.\w+)+")


@dataclass(frozen=True)
class Import:
    """One import: the module that has it, the line, and the dotted name that it asks for."""

    module: str
    line: int
    target: str

    def __str__(self) -> str:
        return f"{self.module}:{self.line} imports {self.target}"


def modules(root: Path) -> dict[str, Path]:
    """The modules of the layers by dotted name; a package goes by its own name."""
    paths = (path for layer in LAYERS for path in sorted((root / layer).rglob("*.py")))
    return {".".join(path.relative_to(root).with_suffix("").parts).removesuffix(".__init__"): path for path in paths}


def imports(module: str, path: Path) -> Iterator[Import]:
    """Every import of the module, wherever it stands; `from a import b` asks for `a` and, perhaps, `a.b`."""
    package = module if path.name == "__init__.py" else module.rpartition(".")[0]
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (Import(module, node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = absolute(node, package)
            yield Import(module, node.lineno, base)
            yield from (Import(module, node.lineno, f"{base}.{alias.name}".lstrip(".")) for alias in node.names)
        elif isinstance(node, ast.Call):
            yield from (Import(module, node.lineno, name) for name in named(node, package))


def absolute(node: ast.ImportFrom, package: str) -> str:
    """The dotted name after `from`, with its leading dots resolved."""
    if not node.level:
        return node.module or ""
    parents = package.split(".")[: len(package.split(".")) - node.level + 1]
    return ".".join([*parents, *([node.module] if node.module else [])])


def named(call: ast.Call, package: str) -> Iterator[str]:
    """The modules of ours that a call names in a string: `import_string("…")`, `ForeignKey("…")`."""
    function = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    for value in (*call.args, *(keyword.value for keyword in call.keywords)):
        if not isinstance(value, ast.Constant) or not isinstance(value.value, str):
            continue
        if function in ("import_module", "__import__", "import_string"):
            yield f"{package}{value.value}" if value.value.startswith(".") else value.value
        elif DOTTED.fullmatch(value.value) or (function == "get_model" and value.value in LAYERS):
            yield value.value


def backward(root: Path) -> list[str]:
    """Imports of a layer that stands further right."""
    found = (found for module, path in modules(root).items() for found in imports(module, path))
    return [str(each) for each in found if rank(each.target) > rank(each.module)]


def rank(name: str) -> int:
    """How far right the layer of that name stands; a name outside of the layers stands left of all."""
    layer = name.split(".")[0]
    return LAYERS.index(layer) if layer in LAYERS else -1


def impure(root: Path, pure: tuple[str, ...] = PURE) -> list[str]:
    """Imports of a framework by a module that must do without, or by one of ours that such a one imports."""
    every = modules(root)
    waiting = [name for name in every if any(name == each or name.startswith(f"{each}.") for each in pure)]
    seen = set(waiting)
    found = []
    while waiting:
        module = waiting.pop()
        for each in imports(module, every[module]):
            if each.target.split(".")[0] in FRAMEWORKS:
                found.append(str(each))
            elif each.target in every and each.target not in seen:
                seen.add(each.target)
                waiting.append(each.target)
    return found


def past_the_doors(root: Path) -> list[str]:
    """Imports of a `tasks` module by one that is no door."""
    return [
        str(each)
        for module, path in modules(root).items()
        if not DOORS.fullmatch(module.split(".")[-1]) and ".management.commands." not in module
        for each in imports(module, path)
        if re.fullmatch(rf"(?:{'|'.join(LAYERS)})\.tasks(?:\..+)?", each.target)
    ]


def plant(root: Path, name: str, source: str) -> None:
    """Write a module of that dotted name into a tree that has the four layers."""
    for layer in LAYERS:
        (root / layer).mkdir(exist_ok=True)
        (root / layer / "__init__.py").touch()
    path = root.joinpath(*name.split(".")).with_suffix(".py")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(source)


def test_no_layer_imports_one_to_its_right() -> None:
    assert backward(ROOT) == []


def test_the_pure_modules_import_no_framework() -> None:
    assert impure(ROOT) == []


def test_tasks_are_imported_by_doors_alone() -> None:
    assert past_the_doors(ROOT) == []


def test_every_module_that_must_be_pure_is_there() -> None:
    assert [name for name in PURE if name not in modules(ROOT)] == []


def test_every_layer_is_walked() -> None:
    walked = {name.split(".")[0] for name in modules(ROOT)}
    assert walked == set(LAYERS)


def test_the_pure_modules_run_where_no_framework_can_be_imported() -> None:
    pure = [
        name
        for name in modules(ROOT)
        if any(f"{name}.".startswith(f"{each}.") for each in PURE) and not name.endswith("__main__")
    ]
    blocked = "".join(f"sys.modules[{name!r}] = None\n" for name in sorted(FRAMEWORKS))
    program = f"import importlib, sys\n{blocked}for name in {pure!r}: importlib.import_module(name)"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr[-1000:]


@pytest.mark.parametrize(
    "source",
    [
        "import curation.models",
        "import curation",
        "import os, curation.rules as rules",
        "from curation import rules",
        "from curation.rules import decide",
        "def late():\n    from curation import rules",
        "async def late():\n    import curation.rules",
        "class Late:\n    def method(self):\n        import curation.models",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from curation.models import Decision",
        "try:\n    import curation\nexcept ImportError:\n    pass",
        "from .. import curation",
        "from ..curation import rules",
        "import importlib\nimportlib.import_module('curation.rules')",
        "from importlib import import_module\nimport_module(name='curation')",
        "from django.utils.module_loading import import_string\nimport_string('curation.rules.decide')",
        "__import__('curation')",
        "from django.db import models\nkey = models.ForeignKey('curation.Decision', models.PROTECT)",
        "from django.db import models\nkey = models.ForeignKey(to='curation.Decision')",
        "from django.apps import apps\napps.get_model('curation', 'Decision')",
        "from django.apps import apps\napps.get_model('curation.Decision')",
    ],
)
def test_it_sees_an_import_to_the_right(tmp_path: Path, source: str) -> None:
    plant(tmp_path, "feedback.capture", source)
    assert any("feedback.capture:" in each and "curation" in each for each in backward(tmp_path))


@pytest.mark.parametrize("left", LAYERS[:3])
def test_it_sees_that_somebody_imports_the_site(tmp_path: Path, left: str) -> None:
    plant(tmp_path, f"{left}.checks", "def check():\n    from flywheel_site import settings")
    assert backward(tmp_path) == [
        f"{left}.checks:2 imports flywheel_site",
        f"{left}.checks:2 imports flywheel_site.settings",
    ]


@pytest.mark.parametrize(("left", "right"), [(LAYERS[i], LAYERS[j]) for i in range(4) for j in range(4)])
def test_the_line_is_straight(tmp_path: Path, left: str, right: str) -> None:
    plant(tmp_path, f"{left}.noun", f"import {right}.models")
    assert bool(backward(tmp_path)) == (LAYERS.index(right) > LAYERS.index(left))


def test_it_sees_an_import_in_a_package_and_in_a_command(tmp_path: Path) -> None:
    plant(tmp_path, "privacy.redaction.detectors.__init__", "from feedback import models")
    plant(tmp_path, "privacy.management.commands.purge", "from ....privacy import models\nimport feedback")
    assert sorted({each.split(" ")[0] for each in backward(tmp_path)}) == [
        "privacy.management.commands.purge:2",
        "privacy.redaction.detectors:1",
    ]


def test_a_name_in_a_plain_text_is_no_import(tmp_path: Path) -> None:
    plant(
        tmp_path,
        "privacy.noun",
        '"""What curation.rules decides is not known here."""\nprint("curation decides")',
    )
    assert backward(tmp_path) == []


@pytest.mark.parametrize("source", ["import django", "def f():\n    from django.db import models", "import celery"])
def test_it_sees_a_framework_in_a_pure_module(tmp_path: Path, source: str) -> None:
    plant(tmp_path, "curation.rules", source)
    assert impure(tmp_path, ("curation.rules",)) != []


def test_it_sees_a_framework_behind_a_pure_module(tmp_path: Path) -> None:
    plant(tmp_path, "curation.rules", "from curation import records")
    plant(tmp_path, "curation.records", "from privacy.noun import thing")
    plant(tmp_path, "privacy.noun", "import rest_framework.views")
    assert impure(tmp_path, ("curation.rules",)) == ["privacy.noun:1 imports rest_framework.views"]


@pytest.mark.parametrize(
    "source", ["from privacy import tasks", "from .tasks import sweep", "def f():\n    import privacy.tasks"]
)
def test_it_sees_that_domain_code_imports_tasks(tmp_path: Path, source: str) -> None:
    plant(tmp_path, "privacy.erasure", source)
    assert past_the_doors(tmp_path) != []


@pytest.mark.parametrize(
    "door", ["privacy.views", "privacy.admin", "privacy.tasks", "privacy.management.commands.purge"]
)
def test_a_door_may_import_tasks(tmp_path: Path, door: str) -> None:
    plant(tmp_path, door, "from privacy import tasks")
    assert past_the_doors(tmp_path) == []
