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
    """Django's application, but a body in memory is sent in one part, which is faster than many."""
    if PREFIX and environ["PATH_INFO"].startswith(PREFIX):  # a proxy may have removed it
        environ["PATH_INFO"] = environ["PATH_INFO"][len(PREFIX) - 1 :]
    response: Any = handler(environ, start_response)
    if getattr(response, "streaming", True):  # a file may come in the server's own wrapper
        streamed: Iterable[bytes] = response
        return streamed
    response.close()
    return [response.content]


import_module("flywheel_site.ops.backups.state").expect_finished()
import_module("privacy.subjects.master_keys").expect_known_at_start()
connections.close_all()  # no serving thread may inherit it
import_module(settings.ROOT_URLCONF)  # load all views now, not in the first request
# Every request ends by checking its thread's connection, so it need not begin with that too. There is no query log to
# reset and no cache to close.
request_started.disconnect(close_old_connections)
request_started.disconnect(reset_queries)
request_finished.disconnect(close_caches)
import_module("privacy.redaction").prepare()  # the first capture would wait for it, and each process would hold its own
# Reference counts free what a request leaves behind. Searching the loaded code for cycles again and again took a tenth
# of a capture's time.
gc.collect()
gc.freeze()
gc.set_threshold(10_000, 20, 20)
