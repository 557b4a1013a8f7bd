"""The Django project: settings, URLs, the Celery app, the admin site and the commands `up` and `demo`."""

from flywheel_site.celery import app as celery_app

__all__ = ["celery_app"]
