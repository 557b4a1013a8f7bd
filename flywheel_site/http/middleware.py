"""What every response carries (a request id, a content security policy without inline script), which requests never
reach a view, and what is kept out of the log.
"""

import contextvars
import logging
import re
import secrets
from collections.abc import Callable

from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.middleware.common import CommonMiddleware

request_id: contextvars.ContextVar[str] = contextvars.ContextVar("request_id", default="-")
SAFE_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
CALLS = ("/api/v1/", "/v1/traces")
PROBES = ("/healthz", "/readyz", "/metrics")
# A path below /privacy/ that is neither an API call nor a file, and the tokens themselves, wherever they occur.
LINK = re.compile(r"(?<!/v1/privacy/)(?<=/privacy/)(?![\w/.-]*\.(?:py|html|css|po|mo)\b)[^/\s?\"'&]+|gAAAA[\w-]{16,}")
MASKED = "[link]"
GetResponse = Callable[[HttpRequest], HttpResponse]


class RequestIdMiddleware:
    """Takes the caller's `X-Request-Id` if it is a plain token, else makes one; answers and logs carry it."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.META.get("HTTP_X_REQUEST_ID", "")
        token = request_id.set(given if SAFE_ID.fullmatch(given) else secrets.token_hex(16))
        request.request_id = request_id.get()  # type: ignore[attr-defined] # Django notes a refusal after the answer
        try:
            response = self.get_response(request)
            response["X-Request-Id"] = request_id.get()
            return response
        finally:
            request_id.reset(token)


class ContentSecurityPolicyMiddleware:
    """Only our own files may run or load in any page. Django 5.2 has no such middleware."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.setdefault("Content-Security-Policy", POLICY)
        return response


class UnreadableMiddleware:
    """Refuses a NUL in the address, with which PostgreSQL and file systems cannot be queried, and a chunked form, which
    Django reads as empty: on a person's page that would switch every consent off.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\0" in request.path_info:
            raise Http404
        if "%00" in request.META.get("QUERY_STRING", ""):
            raise BadRequest("A parameter contains a NUL character.")
        chunked = "HTTP_TRANSFER_ENCODING" in request.META and not request.META.get("CONTENT_LENGTH")
        if chunked and not request.path_info.startswith(CALLS):
            return HttpResponse("Send the form with a Content-Length.\n", status=411, content_type="text/plain")
        return self.get_response(request)


class HostMiddleware(CommonMiddleware):
    """Refuses hosts that are not ours, except for probes: a load balancer calls each server by its address."""

    def process_request(self, request: HttpRequest) -> HttpResponsePermanentRedirect | None:
        """Refuse the request, redirect it to its right address, or let it pass."""
        return None if request.path_info in PROBES else super().process_request(request)


class LinkFilter(logging.Filter):
    """Removes links to people's own pages from log records, since anybody with the link can open the page."""

    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        if (masked := LINK.sub(MASKED, message)) != message:
            record.msg, record.args = masked, ()
        if record.exc_info and not record.exc_text:
            record.exc_text = logging.Formatter().formatException(record.exc_info)
        if record.exc_text:
            record.exc_text = LINK.sub(MASKED, record.exc_text)
        return True


class RequestIdFilter(logging.Filter):
    """Gives every log record its request's id, and logs a refused request in one line without a traceback."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = getattr(getattr(record, "request", None), "request_id", None) or request_id.get()
        if getattr(record, "status_code", 500) < 500:  # Django attaches the exception with which a view refused
            record.exc_info = record.exc_text = None
        return True
