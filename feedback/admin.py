"""Projects, interactions and signals in the console. Captured text is always text, never markup.

Searching by words takes constant time: PostgreSQL has an index of words. If a search finds more than anybody would page
through, and on SQLite, where such an index would keep erased text, it scans the newest interactions.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Any, ClassVar, TypeVar

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Max, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.html import format_html_join

from feedback.importing import upload_views
from feedback.models import Interaction, Outcome, ParkedSignal, Project, ProjectMember, Signal, TraceReport
from feedback.projects import admin as projects_admin  # noqa: F401 - registers its models
from feedback.projects.origins import OriginsField
from privacy.console.counting import counted
from privacy.console.dates import DateFilter
from privacy.console.lists import ProjectFilter, ReadOnlyAdmin, row_key
from privacy.console.pagination import COUNTED
from privacy.db import engine

WINDOW = 20_000  # this many of the newest conversations are searched
MOST = 2_000  # hits shown from the index; with more, the words are common
WORDS = 5
INDEXED = (
    "to_tsvector('simple', left(feedback_interaction.question, 20000) || ' ' || left(feedback_interaction.answer, 20000)) "
    "@@ websearch_to_tsquery('simple', %s)"
)
Rows = TypeVar("Rows", bound="QuerySet[Interaction]")


def matching(rows: Rows, term: str) -> Rows:
    """The rows with that id, else with these words; all rows if the search is empty."""
    term = term.replace("\0", "").strip()
    if not term:
        return rows
    exact = rows.filter(external_id=term, project__in=Project.objects.values("pk"))  # the expression that is indexed
    if exact.exists():
        return exact
    if not engine.one_writer():
        found = rows.extra(where=[INDEXED], params=[term]).order_by()  # noqa: S610 - a constant, with its parameter
        keys = list(found.values_list("pk", flat=True)[: MOST + 1])
        if len(keys) <= MOST:
            return rows.filter(pk__in=keys)
    newest = Interaction.objects.aggregate(Max("pk"))["pk__max"] or 0
    near = rows.filter(pk__gt=newest - WINDOW)
    for word in term.split()[:WORDS]:
        near = near.filter(Q(question__icontains=word) | Q(answer__icontains=word))
    return near


SHORT = 140
SHOWN = 100  # signals on the page of a conversation; the rest are a list of their own
SIGNS = {"thumbs_up": ("up", "▲ up"), "thumbs_down": ("down", "▼ down"), "edit": ("edit", "✎ corrected")}


class RatedFilter(admin.SimpleListFilter):
    """Whether anybody gave a signal on the answer."""

    title = "rated"
    parameter_name = "rated"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "with signals"), ("no", "without")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "yes":
            return queryset.filter(revision__gt=0)
        return queryset.filter(revision=0) if self.value() == "no" else queryset


class PendingFilter(admin.SimpleListFilter):
    """Whether curation has read its signals yet."""

    title = parameter_name = "pending"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "not yet read"), ("no", "read")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "yes":  # by project, as in the index of pending rows
            return queryset.filter(pending=True, project__in=Project.objects.values("pk"))
        return queryset.filter(pending=False) if self.value() == "no" else queryset


class ConversationFilter(admin.SimpleListFilter):
    """The signals of one conversation, whose page links here; offered only there."""

    title = parameter_name = "interaction"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        asked = request.GET.get("interaction")
        return [(asked, "this conversation")] if asked else []

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        asked = self.value()
        return queryset.filter(interaction=row_key(asked)) if asked else queryset


class MemberInline(admin.TabularInline):
    model = ProjectMember
    extra = 0
    verbose_name_plural = "Who may see it"


class ProjectForm(forms.ModelForm):
    web_origins = OriginsField()

    class Meta:
        model = Project
        fields = (
            "capture_consent",
            "evaluation_consent",
            "training_consent",
            "web_origins",
            "keep_days",
            "guidelines",
            "deep_scan",
        )


@admin.register(Project)
class ProjectAdmin(ReadOnlyAdmin):
    """The only editable table here: consent defaults, origins, retention, members."""

    project_path = "pk"
    list_display = ["name", "namespace", "capture_consent", "evaluation_consent", "training_consent", "keep_days"]
    readonly_fields = ["name", "namespace", "redaction", "created_at"]
    inlines: ClassVar[Any] = [MemberInline]
    ordering = ["name"]
    lead = "One project per deployed agent. A key sees its own project, and a person those that they belong to."
    empty = (
        "No projects yet",
        "A superuser creates the first one on the home page. It comes with a dataset and a policy.",
    )
    change_form_template = "admin/feedback/project/change_form.html"
    form = ProjectForm

    def get_urls(self) -> list[URLPattern]:
        bring_in = self.admin_site.admin_view(self.import_view)
        return [path("<int:key>/import/", bring_in, name="feedback_project_import"), *super().get_urls()]

    def import_view(self, request: HttpRequest, key: int) -> HttpResponse:
        """Import a log, after a preview."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        project = self.get_queryset(request).select_related("redaction").filter(pk=key).first()
        if project is None:
            raise Http404
        return upload_views.page(request, project, {**self.admin_site.each_context(request), "opts": self.opts})

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("feedback.change_project")


@admin.register(Interaction)
class InteractionAdmin(ReadOnlyAdmin):
    project_path = "project"
    subject_path = "subject_id"
    list_display = [
        "external_id",
        "question_start",
        "answered",
        "rated",
        "project",
        "occurred_at",
    ]  # `asked` is a relation
    list_filter = [ProjectFilter, RatedFilter, PendingFilter, DateFilter]
    made_at = "received_at"
    list_select_related = ["project"]
    # The conversation above the fields shows the texts.
    exclude = [
        "question",
        "answer",
        "context",
        "sources",
        "steps",
        "body_digest",
        "fingerprint",
        "placeholders",
        "subject",
    ]
    search_fields = ["external_id"]
    search_help_text = "An id, or words from the question or answer"
    ordering = ["-id"]
    lead = "Questions and answers, redacted before they were stored."
    empty = (
        "No conversations here",
        "Send one to POST /api/v1/interactions, or import a log: on the project's page, or manage.py import_log FILE.",
    )
    change_form_template = "admin/feedback/interaction/change_form.html"

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """By id or by words; see `matching`."""
        return matching(queryset, search_term), False

    @admin.display(description="question")
    def question_start(self, row: Interaction) -> str:
        return str(row.question)[:SHORT]

    @admin.display(description="answer")
    def answered(self, row: Interaction) -> str:
        return str(row.answer)[:SHORT]

    @admin.display(description="rated")
    def rated(self, row: Interaction) -> str:
        """A badge for each kind of signal, with how many there are."""
        counted = Counter(signal.kind for signal in row.signals.all() if signal.withdrawn_at is None)
        signs = [(*SIGNS[kind], number) for kind, number in counted.items() if kind in SIGNS]
        return format_html_join(" ", '<span class="chip chip-{}">{}\u202f{}</span>', sorted(signs))

    def listed(self, keys: Sequence[Any]) -> QuerySet[Any]:
        return super().listed(keys).prefetch_related("signals")

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **given: Any
    ) -> HttpResponse:
        """With the newest of what people said, and how much there is, counted to the bound of every list."""
        signals = context["original"].signals.visible()
        said = {"said": signals.order_by("-id")[:SHOWN], "number": signals[:COUNTED].count(), "counted": COUNTED}
        return super().render_change_form(request, {**context, **said}, *args, **given)


@admin.register(Signal)
class SignalAdmin(ReadOnlyAdmin):
    project_path = "project"
    subject_path = "subject_id"
    list_display = ["external_id", "kind", "interaction", "corrected", "project", "occurred_at", "withdrawn_at"]
    list_filter = [ProjectFilter, "kind", ConversationFilter, DateFilter]
    made_at = "received_at"
    list_select_related = ["project", "interaction"]
    exclude = ["body_digest", "subject"]
    ordering = ["-id"]
    lead = "What people said or did about an answer. A person's newest explicit vote counts."
    empty = ("No signals yet", "Add the widget to an answer, or send to POST /api/v1/feedback.")

    @admin.display(description="correction")
    def corrected(self, row: Signal) -> str:
        return str(row.correction)[:SHORT]


@admin.register(ParkedSignal)
class ParkedSignalAdmin(ReadOnlyAdmin):
    project_path = "project"
    subject_path = "subject_id"
    list_display = ["external_id", "interaction_external_id", "kind", "project", "received_at"]
    list_filter = [ProjectFilter]
    list_select_related = ["project"]
    exclude = ["body_digest", "placeholders", "subject"]
    ordering = ["-id"]
    lead = "Feedback that arrived before its interaction. It waits for a day."
    empty = ("Nothing waits", "Feedback for an interaction that has not arrived yet waits here.")


@admin.register(Outcome)
class OutcomeAdmin(ReadOnlyAdmin):
    project_path = "project"
    list_display = ["day", "project", "kind", "result", "number"]
    list_filter = [ProjectFilter, "result"]
    list_select_related = ["project"]
    ordering = ["-day", "-id"]
    lead = "The result of every write, by day."
    empty = ("Nothing has been received yet", "The first write to the API is counted here.")


@admin.register(TraceReport)
class TraceReportAdmin(ReadOnlyAdmin):
    project_path = "project"
    list_display = ["last_at", "project", "product", "came_to", "missing"]
    list_filter = [ProjectFilter]
    list_select_related = ["project"]
    ordering = ["-day", "-id"]
    lead = "What products sent as OpenTelemetry, by day, and what to change if it gave no conversations."
    empty = ("No traces yet", "Point an OTLP/HTTP exporter at /v1/traces, with a key.")

    @admin.display(description="came to")
    def came_to(self, row: TraceReport) -> str:
        return f"{counted(row.exports, 'export')}: {counted(row.spans, 'span')}, {counted(row.conversations, 'conversation')}"
