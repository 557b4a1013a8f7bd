"""Which key may make which call."""

from typing import TYPE_CHECKING

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

if TYPE_CHECKING:
    from rest_framework.views import APIView


class HasScope(BasePermission):
    """Lets a request through whose key carries `view.scopes[method]`. A view that names none is closed."""

    message = "This key does not carry the scope that the call needs."

    def has_permission(self, request: Request, view: "APIView") -> bool:
        needed = getattr(view, "scopes", {}).get(request.method)
        return needed is not None and request.auth is not None and needed in request.auth.scopes
