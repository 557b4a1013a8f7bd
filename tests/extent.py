"""How much of the tests runs.

`make test` runs the short forms, with the same examples each time; `make test-all` sets THOROUGH=1, which adds the
tests marked `thorough`, makes the others longer and draws their examples at random.
"""

import os
from collections.abc import Sequence
from typing import Any

import pytest

THOROUGH = os.environ.get("THOROUGH", "0") == "1"


def extent(short: int, long: int) -> int:
    """The number of examples, kills or the like for this run."""
    return long if THOROUGH else short


def some_of(values: Sequence[Any], *short: Any) -> list[Any]:
    """The values as parameters of a test, of which only the short ones run in `make test`."""
    return [value if value in short else pytest.param(value, marks=pytest.mark.thorough) for value in values]
