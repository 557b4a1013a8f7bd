"""A key is 32 bits: half of what it was laid over the other half, which tells as much, and an index of shorter keys has
fewer pages to read, to log and to write. The indexes are made anew: about half a minute on a million questions.
"""

from django.db import migrations, models
from django.db.models import Q

BANDS = [f"band_{number}" for number in range(8)]
HALF, SIGN = (1 << 32) - 1, 1 << 31


def index(band):
    return models.Index(fields=[band], condition=Q(**{f"{band}__isnull": False}), name=f"question_{band}")


def short(band):
    """A key as `fingerprints.bands` and the salt make it now, in SQL: SQLite has no exclusive or."""
    low, high = f"({band} & {HALF})", f"(({band} >> 32) & {HALF})"
    return f"(((({low} | {high}) - ({low} & {high})) + {SIGN}) & {HALF}) - {SIGN}"


SHORTEN = f"UPDATE curation_question SET {', '.join(f'{band} = {short(band)}' for band in BANDS)}"


class Migration(migrations.Migration):
    dependencies = [("curation", "0022_what_is_near_comes_in_order")]

    operations = [
        *(migrations.RemoveIndex("question", f"question_{band}") for band in BANDS),
        migrations.RunSQL(SHORTEN, migrations.RunSQL.noop),
        *(migrations.AddIndex("question", index(band)) for band in BANDS),
    ]
