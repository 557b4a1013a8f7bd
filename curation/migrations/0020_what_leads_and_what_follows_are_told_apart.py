"""The condition of the index of what leads compares one by one. For a list, `IN (…)`, SQLite builds a table of it anew for
every row that is inserted. Records that do not lead have an index of their own, and of examples and pairs no third one
says both. The indexes are made anew: about half a minute on a million records.
"""

from functools import reduce
from operator import or_

from django.db import migrations, models
from django.db.models import Q

TABLES = {"evalcase": "eval_case", "example": "example", "preferencepair": "pair"}
HEADS = ("active", "balanced", "guarded", "held")
WAITING = ("answers_differ", "contradicts_review", "classifier", "prompt_injection", "sensitive_topic")


def one_of(column, values):
    return reduce(or_, (Q(**{column: value}) for value in values))


LEADS = one_of("status", HEADS) & ~one_of("reason", WAITING)


class Migration(migrations.Migration):
    dependencies = [("curation", "0019_tables_are_stored_by_their_keys")]

    operations = [
        operation
        for model, name in TABLES.items()
        for operation in (
            migrations.RemoveIndex(model_name=model, name=f"{name}_leads"),
            migrations.AddIndex(
                model_name=model,
                index=models.Index(fields=["project", "fingerprint"], condition=LEADS, name=f"{name}_leads"),
            ),
            migrations.AddIndex(
                model_name=model,
                index=models.Index(fields=["project", "fingerprint"], condition=~LEADS, name=f"{name}_follows"),
            ),
        )
    ] + [
        migrations.RemoveIndex(model_name="example", name="example_same"),
        migrations.RemoveIndex(model_name="preferencepair", name="pair_same"),
    ]
