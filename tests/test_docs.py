"""Documentation does not lag: links lead somewhere, commands and settings that it names exist."""

import re
import subprocess
from pathlib import Path

import pytest
from django.core.management import get_commands

ROOT = Path(__file__).parent.parent
LISTED = subprocess.run(["git", "ls-files", "*.md"], cwd=ROOT, capture_output=True, text=True, check=False).stdout
PAGES = [ROOT / name for name in LISTED.split()]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_to_a_file_leads_to_one(page: Path) -> None:
    text = re.sub(r"```.*?```", "", page.read_text(), flags=re.DOTALL)
    targets = [target.split("#")[0] for target in re.findall(r"\]\(([^)\s]+)\)", text)]
    missing = [t for t in targets if t and "://" not in t and not (page.parent / t).exists()]
    assert missing == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_management_command_that_a_page_names_exists(page: Path) -> None:
    named = set(re.findall(r"manage\.py ([a-z_]+)", page.read_text()))
    assert named - set(get_commands()) == set()


def test_every_variable_of_the_settings_is_in_the_operators_reference() -> None:
    settings = (ROOT / "flywheel_site" / "settings.py").read_text()
    reference = (ROOT / "deploy" / "README.md").read_text()
    read = set(re.findall(r'env\.\w+\(\s*"([A-Z_0-9]+)"', settings))
    assert {name for name in read if f"`{name}`" not in reference} == set()
