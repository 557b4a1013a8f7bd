"""Every address of the site, and the API's documentation page, which is made from the OpenAPI document without a
script.
"""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import include, path, re_path
from django.views.generic import RedirectView
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.views import SpectacularAPIView

from feedback.otel import views as otel
from flywheel_site.demo import views as demo_views
from flywheel_site.ops import health
from flywheel_site.ops.metrics import views as metrics_views

METHODS = ("get", "post", "put", "patch", "delete")
# In the order in which an integrator needs them; all others come last.
PLACES = (
    "interactions",
    "feedback",
    "batch",
    "traces",
    "logs",
    "consent",
    "privacy",
    "datasets",
    "releases",
    "gate-runs",
    "agent-versions",
)


def page(request: HttpRequest) -> HttpResponse:
    """`GET /api/v1/docs`."""
    document = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    return render(
        request, "apidocs.html", {"info": document["info"], "calls": calls(document), "kinds": kinds(document)}
    )


def calls(document: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "id": call["operationId"],
            "method": method.upper(),
            "path": path,
            "text": pieces(call.get("description", "")),
            "body": name_of(call.get("requestBody", {}).get("content", {})),
            "answers": [
                {"status": status, "kind": name_of(answer.get("content", {}))}
                for status, answer in sorted(call["responses"].items())
            ],
        }
        for path, item in sorted(document["paths"].items(), key=lambda entry: (place(entry[0]), entry[0]))
        for method in METHODS
        if (call := item.get(method)) and "operationId" in call
    ]


def place(path: str) -> int:
    return next((at for at, word in enumerate(PLACES) if word in path.split("/")), len(PLACES))


def pieces(text: str) -> list[tuple[str, bool]]:
    """A description in pieces, each with whether it was in backticks, so that it can be shown as code."""
    return [(piece, bool(at % 2)) for at, piece in enumerate(text.split("`")) if piece]


def name_of(content: dict[str, Any]) -> str:
    """The name of the class of a body or an answer; empty if it has none."""
    for form in content.values():
        return str(form.get("schema", {}).get("$ref", "")).rpartition("/")[2]
    return ""


def kinds(document: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "text": pieces(schema.get("description", "")),
            "fields": [
                {"name": field, "type": type_of(kind), "needed": field in schema.get("required", ())}
                for field, kind in schema.get("properties", {}).items()
            ],
        }
        for name, schema in sorted(document["components"]["schemas"].items())
    ]


def type_of(schema: dict[str, Any]) -> str:
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "anyOf" in schema:
        return " or ".join(type_of(one) for one in schema["anyOf"])
    if "enum" in schema:
        return " ".join(str(value) for value in schema["enum"])
    inner = schema.get("items") or schema.get("additionalProperties")
    of = f" of {type_of(inner)}" if isinstance(inner, dict) and inner else ""
    return f"{schema.get('format') or schema.get('type', 'anything')}{of}"


urlpatterns = [
    path("", RedirectView.as_view(pattern_name="admin:index")),
    path("admin/", admin.site.urls),
    path("api/v1/", include("curation.urls")),
    path("api/v1/", include("feedback.urls")),
    path("api/v1/schema", SpectacularAPIView.as_view(), name="schema"),
    path("api/v1/docs", page, name="docs"),
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
