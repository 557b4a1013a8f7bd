"""The privacy desk: subjects, the consent ledger, requests and their receipts, erasures. Nothing is edited by hand."""

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path

from privacy.console.forms import AskForm
from privacy.console.lists import NamespaceFilter, ReadOnlyAdmin
from privacy.console.reauthentication import confirmed
from privacy.models import ConsentEntry, Erasure, Notice, Setback, Subject, Tombstone
from privacy.redaction_policies import admin as redaction_policies_admin  # noqa: F401 - registers its models
from privacy.requests import lifecycle
from privacy.webhooks import admin as webhooks_admin  # noqa: F401 - registers its models

NOTICE_SECONDS = 60


@admin.register(Subject)
class SubjectAdmin(ReadOnlyAdmin):
    """People by pseudonym. A request that came by post or telephone is entered here."""

    namespace_path = "namespace"
    list_display = ["id", "namespace", "created_at", "restricted_at"]
    list_filter = [NamespaceFilter, ("restricted_at", admin.EmptyFieldListFilter)]
    fields = ["namespace", "created_at", "restricted_at"]
    ordering = ["-id"]
    lead = "A person is a keyed hash here; the product's own user id is never stored."
    empty = ("Nobody yet", "A subject appears with the first conversation that carries one.")
    change_form_template = "admin/privacy/subject/change_form.html"

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.ask_view)
        return [path("<int:key>/ask/", view, name="privacy_subject_ask"), *super().get_urls()]

    @confirmed
    def ask_view(self, request: HttpRequest, key: int) -> HttpResponse:
        """Enter what the person asked for; it takes effect at once."""
        if not request.user.has_perm("privacy.add_privacyrequest"):
            raise PermissionDenied
        subject = self.get_queryset(request).filter(pk=key).first()
        if subject is None:
            raise Http404
        form = AskForm(request.POST or None)
        if form.is_valid():
            made = lifecycle.submit_for(
                subject, form.cleaned_data["kind"], namespace=subject.namespace, verified_by="operator", origin=""
            )
            messages.success(request, "The request is stored and takes effect now.")
            return redirect("admin:privacy_privacyrequest_change", made.pk)
        context = {
            **self.admin_site.each_context(request),
            "title": "Enter a request",
            "opts": self.opts,
            "form": form,
            "subject": subject,
            "button": "Enter the request",
        }
        return render(request, "admin/form_page.html", context)


@admin.register(ConsentEntry)
class ConsentEntryAdmin(ReadOnlyAdmin):
    namespace_path = "subject__namespace"
    subject_path = "subject_id"
    list_display = ["id", "subject", "purpose", "granted", "method", "recorded_at", "expires_at"]
    list_filter = [NamespaceFilter, "purpose", "granted"]
    list_select_related = ["subject"]
    ordering = ["-id"]
    heading = "Consent"
    lead = "The ledger: lines are added, never changed. For each subject and purpose, the newest line counts."
    empty = ("No consent on record", "Send consent with an interaction, or to POST /api/v1/consent.")


@admin.register(Notice)
class NoticeAdmin(ReadOnlyAdmin):
    list_display = ["id", "language", "text", "created_at"]
    lead = "The exact wordings people were shown when asked for consent."
    empty = ("No wordings yet", "Send `notice` with a consent, and its exact text is kept here.")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Notice]:
        if request.user.is_superuser:
            return super().get_queryset(request)
        site: Any = self.admin_site
        names = sorted(set(site.projects_of(request).values_list("namespace", flat=True)))
        return Notice.objects.filter(
            pk__in=cache.get_or_set(f"notices:{names}", lambda: notices_of(names), NOTICE_SECONDS)
        )


def notices_of(namespaces: list[str]) -> list[int]:
    """The notices that subjects of these namespaces have answered. Slow: it reads many lines of the ledger."""
    people = Subject.objects.filter(pk=OuterRef("subject_id"), namespace__in=namespaces)
    entries = ConsentEntry.objects.filter(Exists(people), notice=OuterRef("pk"))
    return list(Notice.objects.filter(Exists(entries)).values_list("pk", flat=True))


@admin.register(Erasure)
class ErasureAdmin(ReadOnlyAdmin):
    namespace_path = "namespace"
    list_display = ["id", "namespace", "purpose", "executed_at", "settled_at", "tries"]
    list_filter = [NamespaceFilter, "purpose", ("settled_at", admin.EmptyFieldListFilter)]
    exclude: ClassVar[list[str]] = ["lease_until"]
    ordering = ["-executed_at"]
    lead = "What was removed, by kind and number. A receipt holds no personal data."
    empty = ("Nothing has been erased yet", "An erasure appears when a request is carried out.")


@admin.register(Tombstone)
class TombstoneAdmin(ReadOnlyAdmin):
    list_display = ["id", "kind", "reason", "buried_at"]
    list_filter = ["kind", "reason"]
    exclude: ClassVar[list[str]] = ["digest"]
    ordering = ["-id"]
    lead = "Keyed hashes of what was removed, so that sending it again cannot bring it back."
    empty = ("No tombstones", "They appear when something is erased or has expired.")


@admin.register(Setback)
class SetbackAdmin(ReadOnlyAdmin):
    list_display = ["work", "about", "error", "times", "at"]
    list_filter = ["work"]
    ordering = ["-at"]
    heading = "Failing work"
    lead = "Background work that failed the last time it ran. A row disappears once the work succeeds."
    empty = (
        "No failing work",
        "A row appears when background work fails for one item, such as a project or a request.",
    )
