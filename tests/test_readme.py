"""What the README prints works as printed, against the real server: it ends in a release with lines and a gate that judges."""

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import call_command, get_commands

from curation.models import GateRun, Release
from curation.releases.files import folder
from feedback.models import Interaction, Signal
from tests import factories as cast

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()


def block(language: str, holding: str) -> str:
    """The README's code block of that language with that text in it."""
    blocks = re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)
    return str(next(text for text in blocks if holding in text))


@pytest.mark.django_db(transaction=True)
@pytest.mark.worker
@pytest.mark.one_database
@pytest.mark.slow
def test_the_example_ends_in_a_release_with_lines_and_a_gate_that_judges(
    web: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = cast.project("shop")
    key = cast.key(shop, ["ingest", "feedback", "export"])
    captured(web, key, tmp_path)
    (tmp_path / "policy.yaml").write_text(block("yaml", "min_cases"))
    (tmp_path / "my_agent.py").write_text(block("python", "def answer"))
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    typed = [shlex.split(line, comments=True) for line in block("sh", "evalgate").splitlines()]
    assert [status(words) for words in typed] == [0, 0, 0, 0]
    files = folder(Release.objects.get())
    for name in ("eval_cases", "sft", "preferences"):
        (line,) = (files / f"{name}.jsonl").read_text().splitlines()
        assert "sale items fourteen days" in line
    shown = json.loads((files / "eval_cases.jsonl").read_text())
    printed = json.loads(block("json", '"regression"'))
    varies = {"id": "", "provenance": {}, "as_of": ""}
    assert {**shown, **varies} == {**printed, **varies}
    assert GateRun.objects.get().verdict == GateRun.Verdict.PASSED
    monkeypatch.delitem(sys.modules, "my_agent")
    (tmp_path / "my_agent.py").write_text(f"def answer(question, context):\n    return {printed['rejected']!r}\n")
    assert status(typed[-1]) == 0  # the case rests on one person's word, which refuses nobody alone
    assert GateRun.objects.latest("pk").counts["figures"]["single"]["lost"] == 1


def status(words: list[str]) -> int | str | None:
    """The exit status of a line of the shell that calls manage.py."""
    try:
        call_command(*words[words.index("manage.py") + 1 :])
    except SystemExit as left:
        return left.code
    return 0


def captured(web: str, key: str, scratch: Path) -> None:
    """Run the block that captures an interaction and its correction."""
    script = scratch / "capture.py"
    script.write_text(block("python", "flywheel_client"))
    client = {"PYTHONPATH": str(ROOT / "clients" / "python" / "src"), "FLYWHEEL_ENDPOINT": web, "FLYWHEEL_KEY": key}
    done = subprocess.run(
        [sys.executable, script], env={**os.environ, **client}, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip().startswith("v1.")
    assert Interaction.objects.get().question == "How long can I return my order?"
    assert Signal.objects.get().correction == "Thirty days; sale items fourteen days."


def test_the_page_of_the_html_block_names_an_element_that_is_shipped() -> None:
    html = block("html", "flywheel-feedback")
    assert (ROOT / "clients" / "web" / "flywheel-feedback.js").is_file()
    assert 'answer-for="#answer"' in html and 'id="answer"' in html


def test_every_command_of_the_shell_blocks_exists() -> None:
    commands = re.findall(r"manage\.py (\w+)", README)
    assert {"createproject", "createkey", "policy", "curate", "release", "evalgate"} <= set(commands)
    assert set(commands) <= set(get_commands())
