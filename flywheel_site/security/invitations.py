"""Invitations: a superuser names a person, their roles and projects; the person sets a password through a link that
works once.
"""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.models import Group, User
from django.contrib.auth.tokens import default_token_generator
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.contrib.auth.views import PasswordResetConfirmView
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest
from django.urls import reverse, reverse_lazy
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from curation.roles import DUTIES
from feedback.models import Project, ProjectMember

DAYS = settings.PASSWORD_RESET_TIMEOUT // 86_400


class InvitationForm(forms.Form):
    """Who is invited, with which roles, to which projects."""

    name = forms.CharField(
        max_length=150,
        validators=[UnicodeUsernameValidator()],
        help_text="The name the person signs in with.",
    )
    roles = forms.MultipleChoiceField(
        widget=forms.CheckboxSelectMultiple,
        label="Roles",
        choices=[(role, f"{role.capitalize()}: {duty}") for role, duty in DUTIES.items()],
    )
    projects = forms.ModelMultipleChoiceField(
        queryset=Project.objects.none(), widget=forms.CheckboxSelectMultiple, label="Projects"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        projects: Any = self.fields["projects"]
        projects.queryset = Project.objects.order_by("name")

    def clean_name(self) -> str:
        name = User.normalize_username(self.cleaned_data["name"])
        there = User.objects.filter(username=name).first()
        if there is not None and there.has_usable_password():
            raise ValidationError("This name is already in use.")
        return str(name)


def invite(name: str, roles: list[str], projects: list[Project]) -> User:
    """Create the user, without a password. Somebody who never joined may be invited again, with new roles and projects."""
    with transaction.atomic():
        user, made = User.objects.get_or_create(username=name)
        if made:
            user.set_unusable_password()
        user.is_staff = True
        user.save()
        user.groups.set(Group.objects.filter(name__in=roles))
        ProjectMember.objects.filter(user=user).delete()
        ProjectMember.objects.bulk_create(ProjectMember(user=user, project=project) for project in projects)
    return user


def link(request: HttpRequest, user: User) -> str:
    """The address at which this user sets a password, once and within `DAYS` days. The first use ends all earlier links."""
    key = urlsafe_base64_encode(force_bytes(user.pk))
    token = default_token_generator.make_token(user)
    return request.build_absolute_uri(reverse("admin:join", args=[key, token]))


class JoinView(PasswordResetConfirmView):
    """The page behind the link. It signs the person in, who then sets up the second factor if one is required."""

    template_name = "admin/join.html"
    success_url = reverse_lazy("admin:index")
    post_reset_login = True
    post_reset_login_backend = "django.contrib.auth.backends.ModelBackend"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return {**context, "title": "Set your password" if self.validlink else "This invitation no longer works"}
