"""The cast of the tests: a shop's assistant, and people who agreed to different things. Plain functions, real rows."""

import itertools
from collections.abc import Sequence
from typing import Any

from django.db.models import Sum

from curation import pipeline
from curation.models import Dataset, Release, ReviewTask, Run
from curation.policies import projects
from curation.releases import cutting
from feedback import capture
from feedback.capture import Recorded
from feedback.capture.payloads import FeedbackIn, InteractionIn, convert
from feedback.models import Interaction, Outcome, Project
from feedback.otel import exports
from feedback.otel.decoding import Span
from feedback.projects import keys
from feedback.projects.tokens import token_of
from privacy.api.scopes import Scope
from privacy.models import Subject
from privacy.subjects.lookup import find

ALL = {"capture": True, "evaluation": True, "training": True}
ANNA, BEN, CLEO, DAN = "anna-17", "ben-42", "cleo-3", "dan-8"
QUESTION = "When does the shop on the market square open on Saturdays?"
ANSWER = "On Saturdays it opens at nine in the morning and closes at six."
RIGHT = "On Saturdays it opens at ten in the morning and closes at four."
_numbers = itertools.count(1)


def project(name: str = "shop") -> Project:
    """A project with its dataset and policies."""
    return projects.create_project(name)


def key(of: Project, scopes: Sequence[str] = tuple(Scope.values)) -> str:
    """The text of a new key."""
    return keys.create(of, scopes)[1]


def asked(of: Project, subject: str | None = ANNA, **given: Any) -> Recorded:
    """Somebody asked and was answered; consent to everything unless said otherwise."""
    return capture.record_interaction(of, interaction(subject=subject, **given))


def token(recorded: Recorded) -> str:
    """What lets the reader of that interaction give feedback."""
    assert recorded.row is not None
    return token_of(recorded.row)


def interaction(**given: Any) -> InteractionIn:
    """What `POST /interactions` takes, with consent to everything unless said otherwise."""
    body = {"id": f"talk-{next(_numbers)}", "question": QUESTION, "answer": ANSWER, "consent": ALL, "subject": ANNA}
    body |= given
    return convert({k: v for k, v in body.items() if v is not None}, InteractionIn)


def said(of: Project, about: Recorded | str, signal: str, subject: str | None = None, **given: Any) -> Recorded:
    """Somebody said something of an answer."""
    interaction = about if isinstance(about, str) else about.id
    return capture.record_signal(of, feedback(interaction, signal, subject=subject, **given))


def feedback(interaction: str, signal: str, **given: Any) -> FeedbackIn:
    """What `POST /feedback` takes."""
    body = {"interaction": interaction, "signal": signal, **given}
    return convert({k: v for k, v in body.items() if v is not None}, FeedbackIn)


def traced(of: Project, text: str, subject: str = ANNA) -> None:
    """A span that waits for its turn: a model was asked this, and called a tool."""
    call = [
        {"role": "assistant", "parts": [{"type": "tool_call", "id": "c1", "name": "find", "arguments": {"what": text}}]}
    ]
    given = {
        "gen_ai.operation.name": "chat",
        "gen_ai.input.messages": [{"role": "user", "content": text}],
        "gen_ai.output.messages": call,
        "user.id": subject,
    }
    exports.take(of, [Span("a" * 32, "b" * 16, "c" * 16, given, start=1, end=2)], [], ["ingest"])


def row(recorded: Recorded) -> Interaction:
    """The stored interaction."""
    return Interaction.objects.get(external_id=recorded.id)


def person(of: Project, external_id: str = ANNA) -> Subject:
    """The subject of that id; it must be known."""
    found = find(of.namespace, external_id)
    assert found is not None
    return found


def turn(of: Project) -> Run | None:
    """One run of curation."""
    return pipeline.curate(of)


def cut(of: Project) -> Release:
    """The next release of the project's dataset."""
    return cutting.cut(Dataset.objects.get(name=of.name))


def task(about: Recorded) -> ReviewTask:
    """The open review task of an interaction."""
    return ReviewTask.objects.get(interaction__external_id=about.id, state="open")


def totals(of: Project) -> dict[str, dict[str, int]]:
    """{kind: {result: number}} of all writes, with `received` as the sum of each kind.

    What was dropped is not in the sum again: it was counted as parked when it came.
    """
    rows = Outcome.objects.filter(project=of).values_list("kind", "result").annotate(total=Sum("number")).order_by()
    found: dict[str, dict[str, int]] = {}
    for kind, result, total in rows:
        counts = found.setdefault(kind, {"received": 0})
        counts[result] = total
        counts["received"] += total if result != "dropped" else 0
    return found


def contested(of: Project) -> Recorded:
    """An answer that one person corrected and two found right: a person decides."""
    talk = asked(of)
    said(of, talk, "edit", correction="should be ten")
    for somebody in (BEN, CLEO):
        said(of, talk, "thumbs_up", subject=somebody)
    turn(of)
    return talk
