"""Sixty ordinary sentences in each of ten languages stay whole: greetings, products, places, weekdays, polite forms."""

import json
from pathlib import Path

import pytest

from privacy.redaction import redact

TEXTS = [
    json.loads(line) for line in Path(__file__).with_name("ordinary.jsonl").read_text(encoding="utf-8").splitlines()
]
LEFT = {  # names of towns that are names of people, too
    "Le train passe par Dijon avant Paris.",
    "A loja de Braga fecha à terça.",
}


@pytest.mark.parametrize("language", sorted({row["lang"] for row in TEXTS}))
def test_ordinary_sentences_stay_whole(language: str) -> None:
    texts = [row["text"] for row in TEXTS if row["lang"] == language]
    assert len(texts) == 60
    assert [text for text in texts if str(redact(text)) != text and text not in LEFT] == []
