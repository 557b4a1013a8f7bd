"""The review console: Django's admin, grouped in the order of the flywheel, behind a second factor."""

from dataclasses import dataclass
from functools import update_wrapper
from typing import Any

from django.conf import settings
from django.contrib.admin import AdminSite
from django.contrib.admin.forms import AdminAuthenticationForm
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.module_loading import import_string
from django.views.decorators.cache import never_cache

from feedback.models import Project
from flywheel_site.console import first_steps_views, home, quality
from flywheel_site.security import invitations, second_factor_views, sign_ins
from privacy.console.reauthentication import confirm, confirmed


class SignInForm(AdminAuthenticationForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = "Sign-in name"

    def clean(self) -> dict[str, Any]:
        name, request = self.cleaned_data.get("username", ""), self.request
        if request is not None and not sign_ins.may_try(request, name):
            raise ValidationError(sign_ins.TOO_MANY, code="too_many")
        cleaned = super().clean()
        if request is not None:
            sign_ins.forgive(request, name)
        return cleaned


class FlywheelAdminSite(AdminSite):
    """Django's admin, with an overview as its home page, and every list limited to the user's projects."""

    site_header = "Flywheel"
    site_title = "Flywheel"
    index_title = "The flywheel at a glance"
    index_template = "admin/flywheel_index.html"
    login_form = SignInForm
    password_change_template = "admin/password_change.html"  # noqa: S105 - a page, no password
    site_url = None
    enable_nav_sidebar = True

    def projects_of(self, request: HttpRequest) -> QuerySet[Project]:
        """The projects that this user may see: all for a superuser, otherwise those they are a member of."""
        everything = Project.objects.all()
        if request.user.is_superuser:
            return everything
        return everything.filter(members__user=request.user.pk)

    def has_permission(self, request: HttpRequest) -> bool:
        """Staff only, with a second factor if one is required."""
        return super().has_permission(request) and not second_factor_views.is_due(request)

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """Django's own, after signing out an idle user."""
        inner = super().admin_view(view, cacheable)

        def attended(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            sign_ins.end_if_idle(request)
            answer: HttpResponseBase = inner(request, *args, **kwargs)
            return answer

        return update_wrapper(attended, inner)

    def get_urls(self) -> list[URLResolver | URLPattern]:
        own: list[URLResolver | URLPattern] = [
            path("new-project/", self.admin_view(self.project_view), name="new_project"),
            path("invite/", self.admin_view(self.invite_view), name="invite"),
            path("join/<uidb64>/<token>/", never_cache(invitations.JoinView.as_view()), name="join"),
            path("quality/", self.admin_view(self.quality_view), name="quality"),
            path("oidc/begin/", single_sign_on("begin_view"), name="oidc_begin"),
            path("oidc/return/", single_sign_on("return_view"), name="oidc_callback"),
            path("second-factor/", second_factor_views.verify_view, name="second_factor"),
            path("second-factor/set-up/", second_factor_views.enrol_view, name="second_factor_enrol"),
            path("second-factor/codes/", self.admin_view(second_factor_views.codes_view), name="second_factor_codes"),
            path("reauthenticate/", self.admin_view(second_factor_views.reauthenticate_view), name="reauthenticate"),
        ]
        return own + super().get_urls()

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The password, then the second factor if one is required."""
        if request.method == "GET" and second_factor_views.is_due(request):
            return redirect(second_factor_views.address(request))
        answer = super().login(request, extra_context)
        if request.method == "POST" and answer.status_code == 302:
            confirm(request)
            second_factor_views.limit(request)
            if second_factor_views.is_due(request):
                return redirect(second_factor_views.address(request))
        return answer

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """The lists that the user may see, in the order of the flywheel."""
        return grouped(super().get_app_list(request, app_label))

    def app_index(  # type: ignore[override]
        self, request: HttpRequest, app_label: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponseBase:
        """An app's lists have no page of their own: the menu shows them."""
        if not super().get_app_list(request, app_label):
            raise Http404
        return redirect("admin:index")

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        glance = home.glance(
            self.projects_of(request),
            request.GET.get("project", ""),
            request.GET.get("days", ""),
            request.user.has_perm,
        )
        todo = (
            first_steps_views.steps(glance.project or glance.projects[0], request.user.has_perm)
            if glance.projects
            else []
        )
        shown = {"glance": glance, "steps": todo, "periods": home.PERIODS, **(extra_context or {})}
        return super().index(request, shown)

    def project_view(self, request: HttpRequest) -> HttpResponse:
        return first_steps_views.project_view(self.each_context(request), request)

    @confirmed
    def invite_view(self, request: HttpRequest) -> HttpResponse:
        """Invite a person. Superusers only: anybody who can grant a role can grant every right."""
        if not request.user.is_superuser:
            raise PermissionDenied
        return first_steps_views.invite_view(self.each_context(request), request)

    def quality_view(self, request: HttpRequest) -> HttpResponse:
        """How good one project's answers are over time, or one of the page's tables as CSV."""
        if not request.user.has_perm("curation.view_decision"):
            raise PermissionDenied
        projects = list(self.projects_of(request).order_by("name")[:50])
        asked = request.GET.get("project", "")
        project = next((each for each in projects if str(each.pk) == asked), projects[0] if projects else None)
        if asked and (project is None or str(project.pk) != asked):
            raise Http404
        if project is None:
            return render(request, "admin/quality.html", {**self.each_context(request), "title": "Quality"})
        page, table = quality.page(project), request.GET.get("csv", "")
        if table == "gate" and not request.user.has_perm("curation.view_gaterun"):
            raise PermissionDenied
        if table in quality.TABLES:
            name = f'attachment; filename="quality-{table}.csv"'
            return HttpResponse(quality.as_csv(page, table), "text/csv", headers={"Content-Disposition": name})
        context = {
            **self.each_context(request),
            "title": "Quality",
            "projects": projects,
            "page": page,
            "audit": home.Rate("audit", page.quality.audit),
            "thumbs": home.Rate("thumbs", page.quality.thumbs),
        }
        return render(request, "admin/quality.html", context)

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        return {
            **super().each_context(request),
            "demo": settings.DEMO,
            "oidc": settings.OIDC_ISSUER and settings.OIDC_LABEL,
            "review_url": review_url(request),
        }


def single_sign_on(name: str) -> Any:
    """A page of the sign-in by OpenID Connect; it is not there without a provider. Its library is read only then."""

    def shown(request: HttpRequest) -> HttpResponseBase:
        if not settings.OIDC_ISSUER:
            raise Http404
        page = import_string(f"flywheel_site.security.single_sign_on_views.{name}")
        answer: HttpResponseBase = page(request)
        return answer

    return never_cache(shown)


def review_url(request: HttpRequest) -> str:
    """The address of the next review task, for a user who may decide one."""
    if not request.user.has_perm("curation.change_reviewtask"):
        return ""
    return reverse("admin:curation_reviewtask_next")


@dataclass(frozen=True, slots=True)
class Group:
    """One group of the menu with its lists, most used first; those under `more` are folded."""

    name: str
    lists: tuple[str, ...]
    more: tuple[str, ...] = ()


GROUPS = (
    Group("Capture", ("Project", "ApiKey", "Interaction", "Signal"), ("ParkedSignal", "Outcome", "TraceReport")),
    Group(
        "Curate",
        ("ReviewTask", "Decision", "EvalCase", "Example", "PreferencePair", "CurationPolicy", "Run"),
        ("Question", "CaseGrader", "ReviewEvent"),
    ),
    Group("Release", ("Dataset", "Release", "Recall"), ("ReleaseMember",)),
    Group("Gate", ("AgentVersion", "GateRun"), ("GateResult",)),
    Group(
        "Privacy",
        ("PrivacyRequest", "Subject", "ConsentEntry", "Erasure", "RedactionPolicy"),
        ("Notice", "Webhook", "Delivery", "Tombstone", "Setback"),
    ),
    Group("People", ("User", "Group"), ("TOTPDevice", "StaticDevice")),
)
# The menu uses the pages' own titles. Only a third-party model, or one without a plural, gets another name here.
NAMES = {
    "ConsentEntry": "Consent",
    "Group": "Roles",
    "PrivacyRequest": "Privacy requests",
    "Setback": "Failing work",
    "StaticDevice": "Backup codes",
    "TOTPDevice": "Second factors",
}


def grouped(apps: list[Any]) -> list[Any]:
    """The same lists, each app's replaced by the groups; a list that no group names comes last, under its app."""
    found = {model["object_name"]: model for app in apps for model in app["models"]}
    groups = [group_of(group, found) for group in GROUPS]
    in_a_group = {name for group in GROUPS for name in (*group.lists, *group.more)}
    rest = [{**app, "models": [m for m in app["models"] if m["object_name"] not in in_a_group]} for app in apps]
    return [group for group in (*groups, *rest) if group["models"]]


def group_of(group: Group, found: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": group.name,
        "app_label": group.name.lower(),
        "app_url": "",
        "has_module_perms": True,
        "models": [
            entry(name, found[name], name in group.more) for name in (*group.lists, *group.more) if name in found
        ],
    }


def entry(name: str, model: dict[str, Any], folded: bool) -> dict[str, Any]:
    label = NAMES.get(name, str(model["name"]))
    return {**model, "name": label[:1].upper() + label[1:], "folded": folded}
