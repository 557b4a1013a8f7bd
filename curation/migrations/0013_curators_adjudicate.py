from django.db import migrations

GIVEN = {
    "curator": (("reviewtask", "adjudicate_reviewtask"), ("reviewevent", "view_reviewevent")),
    "operator": (("reviewevent", "view_reviewevent"),),
}


def give(apps, schema_editor):
    """The groups of an installation that was there before; in a new one they have it already."""
    Group = apps.get_model("auth", "Group")
    Permission = apps.get_model("auth", "Permission")
    ContentType = apps.get_model("contenttypes", "ContentType")
    for role, permissions in GIVEN.items():
        for group in Group.objects.filter(name=role):
            for model, codename in permissions:
                kind, _ = ContentType.objects.get_or_create(app_label="curation", model=model)
                permission, _ = Permission.objects.get_or_create(
                    content_type=kind, codename=codename, defaults={"name": f"Can {codename.replace('_', ' ')}"}
                )
                group.permissions.add(permission)


class Migration(migrations.Migration):
    dependencies = [("curation", "0012_people_judge_twice")]
    operations = [migrations.RunPython(give, migrations.RunPython.noop)]
