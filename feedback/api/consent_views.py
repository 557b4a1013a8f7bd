"""`POST /consent` and its look-up. They are in this app because keys and consent defaults are."""

from typing import Any

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from feedback.api.answers import ConsentHistory, ConsentState
from feedback.api.views import CaptureView
from feedback.capture.payloads import PayloadError, convert
from privacy.api.openapi import described
from privacy.api.payloads import ConsentIn, SubjectIn
from privacy.api.scopes import Scope
from privacy.consent import ledger
from privacy.consent.ledger import PersonalNotice, notice_for
from privacy.erasure import erasure
from privacy.models import ConsentEntry
from privacy.subjects.lookup import find, find_or_create


class ConsentView(CaptureView):
    """`POST /consent`: what a person now agrees to, or no longer agrees to."""

    scopes = {"POST": Scope.PRIVACY}
    kind = "consent"

    @described("consent_create", {200: ConsentState}, ConsentIn)
    def post(self, request: Request) -> Response:
        """Record what a person now agrees to, or no longer agrees to, and how they were asked. Data used for a
        withdrawn purpose is removed, together with everything made from it. The answer is the state that holds now.
        """
        sent = convert(self.body(request), ConsentIn)
        try:
            notice = notice_for(sent.notice or "", sent.language or "")
        except PersonalNotice as error:
            raise PayloadError("/notice", "personal_data", str(error)) from None
        subject = find_or_create(request.auth.namespace, sent.subject)
        erasure.change_consent(
            subject,
            {str(purpose): granted for purpose, granted in sent.purposes.items()},
            method=sent.method,
            notice=notice,
            expires_at=sent.expires_at,
        )
        return Response({"purposes": ledger.effective(subject, request.auth.project.consent_defaults)})


class ConsentLookupView(CaptureView):
    """`POST /consent/lookup`: the current consent, and how it came about."""

    scopes = {"POST": Scope.PRIVACY}
    kind = "consent"

    @described("consent_lookup", {200: ConsentHistory}, SubjectIn)
    def post(self, request: Request) -> Response:
        """What a person agrees to, and the ledger behind it."""
        sent = convert(self.body(request), SubjectIn)
        subject = find(request.auth.namespace, sent.subject)
        defaults = request.auth.project.consent_defaults
        if subject is None:
            return Response({"purposes": ledger.fold({}, defaults, timezone.now()), "history": []})
        lines = ConsentEntry.objects.filter(subject=subject).select_related("notice").order_by("id")
        return Response({"purposes": ledger.effective(subject, defaults), "history": [as_json(line) for line in lines]})


def as_json(line: ConsentEntry) -> dict[str, Any]:
    """A line of the ledger as the API shows it."""
    return {
        "purpose": line.purpose,
        "granted": line.granted,
        "at": line.recorded_at,
        "expires_at": line.expires_at,
        "method": line.method,
        "notice": line.notice and line.notice.digest,
        "hash": line.entry_hash,
    }
