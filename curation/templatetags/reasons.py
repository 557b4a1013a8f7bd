"""`{{ code|reason }}` writes a code of a decision, a task or a gate run in a few words."""

from django import template
from django.template.defaultfilters import stringfilter

from curation.decisions.reasons import short

register = template.Library()
register.filter("reason", stringfilter(short))
