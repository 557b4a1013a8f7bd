"""Redis as the broker: a message that is not ours does not end the worker."""

import logging
from typing import Any

from kombu.transport import redis

from flywheel_site.ops.broker import deliver

logger = logging.getLogger(__name__)


class Channel(redis.Channel):
    def _brpop_read(self, **options: Any) -> Any:
        try:
            return super()._brpop_read(**options)  # type: ignore[no-untyped-call]
        except (ValueError, RecursionError) as error:  # not JSON: it has already left Redis and is lost
            logger.error("A message in Redis is not JSON and was discarded: %s", type(error).__name__)
            return True


class Transport(redis.Transport):
    Channel = Channel

    def _deliver(self, message: Any, queue: str) -> None:
        deliver(super()._deliver, message, queue)
