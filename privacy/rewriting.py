"""PostgreSQL keeps deleted rows in its pages until they are rewritten: this rewrites them, once a night.

VACUUM FULL copies a table without its dead rows and holds an exclusive lock meanwhile; only tables that hold personal
data are rewritten, and only after an erasure. The last step asks for a checkpoint, after which old write-ahead log is
recycled; where the role may not do that, the server's own checkpoint follows within minutes.
"""

import contextlib

from django.db import connection
from django.db.utils import ProgrammingError
from django.utils import timezone

from privacy.models import Erasure
from privacy.scans import personal_models


def rewrite(*, always: bool = False) -> list[str]:
    """Rewrite the tables if an erasure waits for it (or `always`); their names. SQLite overwrote them at once."""
    if connection.vendor != "postgresql":
        return []
    waiting = list(Erasure.objects.filter(overwritten_at__isnull=True, settled_at__isnull=False).values_list("pk"))
    if not waiting and not always:
        return []
    tables = sorted({model._meta.db_table for model in personal_models()})
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"VACUUM FULL {connection.ops.quote_name(table)}")
        # It needs a right of its own; without it, the server does it by itself within minutes.
        with contextlib.suppress(ProgrammingError):
            cursor.execute("CHECKPOINT")
    Erasure.objects.filter(pk__in=[pk for (pk,) in waiting]).update(overwritten_at=timezone.now())
    return tables
