"""The index of consent entries by notice holds those that have one. What comes with a capture has none, and each line of
it wrote the index. The index alone is changed: on SQLite a changed column would copy its whole table.
"""

from django.db import migrations, models
from django.db.models import deletion


def drop(apps, schema_editor):
    table = apps.get_model("privacy", "ConsentEntry")._meta.db_table
    with schema_editor.connection.cursor() as cursor:
        found = schema_editor.connection.introspection.get_constraints(cursor, table)
    for name, index in found.items():
        if index["columns"] == ["notice_id"] and index["index"] and name != "consent_notice":
            schema_editor.execute(f"DROP INDEX {schema_editor.quote_name(name)}")


def make(apps, schema_editor):
    model = apps.get_model("privacy", "ConsentEntry")
    schema_editor.execute(schema_editor._create_index_sql(model, fields=[model._meta.get_field("notice")]))


class Migration(migrations.Migration):
    dependencies = [("privacy", "0004_no_index_says_what_another_says")]

    operations = [
        migrations.SeparateDatabaseAndState(
            [migrations.RunPython(drop, make)],
            [
                migrations.AlterField(
                    "consententry",
                    "notice",
                    models.ForeignKey(
                        blank=True, db_index=False, null=True, on_delete=deletion.PROTECT, to="privacy.notice"
                    ),
                )
            ],
        ),
        migrations.AddIndex(
            "consententry",
            models.Index(condition=models.Q(("notice__isnull", False)), fields=["notice"], name="consent_notice"),
        ),
    ]
