"""How JSON answers are encoded."""

import json

import pytest

from flywheel_site.http.errors import JSONRenderer


@pytest.mark.parametrize("data", [{"n": 10**308}, {"n": 2**64 - 1}, [], {"text": "ä"}])
def test_whatever_is_stored_can_be_written(data: object) -> None:
    assert json.loads(JSONRenderer().render(data)) == data
