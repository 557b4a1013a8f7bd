"""The first hour without a shell: a project, its key, the first conversation and so on to the gate; inviting people."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from curation.models import GateRun, Release, ReleaseState
from curation.policies import projects
from feedback.models import ApiKey, Interaction, Project, ProjectMember, Signal
from feedback.projects import origins
from feedback.projects.origins import OriginsField
from flywheel_site.security import invitations
from privacy.consent.ledger import PURPOSES


class ProjectForm(forms.Form):
    """A new project: its name, on what basis its data is used, and the sites that show the widget."""

    name = forms.CharField(
        max_length=64,
        help_text="One deployed agent. Lower-case letters, digits, - and _, for example support-bot.",
    )

    capture_consent = forms.ChoiceField(
        label="Store conversations",
        choices=Project.Consent,
        widget=forms.RadioSelect,
        initial=Project.Consent.OPT_IN,
        help_text="“Unless refused” needs another legal basis than consent, such as a contract or a legitimate interest.",
    )
    evaluation_consent = forms.ChoiceField(
        label="Test agents with them", choices=Project.Consent, widget=forms.RadioSelect, initial=Project.Consent.OPT_IN
    )
    training_consent = forms.ChoiceField(
        label="Train agents with them",
        choices=Project.Consent,
        widget=forms.RadioSelect,
        initial=Project.Consent.OPT_IN,
    )
    web_origins = OriginsField(label="Sites with the widget")

    def clean_name(self) -> str:
        name = str(self.cleaned_data["name"])
        if Project.objects.filter(name=name).exists():
            raise ValidationError("There is already a project with this name.")
        return name


def project_view(context: dict[str, Any], request: HttpRequest) -> HttpResponse:
    """Make a project with its dataset and policies, and go on to its key."""
    if not request.user.has_perm("feedback.add_project"):
        raise PermissionDenied
    form = ProjectForm(request.POST or None)
    if form.is_valid() and (made := created(form)):
        messages.success(
            request, f"Project {made.name} is ready. Make a key for the program that will send its conversations."
        )
        return redirect(f"{reverse('admin:feedback_apikey_make')}?project={made.pk}&scopes=ingest")
    lead = (
        "A project keeps one agent's conversations separate from all others. It comes with a dataset and a policy. "
        "Everything but its name can be changed later."
    )
    shown = {**context, "title": "Create a project", "form": form, "button": "Create project", "lead": lead}
    return render(request, "admin/form_page.html", shown)


def created(form: ProjectForm) -> Project | None:
    try:
        given = form.cleaned_data
        basis = {purpose: given[f"{purpose}_consent"] for purpose in PURPOSES}
        with transaction.atomic():
            made = projects.create_project(given["name"], basis=basis)
            origins.change(made.name, add=given["web_origins"])
        return made
    except ValidationError as error:
        form.add_error("name", error.messages[0])
        return None


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the first hour: its name, the page for it, and whether it is done."""

    words: str
    hint: str
    url: str
    is_done: bool


def steps(project: Project, may: Callable[[str], bool]) -> list[Step]:
    """A project's first steps, done or not, for a user with these permissions; empty once all are done. One query."""
    done = begun(project)
    page = reverse("admin:feedback_project_change", args=[project.pk])
    make_key = f"{reverse('admin:feedback_apikey_make')}?project={project.pk}&scopes=ingest&scopes=feedback"
    datasets = reverse("admin:curation_dataset_changelist")
    rows = [
        ("feedback.add_apikey", "Make a key", "The key's page shows the code that sends a conversation.", make_key, "key"),
        ("feedback.change_project", "Send or import a first conversation",
         "Import a log you already have on the project's page; it shows a preview first.", page, "conversation"),
        ("feedback.view_signal", "Get a first vote", "The widget adds thumbs up and down under an answer.",
         f"{reverse('admin:feedback_signal_changelist')}?project={project.pk}", "vote"),
        ("auth.add_user", "Invite a person", "Reviewers decide where votes are not enough.", reverse("admin:invite"), "person"),
        ("curation.add_release", "Cut a release", "Eval cases and training examples as files.", datasets, "release"),
        ("curation.change_agentversion", "Test an agent with it", "Upload its answers to the eval cases, or use manage.py evalgate in CI.",
         reverse("admin:curation_gaterun_judge"), "gate"),
    ]  # fmt: skip
    found = [Step(words, hint, url, done[name]) for needs, words, hint, url, name in rows if may(needs)]
    return found if any(not each.is_done for each in found) else []


def begun(project: Project) -> dict[str, bool]:
    """Which of the first steps a project has completed."""

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
    """Invite a person with roles and projects, and show the link with which they join."""
    form = invitations.InvitationForm(request.POST or None, initial={"projects": Project.objects.all()[:2]})
    if form.is_valid():
        given = form.cleaned_data
        user = invitations.invite(given["name"], given["roles"], list(given["projects"]))
        about = (
            f"Send this link to {user.get_username()}. It works once, for {invitations.DAYS} days: they set a "
            f"password, then a second factor."
        )
        shown = {
            **context,
            "title": "The invitation",
            "about": about,
            "secret": invitations.link(request, user),
            "warning": "Copy it now: it is not stored. To get another link, invite the person again.",
            "opts": User._meta,
        }
        return render(request, "admin/secret_page.html", shown)
    lead = "They get a link that works once, and will see only these projects."
    shown = {**context, "title": "Invite a person", "form": form, "button": "Create link", "lead": lead}
    return render(request, "admin/form_page.html", shown)
