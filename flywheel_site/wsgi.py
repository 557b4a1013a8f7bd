"""The WSGI application that the web server loads."""

import gc
import os
from importlib import import_module

from django.conf import settings
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "flywheel_site.settings")
application = get_wsgi_application()
import_module(settings.ROOT_URLCONF)  # with all views, now and not in the first request
# What a request leaves behind goes by its reference counts; looking for cycles among the code itself, again and again,
# took a tenth of a capture's time.
gc.collect()
gc.freeze()
gc.set_threshold(10_000, 20, 20)
