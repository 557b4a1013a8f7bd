"""An allow list is proposed, before the first import, from what was replaced most often."""

import io
import json

import pytest

from privacy.redaction import Policy, redact
from privacy.redaction.__main__ import main
from privacy.redaction.streams import Proposal, proposals

LOG = ["ask Kevin about it", "Kevin is 40 cm high", "I put Kevin on the wall", "write to Mary Smith, 078-05-1120"] * 2


def test_it_proposes_what_stands_in_many_texts_and_no_secrets() -> None:
    assert proposals(LOG) == [Proposal("kevin", "PERSON", 6)]
    assert proposals(["078-05-1120"] * 9) == []


def test_what_is_proposed_can_be_allowed() -> None:
    policy = Policy(allow=tuple(one.value for one in proposals(LOG)))
    assert redact("Kevin is 40 cm high", policy) == "Kevin is 40 cm high" and proposals(LOG, policy) == []


def test_the_filter_proposes_from_a_log(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    given = "".join(json.dumps({"text": text}) + "\n" for text in LOG).encode()
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(given)))
    monkeypatch.setattr("sys.argv", ["redact", "--propose"])
    monkeypatch.setattr("sys.stdout", io.TextIOWrapper(io.BytesIO(), write_through=True))
    import sys

    assert main() == 0
    sys.stdout.buffer.seek(0)
    assert json.loads(sys.stdout.buffer.read()) == {"value": "kevin", "type": "PERSON", "texts": 6}
