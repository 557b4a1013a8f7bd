"""The client's list of signals is the server's."""

from typing import get_args

from feedback.signals import KINDS
from flywheel_client.events import Signal


def test_the_client_knows_every_kind_of_signal() -> None:
    assert get_args(Signal) == KINDS
