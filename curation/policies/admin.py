"""Curation policies and runs in the console, and the forms for the next version of a policy: a field for each setting, or
the whole as JSON.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html

from curation import pipeline, tasks
from curation.gate import measuring, thresholds
from curation.gate.calibration import LEAST_REVIEWED, LEAST_WRONG
from curation.models import CurationPolicy, Run, RunState
from curation.policies import settings as policies_settings
from curation.policies import trials, versions
from curation.runs import control
from feedback.models import Interaction, Project
from privacy.console.lists import ProjectFilter, ReadOnlyAdmin, row_key
from privacy.models import InvalidRules

AS_JSON: Final = frozenset({"model_graders", "thresholds"})
"""Settings that are no list of words: they are written as JSON, and a form of fields leaves them as they are."""
YES_OR_NO = {True: "yes", False: "no"}


class NoteForm(forms.Form):
    """What every new version says of itself."""

    note = forms.CharField(max_length=200, label="Why", help_text="One line for later readers of this version.")
    again = forms.BooleanField(
        required=False,
        label="Apply the filters again to decided records",
        help_text="Otherwise the filters apply to future decisions only; balance and guards always apply to the next release.",
    )


class PolicyForm(NoteForm):
    """The settings as JSON."""

    settings = forms.JSONField(
        required=False,
        widget=forms.Textarea(attrs={"rows": 16, "class": "code", "spellcheck": "false"}),
        label="Settings that differ from the defaults",
    )
    field_order = ["settings", "note", "again"]

    def clean_settings(self) -> dict[str, Any]:
        return checked(self.cleaned_data["settings"] or {})


class FieldsForm(NoteForm):
    """A field for each setting; an empty one means the default, which it shows in grey."""

    def __init__(self, *args: Any, current: Mapping[str, Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.current = current
        sentences = policies_settings.sentences_of()
        for stage, name, default in plain_settings():
            field = field_of(default)
            field.label = name.replace("_", " ").capitalize()
            field.help_text = sentences[stage].get(name, "")
            given = current.get(stage, {})
            if name in given:
                field.initial = written(given[name])
                field.is_changed = True
            self.fields[f"{stage}.{name}"] = field

    def stages(self) -> Iterator[tuple[str, list[forms.BoundField], int]]:
        """The stages with their fields, and how many differ from the default."""
        for stage in policies_settings.defaults():
            fields = [self[name] for name in self.fields if name.startswith(f"{stage}.")]
            yield stage, fields, sum(hasattr(bound.field, "is_changed") for bound in fields)

    def rest(self) -> list[forms.BoundField]:
        return [self["note"], self["again"]]

    def clean(self) -> dict[str, Any]:
        """The settings that differ from the defaults, under `settings`."""
        cleaned = super().clean() or self.cleaned_data
        mine = {f"{stage}.{name}" for stage, name, _ in plain_settings()}
        made: dict[str, dict[str, Any]] = {}
        for stage, values in self.current.items():
            if kept := {name: value for name, value in values.items() if f"{stage}.{name}" not in mine}:
                made[stage] = kept
        for stage, name, default in plain_settings():
            given = cleaned.get(f"{stage}.{name}")
            if given not in (None, "", []) and given != default:
                made.setdefault(stage, {})[name] = given
        return {**cleaned, "settings": checked(made)}


class WordsField(forms.CharField):
    """A list of words with commas between them."""

    def to_python(self, value: Any) -> Any:
        return [word.strip() for word in str(value or "").split(",") if word.strip()]

    def run_validators(self, value: Any) -> None:
        """The stage judges the list."""


def plain_settings() -> Iterator[tuple[str, str, Any]]:
    """(stage, setting, default) of every setting that one field can hold."""
    for stage, values in policies_settings.defaults().items():
        yield from ((stage, name, default) for name, default in values.items() if name not in AS_JSON)


def field_of(default: Any) -> Any:
    """An optional field for values like this default, with the default in grey."""
    grey = {"placeholder": written(default)}
    if isinstance(default, bool):
        choices = [("", f"default: {YES_OR_NO[default]}"), ("true", "yes"), ("false", "no")]
        return forms.TypedChoiceField(required=False, choices=choices, coerce="true".__eq__, empty_value=None)
    if isinstance(default, int):
        return forms.IntegerField(required=False, widget=forms.NumberInput(attrs=grey))
    if isinstance(default, float):
        return forms.FloatField(required=False, widget=forms.NumberInput(attrs={**grey, "step": "any"}))
    kind = WordsField if isinstance(default, list) else forms.CharField
    return kind(required=False, max_length=2_000, widget=forms.TextInput(attrs=grey))


def written(value: Any) -> str:
    """A value as its field shows it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def checked(given: Any) -> dict[str, Any]:
    """The settings, if every stage accepts them; otherwise a form error in words."""
    try:
        policies_settings.check(given)
    except ValueError as error:
        raise forms.ValidationError(str(error)) from error
    return dict(given)


AT_ONCE = 500
LIVE = 20  # how many running runs and paused projects the list shows


@admin.register(CurationPolicy)
class CurationPolicyAdmin(ReadOnlyAdmin):
    project_path = "project"
    list_display = ["title", "note", "created_at", "created_by", "next_version"]
    list_filter = [ProjectFilter]
    list_select_related = ["project", "created_by"]
    ordering = ["project", "-version"]
    lead = "How each project curates. A version is never changed; a run records the one that it used."
    empty = ("No policies yet", "Each project starts with one: create a project on the list of projects.")

    def get_urls(self) -> list[URLPattern]:
        revise = self.admin_site.admin_view(self.revise_view)
        limits = self.admin_site.admin_view(self.thresholds_view)
        return [
            path("<int:key>/revise/", revise, name="curation_curationpolicy_revise"),
            path("<int:key>/thresholds/", limits, name="curation_curationpolicy_thresholds"),
            *super().get_urls(),
        ]

    @admin.display(description="policy")
    def title(self, row: CurationPolicy) -> str:
        return f"{row.project.name} v{row.version}"

    @admin.display(description="")
    def next_version(self, row: CurationPolicy) -> str:
        url = reverse("admin:curation_curationpolicy_revise", args=[row.pk])
        limits = reverse("admin:curation_curationpolicy_thresholds", args=[row.pk])
        return format_html('<a href="{}">New version from this</a> · <a href="{}">Thresholds</a>', url, limits)

    def found(self, request: HttpRequest, key: int) -> CurationPolicy:
        """The version, if the user may make the next one."""
        if not request.user.has_perm("curation.add_curationpolicy"):
            raise PermissionDenied
        row: CurationPolicy | None = self.get_queryset(request).select_related("project").filter(pk=key).first()
        if row is None:
            raise Http404
        return row

    def thresholds_view(self, request: HttpRequest, key: int) -> HttpResponse:
        """Show the threshold curves; a POST adopts the selected thresholds."""
        row = self.found(request, key)
        if request.method == "POST":
            made = thresholds.adopt(row.project, request.POST.getlist("curve"), request.user)
            if made is None:
                messages.warning(request, "No selected threshold would change: the policy stays as it is.")
                return redirect("admin:curation_curationpolicy_thresholds", row.pk)
            messages.success(request, f"{made} applies from the next gate run on, which rebuilds its baseline.")
            return redirect("admin:curation_curationpolicy_change", made.pk)
        curves = thresholds.curves(row.project)
        context = {
            **self.admin_site.each_context(request),
            "title": f"Thresholds of {row.project}",
            "opts": self.opts,
            "row": row,
            "curves": [one for one in curves if one.points],
            "measured": measuring.measured(row.project),
            "needed": LEAST_REVIEWED,
            "needed_wrong": LEAST_WRONG,
            "width": thresholds.WIDTH,
            "height": thresholds.HEIGHT,
            "moves": any(one.moves for one in curves),
        }
        return render(request, "admin/curation/curationpolicy/thresholds.html", context)

    def revise_view(self, request: HttpRequest, key: int) -> HttpResponse:
        row = self.found(request, key)
        fault = policies_settings.fault(row.settings)
        current = {} if fault else policies_settings.without_retired(row.settings)
        as_json = bool(fault) or "settings" in request.POST
        whole = PolicyForm(
            request.POST or None if as_json else None, initial={"settings": row.settings if fault else current}
        )
        fields = FieldsForm(None if as_json else request.POST or None, current=current)
        form: PolicyForm | FieldsForm = whole if as_json else fields
        tried = None
        if form.is_valid() and "try" in request.POST:
            tried = self.tried(row, form)
        elif form.is_valid():
            given = form.cleaned_data
            made = versions.revise(row.project, given["settings"], given["note"], request.user, again=given["again"])
            messages.success(request, f"{made} applies from the next run on.")
            return redirect("admin:curation_curationpolicy_change", made.pk)
        if not fault and (gone := policies_settings.retired(row.settings)):
            messages.warning(request, f"Ignored, because these settings no longer exist: {', '.join(gone)}.")
        defaults = {name: json.dumps(values, indent=2) for name, values in policies_settings.defaults().items()}
        context = {
            **self.admin_site.each_context(request),
            "title": f"New version for {row.project}",
            "opts": self.opts,
            "form": form,
            "fields": fields,
            "whole": whole,
            "as_json": as_json,
            "fault": fault,
            "row": row,
            "defaults": defaults,
            "trial": tried,
        }
        return render(request, "admin/curation/curationpolicy/revise.html", context)

    def tried(self, row: CurationPolicy, form: PolicyForm | FieldsForm) -> trials.Trial | None:
        """What the settings in the form would change. A form error if those in force are not valid."""
        try:
            return trials.trial(row.project, form.cleaned_data["settings"])
        except InvalidRules as error:
            form.add_error(None, f"There is nothing to compare with: {error}")
            return None


@admin.register(Run)
class RunAdmin(ReadOnlyAdmin):
    project_path = "project"
    list_display = ["id", "project", "state_chip", "read", "total", "policy", "started_at", "finished_at"]
    list_filter = [ProjectFilter, "state"]
    list_select_related = ["project", "policy__project"]
    ordering = ["-id"]
    lead = "One pass of curation over everything new. It also runs by itself, every few seconds."
    empty = ("No runs yet", "A run starts when new feedback arrives, or when you start one.")
    change_list_template = "admin/curation/run/change_list.html"

    def get_urls(self) -> list[URLPattern]:
        start, cancel = (self.admin_site.admin_view(view) for view in (self.start_view, self.cancel_view))
        return [
            path("start/", start, name="curation_run_start"),
            path("<int:key>/cancel/", cancel, name="curation_run_cancel"),
            *super().get_urls(),
        ]

    @admin.display(description="state", ordering="state")
    def state_chip(self, row: Run) -> str:
        return format_html('<span class="chip chip-{}">{}</span>', row.state, row.get_state_display())

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        site: Any = self.admin_site
        may = request.user.has_perm("curation.add_run")
        mine = site.projects_of(request)
        running = self.get_queryset(request).filter(state=RunState.RUNNING).select_related("project").order_by("pk")
        more = {
            "projects": mine.order_by("name")[:50] if may else [],
            "running": running[:LIVE],
            "may": may,
            "resting": control.resting().filter(pk__in=mine.values("pk")).order_by("name")[:LIVE],
        }
        return super().changelist_view(request, {**more, **(extra_context or {})})

    def cancel_view(self, request: HttpRequest, key: int) -> HttpResponseBase:
        if not request.user.has_perm("curation.add_run"):
            raise PermissionDenied
        row = self.get_queryset(request).select_related("project").filter(pk=key).first()
        if row is None or request.method != "POST":
            raise Http404
        if control.cancel(row):
            messages.success(
                request, f"The run will stop after its current batch. {row.project} is paused until you start it again."
            )
        else:
            messages.warning(request, "The run had already ended.")
        return redirect("admin:curation_run_changelist")

    def start_view(self, request: HttpRequest) -> HttpResponseBase:
        """Curate a project now: a small amount at once, more through a worker."""
        if not request.user.has_perm("curation.add_run"):
            raise PermissionDenied
        site: Any = self.admin_site
        sent = request.POST.get("project", "")
        project = site.projects_of(request).filter(pk=row_key(sent)).first()
        if sent and project is None:
            raise Http404
        if request.method == "POST" and project is not None:
            messages.success(request, start(project))
        return redirect("admin:curation_run_changelist")


def start(project: Project) -> str:
    waiting = Interaction.objects.filter(project=project).pending()[: AT_ONCE + 1].count()
    if not waiting:
        return f"{project} has nothing new to decide."
    if waiting > AT_ONCE:
        tasks.curate_project.delay(project.pk)
        return f"A worker is curating {project}; the run will appear here."
    run = pipeline.curate(project)
    return f"{project}: {run.read if run else 0} interactions curated."
