"""Celery's settings: its broker, how workers take tasks, and the beat schedule. The environment is read in
`settings`.
"""

from celery.schedules import crontab
from django.conf import settings

from flywheel_site.ops import broker

broker_url = settings.REDIS_URL or f"{broker.SCHEME}://"
broker_transport_options = (
    {"visibility_timeout": 60, "unacked_restore_throttle": 1, "socket_timeout": 5, "socket_connect_timeout": 2}
    if settings.REDIS_URL
    else {
        "data_folder_in": str(settings.VAR / "broker"),
        "data_folder_out": str(settings.VAR / "broker"),
        "control_folder": str(settings.VAR / "broker" / "control"),
    }
)
broker_connection_retry_on_startup = True
task_ignore_result = True
task_acks_late = True
worker_prefetch_multiplier = 1
worker_hijack_root_logger = False
task_publish_retry_policy = {"max_retries": 1, "interval_start": 0, "interval_max": 0.2}
# Beat picks up work whose message was lost; the database says what there is to do.
beat_schedule_filename = str(settings.VAR / "beat")
beat_schedule = {
    "privacy-sweep": {"task": "privacy.tasks.sweep", "schedule": 5.0, "options": {"expires": 30}},
    "feedback-sweep": {"task": "feedback.tasks.sweep", "schedule": 60.0, "options": {"expires": 60}},
    "rescan": {"task": "feedback.tasks.rescan", "schedule": 15.0, "options": {"expires": 60}},
    "curation-sweep": {"task": "curation.tasks.sweep", "schedule": 5.0, "options": {"expires": 30}},
    "scheduled-releases": {"task": "curation.tasks.run_due", "schedule": 15.0, "options": {"expires": 60}},
    "copies": {"task": "curation.tasks.copy_releases", "schedule": 600.0, "options": {"expires": 600}},
    "alerts": {"task": "curation.tasks.tell_alerts", "schedule": 300.0, "options": {"expires": 300}},
    "audit": {"task": "curation.tasks.draw_audits", "schedule": 3600.0, "options": {"expires": 3600}},
    "privacy-requests": {"task": "privacy.tasks.advance_requests", "schedule": 5.0, "options": {"expires": 30}},
    "webhooks": {"task": "privacy.tasks.deliver", "schedule": 10.0, "options": {"expires": 60}},
    "rewrite": {"task": "privacy.tasks.rewrite", "schedule": crontab(hour=settings.REWRITE_HOUR, minute=30)},
    "erasure-audit": {
        "task": "privacy.tasks.audit_erasures",
        "schedule": crontab(hour=settings.REWRITE_HOUR, minute=45),
    },
    "heartbeat": {"task": "flywheel_site.tasks.heartbeat", "schedule": 10.0, "options": {"expires": 60}},
    "sessions": {"task": "flywheel_site.tasks.clear_sessions", "schedule": crontab(hour=4, minute=10)},
    "retention": {"task": "privacy.tasks.purge", "schedule": 3600.0, "options": {"expires": 3600}},
}
