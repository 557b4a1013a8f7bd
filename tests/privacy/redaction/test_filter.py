"""`python -m privacy.redaction`: JSON Lines in, redacted JSON Lines out."""

import json
import subprocess
import sys

import pytest

from privacy.redaction import RedactionError, filter_lines


def test_it_answers_each_line_in_order() -> None:
    lines = ['{"text": "é ada@example.org"}\n', '{"text": "nothing"}\n']
    first, second = map(json.loads, filter_lines(lines))
    assert first == {"text": "é [EMAIL_1]", "spans": [{"start": 2, "end": 17, "type": "EMAIL"}]}
    assert second == {"text": "nothing", "spans": []}


@pytest.mark.parametrize("line", ["hunter2", "[]", '{"text": 5}', "{}"])
def test_a_line_without_a_text_is_named_by_its_number(line: str) -> None:
    with pytest.raises(RedactionError, match="line 2") as caught:
        list(filter_lines(['{"text": ""}', line]))
    assert "hunter2" not in str(caught.value)


def test_the_module_is_a_filter() -> None:
    command = [sys.executable, "-m", "privacy.redaction"]
    done = subprocess.run(command, input='{"text": "ada@example.org"}\n', capture_output=True, text=True, check=True)
    assert json.loads(done.stdout)["text"] == "[EMAIL_1]"
    failed = subprocess.run(command, input="nonsense\n", capture_output=True, text=True, check=False)
    assert failed.returncode == 1 and "line 1" in failed.stderr and "nonsense" not in failed.stderr
