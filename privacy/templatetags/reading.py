"""`{% reading text %}` shows a captured text: formatted, with a switch to the raw text, and folded where it is long."""

from typing import Any

from django import template
from django.template.defaultfilters import stringfilter

from privacy.console import reading as texts

register = template.Library()


@register.inclusion_tag("privacy/reading.html")
def reading(text: Any, id: str = "") -> dict[str, Any]:
    """The text; `id` names the element that holds it raw."""
    return {"read": texts.reading("" if text is None else str(text)), "id": id}


@register.filter
@stringfilter
def address(link: str) -> str:
    """The link if a reader may follow it, else an empty string."""
    return texts.address(link)
