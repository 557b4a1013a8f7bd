"""The page of the demo on which a visitor rates one of the sample's answers with the widget, as in any product."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from feedback import capture
from feedback.models import Interaction

PROJECT = "demo"


def widget(request: HttpRequest) -> HttpResponse:
    """The newest answer of the demo's project with the feedback element under it; 404 where there is no demo."""
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
        "token": capture.feedback_token(row),
        "question": row.question,
        "answer": row.answer,
    }
    return render(request, "demo/widget.html", context, headers={"Cache-Control": "no-store"})
