"""A console to look at: Chromium beside a real server on the test's own database."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser


@pytest.fixture
def web(transactional_db: None, shared_web: str) -> str:
    """The address of the real server that the tests of a module share."""
    return shared_web


@pytest.fixture
def browser(transactional_db: None, chromium: Browser) -> Iterator[Browser]:
    """Chromium; its windows are closed after the test."""
    yield chromium
    for context in chromium.contexts:
        context.close()
