"""The person's own page, `/privacy/<token>`: what is kept of them and why, and the switches. It needs no JavaScript.

The token in the address is the whole right, and no cookie is read: another site has nothing to ride on, so no CSRF
token is asked for. (Under `Referrer-Policy: no-referrer`, which keeps the token out of other sites' logs, browsers send
`Origin: null`, and Django's check would refuse the person.)
"""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from privacy import erasure, links, pagetexts, personchoices
from privacy.links import Holder
from privacy.models import PrivacyRequest

View = Callable[[HttpRequest, Holder, str], HttpResponse]
HEADERS = {
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store, private",
    "X-Robots-Tag": "noindex, nofollow",
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
}


def personal(view: View) -> Callable[[HttpRequest, str], HttpResponse]:
    """Open the page for whoever holds the link, in their language; a link that is over gets a page that says so."""

    @csrf_exempt
    @never_cache
    @wraps(view)
    def opened(request: HttpRequest, token: str) -> HttpResponse:
        asked = request.GET.get("lang", "")
        language = asked if asked in pagetexts.LANGUAGES else translation.get_language() or "en"
        with translation.override(language):
            try:
                response = view(request, links.open_link(token), token)
            except links.BadLink:
                response = render(request, "privacy/over.html", {"languages": pagetexts.LANGUAGES}, status=404)
        for name, value in HEADERS.items():
            response[name] = value
        return response

    return opened


@personal
@require_safe
def page(request: HttpRequest, holder: Holder, token: str) -> HttpResponse:
    """What is kept and why, each consent as a switch, the requests."""
    subject = holder.subject()
    shown = {
        **frame(request, holder, token),
        "kept": pagetexts.kept(erasure.export(subject)) if subject else [],
        "switches": personchoices.switches(subject, holder.defaults),
        "requests": personchoices.requests_of(subject, token),
        "hidden": bool(subject and subject.restricted_at),
        "done": pagetexts.DONE.get(request.GET.get("done", "")),
    }
    return render(request, "privacy/page.html", shown)


@personal
@require_http_methods(["POST"])
def consents(request: HttpRequest, holder: Holder, token: str) -> HttpResponse:
    """Bring the ledger to what the switches say; a switch that is sent as on is on, any other off."""
    wanted = {purpose: request.POST.get(purpose) == "on" for purpose in pagetexts.PURPOSES}
    personchoices.choose(holder, token, wanted)
    return back(request, token, "consent")


@personal
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: HttpRequest, holder: Holder, token: str) -> HttpResponse:
    """Ask whether they are sure; with that said, begin the erasure. A link deletes once: after that it shows how it went."""
    if personchoices.is_spent(token):
        return render(request, "privacy/spent.html", frame(request, holder, token), status=410)
    if request.method == "POST" and request.POST.get("sure") == "yes":
        personchoices.forget(holder, token)
        return back(request, token, "delete")
    unsure = request.method == "POST"
    return render(request, "privacy/delete.html", {**frame(request, holder, token), "unsure": unsure})


@personal
@require_safe
def download(request: HttpRequest, holder: Holder, token: str) -> HttpResponse:
    """Everything that is kept, as JSON."""
    subject = holder.subject()
    data = erasure.export(subject) if subject else {}
    response = HttpResponse(orjson.dumps(data, option=orjson.OPT_INDENT_2), content_type="application/json")
    response["Content-Disposition"] = 'attachment; filename="my-data.json"'
    return response


@personal
@require_safe
def readable(request: HttpRequest, holder: Holder, token: str) -> HttpResponse:
    """The same, to be read by people."""
    subject = holder.subject()
    sections = pagetexts.sections(erasure.export(subject)) if subject else []
    return render(request, "privacy/data.html", {**frame(request, holder, token), "sections": sections})


@personal
@require_safe
def receipt(request: HttpRequest, holder: Holder, token: str) -> HttpResponse:
    """The newest signed receipt of what was asked through this link, or by this person."""
    rows = personchoices.requests_of(holder.subject(), token)
    signed = next((row.receipt for row in rows if row.state == PrivacyRequest.State.CLOSED and row.receipt), None)
    if signed is None:
        raise links.BadLink
    response = HttpResponse(orjson.dumps(signed, option=orjson.OPT_SORT_KEYS), content_type="application/json")
    response["Content-Disposition"] = 'attachment; filename="receipt.json"'
    return response


def frame(request: HttpRequest, holder: Holder, token: str) -> Mapping[str, Any]:
    """What every page shows around its own."""
    return {
        "token": token,
        "origin": holder.origin,
        "expires_at": holder.expires_at,
        "languages": pagetexts.LANGUAGES,
        "language": translation.get_language(),
        "title": _("Your data"),
    }


def back(request: HttpRequest, token: str, done: str) -> HttpResponse:
    """To the page, which then says what was done; in the language that was chosen."""
    chosen = request.GET.get("lang", "")
    language = f"&lang={chosen}" if chosen in pagetexts.LANGUAGES else ""
    return HttpResponseRedirect(f"{reverse('privacy-page', args=[token])}?done={done}{language}", status=303)
