"""A selection writes the status of every record, and three indexes held it. What stands points at no other record, which a
selection never changes: it is found by that, and the few that are disputed by an index of their own. Its condition compares
one by one; for a list, `IN (…)`, SQLite builds a table of it anew for every row that is inserted. The indexes are made anew:
about half a minute on a million records.
"""

from django.db import migrations, models
from django.db.models import Q

TABLES = {"evalcase": "eval_case", "example": "example", "preferencepair": "pair"}
DISPUTED = Q(status="held") & (Q(reason="answers_differ") | Q(reason="contradicts_review"))


def indexes(name):
    return (
        models.Index(fields=["project", "fingerprint", "canonical"], name=f"{name}_same"),
        models.Index(fields=["project", "near_said", "canonical"], name=f"{name}_answer"),
        models.Index(fields=["project", "near_said"], condition=DISPUTED, name=f"{name}_disputed"),
    )


class Migration(migrations.Migration):
    dependencies = [("curation", "0019_tables_are_stored_by_their_keys")]

    operations = [
        operation
        for model, name in TABLES.items()
        for operation in (
            *(migrations.RemoveIndex(model, f"{name}_{index}") for index in ("same", "leads", "answer")),
            *(migrations.AddIndex(model, index) for index in indexes(name)),
        )
    ]
