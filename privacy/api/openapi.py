"""OpenAPI from the classes that check and shape the traffic, so the documentation cannot differ from what is enforced."""

from collections.abc import Callable, Mapping
from typing import Any, TypedDict

import msgspec
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.utils import OpenApiParameter, extend_schema

_components: dict[str, Any] = {}
WRITING_ERRORS = (400, 401, 403, 404, 409, 410, 411, 413, 415, 422, 429)
READING_ERRORS = (400, 401, 403, 404, 410, 429)
END = r"\Z"


class Fault(TypedDict):
    """One place that a problem concerns. It never holds a value that was sent."""

    pointer: str
    code: str
    detail: str


class ProblemDocument(TypedDict):
    """The body of every error (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    request_id: str
    errors: list[Fault]


def described(
    operation: str, answers: Mapping[int, Any], body: Any = None, query: Mapping[str, str] | None = None
) -> Callable[[Any], Any]:
    """Document one call: the class of its body, and of each successful answer (None: no body; bytes, or a class by
    media type: a file).

    `query` says what each query parameter is for; all of them are optional.
    """
    errors = dict.fromkeys(WRITING_ERRORS if body is not None else READING_ERRORS, ProblemDocument)
    responses: dict[Any, Any] = {(code, "application/problem+json"): schema(kind) for code, kind in errors.items()}
    for code, kind in answers.items():
        if isinstance(kind, Mapping):
            responses |= {(code, media): bytes if part is bytes else schema(part) for media, part in kind.items()}
        else:
            responses[(code, "application/json") if kind else code] = kind and schema(kind)
    request = {"application/json": schema(body)} if body is not None else None
    parameters = [OpenApiParameter(name, str, description=about) for name, about in (query or {}).items()]
    return extend_schema(operation_id=operation, parameters=parameters, request=request, responses=responses)


def schema(kind: Any) -> dict[str, Any]:
    """The JSON schema of a class, as a reference into the document's components."""
    (found,), parts = msgspec.json.schema_components((kind,), ref_template="#/components/schemas/{name}")
    _components.update(as_ecma(parts))
    return as_ecma(found)  # type: ignore[no-any-return]


def as_ecma(part: Any) -> Any:
    r"""The schema with its patterns as JSON Schema means them, where `$` is the very end.

    In Python `$` also matches before a final line feed, so our own patterns end in `\Z`.
    """
    if isinstance(part, list):
        return [as_ecma(item) for item in part]
    if not isinstance(part, dict):
        return part
    return {
        name: f"{item.removesuffix(END)}$" if name == "pattern" and str(item).endswith(END) else as_ecma(item)
        for name, item in part.items()
    }


def add_components(result: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
    """Put the classes that calls refer to into the document; drf-spectacular calls this last."""
    result.setdefault("components", {}).setdefault("schemas", {}).update(_components)
    return result


class KeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """A project's key or a feedback token, sent as a bearer token."""

    target_class = "feedback.api.authentication.KeyAuthentication"
    name = "key"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {
            "type": "http",
            "scheme": "bearer",
            "description": "A project's key, or one interaction's feedback token.",
        }
