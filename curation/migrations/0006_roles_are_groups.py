from django.db import migrations

from curation.roles import ROLES


def make(apps, schema_editor):
    """The groups, with their permissions. Those of Django are made after all migrations: what is not there yet is
    made here, under the same name, and found by it later."""
    Group = apps.get_model("auth", "Group")
    Permission = apps.get_model("auth", "Permission")
    ContentType = apps.get_model("contenttypes", "ContentType")
    for role, wanted in ROLES.items():
        group, _ = Group.objects.get_or_create(name=role)
        for name in wanted:
            app, codename = name.split(".")
            model = codename.partition("_")[2]
            kind, _ = ContentType.objects.get_or_create(app_label=app, model=model)
            words = "Can download the files of releases" if codename == "export_release" else f"Can {codename.replace('_', ' ')}"
            permission, _ = Permission.objects.get_or_create(content_type=kind, codename=codename, defaults={"name": words})
            group.permissions.add(permission)


class Migration(migrations.Migration):
    dependencies = [
        ("curation", "0005_tasks_are_found_at_once"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]
    operations = [migrations.RunPython(make, migrations.RunPython.noop)]
