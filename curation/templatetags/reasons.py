"""`{{ code|reason }}` writes a code of a decision, a task or a gate run in a few words, and `{{ reason|detail }}` what a
reason of a gate run says beyond them. `{% hides_votes row as hidden %}`
says whether a page has to hide from this user what others said about a conversation.
"""

from collections.abc import Mapping

from django import template
from django.template.context import Context
from django.template.defaultfilters import stringfilter

from curation.decisions.reasons import detail, short
from curation.review.queues import to_be_judged_blind
from feedback.models import Interaction

register = template.Library()
register.filter("reason", stringfilter(short))


@register.filter(name="detail")
def without_short_words(reason: Mapping[str, str]) -> str:
    """A reason's detail, without the words that stand before it."""
    return detail(reason["code"], reason["detail"])


@register.simple_tag(takes_context=True)
def hides_votes(context: Context, row: Interaction) -> bool:
    """True for those who may judge the answer, until it is judged."""
    return context["user"].has_perm("curation.change_reviewtask") and to_be_judged_blind(row)
