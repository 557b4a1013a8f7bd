"""Decides each answer from everything that people said about its question: a table of rules, each with its reason."""

from collections.abc import Mapping, Sequence

from curation.decisions import derive, judging
from curation.decisions.judging import Judged
from curation.decisions.posterior import EvidenceSettings, Standing, Verdict, believed, standings
from curation.decisions.reasons import REASONS, Reason
from curation.decisions.rules import EDIT, LABELLED, Outcome, Ruling
from curation.evidence import cohorts, pooling, store
from curation.evidence.pooling import is_settled, verdict_on_uncounted
from curation.evidence.records import Decided
from curation.models import CurationPolicy
from feedback.texts.blanks import is_blank


def settle(
    policy: CurationPolicy, judged: Sequence[Judged], known: Mapping[bytes, Mapping[int, Standing]], run: int | None
) -> list[Judged]:
    """Record the ruling on each interaction that all evidence leads to; the interactions with their rulings."""
    ruled = [(one, rule(one, known.get(one.question, {}))) for one in judged]
    changed = [one._replace(ruling=ruling) for one, ruling in ruled if ruling is not one.ruling]
    again = derive.weigh([decided(one) for one in changed], policy)
    weighed = {one.read.key: one._replace(alone=alone) for one, alone in zip(changed, again, strict=True)}
    settled = [weighed.get(one.read.key, one) for one in judged]
    judging.record(policy, settled, run)
    return settled


def without_reviewer(interaction: int, policy: CurationPolicy) -> Judged | None:
    """One interaction by what people said of it and of its question, as if no reviewer had decided it. Nothing is written."""
    stored = store.undecided(interaction)
    if stored is None:
        return None
    (one,) = judging.judge([stored], policy)
    elsewhere = store.words_on(policy.project, [one.question]).get(one.question, [])
    heard = [word for word in elsewhere if word.interaction != interaction]
    heard = believed([*heard, *pooling.words(policy.project_id, one)])
    settings = EvidenceSettings.from_dict(policy.settings.get("evidence", {}))
    words = cohorts.as_one(policy.project, {one.question: heard})[one.question]
    return one._replace(ruling=rule(one, standings(words, settings) if words else {}))


def decided(one: Judged) -> Decided:
    """A ruling with all that is made of it."""
    return judging.decided(one.read, one.ruling, one.language, one.question)


def rule(one: Judged, claims: Mapping[int, Standing]) -> Ruling:
    """The ruling on one answer, by the first line that applies:

    1. nobody said whether it is right, or a reviewer decided it: as it is;
    2. the right answer depends on who asks: no record of it, for it would teach one person's facts to all;
    3. a correction of it is taken for right: corrected;
    4. its claim is taken for right: confirmed;
    5. another claim about the question is taken for right: outvoted;
    6. still in doubt: a person decides.
    """
    if not pooling.takes_a_side(one) or judging.is_reviewed(one.read) or not claims:
        return one.ruling
    verdicts = {claim: standing.verdict for claim, standing in claims.items()}
    mine = verdicts.get(one.claim) or verdict_on_uncounted(verdicts.values())
    if mine == Verdict.DEPENDS:
        return pooled(Outcome.OUTVOTED, Reason.DEPENDS_ON_ASKER)
    if right := right_correction(one, verdicts):
        return one.ruling if one.ruling.correction == right else corrected(one, right)
    if is_settled(mine) and not is_blank(one.read.answer):
        confirmed = one.ruling.outcome == Outcome.CONFIRMED
        return one.ruling if confirmed else pooled(Outcome.CONFIRMED, Reason.SEVERAL_FOUND_RIGHT)
    if mine == Verdict.WRONG:
        return pooled(Outcome.OUTVOTED, Reason.OTHER_FOUND_RIGHT)
    in_doubt = one.ruling.outcome in LABELLED
    return pooled(Outcome.CONFLICTING, Reason.PEOPLE_DIFFER) if in_doubt else one.ruling


def pooled(outcome: Outcome, reason: Reason) -> Ruling:
    """A ruling that rests on what was said elsewhere. It gives no numbers, because every vote elsewhere would change them."""
    return Ruling(outcome, reason, None, REASONS[reason].sentence)


def corrected(one: Judged, signal: int) -> Ruling:
    """A correction of the answer is right."""
    vote = next(reading.vote for reading in one.readings if reading.vote.ref == signal)
    reason = Reason.EDIT if vote.kind == EDIT else Reason.DOWN_WITH_CORRECTION
    return Ruling(Outcome.CORRECTED, reason, signal, REASONS[reason].sentence)


def right_correction(one: Judged, verdicts: Mapping[int, Verdict]) -> int | None:
    """The newest correction of the answer that is taken for right."""
    right = [
        (reading.vote.at, reading.vote.ref)
        for reading in one.readings
        if reading.vote.ref in one.proposals and is_settled(verdicts.get(one.proposals[reading.vote.ref]))
    ]
    return max(right)[1] if right else None
