"""`deploy/venv.sh` with an existing `.venv`: it deletes none that it did not create."""

import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """The script in a folder of its own, with nothing to install."""
    (tmp_path / "deploy").mkdir()
    shutil.copy(ROOT / "deploy" / "venv.sh", tmp_path / "deploy")
    for name in ("constraints.txt", "requirements.txt", "requirements-native.txt", "requirements-dev.txt"):
        (tmp_path / name).write_text("")
    return tmp_path


def made(checkout: Path) -> subprocess.CompletedProcess[str]:
    """What the script says and does there, without a network."""
    environment = {**os.environ, "PYTHON": sys.executable, "PIP_NO_INDEX": "1", "TMPDIR": str(checkout)}
    command = ["sh", "deploy/venv.sh", "runtime"]
    return subprocess.run(command, cwd=checkout, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.slow
def test_an_environment_without_pip_is_given_pip_and_stays(checkout: Path) -> None:
    """As uv makes it."""
    venv.create(checkout / ".venv", with_pip=False)
    (checkout / ".venv" / "mine").touch()
    done = made(checkout)
    assert (checkout / ".venv" / "mine").exists(), done.stderr
    assert done.returncode == 0, done.stderr
    assert list((checkout / ".venv").glob(".runtime-*"))


def test_a_venv_of_somebody_else_that_does_not_run_is_left_as_it_is(checkout: Path) -> None:
    (checkout / ".venv").mkdir()
    (checkout / ".venv" / "mine").touch()
    done = made(checkout)
    assert done.returncode == 1 and "move or remove it" in done.stderr
    assert (checkout / ".venv" / "mine").exists()


@pytest.mark.slow
def test_a_venv_that_the_script_made_is_made_again_where_it_does_not_run(checkout: Path) -> None:
    (checkout / ".venv").mkdir()
    (checkout / ".venv" / ".made-by-flywheel").touch()
    done = made(checkout)
    assert done.returncode == 0, done.stderr
    assert (checkout / ".venv" / "bin" / "python").exists()
