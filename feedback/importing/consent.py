"""Consent for imported logs: what a line says, else what the operator holds for everybody in it.

An interaction is recognised whatever consent it came with before, so importing a log again can add consent found later.
Existing entries in a person's ledger stay: an operator's statement about everybody never overrules what a person said.
The write itself sees to that, with the entries that it looks up anyway.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import product

import msgspec

from feedback import capture
from feedback.capture import ConsentSource
from feedback.capture.payloads import InteractionIn
from feedback.capture.preparing import interaction_digest
from feedback.models import Interaction, Project, WriteResult
from privacy.consent import importing
from privacy.models import Purpose
from privacy.subjects.digests import same_body


def record(project: Project, sent: InteractionIn, held: Mapping[str, bool], asked: ConsentSource) -> WriteResult:
    """Store a conversation of a log. Raises as `capture.record_interaction` does."""
    stored = Interaction.objects.filter(project=project, external_id=sent.id).select_related("subject").first()
    agreed = sent.consent if sent.consent is not None else held or None
    asked = replace(asked, only_unsaid=sent.consent is None, counts_its_own=True)
    interaction = msgspec.structs.replace(sent, consent=agreed)
    if stored is None:
        return capture.record_interaction(project, interaction, asked).result
    result = capture.record_interaction(project, as_stored(interaction, stored.body_digest), asked).result
    if agreed:
        held_now = {str(purpose): granted for purpose, granted in agreed.items()}
        importing.add_unsaid(stored.subject, held_now, asked.notice)
    return result


def as_stored(interaction: InteractionIn, digest: str) -> InteractionIn:
    """The interaction with the consent it first came with; unchanged if the stored one is different."""
    for agreed in (interaction.consent, None, *every_answer()):
        before = msgspec.structs.replace(interaction, consent=agreed)
        if same_body(digest, interaction_digest(before)):
            return before
    return interaction


def every_answer() -> Iterator[dict[str, bool]]:
    """Every combination that a line can say about the three purposes."""
    for answers in product((None, True, False), repeat=len(Purpose.values)):
        yield {
            purpose: granted for purpose, granted in zip(Purpose.values, answers, strict=True) if granted is not None
        }
