"""Who signed in a while ago says again who they are, before a key is made, files leave, or somebody is erased."""

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
    """Note that this person has just shown who they are."""
    request.session[MARK] = int(time.time())


def is_confirmed(request: HttpRequest) -> bool:
    """Whether they did within the last ten minutes."""
    at = request.session.get(MARK, 0)
    return bool(0 <= time.time() - at < MINUTES * 60)


def confirmed(view: View) -> View:
    """A view of a model admin for users who have just confirmed their password."""

    @wraps(view)
    def guarded(self: Any, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if is_confirmed(request):
            return view(self, request, *args, **kwargs)
        query = urlencode({"next": request.get_full_path() if request.method == "GET" else ""})
        return redirect(f"{reverse('admin:reauthenticate')}?{query}")

    return guarded
