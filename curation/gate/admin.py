"""The gate in the console: gate runs and what changed in them, and agent versions with their lineage."""

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html

from curation.decisions.reasons import short
from curation.gate import agent_versions, figures, reports, submissions, thresholds
from curation.gate import agent_versions as gate_agent_versions
from curation.gate.judging import GateError
from curation.gate.reports import numbers
from curation.models import AgentVersion, EvalCase, GateResult, GateRun, Release, ReleaseState
from feedback.capture.payloads import PayloadError
from feedback.importing.upload_views import LARGEST, on_disk
from privacy.console.dates import DateFilter
from privacy.console.lists import ProjectFilter, ReadOnlyAdmin, row_key
from privacy.files.records import UnreadableFile

PAGE = 25
SLICES = 60


class ProjectsOwnAdmin(ReadOnlyAdmin):
    """Shows a user the rows of their own projects."""

    project_path = "project"

    def found(self, request: HttpRequest, object_id: str, *related: str) -> Any:
        if not self.has_view_permission(request):
            raise PermissionDenied
        rows = self.get_queryset(request).select_related(*related)
        row = rows.filter(pk=row_key(object_id)).first()
        if row is None:
            raise Http404
        return row

    def context(self, request: HttpRequest, title: str, **more: Any) -> dict[str, Any]:
        return {**self.admin_site.each_context(request), "opts": self.opts, "title": title, **more}


class AnswersForm(forms.Form):
    """A candidate's answers to a release's eval cases, in a file."""

    release = forms.ModelChoiceField(queryset=Release.objects.none(), label="Release", empty_label=None)
    name = forms.CharField(max_length=200, label="Agent", help_text="The candidate’s name, for example support-bot.")
    version = forms.CharField(max_length=64, required=False, label="Version")
    file = forms.FileField(
        label="Answers",
        help_text="JSON Lines or CSV with the fields case and answer, at most 8 MB. A case is the id of a line of the "
        "release’s eval_cases.jsonl.",
    )

    def __init__(self, *args: Any, releases: QuerySet[Release], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice: Any = self.fields["release"]
        choice.queryset = releases

    def clean_file(self) -> Any:
        """A file that is small enough to be judged while somebody waits."""
        if (self.cleaned_data["file"].size or 0) > LARGEST:
            raise forms.ValidationError(
                "The file is larger than 8 MB. Use manage.py evalgate, or POST /api/v1/gate-runs."
            )
        return self.cleaned_data["file"]

    def judged(self) -> GateRun:
        """The recorded run. Raises `GateError`, `PayloadError` or `UnreadableFile`."""
        given, release = self.cleaned_data, self.cleaned_data["release"]
        with on_disk(given["file"]) as path:
            results = submissions.answers_in(path)
        candidate = {"name": given["name"], "version": given["version"]}
        body = {"release": release.public_id, "candidate": candidate, "results": results}
        made = submissions.judge_submission(release.dataset.project, body)
        assert isinstance(made, GateRun)  # it is no draft
        return made


@admin.register(GateRun)
class GateRunAdmin(ProjectsOwnAdmin):
    """The runs, and the page that shows one: the verdict, its slices, and answers side by side."""

    list_display = ["id", "candidate", "release", "verdict_chip", "baseline", "created_at"]
    list_filter = [ProjectFilter, "verdict", DateFilter]
    made_at = "created_at"
    ordering = ["-id"]
    lead = "A candidate's answers to a release's eval cases, compared with its baseline. What worked must not break."
    empty = (
        "No gate runs yet",
        "Judge a file of answers, or run one in CI: manage.py evalgate --release R --agent URL, or POST /api/v1/gate-runs.",
    )
    list_select_related = ["release__dataset", "candidate", "baseline"]
    change_list_template = "admin/curation/gaterun/change_list.html"

    def get_urls(self) -> list[URLPattern]:
        judge = self.admin_site.admin_view(self.judge_view)
        return [path("judge/", judge, name="curation_gaterun_judge"), *super().get_urls()]

    def judge_view(self, request: HttpRequest) -> HttpResponse:
        """Judge a file of answers, for those who may decide on agent versions."""
        if not (self.has_view_permission(request) and request.user.has_perm("curation.change_agentversion")):
            raise PermissionDenied
        projects = self.admin_site.projects_of(request)  # type: ignore[attr-defined]
        published = Release.objects.filter(state=ReleaseState.PUBLISHED, dataset__project__in=projects)
        releases = published.select_related("dataset__project").order_by("-pk")
        chosen = {"release": row_key(request.GET.get("release", ""))}
        form = AnswersForm(request.POST or None, request.FILES or None, releases=releases, initial=chosen)
        if form.is_valid():
            try:
                return redirect("admin:curation_gaterun_change", form.judged().pk)
            except (GateError, PayloadError, UnreadableFile) as error:
                form.add_error("file", str(error))
        lead = "The answers are redacted, graded and compared with those of the version you run today, as in CI."
        context = self.context(request, "Judge a file of answers", form=form, button="Judge", lead=lead)
        return render(request, "admin/form_page.html", context)

    @admin.display(description="verdict", ordering="verdict")
    def verdict_chip(self, row: GateRun) -> str:
        return format_html('<span class="chip chip-{}">{}</span>', row.verdict, row.get_verdict_display())

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        run = self.found(request, object_id, "release__dataset", "candidate", "baseline__candidate", "project")
        change = request.GET.get("change", "")
        change = change if change in reports.CHANGES else ""
        page = Paginator(reports.listed(run, change), PAGE).get_page(request.GET.get("page"))
        counts, slices = dict(numbers(run.counts)), reports.slices(run)
        context = self.context(
            request,
            f"Gate run {run.pk}",
            run=run,
            counts=counts.items(),
            picture=figures.picture(run),
            figures=figures.lines(run),
            changes=[(name, run.counts.get(name, 0)) for name in reports.CHANGES],
            change=change,
            page=page,
            pairs=reports.pairs(run, page.object_list),
            slices=slices[:SLICES],
            moved=[part for part in slices if part.moved],
            may_say=request.user.has_perm("curation.change_reviewtask"),
        )
        return render(request, "admin/curation/gaterun/run.html", context)


class KindFilter(admin.SimpleListFilter):
    """Golden or regression: a fixed choice, where Django would read all rows for what there is."""

    title = parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(kind.value, kind.value) for kind in EvalCase.Kind]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(kind=self.value()) if self.value() else queryset


def tried(attempts: Any) -> str:
    """The repetitions of a case, one a line."""
    lines = (f"{'right' if each['passed'] else 'wrong'}: {each['answer'] or each['error']}" for each in attempts)
    return "\n".join(lines) or "-"


@admin.register(GateResult)
class GateResultAdmin(ProjectsOwnAdmin):
    project_path = "run__project"
    subject_path = "subject_id"
    list_display = ["id", "run", "interaction", "kind", "passed", "what_changed", "score", "grader"]
    list_filter = [ProjectFilter, "passed", KindFilter]
    ordering = ["-run", "-id"]
    lead = "The candidate's answer to one case, and its grade."
    empty = ("No results yet", "They appear with a gate run.")
    list_select_related = ["run", "interaction"]
    exclude = ["subject", "case_digest", "seal"]
    in_words: Any = {"change": short, "attempts": tried}

    @admin.display(description="change")
    def what_changed(self, row: GateResult) -> str:
        return short(row.change)

    def get_urls(self) -> list[URLPattern]:
        say = self.admin_site.admin_view(self.say_view)
        return [path("<int:object_id>/say/", say, name="curation_gateresult_say"), *super().get_urls()]

    def say_view(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Record that an answer is right or wrong; the same judgement again removes it. Redirects to the answer on its
        run's page.
        """
        row = self.found(request, str(object_id))
        if not isinstance(request.user, User) or not request.user.has_perm("curation.change_reviewtask"):
            raise PermissionDenied
        verdict = {"right": True, "wrong": False}.get(request.POST.get("said", ""))
        if request.method == "POST" and verdict is not None:
            thresholds.record_judgement(row, None if row.judged is verdict else verdict, request.user)
        back = reverse("admin:curation_gaterun_change", args=[row.run_id])
        place = urlencode({name: request.POST[name] for name in ("change", "page") if request.POST.get(name)})
        return redirect(f"{back}?{place}#answer-{row.pk}")


class DecisionForm(forms.Form):
    state = forms.ChoiceField(
        choices=[("promoted", "Promote: this is the version we run"), ("refused", "Refuse")], widget=forms.RadioSelect
    )
    reason = forms.CharField(max_length=200)


@admin.register(AgentVersion)
class AgentVersionAdmin(ProjectsOwnAdmin):
    """The registry, and the page of one version: its runs, its lineage, and the decision on it."""

    list_display = ["name", "version", "state_chip", "model", "trained_on", "depth", "project", "created_at"]
    list_filter = [ProjectFilter, "state"]
    ordering = ["-id"]
    lead = "Versions of the agent that were, or may be, deployed. A promoted one is the baseline."
    empty = ("No versions yet", "One appears with the first gate run: manage.py evalgate --release R --agent URL.")
    list_select_related = ["trained_on__dataset", "project"]

    @admin.display(description="state", ordering="state")
    def state_chip(self, row: AgentVersion) -> str:
        return format_html('<span class="chip chip-{}">{}</span>', row.state, row.get_state_display())

    def get_urls(self) -> list[URLPattern]:
        decide = self.admin_site.admin_view(self.decide_view)
        return [path("<str:object_id>/decide/", decide, name="curation_agentversion_decide"), *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        row = self.found(request, object_id, "trained_on__dataset", "project__redaction")
        return self.page(request, row, DecisionForm())

    def decide_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Carry out a decision, which needs the permission to change versions."""
        if not request.user.has_perm("curation.change_agentversion"):
            raise PermissionDenied
        row = self.found(request, object_id, "trained_on__dataset", "project__redaction")
        form = DecisionForm(request.POST or None)
        if request.method != "POST" or not form.is_valid():
            return self.page(request, row, form)
        agent_versions.decide(row, **form.cleaned_data, by=request.user.get_username(), by_person=True)
        self.log_change(request, row, f"{row.get_state_display()}")
        messages.success(request, f"{row} is now {row.get_state_display().lower()}.")
        return redirect("admin:curation_agentversion_change", row.pk)

    def page(self, request: HttpRequest, row: AgentVersion, form: DecisionForm) -> HttpResponse:
        generations = gate_agent_versions.generations(row)
        context = self.context(
            request,
            str(row),
            row=row,
            runs=row.gate_runs.select_related("release__dataset").order_by("-pk")[:PAGE],
            generations=generations,
            height=gate_agent_versions.height(generations),
            form=form,
            may_decide=request.user.has_perm("curation.change_agentversion"),
        )
        return render(request, "admin/curation/agentversion/version.html", context)
