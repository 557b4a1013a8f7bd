"""A consent entry's key to its subject loses the index of its own: `consent_latest` begins with the same column. The
index alone is dropped: on SQLite a changed column would copy its whole table.
"""

from django.db import migrations, models
from django.db.models import deletion


def drop(apps, schema_editor):
    table = apps.get_model("privacy", "ConsentEntry")._meta.db_table
    with schema_editor.connection.cursor() as cursor:
        found = schema_editor.connection.introspection.get_constraints(cursor, table)
    for name, index in found.items():
        if index["columns"] == ["subject_id"] and index["index"] and not index["unique"]:
            schema_editor.execute(f"DROP INDEX {schema_editor.quote_name(name)}")


def make(apps, schema_editor):
    model = apps.get_model("privacy", "ConsentEntry")
    schema_editor.execute(schema_editor._create_index_sql(model, fields=[model._meta.get_field("subject")]))


class Migration(migrations.Migration):
    dependencies = [("privacy", "0003_scans_keep_their_place")]

    operations = [
        migrations.SeparateDatabaseAndState(
            [migrations.RunPython(drop, make)],
            [
                migrations.AlterField(
                    "consententry",
                    "subject",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=deletion.PROTECT,
                        related_name="consent_entries",
                        to="privacy.subject",
                    ),
                )
            ],
        )
    ]
