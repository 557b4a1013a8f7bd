"""The origins whose pages may send feedback to a project."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.core.exceptions import ValidationError
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


class OriginsField(forms.CharField):
    """Origins in a form, one to a line."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.Textarea(attrs={"rows": 3, "placeholder": "https://shop.example"})
        words = "Sites whose pages may send feedback with the widget, one to a line."
        super().__init__(**{"required": False, "widget": widget, "max_length": 4_000, "help_text": words, **kwargs})

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(map(str, value)) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        found = value if isinstance(value, list) else str(value or "").split()
        try:
            return list(dict.fromkeys(map(normalised, found)))
        except NoOrigin:
            raise ValidationError("An origin is https:// and a host, without a path: https://shop.example") from None

    def has_changed(self, initial: Any, data: Any) -> bool:
        return str(self.prepare_value(initial or [])) != str(data or "").strip()

    def run_validators(self, value: Any) -> None:
        """`to_python` has checked each line."""


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
