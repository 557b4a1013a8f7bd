"""Every address of the site."""

from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView
from drf_spectacular.views import SpectacularAPIView

from feedback.traceviews import TracesView
from flywheel_site import apidocs, demopage, health, metrics

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="admin:index")),
    path("admin/", admin.site.urls),
    path("api/v1/", include("curation.urls")),
    path("api/v1/", include("feedback.urls")),
    path("api/v1/schema", SpectacularAPIView.as_view(), name="schema"),
    path("api/v1/docs", apidocs.page, name="docs"),
    path("privacy/", include("privacy.urls")),
    path("demo/widget", demopage.widget, name="demo-widget"),
    path("v1/traces", TracesView.as_view(), name="traces"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", metrics.page, name="metrics"),
]

handler400 = "flywheel_site.errors.bad_request"
handler403 = "flywheel_site.errors.forbidden"
handler404 = "flywheel_site.errors.not_found"
handler500 = "flywheel_site.errors.failed"
