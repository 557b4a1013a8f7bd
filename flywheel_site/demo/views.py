"""The demo page on which a visitor rates a sample answer with the widget, as in any product."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from feedback.models import Interaction
from feedback.projects import tokens

PROJECT = "demo"


def widget(request: HttpRequest) -> HttpResponse:
    """An answer of the demo's project with the feedback element under it; 404 on any server except the demo's."""
    if not settings.DEMO:
        raise Http404
    row = (
        Interaction.objects.visible()
        .filter(project__name=PROJECT, signals__isnull=True)
        .order_by("-received_at")
        .first()
    )
    if row is None:
        raise Http404
    context = {
        "interaction": row.external_id,
        "token": tokens.issue(tokens.Grant(row.project_id, row.pk, row.subject_id, timezone.now() + tokens.LIFETIME)),
        "question": row.question,
        "answer": row.answer,
    }
    response = render(request, "demo/widget.html", context)
    response["Cache-Control"] = "no-store"
    return response
