"""Answers requests that meet invalid rules: what is wrong, where, and the page on which to correct it."""

import logging
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse

from flywheel_site.http.errors import MEDIA_TYPE, document, shown
from flywheel_site.http.middleware import CALLS
from privacy.models import InvalidRules

logger = logging.getLogger("flywheel")
INVALID = "The rules in force are not valid"
# By the rules' model: the page on which they can be corrected, and the permission that this needs.
MENDED = {
    "curation.CurationPolicy": ("admin:curation_curationpolicy_revise", "curation.add_curationpolicy"),
    "privacy.RedactionPolicy": ("admin:privacy_redactionpolicy_lab", "privacy.change_redactionpolicy"),
}


class InvalidRulesMiddleware:
    """Answers 409, and keeps the error itself from the log: its text names places in what an operator wrote."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """The answer, if this is such an error."""
        if not isinstance(error, InvalidRules):
            return None
        logger.error("A request was answered by 409: %s is not valid", error.row)
        if request.path_info.startswith(CALLS):
            return JsonResponse(document(409, str(error)), status=409, content_type=MEDIA_TYPE)
        page, right = MENDED[error.row._meta.label]
        mend = reverse(page, args=[error.row.pk]) if request.user.has_perm(right) else ""
        return shown(409, INVALID, str(error), mend=mend)
