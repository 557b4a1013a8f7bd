"""`/privacy/requests` and `/privacy/link`: the product asks on behalf of a person, with its key.

They are in this app, like the consent views, because keys and a project's consent defaults are."""

import uuid
from typing import Any

from django.conf import settings
from django.urls import reverse
from rest_framework.request import Request
from rest_framework.response import Response

from feedback.api import answers
from feedback.api.views import CaptureView
from feedback.capture.payloads import convert
from privacy.api.openapi import described
from privacy.api.payloads import PrivacyRequestIn, SubjectIn
from privacy.api.problems import Problem
from privacy.api.scopes import Scope
from privacy.erasure import erasure
from privacy.models import PrivacyRequest, RequestStatus
from privacy.requests import lifecycle, links


class PrivacyRequestsView(CaptureView):
    """`POST /privacy/requests`: a request of a person whose identity the product has checked."""

    scopes = {"POST": Scope.PRIVACY}
    kind = "privacy"

    @described("privacy_requests_create", {202: answers.RequestMade}, PrivacyRequestIn)
    def post(self, request: Request) -> Response:
        """Submit a person's request once the product has checked who they are: `erasure`, `access` or `withdrawal`.
        From then on the person's data is hidden; the answer says when the request is due.
        """
        sent = convert(self.body(request), PrivacyRequestIn)
        made = lifecycle.submit(
            request.auth.namespace,
            sent.subject,
            sent.kind,
            verified_by="key",
            origin=request.auth.project.name,
            purposes=sent.purposes or (),
            law=sent.law,
        )
        return Response({"id": str(made.id), "status": made.state, "due_at": made.due_at}, status=202)


class PrivacyRequestView(CaptureView):
    """`GET /privacy/requests/{id}`: how far it has come and, once closed, its signed receipt. An access request has the
    data itself.
    """

    scopes = {"GET": Scope.PRIVACY}
    kind = "privacy"

    @described("privacy_requests_retrieve", {200: answers.RequestShown})
    def get(self, request: Request, key: str) -> Response:
        """How far a request has come, with its counts and, once closed, its signed receipt. An access request has the
        data itself.
        """
        try:
            wanted = uuid.UUID(key)
        except ValueError:
            raise Problem(404) from None
        row = PrivacyRequest.objects.select_related("subject").filter(pk=wanted, origin=request.auth.project.name)
        found = row.first()
        if found is None:
            raise Problem(404)
        return Response(as_json(found))


class PrivacyLinkView(CaptureView):
    """`POST /privacy/link`: the address of the person's own page, to pass on to them."""

    scopes = {"POST": Scope.PRIVACY}
    kind = "privacy"

    @described("privacy_link_create", {200: answers.Link}, SubjectIn)
    def post(self, request: Request) -> Response:
        """The address of the person's own page, to pass on to them. It shows what is kept, with a switch for each
        consent, a download and deletion.
        """
        sent = convert(self.body(request), SubjectIn)
        project = request.auth.project
        token, ends = links.make(request.auth.namespace, sent.subject, project.name, project.consent_defaults)
        url = f"{settings.ORIGIN}{reverse('privacy-page', args=[token])}"
        response = Response({"url": url, "expires_at": ends})
        response["Cache-Control"] = "no-store"
        return response


def as_json(row: PrivacyRequest) -> dict[str, Any]:
    """A request as the API shows it."""
    report: dict[str, Any] = {
        "id": str(row.id),
        "kind": row.kind,
        "status": row.state,
        "due_at": row.due_at,
        "counts": row.counts,
        "receipt": row.receipt or None,
    }
    if row.kind == PrivacyRequest.Kind.ACCESS and row.state == RequestStatus.CLOSED:
        report["data"] = erasure.export(row.subject) if row.subject else {}
    return report
