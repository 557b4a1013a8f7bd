"""Votes are ordered by receipt, imported ones by their own time, and no time is in the future. Of the votes that are
stored nobody knows which were imported: they keep their order, but for times that had not come yet."""

from django.db import migrations, models
from django.db.models import F
from django.utils import timezone


def order(apps, schema_editor):
    for name in ("Interaction", "Signal", "ParkedSignal"):
        rows = apps.get_model("feedback", name).objects
        rows.filter(occurred_at__gt=F("received_at")).update(occurred_at=F("received_at"))
    for name in ("Signal", "ParkedSignal"):
        apps.get_model("feedback", name).objects.update(effective_at=F("occurred_at"))


class Migration(migrations.Migration):
    dependencies = [("feedback", "0006_no_index_says_what_another_says")]

    operations = [
        migrations.AddField(
            model_name=name, name="effective_at", field=models.DateTimeField(default=timezone.now, help_text=said)
        )
        for name, said in (
            ("signal", "Orders a person's votes: when it was received, or in an import its own time."),
            ("parkedsignal", ""),
        )
    ] + [migrations.RunPython(order, migrations.RunPython.noop)]
