"""Flywheel's client: captures what an agent answered and what people said about it.

``Client`` and ``AsyncClient`` capture; ``flywheel gate`` (or the pytest plugin) judges a new version of the
agent.
"""

from .async_client import AsyncClient
from .calls import Recorded
from .client import Client
from .decorating import current_interaction
from .errors import (
    ApiError,
    ChecksumMismatch,
    DeliveryFailed,
    FlywheelError,
    InvalidEvent,
    MissingExtra,
    QueueFull,
    Unreachable,
)
from .outbox import Stats
from .turns import Turn, running_turn

__all__ = [
    "ApiError",
    "AsyncClient",
    "ChecksumMismatch",
    "Client",
    "DeliveryFailed",
    "FlywheelError",
    "InvalidEvent",
    "MissingExtra",
    "QueueFull",
    "Recorded",
    "Stats",
    "Turn",
    "Unreachable",
    "current_interaction",
    "running_turn",
]
__version__ = "0.1.0"
