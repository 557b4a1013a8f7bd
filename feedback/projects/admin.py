"""Keys in the console: made and shown once, rotated with an overlap, revoked."""

from datetime import timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.formats import date_format
from django.utils.html import format_html
from django.views.decorators.cache import never_cache

from feedback.models import ApiKey, Interaction, Project
from feedback.projects import keys
from privacy.api.scopes import Scope
from privacy.console.lists import ProjectFilter, ReadOnlyAdmin, row_key
from privacy.console.reauthentication import confirmed

# The permission that users need before they can give this scope to a key.
NEEDS = {
    Scope.READ: "feedback.view_interaction",
    Scope.EXPORT: "curation.export_release",
    Scope.PRIVACY: "privacy.add_privacyrequest",
}


def scopes_of(user: Any) -> list[Scope]:
    """The scopes that this user's own permissions cover: a key must not be a way around a role."""
    return [scope for scope in Scope if scope not in NEEDS or user.has_perm(NEEDS[scope])]


class KeyForm(forms.Form):
    """The project of a new key, its scopes, and its end."""

    project = forms.ModelChoiceField(queryset=Project.objects.none())
    name = forms.CharField(
        max_length=64, required=False, help_text="What will use it, for example web shop or nightly export."
    )
    scopes = forms.MultipleChoiceField(
        widget=forms.CheckboxSelectMultiple,
        label="It may",
        help_text="As few as possible. A browser needs no key: it gets a token with each answer.",
    )
    days = forms.IntegerField(min_value=1, max_value=3650, required=False, label="Days until it expires", initial=365)

    def __init__(self, *args: Any, projects: Any, scopes: list[Scope], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        project: Any = self.fields["project"]
        project.queryset = projects
        offered: Any = self.fields["scopes"]
        offered.choices = [(scope.value, scope.label) for scope in scopes]

    def expiry(self) -> Any:
        """When the key ends, or None."""
        days = self.cleaned_data["days"]
        return timezone.now() + timedelta(days=days) if days else None


@admin.register(ApiKey)
class ApiKeyAdmin(ReadOnlyAdmin):
    project_path = "project"
    list_display = ["prefix", "name", "project", "may", "state", "created_at", "last_used_at", "expires_at"]
    list_filter = [ProjectFilter, ("revoked_at", admin.EmptyFieldListFilter)]
    list_select_related = ["project"]
    exclude = ["digest"]
    ordering = ["-id"]
    actions = ["revoke"]
    lead = "Keys belong to one project. Only their hashes are kept."
    empty = ("No keys yet", "Make one for the program that will send conversations.")
    change_list_template = "admin/feedback/apikey/change_list.html"
    change_form_template = "admin/feedback/apikey/change_form.html"

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        own = [
            path("make/", wrap(self.make_view), name="feedback_apikey_make"),
            path("<int:key>/heard/", wrap(self.heard_view), name="feedback_apikey_heard"),
            path("<int:key>/rotate/", wrap(self.rotate_view), name="feedback_apikey_rotate"),
        ]
        return own + super().get_urls()

    @admin.display(description="may")
    def may(self, row: ApiKey) -> str:
        return ", ".join(row.scopes)

    @admin.display(description="state")
    def state(self, row: ApiKey) -> str:
        tone, word = ("bad", "revoked") if row.revoked_at else ("good", "live")
        if not row.revoked_at and not row.is_live(timezone.now()):
            tone, word = "warn", "ended"
        return format_html('<span class="chip chip-{}">{}</span>', tone, word)

    @confirmed
    def make_view(self, request: HttpRequest) -> HttpResponse:
        """Make a key."""
        if not request.user.has_perm("feedback.add_apikey"):
            raise PermissionDenied
        site: Any = self.admin_site
        projects = site.projects_of(request).order_by("name")
        asked = {"project": request.GET.get("project"), "scopes": request.GET.getlist("scopes")}
        form = KeyForm(request.POST or None, projects=projects, scopes=scopes_of(request.user), initial=asked)
        if form.is_valid():
            given = form.cleaned_data
            row, text = keys.create(given["project"], given["scopes"], given["name"], expires_at=form.expiry())
            return self.shown_once(request, row, text)
        context = {
            **site.each_context(request),
            "title": "Make a key",
            "opts": self.opts,
            "form": form,
            "button": "Create key",
        }
        return render(request, "admin/form_page.html", context)

    def heard_view(self, request: HttpRequest, key: int) -> HttpResponse:
        """Whether anything has come with a key: used, and stored. The key's page asks until it has."""
        row = self.get_queryset(request).filter(pk=key).first() if self.has_view_permission(request) else None
        if row is None:
            raise Http404
        stored = Interaction.objects.visible().filter(project=row.project_id, received_at__gte=row.created_at)
        first = stored.order_by("pk").first()
        url = reverse("admin:feedback_interaction_change", args=[first.pk]) if first else ""
        answer = JsonResponse({"used": row.last_used_at is not None, "stored": url})
        add_never_cache_headers(answer)
        return answer

    @confirmed
    def rotate_view(self, request: HttpRequest, key: int) -> HttpResponseBase:
        """A new key with the same rights and end date; the old one works for another day. Says why if the key is not
        live.
        """
        if not request.user.has_perm("feedback.change_apikey"):
            raise PermissionDenied
        row = self.get_queryset(request).select_related("project").filter(pk=key).first()
        if row is None:
            raise Http404
        if request.method != "POST":
            return redirect("admin:feedback_apikey_changelist")
        if not set(row.scopes) <= set(scopes_of(request.user)):
            raise PermissionDenied
        try:
            return self.shown_once(request, *keys.rotate(row))
        except keys.NotLive as error:
            messages.error(request, str(error))
            return redirect("admin:feedback_apikey_change", row.pk)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The page of a key offers a rotation while the key is live."""
        row = ApiKey.objects.filter(pk=row_key(object_id)).first()
        more = {"is_live": row is not None and row.is_live(timezone.now())}
        return super().change_view(request, object_id, form_url, {**more, **(extra_context or {})})

    def shown_once(self, request: HttpRequest, row: ApiKey, text: str) -> HttpResponse:
        """The page with the key on it."""
        end = f" · ends {date_format(timezone.localtime(row.expires_at), 'DATETIME_FORMAT')}" if row.expires_at else ""
        context = {
            **self.admin_site.each_context(request),
            "title": "Your new key",
            "opts": self.opts,
            "secret": text,
            "about": f"{row.project} · {', '.join(row.scopes)}{end}",
            "endpoint": settings.PUBLIC_URL,
            "sends": Scope.INGEST in row.scopes,
            "key": row.pk,
        }
        return never_cache(render)(request, "admin/feedback/apikey/shown_once.html", context)

    @admin.action(description="Revoke the selected keys", permissions=["revoke"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[ApiKey]) -> None:
        for row in queryset:
            keys.revoke(row)
        messages.success(request, "Revoked. These keys no longer work.")

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("feedback.delete_apikey")
