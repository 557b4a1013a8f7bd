"""The person's own page, `/privacy/<token>`: what is kept about them and why, and a switch for each consent. It needs
no JavaScript.

The token in the address alone gives access, and no cookie is read: another site has nothing to exploit, so there is no
CSRF token. (Under `Referrer-Policy: no-referrer`, which keeps the token out of other sites' logs, browsers send
`Origin: null`, and Django's check would refuse the person.)
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Any

import orjson
from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from privacy.consent import ledger
from privacy.erasure import erasure
from privacy.models import PrivacyRequest, RequestStatus, Subject
from privacy.requests import lifecycle, links, page_texts
from privacy.requests.links import Holder

View = Callable[[HttpRequest, Holder, str], HttpResponse]
HEADERS = {
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store, private",
    "X-Robots-Tag": "noindex, nofollow",
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
}


def personal(view: View) -> Callable[[HttpRequest, str], HttpResponse]:
    """The person's page in their language, for the holder of the link; an expired link gets a page that says so."""

    @csrf_exempt
    @never_cache
    @wraps(view)
    def opened(request: HttpRequest, token: str) -> HttpResponse:
        asked = request.GET.get("lang", "")
        language = asked if asked in page_texts.LANGUAGES else translation.get_language() or "en"
        with translation.override(language):
            try:
                response = view(request, links.open_link(token), token)
            except links.BadLink:
                response = render(request, "privacy/over.html", {"languages": page_texts.LANGUAGES}, status=404)
        for name, value in HEADERS.items():
            response[name] = value
        return response

    return opened


@personal
@require_safe
def page(request: HttpRequest, holder: Holder, token: str) -> HttpResponse:
    """What is kept and why, a switch for each consent, the requests."""
    subject = holder.subject()
    shown = {
        **frame(request, holder, token),
        "kept": page_texts.kept(erasure.export(subject)) if subject else [],
        "switches": switches(subject, holder.defaults),
        "requests": requests_of(subject, token),
        "hidden": bool(subject and subject.restricted_at),
        "done": page_texts.DONE.get(request.GET.get("done", "")),
    }
    return render(request, "privacy/page.html", shown)


@personal
@require_http_methods(["POST"])
def consents(request: HttpRequest, holder: Holder, token: str) -> HttpResponse:
    """Bring the ledger to what the switches say; a switch that is not sent as on is off."""
    wanted = {purpose: request.POST.get(purpose) == "on" for purpose in page_texts.PURPOSES}
    choose(holder, token, wanted)
    return back(request, token, "consent")


@personal
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: HttpRequest, holder: Holder, token: str) -> HttpResponse:
    """Ask for confirmation; once confirmed, begin the erasure. A link deletes only once: after that it shows the
    result.
    """
    if is_spent(token):
        return render(request, "privacy/spent.html", frame(request, holder, token), status=410)
    if request.method == "POST" and request.POST.get("sure") == "yes":
        forget(holder, token)
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
    """The same, for people to read."""
    subject = holder.subject()
    sections = page_texts.sections(erasure.export(subject)) if subject else []
    return render(request, "privacy/data.html", {**frame(request, holder, token), "sections": sections})


@personal
@require_safe
def receipt(request: HttpRequest, holder: Holder, token: str) -> HttpResponse:
    """The newest signed receipt of a request made through this link, or by this person."""
    rows = requests_of(holder.subject(), token)
    signed = next((row.receipt for row in rows if row.state == RequestStatus.CLOSED and row.receipt), None)
    if signed is None:
        raise links.BadLink
    response = HttpResponse(orjson.dumps(signed, option=orjson.OPT_SORT_KEYS), content_type="application/json")
    response["Content-Disposition"] = 'attachment; filename="receipt.json"'
    return response


def frame(request: HttpRequest, holder: Holder, token: str) -> Mapping[str, Any]:
    """What every page shows around its own content."""
    return {
        "token": token,
        "origin": holder.origin,
        "expires_at": holder.expires_at,
        "languages": page_texts.LANGUAGES,
        "language": translation.get_language(),
        "title": _("Your data"),
    }


def back(request: HttpRequest, token: str, done: str) -> HttpResponse:
    """Redirect to the page, which then says what was done, in the chosen language."""
    chosen = request.GET.get("lang", "")
    language = f"&lang={chosen}" if chosen in page_texts.LANGUAGES else ""
    return HttpResponseRedirect(f"{reverse('privacy-page', args=[token])}?done={done}{language}", status=303)


@dataclass(frozen=True, slots=True)
class ConsentSwitch:
    """A consent as the page shows it."""

    purpose: str
    label: str
    why: str
    off: str
    on: bool


def switches(subject: Subject | None, defaults: Mapping[str, bool]) -> list[ConsentSwitch]:
    """Each consent's label, and whether it holds now."""
    state = ledger.effective(subject, defaults) if subject else ledger.fold({}, defaults, timezone.now())
    return [
        ConsentSwitch(purpose, str(label), str(why), str(off), state[purpose])
        for purpose, (label, why, off) in page_texts.PURPOSES.items()
    ]


def choose(holder: Holder, token: str, wanted: Mapping[str, bool]) -> None:
    """Bring the ledger to `wanted`, with the wording of the page as its notice. A withdrawal becomes a request."""
    with transaction.atomic():
        subject = holder.known_subject()
        if subject.restricted_at:
            return
        state = {switch.purpose: switch.on for switch in switches(subject, holder.defaults)}
        granted = {purpose: True for purpose, on in wanted.items() if on and not state[purpose]}
        withdrawn = [purpose for purpose, on in wanted.items() if state[purpose] and not on]
        if granted and wanted["capture"]:  # the others mean nothing without it, and nobody agrees to them unseen
            words = "\n".join(f"{switch.label}: {switch.why}" for switch in switches(subject, holder.defaults))
            notice = ledger.notice_for(words, translation.get_language() or "")
            erasure.change_consent(subject, granted, method="page", notice=notice)
        if withdrawn:
            kind = PrivacyRequest.Kind.WITHDRAWAL
            submit(holder, token, subject, kind, withdrawn)


def forget(holder: Holder, token: str) -> PrivacyRequest:
    """Begin the erasure: nothing of the person is shown from now on."""
    with transaction.atomic():
        return submit(holder, token, holder.known_subject(), PrivacyRequest.Kind.ERASURE)


def is_spent(token: str) -> bool:
    """Whether this link has already had everything deleted.

    It is good for one erasure, and not for a later one, when the person may have come back and the link may be in other
    hands.
    """
    done = PrivacyRequest.objects.filter(link=lifecycle.link_digest(token), kind=PrivacyRequest.Kind.ERASURE)
    return done.filter(state=RequestStatus.CLOSED).exists()


def submit(
    holder: Holder, token: str, subject: Subject, kind: str, purposes: list[str] | None = None
) -> PrivacyRequest:
    """A request made by the holder of a link."""
    return lifecycle.submit_for(
        subject,
        kind,
        purposes=purposes or (),
        link=token,
        namespace=holder.namespace,
        origin=holder.origin,
        verified_by="link",
    )


def requests_of(subject: Subject | None, token: str) -> list[PrivacyRequest]:
    """The requests of this person, and those made through this very link, newest first."""
    mine = Q(link=lifecycle.link_digest(token))
    if subject is not None:
        mine |= Q(subject=subject)
    return list(PrivacyRequest.objects.filter(mine).order_by("-received_at")[:20])
