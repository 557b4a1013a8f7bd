"""Errors as RFC 9457 problem documents that name the place and never a value that was sent."""

import logging
from collections.abc import Sequence
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.db import OperationalError
from django.http import Http404
from rest_framework import exceptions, status
from rest_framework.response import Response

from flywheel_site.middleware import request_id
from privacy.problems import TITLES

logger = logging.getLogger("flywheel")
MEDIA_TYPE = "application/problem+json"
RETRY = {"Retry-After": "2"}


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
    """The problem document as a response."""
    body = document(status_code, detail, errors)
    return Response(body, status=status_code, headers=headers, content_type=MEDIA_TYPE)


def exception_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """What Django REST framework calls for every exception that leaves a view."""
    headers: dict[str, str] = {}
    errors: list[tuple[str, str, str]] = getattr(error, "errors", [])
    place: str | None = getattr(error, "pointer", None)
    if isinstance(error, (Http404, PermissionDenied)):
        code = 404 if isinstance(error, Http404) else 403
        return problem(code, TITLES[code], [], headers)
    if isinstance(error, RequestDataTooBig):
        return problem(413, TITLES[413], [], headers)
    if isinstance(error, OperationalError):  # locked for too long, restarting or away: nothing was stored
        logger.error("The database did not answer: %s", type(error).__name__)
        return problem(503, "The database is busy or away. Nothing was stored: send the same again.", [], RETRY)
    if place is not None:  # a PayloadError: the body has not the right shape
        detail = str(getattr(error, "detail", ""))
        return problem(400, detail, [(place, str(getattr(error, "code", "invalid")), detail)], headers)
    if not isinstance(error, exceptions.APIException):
        return None
    if isinstance(error, exceptions.NotAuthenticated | exceptions.AuthenticationFailed):
        headers["WWW-Authenticate"] = "Bearer"
    if isinstance(error, exceptions.Throttled):
        headers["Retry-After"] = str(int(getattr(error, "wait", None) or 1))
    if isinstance(error, exceptions.ParseError):
        return problem(400, "The body is no valid JSON.", [("", "invalid_json", "The body is no valid JSON.")], headers)
    detail = str(error.detail) if error.status_code != status.HTTP_415_UNSUPPORTED_MEDIA_TYPE else TITLES[415]
    return problem(error.status_code, detail, errors, headers)
