"""What shares a key with a new question is mostly told apart by its words' bits. Questions that are there already have none
and are compared by their text, as before: nothing has to be read.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("curation", "0020_what_stands_is_found_without_its_status")]

    operations = [
        migrations.AddField(
            model_name="question",
            name="words",
            field=models.BigIntegerField(
                null=True, help_text="Its words as bits, to tell without its text what is not near it."
            ),
        )
    ]
