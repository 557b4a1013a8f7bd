"""The origins whose pages may send feedback to a project."""

from collections.abc import Iterable
from urllib.parse import urlsplit

from django.db import transaction

from feedback.models import Project

PORTS = {"http": 80, "https": 443}


class NoOrigin(ValueError):
    """The text is not an origin. The message says what one looks like."""


def normalised(text: str) -> str:
    """The origin as browsers send it: in lower case, without a path or the usual port. Raises `NoOrigin`."""
    try:
        url = urlsplit(text.strip())
        port = url.port
    except ValueError:
        raise NoOrigin from None
    if url.scheme not in PORTS or not url.hostname or url.username or url.path.strip("/") or url.query or url.fragment:
        raise NoOrigin
    host = f"[{url.hostname}]" if ":" in url.hostname else url.hostname
    return f"{url.scheme}://{host}" + (f":{port}" if port and port != PORTS[url.scheme] else "")


def change(name: str, *, add: Iterable[str] = (), remove: Iterable[str] = ()) -> list[str]:
    """Allow and forbid origins, and return those now allowed. Raises `NoOrigin`, `Project.DoesNotExist`."""
    added, removed = [normalised(text) for text in add], {normalised(text) for text in remove}
    with transaction.atomic():
        project = Project.objects.select_for_update().get(name=name)
        origins = [origin for origin in dict.fromkeys([*project.web_origins, *added]) if origin not in removed]
        if origins != project.web_origins:
            project.web_origins = origins
            project.save(update_fields=["web_origins"])
    return origins
