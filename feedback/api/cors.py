"""Lets pages of the origins that a project lists send feedback, with a feedback token and no cookie."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from feedback.models import Project

PATH = "/api/v1/feedback"


class CorsMiddleware:
    """Answers preflights and lets listed origins read answers of the feedback calls. No wildcard, no cookies."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        origin = request.META.get("HTTP_ORIGIN")
        if not origin or not request.path_info.startswith(PATH) or not is_listed(origin):
            return self.get_response(request)
        preflight = request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers
        response = HttpResponse(status=204) if preflight else self.get_response(request)
        response["Access-Control-Allow-Origin"] = origin
        response["Vary"] = "Origin"
        response["Access-Control-Expose-Headers"] = "Retry-After, X-Request-Id"
        if preflight:
            response["Access-Control-Allow-Methods"] = "POST, DELETE"
            response["Access-Control-Allow-Headers"] = "authorization, content-type, x-request-id"
            response["Access-Control-Max-Age"] = "600"
        return response


def is_listed(origin: str) -> bool:
    """Whether any project lists this origin. The token decides which project; this only lets a page ask."""
    return any(origin in origins for origins in Project.objects.values_list("web_origins", flat=True))
