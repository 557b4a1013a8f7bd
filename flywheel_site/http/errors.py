"""JSON answers through orjson, and errors that no view answered: a problem document for an API call, a page for a
person.
"""

import json
import logging
import sys
from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from rest_framework import exceptions, status
from rest_framework.renderers import BaseRenderer
from rest_framework.response import Response
from rest_framework.utils.encoders import JSONEncoder

from flywheel_site.http.middleware import CALLS, request_id
from privacy.api.problems import TITLES
from privacy.db import disk_space


class JSONRenderer(BaseRenderer):
    """UTF-8 JSON; dates as RFC 3339."""

    media_type = "application/json"
    format = "json"
    charset = None

    def render(
        self, data: Any, accepted_media_type: str | None = None, renderer_context: Mapping[str, Any] | None = None
    ) -> bytes:
        if data is None:
            return b""
        try:
            return orjson.dumps(data, default=str, option=orjson.OPT_UTC_Z | orjson.OPT_NON_STR_KEYS)
        except orjson.JSONEncodeError:
            # PostgreSQL returns a large float as an integer of more than 64 bits, which orjson cannot write.
            return json.dumps(data, cls=JSONEncoder, ensure_ascii=False).encode()


TO_A_PERSON = {
    400: (
        "The request could not be read",
        "The browser sent something this page cannot use. Go back and try again.",
    ),
    403: ("You may not do that", "Your roles do not allow it, or the page was open too long. Reload it and try again."),
    404: ("Page not found", "The address is wrong, the page no longer exists, or you may not see it."),
    500: (
        "Something went wrong here",
        "Nothing stored was lost. If it happens again, give the operator the number below.",
    ),
    503: (
        "The database does not answer",
        "It is busy, restarting, or has no disk space. Nothing stored was lost. Wait a little and reload the page.",
    ),
}


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: the request was refused before any view saw it."""
    return answer(request, 400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return answer(request, 403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: no such address, or an object of another project."""
    return answer(request, 404)


def failed(request: HttpRequest) -> HttpResponse:
    """500: an error of ours. Its text may quote what was sent, so it stays in the log. 503: the database's."""
    return answer(request, 503 if isinstance(sys.exception(), OperationalError) else 500)


def answer(request: HttpRequest, status: int) -> HttpResponse:
    """The error in the format that the caller reads, without any value that was sent."""
    if request.path_info.startswith(CALLS):
        return JsonResponse(document(status, TITLES[status]), status=status, content_type=MEDIA_TYPE)
    return shown(status, *TO_A_PERSON[status])


def shown(status: int, title: str, advice: str, *, mend: str = "") -> HttpResponse:
    """The error as a page in the console's style; `mend` is the page where the person can fix the cause."""
    context = {"title": title, "advice": advice, "status": status, "mend": mend, "request_id": request_id.get()}
    return HttpResponse(render_to_string("error.html", context), status=status)


logger = logging.getLogger("flywheel")
MEDIA_TYPE = "application/problem+json"
RETRY = {"Retry-After": "2"}
BUSY = "The database is busy or unreachable. Nothing was stored: send the same again."
FULL = "The server's disk is full. Nothing was stored: send the same again once there is space."


def document(status_code: int, detail: str, errors: Sequence[tuple[str, str, str]] = ()) -> dict[str, Any]:
    """The problem document: its places are (JSON pointer, code, detail)."""
    return {
        "type": "about:blank",
        "title": TITLES.get(status_code, "The request failed"),
        "status": status_code,
        "detail": detail,
        "request_id": request_id.get(),
        "errors": [{"pointer": pointer, "code": code, "detail": text} for pointer, code, text in errors],
    }


def problem(status_code: int, detail: str, errors: list[tuple[str, str, str]], headers: dict[str, str]) -> Response:
    body = document(status_code, detail, errors)
    return Response(body, status=status_code, headers=headers, content_type=MEDIA_TYPE)


def exception_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """Django REST framework calls this for every exception that leaves a view."""
    headers: dict[str, str] = {}
    errors: list[tuple[str, str, str]] = getattr(error, "errors", [])
    place: str | None = getattr(error, "pointer", None)
    if isinstance(error, (Http404, PermissionDenied)):
        code = 404 if isinstance(error, Http404) else 403
        return problem(code, TITLES[code], [], headers)
    if isinstance(error, RequestDataTooBig):
        return problem(413, TITLES[413], [], headers)
    if isinstance(error, OperationalError):  # locked for too long, restarting or unreachable: nothing was stored
        why = FULL if disk_space.is_full(error) else BUSY
        logger.error("A call was answered by 503 (%s): %s", type(error).__name__, why)
        return problem(503, why, [], RETRY)
    if place is not None:  # a PayloadError: the body has the wrong shape
        detail = str(getattr(error, "detail", ""))
        return problem(400, detail, [(place, str(getattr(error, "code", "invalid")), detail)], headers)
    if not isinstance(error, exceptions.APIException):
        return None
    if isinstance(error, exceptions.NotAuthenticated | exceptions.AuthenticationFailed):
        headers["WWW-Authenticate"] = "Bearer"
    if isinstance(error, exceptions.Throttled):
        headers["Retry-After"] = str(int(getattr(error, "wait", None) or 1))
    if isinstance(error, exceptions.ParseError):
        return problem(
            400, "The body is not valid JSON.", [("", "invalid_json", "The body is not valid JSON.")], headers
        )
    detail = str(error.detail) if error.status_code != status.HTTP_415_UNSUPPORTED_MEDIA_TYPE else TITLES[415]
    return problem(error.status_code, detail, errors, headers)
