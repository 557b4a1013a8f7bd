"""A pattern holds for the whole of what was sent, and is published in the dialect of those who read it."""

from typing import Any

import pytest
from drf_spectacular.generators import SchemaGenerator

from curation.gate.submissions import AnswerIn
from curation.releases.recalls import AckIn
from feedback.capture.payloads import FeedbackIn, InteractionIn, PayloadError, convert
from privacy.api.payloads import ConsentIn

TALK = {"question": "q?", "answer": "a"}


@pytest.mark.parametrize(
    ("kind", "body", "field"),
    [
        (InteractionIn, {**TALK, "id": "nl1"}, "id"),
        (FeedbackIn, {"interaction": "nl1", "signal": "copy"}, "interaction"),
        (FeedbackIn, {"id": "nl1", "interaction": "a", "signal": "copy"}, "id"),
        (AnswerIn, {"case": "c", "error": "timeout"}, "error"),
        (AckIn, {"by": "trainer"}, "by"),
        (ConsentIn, {"subject": "u", "purposes": {"training": True}, "method": "form"}, "method"),
    ],
)
def test_a_line_feed_at_the_end_is_no_part_of_a_name(kind: type[Any], body: dict[str, Any], field: str) -> None:
    convert(body, kind)
    with pytest.raises(PayloadError) as refused:
        convert({**body, field: f"{body[field]}\n"}, kind)
    assert refused.value.pointer == f"/{field}"


def patterns(part: Any) -> list[str]:
    """Every pattern in a schema."""
    if isinstance(part, dict):
        own = [part["pattern"]] if isinstance(part.get("pattern"), str) else []
        return own + [found for item in part.values() for found in patterns(item)]
    return [found for item in part for found in patterns(item)] if isinstance(part, list) else []


def test_the_api_publishes_no_pattern_that_only_python_understands() -> None:
    found = patterns(SchemaGenerator().get_schema(request=None, public=True))  # type: ignore[no-untyped-call]
    assert "^[A-Za-z0-9._:-]{1,128}$" in found and not [one for one in found if "\\Z" in one]


@pytest.mark.parametrize(
    "name",
    ["4111111111111111", "1795000000000000000", "1764345600", "7f0c9a52-3d0e-4c57-9a55-0d3f5a3f9b11", "ORD-4711"],
)
def test_an_id_is_the_callers_own_whatever_number_it_looks_like(name: str) -> None:
    assert convert({**TALK, "id": name}, InteractionIn).id == name
