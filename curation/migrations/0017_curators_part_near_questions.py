from django.db import migrations

GIVEN = ("view_question", "change_question")


def give(apps, schema_editor):
    """The group of an installation that was there before; in a new one it has them already."""
    Group = apps.get_model("auth", "Group")
    Permission = apps.get_model("auth", "Permission")
    ContentType = apps.get_model("contenttypes", "ContentType")
    for group in Group.objects.filter(name="curator"):
        kind, _ = ContentType.objects.get_or_create(app_label="curation", model="question")
        for codename in GIVEN:
            permission, _ = Permission.objects.get_or_create(
                content_type=kind, codename=codename, defaults={"name": f"Can {codename.replace('_', ' ')}"}
            )
            group.permissions.add(permission)


class Migration(migrations.Migration):
    dependencies = [("curation", "0016_near_questions_are_listed")]
    operations = [migrations.RunPython(give, migrations.RunPython.noop)]
