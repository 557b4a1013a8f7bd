"""Keyed digests are HMAC-SHA256, whatever state is cached, and depend on the purpose and on the master key."""

import hmac
from typing import Any

import pytest

from privacy.subjects import digests


@pytest.mark.parametrize("size", [0, 1, 55, 64, 65, 5_000])
def test_it_is_the_librarys_hmac(size: int) -> None:
    data = bytes(range(256)) * 20
    for _ in range(2):
        assert digests.mac("body", data[:size]) == hmac.digest(digests.key("body"), data[:size], "sha256")


def test_one_use_tells_nothing_of_another() -> None:
    assert digests.digest("subject", "a") != digests.digest("tombstone", "a")


def test_another_master_key_gives_another_digest(settings: Any) -> None:
    before = digests.digest("subject", "a")
    settings.MASTER_KEY = "another"
    assert digests.digest("subject", "a") != before


def test_parts_are_not_run_together() -> None:
    assert digests.digest("subject", "ab", "c") != digests.digest("subject", "a", "bc")
