"""What is answered where no view answers: a problem document to a call of the API, a page to a person."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string

from flywheel_site.middleware import CALLS, request_id
from flywheel_site.problems import MEDIA_TYPE, document
from privacy.problems import TITLES

TO_A_PERSON = {
    400: (
        "This did not arrive as it should",
        "The browser sent something that is not taken here. Go back and try again.",
    ),
    403: ("You may not do that", "Your roles do not allow it, or the page was open for too long: then load it again."),
    404: ("There is no such page", "The address is wrong, or what stood there is not yours to see, or is gone."),
    500: (
        "Something went wrong here",
        "Nothing that was stored is lost. If it goes on, tell the operator the number below.",
    ),
}


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: the request was refused before any view saw it."""
    return answer(request, 400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403."""
    return answer(request, 403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: no such address, or another project's object, which is the same."""
    return answer(request, 404)


def failed(request: HttpRequest) -> HttpResponse:
    """500: an error of ours. Its text may quote what was sent, and stays in the log."""
    return answer(request, 500)


def answer(request: HttpRequest, status: int) -> HttpResponse:
    """The status in the form that the caller reads; no value that was sent is in it."""
    if request.path_info.startswith(CALLS):
        return JsonResponse(document(status, TITLES[status]), status=status, content_type=MEDIA_TYPE)
    title, advice = TO_A_PERSON[status]
    context = {"title": title, "advice": advice, "status": status, "request_id": request_id.get()}
    return HttpResponse(render_to_string("error.html", context), status=status)
