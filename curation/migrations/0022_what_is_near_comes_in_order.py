"""The digest of a cluster and an answer begins with the cluster: what is new comes last in its index, which else grew in no
order, a page a record. Of what is there it is made anew from its two parts. The indexes are made anew, too: about half a
minute on a million records.
"""

from django.db import migrations, models
from django.db.models import Q

TABLES = {"evalcase": "eval_case", "example": "example", "preferencepair": "pair"}
DISPUTED = Q(status="held") & (Q(reason="answers_differ") | Q(reason="contradicts_review"))
CLUSTER, ANSWER = (1 << 36) - 1, (1 << 27) - 1  # of `standings.near_digest`


def indexes(name):
    return (
        models.Index(fields=["project", "near_said", "canonical"], name=f"{name}_answer"),
        models.Index(fields=["project", "near_said"], condition=DISPUTED, name=f"{name}_disputed"),
    )


def anew(model):
    """The digests of a table's records, in SQL. Without their question they are what they were: nothing is near them."""
    cluster = f"(SELECT q.cluster FROM curation_question q WHERE q.interaction_id = curation_{model}.decision_id)"
    digest = f"({cluster} & {CLUSTER}) * {ANSWER + 1} + (said & {ANSWER})"
    return f"UPDATE curation_{model} SET near_said = COALESCE({digest}, near_said)"


class Migration(migrations.Migration):
    dependencies = [("curation", "0021_questions_keep_their_words_as_bits")]

    operations = [
        operation
        for model, name in TABLES.items()
        for operation in (
            *(migrations.RemoveIndex(model, f"{name}_{index}") for index in ("answer", "disputed")),
            migrations.RunSQL(anew(model), migrations.RunSQL.noop),
            *(migrations.AddIndex(model, index) for index in indexes(name)),
        )
    ]
