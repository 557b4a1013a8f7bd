"""`{% reading text %}` shows a captured text: formatted, with a switch to the raw text, and folded where it is long."""

import json
from typing import Any

from django import template
from django.db.models import Model
from django.template.defaultfilters import capfirst, stringfilter
from django.utils.translation import gettext

from privacy.console import reading as texts

register = template.Library()


@register.inclusion_tag("privacy/reading.html")
def reading(text: Any, id: str = "") -> dict[str, Any]:
    """The text; `id` names the element that holds it raw."""
    return {"read": texts.reading("" if text is None else str(text)), "id": id}


@register.filter
def heading(row: Model) -> str:
    """A row's name as the title of its page, with its kind if the name does not say it."""
    name, kind = str(row), str(row._meta.verbose_name)
    if name.startswith(kind):
        return str(capfirst(name))
    return name if kind in name else f"{capfirst(kind)} {name}"


@register.filter
def json_value(value: Any) -> str:
    """A value of a tool call: a text as it is, anything else as JSON."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


@register.filter
def language_name(code: str) -> str:
    """A language's code, or words if the language is not known."""
    return gettext("not known") if code == "und" else code


@register.filter
@stringfilter
def address(link: str) -> str:
    """The link if a reader may follow it, else an empty string."""
    return texts.address(link)
