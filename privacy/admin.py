"""Subjects, the consent ledger, erasures and redaction policies in the console. Nothing here is edited by hand."""

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

from privacy.models import ConsentEntry, Erasure, Notice, RedactionPolicy, Subject, Tombstone


class ReadOnlyAdmin(admin.ModelAdmin):
    """Shows and never edits: every change is an action with a permission of its own, through a domain function."""

    show_full_result_count = False
    list_per_page = 50

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(Subject)
class SubjectAdmin(ReadOnlyAdmin):
    list_display = ["id", "namespace", "created_at", "restricted_at"]
    list_filter = ["namespace", ("restricted_at", admin.EmptyFieldListFilter)]
    fields = ["namespace", "created_at", "restricted_at"]


@admin.register(ConsentEntry)
class ConsentEntryAdmin(ReadOnlyAdmin):
    list_display = ["id", "subject", "purpose", "granted", "method", "recorded_at", "expires_at"]
    list_filter = ["purpose", "granted", "method"]
    list_select_related = ["subject"]


@admin.register(Notice)
class NoticeAdmin(ReadOnlyAdmin):
    list_display = ["id", "language", "text", "created_at"]


@admin.register(Erasure)
class ErasureAdmin(ReadOnlyAdmin):
    list_display = ["id", "namespace", "purpose", "executed_at", "settled_at", "tries"]
    list_filter = ["namespace", "purpose", ("settled_at", admin.EmptyFieldListFilter)]


@admin.register(Tombstone)
class TombstoneAdmin(ReadOnlyAdmin):
    list_display = ["id", "kind", "reason", "buried_at"]
    list_filter = ["kind", "reason"]


@admin.register(RedactionPolicy)
class RedactionPolicyAdmin(ReadOnlyAdmin):
    list_display = ["name", "version", "updated_at", "updated_by"]
