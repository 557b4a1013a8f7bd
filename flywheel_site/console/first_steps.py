"""The first hour without a shell: a project, its key, the first conversation, and so on to the gate; people who help."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from curation.models import GateRun, Release, ReleaseState
from curation.policies import projects
from feedback.models import ApiKey, Interaction, Project, ProjectMember, Signal
from flywheel_site.security import invitations


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


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the first hour: what it is called, the page that does it, and whether it is done."""

    words: str
    hint: str
    url: str
    is_done: bool


def steps(project: Project, may: Callable[[str], bool]) -> list[Step]:
    """What is left and what is done of a project's first hour, for a user with these permissions; empty when all is done.

    One query.
    """
    done = begun(project)
    page = reverse("admin:feedback_project_change", args=[project.pk])
    make_key = f"{reverse('admin:feedback_apikey_make')}?project={project.pk}&scopes=ingest&scopes=feedback"
    datasets = reverse("admin:curation_dataset_changelist")
    rows = [
        ("feedback.add_apikey", "Make a key", "Its page has the lines that send a conversation.", make_key, "key"),
        ("feedback.change_project", "Send or import a first conversation",
         "A log that you hold comes in by the project's page, with a preview.", page, "conversation"),
        ("feedback.view_signal", "Get a first vote", "The widget puts two thumbs under an answer.",
         f"{reverse('admin:feedback_signal_changelist')}?project={project.pk}", "vote"),
        ("auth.add_user", "Invite a person", "Reviewers decide what votes leave open.", reverse("admin:invite"), "person"),
        ("curation.add_release", "Cut a release", "Eval cases and training examples as files.", datasets, "release"),
        ("curation.view_gaterun", "Test an agent with it", "manage.py evalgate --release NAME --agent URL",
         f"{reverse('admin:curation_gaterun_changelist')}?project={project.pk}", "gate"),
    ]  # fmt: skip
    found = [Step(words, hint, url, done[name]) for needs, words, hint, url, name in rows if may(needs)]
    return found if any(not each.is_done for each in found) else []


def begun(project: Project) -> dict[str, bool]:
    """Which of the first steps a project has behind it."""

    def any_of(rows: QuerySet[Any], path: str = "project") -> Exists:
        return Exists(rows.filter(**{path: OuterRef("pk")}))

    published = Release.objects.filter(state=ReleaseState.PUBLISHED)
    found = Project.objects.values(
        key=any_of(ApiKey.objects.all()),
        conversation=any_of(Interaction.objects.all()),
        vote=any_of(Signal.objects.all()),
        person=any_of(ProjectMember.objects.all()),
        release=any_of(published, "dataset__project"),
        gate=any_of(GateRun.objects.all()),
    )
    return {name: bool(there) for name, there in found.get(pk=project.pk).items()}


def invite_view(context: dict[str, Any], request: HttpRequest) -> HttpResponse:
    """Name a person, their roles and projects, and show the link by which they join."""
    form = invitations.InvitationForm(request.POST or None, initial={"projects": Project.objects.all()[:2]})
    if form.is_valid():
        given = form.cleaned_data
        user = invitations.invite(given["name"], given["roles"], list(given["projects"]))
        about = (
            f"Send this link to {user.get_username()}. It sets the password once, within {invitations.DAYS} days; "
            "a second factor follows."
        )
        shown = {
            **context,
            "title": "The invitation",
            "about": about,
            "secret": invitations.link(request, user),
            "warning": "Copy it now: it is not kept. Invite the person again for another.",
            "opts": User._meta,
        }
        return render(request, "admin/secret_page.html", shown)
    lead = "They get a link that works once, and see nothing but these projects."
    shown = {**context, "title": "Invite a person", "form": form, "button": "Make the link", "lead": lead}
    return render(request, "admin/form_page.html", shown)
