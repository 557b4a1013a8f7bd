"""The review console: Django's admin, grouped as the flywheel turns, behind a second factor."""

from functools import update_wrapper
from typing import Any

from django.conf import settings
from django.contrib.admin import AdminSite
from django.contrib.admin.forms import AdminAuthenticationForm
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path, reverse

from feedback.models import Project
from flywheel_site import dashboard, menu, secondfactor, signins
from privacy.reauthentication import confirm


class SignInForm(AdminAuthenticationForm):
    """Name and password, so often and no oftener."""

    def clean(self) -> dict[str, Any]:
        name, request = self.cleaned_data.get("username", ""), self.request
        if request is not None and not signins.may_try(request, name):
            raise ValidationError(signins.TOO_MANY, code="too_many")
        cleaned = super().clean()
        if request is not None:
            signins.forgive(request, name)
        return cleaned


class FlywheelAdminSite(AdminSite):
    """Django's admin, with the flywheel at a glance on its first page, and every list within the user's projects."""

    site_header = "Flywheel"
    site_title = "Flywheel"
    index_title = "The flywheel at a glance"
    index_template = "admin/flywheel_index.html"
    login_form = SignInForm
    site_url = None
    enable_nav_sidebar = True

    def projects_of(self, request: HttpRequest) -> QuerySet[Project]:
        """The projects that this user may see: a superuser all, others those that they are a member of."""
        everything = Project.objects.all()
        if request.user.is_superuser:
            return everything
        return everything.filter(members__user=request.user.pk)

    def has_permission(self, request: HttpRequest) -> bool:
        """Staff, with their second factor where that is asked."""
        return super().has_permission(request) and not secondfactor.is_due(request)

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """Django's own, for whoever is still there."""
        inner = super().admin_view(view, cacheable)

        def attended(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            signins.end_if_idle(request)
            answer: HttpResponseBase = inner(request, *args, **kwargs)
            return answer

        return update_wrapper(attended, inner)

    def get_urls(self) -> list[URLResolver | URLPattern]:
        own: list[URLResolver | URLPattern] = [
            path("second-factor/", secondfactor.verify_view, name="second_factor"),
            path("second-factor/set-up/", secondfactor.enrol_view, name="second_factor_enrol"),
            path("second-factor/codes/", self.admin_view(secondfactor.codes_view), name="second_factor_codes"),
            path("reauthenticate/", self.admin_view(secondfactor.reauthenticate_view), name="reauthenticate"),
        ]
        return own + super().get_urls()

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The password; then, where it is asked, the second factor."""
        if request.method == "GET" and secondfactor.is_due(request):
            return redirect(secondfactor.address(request))
        answer = super().login(request, extra_context)
        if request.method == "POST" and answer.status_code == 302:
            confirm(request)
            secondfactor.limit(request)
            if secondfactor.is_due(request):
                return redirect(secondfactor.address(request))
        return answer

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """The lists that the user may see, in the order in which the flywheel turns."""
        return menu.grouped(super().get_app_list(request, app_label))

    def app_index(  # type: ignore[override]
        self, request: HttpRequest, app_label: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponseBase:
        """The lists of one app have no page of their own: the menu shows them."""
        if not super().get_app_list(request, app_label):
            raise Http404
        return redirect("admin:index")

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        glance = dashboard.glance(
            self.projects_of(request),
            request.GET.get("project", ""),
            request.GET.get("days", ""),
            request.user.has_perm,
        )
        more = {
            "glance": glance,
            "periods": dashboard.PERIODS,
            "can": dashboard.Can.of(request.user),
            **(extra_context or {}),
        }
        return super().index(request, more)

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        return {**super().each_context(request), "demo": settings.DEMO, "review_url": review_url(request)}


def review_url(request: HttpRequest) -> str:
    """Where the next review task is, for whoever may decide one."""
    if not request.user.has_perm("curation.change_reviewtask"):
        return ""
    return reverse("admin:curation_reviewtask_next")
