from django.db import migrations
from django.db.models import F


def read_again(apps, schema_editor):
    """Records that were made before have a digest of their own until their interaction is read again, by the next run."""
    for name in ("EvalCase", "Example", "PreferencePair"):
        apps.get_model("curation", name).objects.update(said=F("pk"), near_said=F("pk"))
    decided = apps.get_model("curation", "Decision").objects.values("pk")
    apps.get_model("feedback", "Interaction").objects.filter(pk__in=decided).update(pending=True)


class Migration(migrations.Migration):
    dependencies = [("curation", "0008_answers_are_compared_by_digest")]
    operations = [migrations.RunPython(read_again, migrations.RunPython.noop)]
