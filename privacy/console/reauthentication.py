"""Asks for the password again before a key is made, files are downloaded, or somebody is erased."""

import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

MINUTES = 10
MARK = "confirmed_at"
View = Callable[..., HttpResponseBase]


def confirm(request: HttpRequest) -> None:
    """Note that this user has just confirmed their password."""
    request.session[MARK] = int(time.time())


def is_confirmed(request: HttpRequest) -> bool:
    """Whether they did so within the last ten minutes."""
    at = request.session.get(MARK, 0)
    return bool(0 <= time.time() - at < MINUTES * 60)


def confirmed(view: View) -> View:
    """Restricts a view of a model admin to users who have just confirmed their password."""

    @wraps(view)
    def guarded(self: Any, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if is_confirmed(request):
            return view(self, request, *args, **kwargs)
        query = urlencode({"next": request.get_full_path() if request.method == "GET" else ""})
        return redirect(f"{reverse('admin:reauthenticate')}?{query}")

    return guarded
