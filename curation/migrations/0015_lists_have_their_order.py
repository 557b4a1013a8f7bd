"""The lists of derived records are read in the order of an index, project by project."""

from django.db import migrations, models

TABLES = {"evalcase": "eval_case", "example": "example", "preferencepair": "pair"}


class Migration(migrations.Migration):
    dependencies = [("curation", "0014_people_judge_candidates")]

    operations = [
        migrations.AddIndex(
            model_name=model, index=models.Index(fields=["project", "decision"], name=f"{name}_newest")
        )
        for model, name in TABLES.items()
    ]
