"""The project that tests of the capture doors speak to, and its key as a request carries it.

Models are imported in the fixtures: this file is read before Django is set up.
"""

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from feedback.models import Project


@pytest.fixture
def shop() -> "Project":
    from tests import factories as cast

    return cast.project()


@pytest.fixture
def auth(shop: "Project") -> dict[str, str]:
    from tests import factories as cast

    return {"authorization": f"Bearer {cast.key(shop)}"}
