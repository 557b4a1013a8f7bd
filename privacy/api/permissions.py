"""Which key may make which call."""

from typing import TYPE_CHECKING

from rest_framework.exceptions import MethodNotAllowed
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

if TYPE_CHECKING:
    from rest_framework.views import APIView


class HasScope(BasePermission):
    """Lets a request through if its key carries `view.scopes[method]`, or one of several; HEAD counts as GET.

    A view that names no scopes is closed. A method that a view does not name is answered with 405, whatever the key.
    """

    message = "This key does not carry the scope that the call needs."

    def has_permission(self, request: Request, view: "APIView") -> bool:
        scopes = getattr(view, "scopes", {})
        needed = scopes.get("GET" if request.method == "HEAD" else request.method)
        if scopes and needed is None:
            raise MethodNotAllowed(request.method or "")
        if needed is None or request.auth is None:
            return False
        return not set(request.auth.scopes).isdisjoint([needed] if isinstance(needed, str) else needed)
