"""The review console: Django's admin with our home page."""

from typing import Any

from django.contrib.admin import AdminSite
from django.http import HttpRequest
from django.template.response import TemplateResponse

from flywheel_site import dashboard


class FlywheelAdminSite(AdminSite):
    """Django's admin, with the flywheel at a glance on its first page."""

    site_header = "Flywheel"
    site_title = "Flywheel"
    index_title = "The flywheel at a glance"
    index_template = "admin/flywheel_index.html"
    enable_nav_sidebar = True

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        return super().index(request, {**(extra_context or {}), "wheels": dashboard.wheels(request.user)})
