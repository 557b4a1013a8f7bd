"""Limits of the structure, and questions that a reader can answer from the names of packages and modules."""

import ast
import re
from importlib import import_module
from pathlib import Path

import pytest

from tests import structure

TREE = structure.read(structure.ROOT)
LARGEST_FOLDER = 18
IN_CURATION_ITSELF = 12
# What the tree has today. Lower these with every step towards them, and never raise them.
VENDOR = 4
RAW_SQL = 9
# Question: the module that answers it, and the name there.
LOOK_UPS = {
    "Where is a bare down-vote sent to review?": ("curation.decisions.rules", "Reason.BARE_DOWN"),
    "Where is consent checked at release?": ("curation.releases.membership", "has_consent"),
    "Where does a new export format go?": ("curation.releases.formats", "FORMATS"),
    "Where does a new secret's pattern go?": ("privacy.redaction.detectors.secrets.prefixes", "PREFIXES"),
    "Where is the retry of a webhook?": ("privacy.webhooks.delivery", "deliver_due"),
    "Where does a review verdict become an eval case?": ("curation.review.deciding", "resolve"),
    "Where is a person erased?": ("privacy.erasure.erasure", "erase"),
    "Where is a candidate agent refused?": ("curation.gate.verdicts.judging", "judge_results"),
}


def test_no_folder_is_too_large() -> None:
    assert {name: size for name, size in structure.folders(TREE).items() if size > LARGEST_FOLDER} == {}
    assert structure.folders(TREE)["curation"] <= IN_CURATION_ITSELF


def test_no_modules_import_each_other_in_a_circle() -> None:
    assert structure.cycles(TREE) == []


def test_no_more_modules_ask_which_database_it_is() -> None:
    assert len(structure.matching(TREE, structure.VENDOR)) <= VENDOR


def test_no_more_modules_have_raw_sql() -> None:
    assert len(structure.matching(TREE, structure.SQL)) <= RAW_SQL


def test_every_package_says_what_it_is() -> None:
    packages = [path for path in TREE.modules.values() if path.name == "__init__.py"]
    assert [str(path) for path in packages if not ast.get_docstring(ast.parse(path.read_text()))] == []


@pytest.mark.parametrize("question", LOOK_UPS)
def test_a_name_answers_the_question(question: str) -> None:
    module, name = LOOK_UPS[question]
    found: object = import_module(module)
    for part in name.split("."):
        assert hasattr(found, part)
        found = getattr(found, part)


def test_contributing_names_files_that_exist() -> None:
    page = Path("CONTRIBUTING.md").read_text()
    paths = re.findall(r"`((?:[\w.]+/)+[\w.]*)`", page)
    assert len(paths) > 30
    assert [path for path in paths if not Path(path).exists()] == []


def test_contributing_tells_of_every_package() -> None:
    page = Path("CONTRIBUTING.md").read_text()
    packages = [name for name, path in TREE.modules.items() if path.name == "__init__.py" and name.count(".") == 1]
    missing = [name for name in packages if f"`{name.replace('.', '/')}/`" not in page]
    assert [name for name in missing if not name.endswith(".management")] == []


def test_packages_name_only_modules_and_names_that_exist() -> None:
    modules = {part for name in TREE.modules for part in name.split(".")}
    stale = []
    for path in (path for path in TREE.modules.values() if path.name == "__init__.py"):
        docstring = ast.get_docstring(ast.parse(path.read_text())) or ""
        if named := set(re.findall(r"`([a-z_]+)(?:\.\w+)?`", docstring)) - modules:
            nodes = [node for part in path.parent.glob("*.py") for node in ast.walk(ast.parse(part.read_text()))]
            known = {getattr(node, kind, None) for node in nodes for kind in ("name", "id", "attr", "arg", "value")}
            stale += [f"{path}: {name}" for name in named - known]
    assert stale == []
