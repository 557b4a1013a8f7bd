"""The index of what is pending becomes the newest: of indexes that it thinks alike SQLite takes that one."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("feedback", "0004_words_are_found")]

    operations = [
        migrations.RemoveIndex(model_name="interaction", name="interaction_pending"),
        migrations.AddIndex(
            model_name="interaction",
            index=models.Index(
                fields=["project", "id"], condition=models.Q(pending=True), name="interaction_pending"
            ),
        ),
    ]
