"""The tutorial's own log, commands and agent do what it says they do."""

import json
import re
import shlex
import sys
from pathlib import Path

import pytest
from django.core.management import call_command

from curation.models import Release, ReviewTask
from curation.releases.files import folder

TUTORIAL = (Path(__file__).parent.parent / "docs" / "tutorial.md").read_text()
FILES = dict(re.findall(r"```\w+ title=(\S+)\n(.*?)```", TUTORIAL, re.DOTALL))
OWN = TUTORIAL[TUTORIAL.index("## 4.") :]


def typed() -> list[list[str]]:
    """The lines that call manage.py on the reader's own log, as words."""
    text = "".join(re.findall(r"```sh\n(.*?)```", OWN, re.DOTALL)).replace("\\\n", " ")
    lines = [shlex.split(line, comments=True) for line in text.splitlines()]
    return [words[words.index("manage.py") + 1 :] for words in lines]


@pytest.mark.django_db(transaction=True)
def test_four_lines_become_a_release_and_a_gate_that_judges(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    *before, gate = typed()
    for words in before:
        call_command(*words)
    lines = (folder(Release.objects.get()) / "eval_cases.jsonl").read_text().splitlines()
    cases = {case["question"]: case for case in map(json.loads, lines)}
    assert sorted(case["kind"] for case in cases.values()) == ["golden", "golden", "regression"]
    assert any("[EMAIL_1]" in question for question in cases)
    assert ReviewTask.objects.get().interaction.question == "Do you ship to Norway?"
    assert verdict(gate, monkeypatch) == 0
    agent = tmp_path / "mine_agent.py"
    agent.write_text(agent.read_text().replace("14 days", "30 days").replace("nine", "eight"))
    assert verdict(gate, monkeypatch) == 1


def verdict(gate: list[str], monkeypatch: pytest.MonkeyPatch) -> int | str | None:
    """The exit status of the gate, with the agent as its file is now."""
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    sys.modules.pop("mine_agent", None)
    with pytest.raises(SystemExit) as left:
        call_command(*gate)
    return left.value.code
