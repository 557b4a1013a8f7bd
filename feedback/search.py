"""Searches interactions by words, in time that does not grow with the table.

PostgreSQL has an index of words. If a search finds more than anybody would page through, and on
SQLite, where such an index would keep erased text, it scans the newest interactions.
"""

from typing import TypeVar

from django.db.models import Max, Q, QuerySet

from feedback.models import Interaction, Project
from privacy.db import engine

WINDOW = 20_000  # the newest conversations that are looked through
MOST = 2_000  # hits of the index that are shown; above that the words are common
WORDS = 5
INDEXED = (
    "to_tsvector('simple', left(feedback_interaction.question, 20000) || ' ' || left(feedback_interaction.answer, 20000)) "
    "@@ websearch_to_tsquery('simple', %s)"
)
Rows = TypeVar("Rows", bound="QuerySet[Interaction]")


def matching(rows: Rows, term: str) -> Rows:
    """Those of the rows with that id, else with these words; all of them where nothing is asked for."""
    term = term.replace("\0", "").strip()
    if not term:
        return rows
    exact = rows.filter(external_id=term, project__in=Project.objects.values("pk"))  # as the index has it
    if exact.exists():
        return exact
    if not engine.one_writer():
        found = rows.extra(where=[INDEXED], params=[term]).order_by()  # noqa: S610 - a constant, with its parameter
        keys = list(found.values_list("pk", flat=True)[: MOST + 1])
        if len(keys) <= MOST:
            return rows.filter(pk__in=keys)
    newest = Interaction.objects.aggregate(Max("pk"))["pk__max"] or 0
    near = rows.filter(pk__gt=newest - WINDOW)
    for word in term.split()[:WORDS]:
        near = near.filter(Q(question__icontains=word) | Q(answer__icontains=word))
    return near
