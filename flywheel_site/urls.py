"""Every address of the site."""

from django.contrib import admin
from django.urls import include, path, re_path
from django.views.generic import RedirectView
from drf_spectacular.views import SpectacularAPIView

from feedback.otel import views as otel
from flywheel_site.demo import views as demo_views
from flywheel_site.http import api_docs
from flywheel_site.ops import health
from flywheel_site.ops.metrics import views as metrics_views

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="admin:index")),
    path("admin/", admin.site.urls),
    path("api/v1/", include("curation.urls")),
    path("api/v1/", include("feedback.urls")),
    path("api/v1/schema", SpectacularAPIView.as_view(), name="schema"),
    path("api/v1/docs", api_docs.page, name="docs"),
    path("privacy/", include("privacy.urls")),
    path("demo/widget", demo_views.widget, name="demo-widget"),
    path("v1/traces", otel.TracesView.as_view(), name="traces"),
    path("v1/logs", otel.LogsView.as_view(), name="logs"),
    path("v1/metrics", otel.ElsewhereView.as_view(detail=otel.NO_METRICS), name="otlp-metrics"),
    re_path(r"^v1/(?:traces|logs|metrics)/", otel.ElsewhereView.as_view(), name="otlp-elsewhere"),
    path("api/public/otel/v1/traces", otel.LangfuseView.as_view(), name="otlp-langfuse"),
    re_path(r"^opentelemetry\.proto\.collector\.\w+\.v1\.\w+/Export$", otel.grpc, name="otlp-grpc"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", metrics_views.metrics, name="metrics"),
]

handler400 = "flywheel_site.http.errors.bad_request"
handler403 = "flywheel_site.http.errors.forbidden"
handler404 = "flywheel_site.http.errors.not_found"
handler500 = "flywheel_site.http.errors.failed"
