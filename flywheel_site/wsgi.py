"""The WSGI application that the web server loads."""

import gc
import os
from collections.abc import Iterable
from importlib import import_module
from typing import Any

from django.conf import settings
from django.core.cache import close_caches
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, connections, reset_queries

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "flywheel_site.settings")
import_module("flywheel_site.ops.metrics.traffic").share()  # before anything loads the library
handler = get_wsgi_application()
PREFIX = f"{settings.SUB_PATH}/" if settings.SUB_PATH else ""


def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """Django's, but a body in memory is given in one part, which is faster than many."""
    if PREFIX and environ["PATH_INFO"].startswith(PREFIX):  # a proxy may have taken it off
        environ["PATH_INFO"] = environ["PATH_INFO"][len(PREFIX) - 1 :]
    response: Any = handler(environ, start_response)
    if getattr(response, "streaming", True):  # a file may come in the server's own wrapper
        streamed: Iterable[bytes] = response
        return streamed
    response.close()
    return [response.content]


import_module("flywheel_site.ops.backups.state").expect_finished()
import_module("privacy.subjects.master_keys").expect_known_at_start()
connections.close_all()  # no thread that serves may inherit it
import_module(settings.ROOT_URLCONF)  # with all views, now and not in the first request
# Every request ends with a look at its thread's connection; with another it would begin. Nothing of the log of queries or
# of the caches is there to reset or to close.
request_started.disconnect(close_old_connections)
request_started.disconnect(reset_queries)
request_finished.disconnect(close_caches)
# What a request leaves behind goes by its reference counts; looking for cycles among the code itself, again and again,
# took a tenth of a capture's time.
import_module("privacy.redaction").prepare()  # the first capture would wait for it, and each process would hold its own
gc.collect()
gc.freeze()
gc.set_threshold(10_000, 20, 20)
