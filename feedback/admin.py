"""Projects, keys, interactions and signals in the console. Captured text is always text, never markup."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from feedback import keys
from feedback.models import ApiKey, Interaction, Outcome, ParkedSignal, Project, ProjectMember, Signal
from privacy.admin import ReadOnlyAdmin

SHORT = 100


class MemberInline(admin.TabularInline):
    model = ProjectMember
    extra = 0


@admin.register(Project)
class ProjectAdmin(admin.ModelAdmin):
    """The one table here that an operator edits: consent defaults, origins, retention."""

    list_display = ["name", "namespace", "capture_consent", "evaluation_consent", "training_consent", "keep_days"]
    readonly_fields = ["name", "namespace", "redaction", "created_at"]
    inlines = [MemberInline]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(ApiKey)
class ApiKeyAdmin(ReadOnlyAdmin):
    list_display = ["prefix", "project", "name", "scopes", "created_at", "last_used_at", "expires_at", "revoked_at"]
    list_filter = ["project"]
    list_select_related = ["project"]
    exclude = ["digest"]
    actions = ["revoke"]

    @admin.action(description="Revoke the chosen keys", permissions=["revoke"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[ApiKey]) -> None:
        for row in queryset:
            keys.revoke(row)
        messages.success(request, "Revoked. No process takes these keys any more.")

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("feedback.delete_apikey")


@admin.register(Interaction)
class InteractionAdmin(ReadOnlyAdmin):
    list_display = ["external_id", "asked", "answered", "project", "occurred_at"]
    list_filter = ["project", "pending"]
    list_select_related = ["project"]
    exclude = ["body_digest", "fingerprint", "placeholders", "subject"]
    ordering = ["-id"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Interaction]:
        return super().get_queryset(request).filter(subject__restricted_at__isnull=True)

    @admin.display(description="question")
    def asked(self, row: Interaction) -> str:
        return str(row.question)[:SHORT]

    @admin.display(description="answer")
    def answered(self, row: Interaction) -> str:
        return str(row.answer)[:SHORT]


@admin.register(Signal)
class SignalAdmin(ReadOnlyAdmin):
    list_display = ["external_id", "kind", "interaction", "corrected", "project", "occurred_at", "withdrawn_at"]
    list_filter = ["project", "kind"]
    list_select_related = ["project", "interaction"]
    exclude = ["body_digest", "subject"]
    ordering = ["-id"]

    @admin.display(description="correction")
    def corrected(self, row: Signal) -> str:
        return str(row.correction)[:SHORT]


@admin.register(ParkedSignal)
class ParkedSignalAdmin(ReadOnlyAdmin):
    list_display = ["external_id", "interaction_external_id", "kind", "project", "received_at"]
    list_filter = ["project"]
    list_select_related = ["project"]
    exclude = ["body_digest", "placeholders", "subject"]


@admin.register(Outcome)
class OutcomeAdmin(ReadOnlyAdmin):
    list_display = ["day", "project", "kind", "result", "number"]
    list_filter = ["project", "kind", "result"]
    list_select_related = ["project"]
