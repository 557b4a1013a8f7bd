"""What the README prints works as printed, against the real server."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import call_command, get_commands
from django.test import Client

from feedback.models import Interaction, Signal
from tests import factories as cast

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.worker, pytest.mark.slow]


def block(language: str, holding: str) -> str:
    """The README's code block of that language with that text in it."""
    blocks = re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)
    return str(next(text for text in blocks if holding in text))


def test_the_python_block_captures_an_interaction_and_its_correction(web: str, tmp_path: Path) -> None:
    shop = cast.project("shop")
    key = cast.key(shop, ["ingest", "feedback", "export"])
    script = tmp_path / "capture.py"
    script.write_text(block("python", "flywheel_client"))
    environment = {
        **os.environ,
        "FLYWHEEL_ENDPOINT": web,
        "FLYWHEEL_KEY": key,
        "PYTHONPATH": str(ROOT / "clients" / "python" / "src"),
    }
    done = subprocess.run([sys.executable, script], env=environment, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip().startswith("v1.")
    assert Interaction.objects.get().question == "How long can I return my order?"
    assert Signal.objects.get().correction == "Thirty days; sale items fourteen days."
    call_command("curate", "--project", "shop")
    call_command("release", "--dataset", "shop")
    assert Interaction.objects.get().decision.outcome == "corrected"


def test_the_page_of_the_html_block_names_an_element_that_is_shipped(client: Client) -> None:
    html = block("html", "flywheel-feedback")
    assert (ROOT / "clients" / "web" / "flywheel-feedback.js").is_file()
    assert 'answer-for="#answer"' in html and 'id="answer"' in html


def test_every_command_of_the_shell_blocks_exists() -> None:
    commands = re.findall(r"manage\.py (\w+)", README)
    assert {"createproject", "createkey", "curate", "release", "evalgate"} <= set(commands)
    assert set(commands) <= set(get_commands())
    targets = set(re.findall(r"(?:^|`)make (\w+)", README, re.MULTILINE))
    makefile = (ROOT / "Makefile").read_text()
    assert all(re.search(rf"^{target}:", makefile, re.MULTILINE) for target in targets)
