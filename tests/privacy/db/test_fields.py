"""A write path that forgets to redact fails."""

import pytest

from feedback.models import Interaction
from privacy.db.fields import UnredactedError
from privacy.redaction import Redacted
from tests import factories as cast

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("column", ["question", "answer", "agent_version"])
def test_a_text_column_refuses_plain_text(column: str) -> None:
    stored = cast.row(cast.asked(cast.project()))
    with pytest.raises(UnredactedError, match=column) as caught:
        Interaction.objects.filter(pk=stored.pk).update(**{column: "call me at 555-0100"})
    assert "555" not in str(caught.value)


@pytest.mark.parametrize("value", [{"a": {"b": ["plain"]}}, {"plain key": 1}, ["plain"]])
def test_a_json_column_refuses_plain_text_at_any_depth(value: object) -> None:
    stored = cast.row(cast.asked(cast.project()))
    with pytest.raises(UnredactedError, match="metadata"):
        Interaction.objects.filter(pk=stored.pk).update(metadata=value)


def test_what_is_read_back_is_redacted_text() -> None:
    stored = cast.row(cast.asked(cast.project(), metadata={"a": ["b"]}))
    assert isinstance(stored.question, Redacted) and isinstance(stored.metadata["a"][0], Redacted)
