"""A console to look at: Chromium beside a real server on the test's own database."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.console.browsing import chromium


@pytest.fixture
def browser(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Browser]:
    """Chromium, for one test. An open Playwright is an event loop, in which Django refuses its ORM unless it is told
    that nothing else runs there."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    with chromium() as opened:
        yield opened
