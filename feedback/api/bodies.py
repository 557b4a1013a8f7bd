"""Reads request bodies to their end within a limit, with a Content-Length or in chunks."""

from typing import Any

from django.http import HttpRequest

from feedback.capture.payloads import PayloadError
from feedback.otel import decoding
from privacy.api.problems import Problem

PIECE = 65_536  # bytes
DRAINED = 16 * 1_048_576  # bytes


def read(request: HttpRequest, limit: int) -> bytes:
    """The whole body, unpacked.

    Raises a `Problem` if it exceeds the limit or the server cannot read it, and `PayloadError` if it is shorter than
    announced, so that no caller believes it was stored.
    """
    length = declared_length(request)
    body = to_the_end(request, limit) if length is None else of_length(request, length, limit)
    if not body and is_chunked(request):
        raise PayloadError("", "no_body", "A body was announced but none arrived.")
    return unpacked(body, request.META.get("HTTP_CONTENT_ENCODING", ""), limit)


def declared_length(request: HttpRequest) -> int | None:
    try:
        return max(0, int(request.META.get("CONTENT_LENGTH") or ""))
    except ValueError:
        return None


def is_chunked(request: HttpRequest) -> bool:
    """Whether the caller announced a body without its length."""
    return bool(request.META.get("HTTP_TRANSFER_ENCODING", "").strip())


def of_length(request: HttpRequest, length: int, limit: int) -> bytes:
    """A body of this many bytes."""
    if length > limit:
        drain(request)
        raise too_large(limit)
    body = request.body
    if len(body) < length:
        raise PayloadError("", "incomplete", "The body is shorter than its Content-Length.")
    return body


def to_the_end(request: HttpRequest, limit: int) -> bytes:
    """A body without a length.

    Django reads it as empty, so this reads the server's own stream, which is safe only if the server promises that the
    stream ends.
    """
    if not request.META.get("wsgi.input_terminated"):
        if is_chunked(request):
            raise Problem(411)
        return request.body
    if request.META.get("HTTP_TRANSFER_ENCODING", "chunked").strip().lower() != "chunked":
        raise Problem(411)
    stream: Any = request.META["wsgi.input"]
    pieces, size = [], 0
    while piece := stream.read(PIECE):
        pieces.append(piece)
        size += len(piece)
        if size > limit:
            drain(stream, DRAINED - size)
            raise too_large(limit)
    return b"".join(pieces)


def unpacked(body: bytes, encoding: str, limit: int) -> bytes:
    """The body after gzip, within the limit as well."""
    try:
        found = decoding.unpacked(body, encoding.strip().lower(), limit)
    except decoding.TooLarge:
        raise too_large(limit) from None
    if body and not found:
        raise PayloadError("", "no_body", "The unpacked body is empty.")
    return found


def drain(stream: Any, left: int = DRAINED) -> None:
    """Read the rest of a refused body, up to a limit: closing the connection while the caller sends would lose the
    answer.
    """
    while left > 0 and (piece := stream.read(PIECE)):
        left -= len(piece)


def too_large(limit: int) -> Problem:
    """The refusal of a body over the limit."""
    return Problem(413, f"The body may have at most {limit} bytes.")
