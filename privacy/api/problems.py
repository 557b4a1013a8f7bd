"""The exception that a view raises to answer with a problem document (RFC 9457)."""

from rest_framework.exceptions import APIException

TITLES = {
    400: "The request is not valid",
    401: "A key is needed",
    403: "This key may not do that",
    404: "Not found",
    405: "This address does not accept that method",
    406: "No answer in the requested format",
    408: "The body arrived too slowly",
    409: "This id was already used with another body",
    410: "This was erased or has expired",
    411: "Send the body with a Content-Length: this server does not accept chunked bodies",
    413: "The body is too large",
    415: "Send application/json",
    422: "The text could not be redacted, so nothing was stored",
    429: "Too many requests",
    500: "Something went wrong here",
    503: "The database is busy or unreachable",
}


class Problem(APIException):
    """An error with a status, and the places it concerns as (JSON pointer, code, detail). It quotes no value."""

    def __init__(self, status_code: int, detail: str = "", errors: list[tuple[str, str, str]] | None = None) -> None:
        super().__init__(detail or TITLES[status_code])
        self.status_code = status_code
        self.errors = errors or []
