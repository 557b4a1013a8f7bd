"""The people of the console and their roles. People are added only by invitation."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth import admin as auth_admin
from django.contrib.auth.forms import UserChangeForm
from django.contrib.auth.models import Group, User
from django.db.models import QuerySet
from django.http import HttpRequest

LABELS = {
    "username": ("Sign-in name", ""),
    "is_active": ("May sign in", "Take this away from somebody who leaves: their verdicts stay."),
    "is_superuser": ("Administrator", "May do everything, in all projects."),
    "groups": ("Roles", "A person may have several. Which projects they see is set on each project’s page."),
}


class RolesFilter(admin.RelatedFieldListFilter):
    """By role."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.title = "role"


class PersonForm(UserChangeForm):
    """A person's name, roles and whether they may sign in, in the words of the console."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, (label, help_text) in LABELS.items():
            self.fields[name].label, self.fields[name].help_text = label, help_text
        roles: Any = self.fields["groups"].widget
        roles.can_add_related = False


admin.site.unregister(User)


@admin.register(User)
class PersonAdmin(auth_admin.UserAdmin):
    """Everybody with an account. Rights come from roles, never person by person."""

    form = PersonForm
    list_display = ("username", "roles", "may_sign_in", "last_login")
    list_filter = (("groups", RolesFilter),)
    fieldsets = (
        (None, {"fields": ("username", "first_name", "last_name", "email")}),
        ("What they may do", {"fields": ("is_active", "groups", "is_superuser")}),
        ("When", {"fields": ("last_login", "date_joined")}),
    )
    filter_horizontal = ()
    readonly_fields = ("last_login", "date_joined")

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        return super().get_queryset(request).prefetch_related("groups")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "groups":
            kwargs["widget"] = forms.CheckboxSelectMultiple
            return forms.ModelMultipleChoiceField(Group.objects.order_by("name"), required=False, **kwargs)
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    @admin.display(description="roles")
    def roles(self, row: User) -> str:
        names = [group.name for group in row.groups.all()]
        return ", ".join(["administrator"] * row.is_superuser + sorted(names)) or "none"

    @admin.display(description="may sign in", boolean=True)
    def may_sign_in(self, row: User) -> bool:
        return row.is_active and (row.is_staff or row.is_superuser)
