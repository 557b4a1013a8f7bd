"""Keys to projects lose the index of their own: unique constraints and lists begin with the same column. Every insert
wrote it, and nothing asked it. The index alone is dropped: on SQLite a changed column would copy its whole table.
"""

from django.db import migrations, models
from django.db.models import deletion

MODELS = ("Interaction", "Signal", "ParkedSignal", "Outcome")


def own(model, schema_editor):
    """The names of the indexes of this table that are of the project alone."""
    with schema_editor.connection.cursor() as cursor:
        found = schema_editor.connection.introspection.get_constraints(cursor, model._meta.db_table)
    return [
        name
        for name, index in found.items()
        if index["columns"] == ["project_id"] and index["index"] and not index["unique"]
    ]


def drop(apps, schema_editor):
    for name in MODELS:
        for index in own(apps.get_model("feedback", name), schema_editor):
            schema_editor.execute(f"DROP INDEX {schema_editor.quote_name(index)}")


def make(apps, schema_editor):
    for name in MODELS:
        model = apps.get_model("feedback", name)
        schema_editor.execute(schema_editor._create_index_sql(model, fields=[model._meta.get_field("project")]))


def key(related_name, on_delete=deletion.PROTECT):
    return models.ForeignKey(
        db_index=False, on_delete=on_delete, related_name=related_name, to="feedback.project"
    )


class Migration(migrations.Migration):
    dependencies = [("feedback", "0005_pending_is_found_at_once")]

    operations = [
        migrations.SeparateDatabaseAndState(
            [migrations.RunPython(drop, make)],
            [
                migrations.AlterField("interaction", "project", key("interactions")),
                migrations.AlterField("signal", "project", key("signals")),
                migrations.AlterField("parkedsignal", "project", key("parked_signals")),
                migrations.AlterField("outcome", "project", key("outcomes", deletion.CASCADE)),
            ],
        )
    ]
