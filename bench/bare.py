"""The limit of this server with Django: a view that reads a body, answers 201, and does nothing else."""

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path


def view(request: HttpRequest) -> HttpResponse:
    """Take the body and answer."""
    return JsonResponse({"received": len(request.body)}, status=201)


urlpatterns = [path("", view)]
settings.configure(ROOT_URLCONF=__name__, SECRET_KEY="a bench keeps no secret", ALLOWED_HOSTS=["*"], MIDDLEWARE=[])  # noqa: S106
application = get_wsgi_application()
