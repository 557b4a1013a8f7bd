"""The pages of frameworks: the code that each shows is run unchanged, with the real packages, against a running server.
So are `programs`, set-ups that have no page of their own; their first line says what to install.

Only in `make test-all`, where the packages can be installed; `PAGES_VENVS` names a folder in which they are kept.
"""

import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from feedback.models import Interaction
from tests import factories as cast
from tests.feedback.otel import model_server
from tests.feedback.otel.recorded_cases import CASES, Case, stored

PROGRAMS = Path(__file__).parent / "programs"
PAGES = sorted(Path("docs/how-to/frameworks").glob("*.md"))
QUESTION = "How long do I have for a refund?"
NO_SESSION = ("litellm",)
SOURCES = ("langchain", "langsmith", "llamaindex", "haystack")
TOOLS = ("smolagents", "openai-agents", "pydantic-ai", "strands", "google-adk", "crewai", "autogen")


def block(page: Path, language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", page.read_text(), re.DOTALL)
    return found[1] if found else ""


def test_every_page_of_a_framework_has_what_to_paste() -> None:
    assert len(PAGES) >= 15
    for page in PAGES:
        code = block(page, "python") or block(page, "js")
        assert "install" in block(page, "sh") and code, page
        if language := block(page, "python"):
            compile(language, str(page), "exec")


def installed(install: str, code: str, folder: Path) -> list[str]:
    """The command that runs the code, with its packages installed. Skips where they cannot be."""
    if install.startswith("npm "):
        npm = shutil.which("npm") or pytest.skip("there is no npm")
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "package.json").write_text('{"type": "module"}')
        command = f"{npm} {install.removeprefix('npm ')}"
        runs = ["node", str(folder / "app.mjs")]
    else:
        if not (folder / "bin" / "python").exists():
            subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        command = f"{folder}/bin/python -m {install}"
        runs = [f"{folder}/bin/python", str(folder / "app.py")]
    if not (folder / "installed").exists():
        done = subprocess.run(
            ["sh", "-c", command], cwd=folder, capture_output=True, text=True, timeout=900, check=False
        )
        if done.returncode:
            pytest.skip(f"its packages cannot be installed: {done.stderr[-200:]}")
        (folder / "installed").touch()
    Path(runs[1]).write_text(code)
    return runs


def folder_of(name: str, tmp_path: Path) -> Path:
    """Where its packages are."""
    return Path(os.environ.get("PAGES_VENVS", tmp_path)) / name


def run(runs: list[str], exports: str, given: dict[str, str], tmp_path: Path) -> None:
    """Run a program against the model, until Flywheel has stored what it sent."""
    with model_server.running() as model:
        given |= {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "MODEL": model}
        given |= {"OPENAI_BASE_URL": f"{model}/v1", "OPENAI_API_BASE": f"{model}/v1", "OPENAI_API_KEY": "none"}
        given |= {"GOOGLE_GEMINI_BASE_URL": model, "GOOGLE_API_KEY": "none"}
        script = f'{exports}\nexec {runs[0]} "{runs[1]}"'
        done = subprocess.run(
            ["sh", "-c", script], cwd=tmp_path, env=given, capture_output=True, text=True, timeout=180, check=False
        )
    assert done.returncode == 0, done.stderr[-2000:]
    for _ in range(50):
        if Interaction.objects.exists():
            break
        time.sleep(0.1)


@pytest.mark.thorough
@pytest.mark.slow
@pytest.mark.peers
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_what_the_page_tells_to_paste_makes_one_right_interaction(web: str, tmp_path: Path, page: Path) -> None:
    shop = cast.project()
    install, *exports = block(page, "sh").splitlines()
    runs = installed(install, block(page, "python") or block(page, "js"), folder_of(page.stem, tmp_path))
    run(runs, "\n".join(exports), {"FLYWHEEL": web, "KEY": cast.key(shop, ["ingest"])}, tmp_path)
    row = Interaction.objects.get()
    assert (row.question, row.answer) == (QUESTION, model_server.ANSWER)
    assert row.subject == cast.person(shop, "u-17")
    assert row.session == ("" if page.stem in NO_SESSION else "talk-4")
    assert bool(row.sources) == (page.stem in SOURCES)
    assert bool(row.steps) == (page.stem in TOOLS)


RUN = [case for case in CASES if (PROGRAMS / f"{case.name}.py").exists()]


def test_every_program_has_a_recorded_export() -> None:
    assert {case.name for case in RUN} == {program.stem for program in PROGRAMS.glob("*.py")}


@pytest.mark.thorough
@pytest.mark.slow
@pytest.mark.peers
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("case", RUN, ids=lambda case: case.name)
def test_a_program_makes_the_interaction_of_its_recorded_export(web: str, tmp_path: Path, case: Case) -> None:
    shop = cast.project()
    code = (PROGRAMS / f"{case.name}.py").read_text()
    runs = installed(code.splitlines()[0].removeprefix("# "), code, folder_of(case.name, tmp_path))
    consent = ",".join(f"flywheel.consent.{purpose}=true" for purpose in ("capture", "evaluation", "training"))
    given = {
        "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": f"{web}/v1/traces",
        "OTEL_EXPORTER_OTLP_HEADERS": f"authorization=Bearer%20{cast.key(shop, ['ingest'])}",
        "OTEL_RESOURCE_ATTRIBUTES": f"service.name=shop,service.version=2,{consent}",
    }
    run(runs, "", given, tmp_path)
    assert stored(case) == case.right(shop)
