"""Datasets, releases and recalls in the console: cut a version, see its contents and changes, download its files."""

import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Model, Prefetch, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join

from curation.decisions.reasons import TIERS
from curation.models import Dataset, GateRun, Period, PeriodState, Recall, Release, ReleaseMember, ReleaseState
from curation.releases import cutting as releases_cutting
from curation.releases import downloads, formats, funnel, membership, periods, schedules
from privacy.api.problems import Problem
from privacy.console.lists import ProjectFilter, ReadOnlyAdmin
from privacy.console.reauthentication import confirmed

SCHEDULE = frozenset({"cadence", "cron", "time_zone"})
"""The fields that set the schedule."""


def zones() -> list[tuple[str, str]]:
    return [(name, name) for name in ("UTC", *sorted(schedules.zones() - {"UTC"}))]


class DatasetForm(forms.ModelForm):
    formats = forms.MultipleChoiceField(
        required=False,
        choices=[(name, name) for name in formats.CHOICES],
        widget=forms.CheckboxSelectMultiple,
        help_text="Files besides the three that every release has.",
    )
    holdout = forms.FloatField(
        min_value=0,
        max_value=0.9,
        widget=forms.NumberInput(attrs={"step": 0.01}),
        help_text="Share of questions, up to 0.9, used only for testing, never for training.",
    )
    time_zone = forms.ChoiceField(choices=zones)

    class Meta:
        model = Dataset
        fields = ["formats", "system_prompt", "holdout", "cadence", "cron", "time_zone"]


AT_ONCE = 2_000
PERIODS = 12


def with_periods(rows: QuerySet[Dataset]) -> QuerySet[Dataset]:
    newest = Period.objects.order_by("-due_at")[:PERIODS]  # shown for each dataset
    return rows.prefetch_related("releases", Prefetch("periods", newest, to_attr="newest_periods"))


@admin.register(Dataset)
class DatasetAdmin(ReadOnlyAdmin):
    """Datasets: what is released, how often, in which files. Name and project are fixed."""

    project_path = "project"
    form = DatasetForm
    list_display = ["name", "project", "newest", "cadence", "last_period", "holdout", "cutting"]
    list_filter = [ProjectFilter]
    list_select_related = ["project"]
    ordering = ["name"]
    fields = [
        "name",
        "project",
        "formats",
        "system_prompt",
        "holdout",
        "cadence",
        "cron",
        "time_zone",
        "next_times",
        "recent_periods",
        "created_at",
    ]
    lead = "What is released under one name, in which files, and how often."
    empty = (
        "No datasets yet",
        "Each project starts with a dataset of the same name: create a project on the list of projects.",
    )

    def get_urls(self) -> list[URLPattern]:
        cut, again = (self.admin_site.admin_view(view) for view in (self.cut_view, self.again_view))
        return [
            path("<int:key>/cut/", cut, name="curation_dataset_cut"),
            path("<int:key>/again/", again, name="curation_dataset_again"),
            *super().get_urls(),
        ]

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return request.user.has_perm("curation.change_dataset")

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> list[str]:
        return ["name", "project", "next_times", "recent_periods", "created_at"]

    def get_queryset(self, request: HttpRequest) -> Any:
        return with_periods(super().get_queryset(request))

    def listed(self, keys: Sequence[Any]) -> Any:
        return with_periods(super().listed(keys))

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """A changed schedule applies from now on; a message lists its next times."""
        if SCHEDULE & set(form.changed_data):
            obj.scheduled_since = timezone.now()
        super().save_model(request, obj, form, change)
        if SCHEDULE & set(form.changed_data) and obj.schedule():
            messages.info(request, f"Next releases: {', '.join(upcoming(obj))}.")

    @admin.display(description="next releases")
    def next_times(self, row: Dataset) -> str:
        return format_html_join("", "<div>{}</div>", ((time,) for time in upcoming(row))) or "by hand"

    @admin.display(description="last scheduled")
    def last_period(self, row: Any) -> str:
        return period_words(row.newest_periods[0]) if row.newest_periods else ""

    @admin.display(description="scheduled so far")
    def recent_periods(self, row: Any) -> str:
        """The results of the newest periods, with a button to retry the newest."""
        if not row.newest_periods:
            return "none yet"
        lines = format_html_join("", "<li>{}</li>", ((period_words(each),) for each in row.newest_periods))
        if row.newest_periods[0].state not in (PeriodState.FAILED, PeriodState.WAITING):
            return format_html("<ul>{}</ul>", lines)
        url = reverse("admin:curation_dataset_again", args=[row.pk])
        return format_html('<ul>{}</ul><button class="button" formaction="{}">Try again now</button>', lines, url)

    def again_view(self, request: HttpRequest, key: int) -> HttpResponseBase:
        if not request.user.has_perm("curation.add_release"):
            raise PermissionDenied
        dataset = self.get_queryset(request).filter(pk=key).first()
        if dataset is None:
            raise Http404
        if request.method == "POST":
            tried = periods.retry(dataset)
            words = "A worker will try again within a minute." if tried else "Nothing has failed."
            messages.success(request, words)
        return redirect("admin:curation_dataset_change", key)

    @admin.display(description="newest release")
    def newest(self, row: Dataset) -> str:
        shown = [each for each in row.releases.all() if each.state in (ReleaseState.PUBLISHED, ReleaseState.STALE)]
        newest = max(shown, key=lambda each: (each.number, each.recut), default=None)
        if newest is None:
            return "none yet"
        url = reverse("admin:curation_release_change", args=[newest.pk])
        return format_html('<a href="{}">{}</a>', url, newest.version)

    @admin.display(description="")
    def cutting(self, row: Dataset) -> str:
        return format_html('<a href="{}">Cut a release…</a>', reverse("admin:curation_dataset_cut", args=[row.pk]))

    def cut_view(self, request: HttpRequest, key: int) -> HttpResponseBase:
        if not request.user.has_perm("curation.add_release"):
            raise PermissionDenied
        dataset = self.get_queryset(request).select_related("project").filter(pk=key).first()
        if dataset is None:
            raise Http404
        would = membership.chosen(Release(dataset=dataset), is_selected=False).order_by()[: AT_ONCE + 1].count()
        if request.method == "POST":
            return self.cut(request, dataset, would)
        newest = dataset.published().select_related("dataset").first()
        context = {
            **self.admin_site.each_context(request),
            "title": f"Cut a release of {dataset}",
            "opts": self.opts,
            "dataset": dataset,
            "would": would,
            "many": would > AT_ONCE,
            "newest": newest,
        }
        return render(request, "admin/curation/dataset/cut.html", context)

    def cut(self, request: HttpRequest, dataset: Dataset, would: int) -> HttpResponseBase:
        """Cut a small release at once; leave a large one to a worker."""
        if not would:
            return self.nothing_to_cut(request)
        if would > AT_ONCE:
            releases_cutting.begin(dataset)
            messages.success(request, "A worker will cut it within a minute; it appears here when complete.")
            return redirect("admin:curation_release_changelist")
        before = dataset.published().first()
        try:
            made = releases_cutting.cut(dataset)
        except releases_cutting.NothingToCut:
            return self.nothing_to_cut(request)
        words = f"{made} is up to date: nothing has changed." if made == before else f"{made} is cut."
        messages.success(request, words)
        return redirect("admin:curation_release_change", made.pk)

    def nothing_to_cut(self, request: HttpRequest) -> HttpResponseBase:
        messages.info(request, "There is nothing to release yet: decide some answers first.")
        return redirect("admin:curation_dataset_changelist")


def upcoming(dataset: Dataset) -> list[str]:
    plan = dataset.schedule()
    if plan is None:
        return []
    zone = ZoneInfo(plan.zone)
    times = (due.at.astimezone(zone) for due in schedules.following(plan, timezone.now()))
    return [f"{time:%a %-d %b %Y, %H:%M} {plan.zone}" for time in times]


def period_words(period: Period) -> str:
    state = format_html('<span class="chip chip-{}">{}</span>', period.state, period.get_state_display())
    if period.state == PeriodState.WAITING and period.error:
        until = timezone.localtime(period.next_at)
        return format_html("{} {} {}, again at {} UTC", period.name, state, period.error, f"{until:%H:%M}")
    return format_html("{} {} {}", period.name, state, period.error)


@admin.register(Release)
class ReleaseAdmin(ReadOnlyAdmin):
    project_path = "dataset__project"
    list_display = ["title", "state_chip", "records", "published_at", "error"]
    list_filter = [ProjectFilter, "state"]
    list_select_related = ["dataset"]
    ordering = ["-id"]
    lead = "Immutable, versioned, checksummed. If a person in one is erased, it is cut again, for example as v2.1."
    empty = ("No releases yet", "Open Datasets and cut one: it includes all decided records with consent.")
    change_form_template = "admin/curation/release/change_form.html"

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.file_view)
        return [path("<int:key>/files/<str:name>", view, name="curation_release_file"), *super().get_urls()]

    @admin.display(description="release", ordering="dataset__name")
    def title(self, row: Release) -> str:
        return f"{row.dataset.name} {row.version}"

    @admin.display(description="state", ordering="state")
    def state_chip(self, row: Release) -> str:
        return format_html('<span class="chip chip-{}">{}</span>', row.state, row.get_state_display())

    @admin.display(description="records")
    def records(self, row: Release) -> str:
        files = [entry for entry in row.manifest.get("files", []) if entry["name"] != "lineage.jsonl"]
        return ", ".join(f"{entry['name'].removesuffix('.jsonl')} {entry['records']:,}" for entry in files)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """The release with its files, and what changed since an earlier one."""
        number = int(object_id) if object_id.isascii() and object_id.isdigit() and len(object_id) < 18 else 0
        row = self.get_queryset(request).select_related("dataset__project", "policy").filter(pk=number).first()
        more = details(row, request.GET.get("compare", "")) if row else {}
        return super().change_view(request, object_id, form_url, {**more, **(extra_context or {})})

    @confirmed
    def file_view(self, request: HttpRequest, key: int, name: str) -> HttpResponseBase:
        """Download one file of a release; needs the export permission and a recent confirmation of identity."""
        if not request.user.has_perm("curation.export_release"):
            raise PermissionDenied
        row = self.get_queryset(request).select_related("dataset").filter(pk=key).first()
        if row is None:
            raise Http404
        given: Any = request
        try:
            return downloads.answer(row, name, given)
        except Problem as error:
            raise Http404 from error


def details(row: Release, compared: str) -> dict[str, Any]:
    others = row.dataset.published().exclude(pk=row.pk).select_related("dataset")[:50]
    found = row.manifest.get("funnel")
    earlier = next((each for each in others if each.version == compared), None) or membership.previous(row)
    return {
        "files": row.manifest.get("files", []),
        "funnel": found,
        "losses": [{**loss, "numbers": funnel.numbers(loss)} for loss in (found or {}).get("losses", [])],
        "tiers": [(TIERS[name], number) for name, number in row.manifest.get("tiers", {}).items()],
        "others": others,
        "diff": membership.diff(row, earlier) if earlier and row.manifest else None,
        "gate_runs": GateRun.objects.filter(release=row).select_related("candidate").order_by("-pk")[:10],
        "recalls": Recall.objects.filter(release=row).select_related("replaced_by__dataset").order_by("-pk")[:10],
        "members": ReleaseMember.objects.filter(release=row).count(),
        "manifest": json.dumps(row.manifest, indent=2, ensure_ascii=False),
    }


@admin.register(Recall)
class RecallAdmin(ReadOnlyAdmin):
    project_path = "release__dataset__project"
    list_display = ["id", "release", "replaced_by", "reason", "records_number", "acknowledged", "created_at"]
    list_filter = [ProjectFilter]
    list_select_related = ["release__dataset", "replaced_by__dataset"]
    ordering = ["-id"]
    lead = "Records that the users of a release must delete: ids and hashes, no text."
    empty = ("No recalls", "A recall appears when a person in a published release is erased.")

    @admin.display(description="records")
    def records_number(self, row: Recall) -> int:
        return len(row.records)

    @admin.display(description="acknowledged by")
    def acknowledged(self, row: Recall) -> str:
        if row.acknowledgements:
            return ", ".join(entry["by"] for entry in row.acknowledgements)
        late = row.created_at < timezone.now() - timedelta(days=settings.RECALL_DAYS)
        return format_html(
            '<span class="chip chip-{}">{}</span>', "bad" if late else "warn", "overdue" if late else "nobody yet"
        )
