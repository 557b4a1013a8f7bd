"""The first hour without a shell: a project, then a key for it, then the first conversation."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from curation.policies import projects
from feedback.models import Project


class ProjectForm(forms.Form):
    """A new project, by its name alone: everything else has a default that its page can change."""

    name = forms.CharField(
        max_length=64,
        help_text="One deployed agent. Lower-case letters, digits, - and _, for example support-bot.",
    )

    def clean_name(self) -> str:
        name = str(self.cleaned_data["name"])
        if Project.objects.filter(name=name).exists():
            raise ValidationError("There is a project of this name.")
        return name


def project_view(context: dict[str, Any], request: HttpRequest) -> HttpResponse:
    """Make a project with its dataset and policies, and go on to its key."""
    if not request.user.has_perm("feedback.add_project"):
        raise PermissionDenied
    form = ProjectForm(request.POST or None)
    if form.is_valid() and (made := created(form)):
        messages.success(request, f"Project {made.name} is ready. Make a key for what will send its conversations.")
        return redirect(f"{reverse('admin:feedback_apikey_make')}?project={made.pk}&scopes=ingest")
    lead = (
        "A project keeps the conversations of one agent apart from all others. It comes with a dataset and a policy, and "
        "stores nothing without consent."
    )
    shown = {**context, "title": "Make a project", "form": form, "button": "Make the project", "lead": lead}
    return render(request, "admin/form_page.html", shown)


def created(form: ProjectForm) -> Project | None:
    try:
        return projects.create_project(form.cleaned_data["name"])
    except ValidationError as error:
        form.add_error("name", error.messages[0])
        return None
