"""Documentation stays current: links and paths lead somewhere, commands exist, pages stay short, the site builds."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.apps import apps
from django.contrib import admin
from django.core.management import get_commands

from tests.extent import THOROUGH

ROOT = Path(__file__).parent.parent
LISTED = subprocess.run(["git", "ls-files", "*.md"], cwd=ROOT, capture_output=True, text=True, check=False).stdout
PAGES = [ROOT / name for name in LISTED.split() if (ROOT / name).exists()]
DOCS = [page for page in PAGES if (ROOT / "docs") in page.parents]
MOST_WORDS = 1_500
OURS = ("bench", "clients", "curation", "deploy", "feedback", "flywheel_site", "privacy", "tests")


def name(page: Path) -> str:
    """A page as a test is called by it."""
    return str(page.relative_to(ROOT))


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_link_to_a_file_leads_to_one(page: Path) -> None:
    text = re.sub(r"```.*?```", "", page.read_text(), flags=re.DOTALL)
    targets = [target.split("#")[0] for target in re.findall(r"\]\(([^)\s]+)\)", text)]
    missing = [t for t in targets if t and "://" not in t and not (page.parent / t).exists()]
    assert missing == []


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_management_command_that_a_page_names_exists(page: Path) -> None:
    named = set(re.findall(r"manage\.py ([a-z_]+)", page.read_text()))
    assert named - set(get_commands()) == set()


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_make_target_that_a_page_names_exists(page: Path) -> None:
    makefile = (ROOT / "Makefile").read_text()
    text = page.read_text()
    typed = "\n".join([*re.findall(r"`(make [a-z-]+)", text), *re.findall(r"```sh\n(.*?)```", text, re.DOTALL)])
    named = set(re.findall(r"^make ([a-z-]+)", typed, re.MULTILINE))
    assert {target for target in named if not re.search(rf"^{target}:", makefile, re.MULTILINE)} == set()


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_path_of_ours_that_a_page_names_exists(page: Path) -> None:
    named = re.findall(rf"`((?:{'|'.join(OURS)})/[\w./-]*)`", page.read_text())
    assert [path for path in named if not (ROOT / path).exists()] == []


@pytest.mark.parametrize("page", DOCS, ids=name)
def test_a_page_stays_short_enough_to_read(page: Path) -> None:
    words = [word for word in page.read_text().split() if re.search(r"\w", word)]
    assert len(words) <= MOST_WORDS


def test_the_glossary_has_every_model() -> None:
    page = (ROOT / "docs" / "reference" / "glossary.md").read_text()
    terms = {term.strip() for cell in re.findall(r"^\| ([^|]+) \|", page, re.MULTILINE) for term in cell.split(",")}
    models = [model for app in ("privacy", "feedback", "curation") for model in apps.get_app_config(app).get_models()]
    shown = {str(model._meta.verbose_name) for model in models if model in admin.site._registry}
    assert len(shown) > 20 and shown - terms == set()


def test_the_readme_stays_short() -> None:
    assert len((ROOT / "README.md").read_text().splitlines()) < 200


@pytest.mark.slow
def test_the_site_builds_without_a_warning(tmp_path: Path) -> None:
    pytest.importorskip("furo", reason="the documentation's tools are not installed: sh deploy/venv.sh dev")
    pytest.importorskip("myst_parser", reason="the documentation's tools are not installed: sh deploy/venv.sh dev")
    command = [sys.executable, "-m", "sphinx", "--fail-on-warning", "--keep-going", "--quiet", "--conf-dir", "docs"]
    command += (
        [] if THOROUGH else ["--define", "html_theme=basic"]
    )  # what its own theme adds to each page takes as long
    done = subprocess.run([*command, ".", tmp_path], cwd=ROOT, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "docs" / "index.html").is_file()
