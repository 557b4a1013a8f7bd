"""The Celery app. Messages carry ids and wake workers; the database says what there is to do."""

import os
from typing import Any

import click
from celery import Celery, bootsteps, signals

from flywheel_site.ops.heartbeats import BEAT, Heartbeat, beat_now

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "flywheel_site.settings")

SENT_BY_BEAT = "flywheel_site.tasks.heartbeat"


class BeatThread(bootsteps.StartStopStep):  # type: ignore[misc]
    """`--beat-thread`: run beat in a thread of the worker. `--beat` forks a process, which takes the memory of a second
    one.
    """

    def __init__(self, parent: Any, beat_thread: bool = False, **options: Any) -> None:
        self.enabled = beat_thread
        super().__init__(parent, **options)

    def create(self, parent: Any) -> Any:
        """The thread; Celery starts it and stops it with the worker."""
        from celery.beat import EmbeddedService

        return EmbeddedService(parent.app, thread=True, schedule_filename=parent.schedule_filename)


app = Celery("flywheel")
app.config_from_object("flywheel_site.celeryconfig")
app.autodiscover_tasks()
app.user_options["worker"].add(
    click.Option(["--beat-thread"], is_flag=True, help="Run beat in a thread of the worker.")
)
app.steps["worker"].add(BeatThread)
app.steps["worker"].add(Heartbeat)


@signals.after_task_publish.connect(sender=SENT_BY_BEAT)  # type: ignore[untyped-decorator]
def note_beat(**named: Any) -> None:
    """Only beat sends this task, and the broker has accepted it."""
    beat_now(BEAT)


@signals.worker_init.connect  # type: ignore[untyped-decorator]
def refuse_to_work(**named: Any) -> None:
    """End a worker before it takes any work if its master key is unknown to the database, or a restore is under way."""
    from flywheel_site.ops.backups import state
    from privacy.db import engine
    from privacy.subjects import master_keys

    state.expect_finished()
    master_keys.expect_known_at_start()
    engine.disconnect()  # Celery next closes an open connection's file descriptor, and Django would go on using it
