"""Texts from other conversations in eval cases: other right answers, and corrected ones."""

from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

from django.utils import timezone

from curation.decisions.posterior import Stance, Tier, Verdict
from curation.models import Release, ReleaseQuote
from curation.releases import rows
from feedback.texts.fingerprints import text_digest
from privacy.consent import ledger
from privacy.db import bulk
from privacy.models import Purpose

MOST = 8  # of each kind in a case
CORRECTED = (Stance.REPLACED, Stance.REVIEW_REPLACED, Stance.REVIEW_DOWN)
Kind = ReleaseQuote.Kind


class Rival(NamedTuple):
    """Another claim on a case's question, as one conversation made it."""

    case: int
    interaction: int
    subject: int
    signal: int | None
    author: int | None
    kind: str
    text: str
    claim: int


COLUMNS = ("release_id", "case_id", "interaction_id", "subject_id", "author_id", "signal_id", "kind", "digest")


def choose(release: Release) -> None:
    """Store which other right answers, and which corrected ones, each eval case of a release holds."""
    project = release.dataset.project
    rivals = [rival for row in rows.rivals(release) for rival in rivals_of(*row)]
    people = {person for one in rivals for person in (one.subject, one.author) if person is not None}
    agreed = ledger.consenting(people, project.consent_defaults, timezone.now())[Purpose.EVALUATION]
    agreeing = [one for one in rivals if one.subject in agreed and (one.author is None or one.author in agreed)]
    lines = [
        (release.pk, one.case, one.interaction, one.subject, one.author, one.signal, one.kind, text_digest(one.text))
        for _, some in groupby(agreeing, key=itemgetter(0))
        for one in newest_per_claim(some)
    ]
    bulk.upsert(ReleaseQuote, COLUMNS, lines, keep=True)


def rivals_of(
    case: int,
    interaction: int,
    asker: int,
    claim: int,
    proposed: int | None,
    stance: str,
    signal: int,
    voter: int,
    verdict: str | None,
    tier: str | None,
    proposed_verdict: str | None,
    proposed_tier: str | None,
    answer: str,
    correction: str | None,
) -> Iterator[Rival]:
    """What one opinion on a case's question adds to the case."""
    if verdict == Verdict.ACCEPTED and tier != Tier.SINGLE:
        yield Rival(case, interaction, asker, None, None, Kind.ACCEPTED, answer, claim)
    if proposed is not None and correction and proposed_verdict == Verdict.ACCEPTED and proposed_tier != Tier.SINGLE:
        yield Rival(case, interaction, asker, signal, voter, Kind.ACCEPTED, correction, proposed)
    if verdict == Verdict.WRONG and stance in CORRECTED and interaction != case:
        yield Rival(case, interaction, asker, None, None, Kind.REJECTED, answer, claim)


def newest_per_claim(rivals: Iterable[Rival]) -> Iterator[Rival]:
    """For each claim the newest text; a few of each kind."""
    seen: dict[tuple[str, int], Rival] = {}
    for one in rivals:
        seen.setdefault((one.kind, one.claim), one)
    for kind in Kind.values:
        yield from [one for one in seen.values() if one.kind == kind][:MOST]


def remaining_digests(release: Release, cases: Iterable[str]) -> dict[str, set[int]]:
    """The digests of the texts that these cases, named by their external ids, may still hold."""
    kept = ReleaseQuote.objects.filter(release=release, case__external_id__in=set(cases))
    found: dict[str, set[int]] = {}
    for case, number in kept.values_list("case__external_id", "digest"):
        found.setdefault(case, set()).add(number)
    return found


def without_erased(line: dict[str, Any], left: set[int]) -> dict[str, Any] | None:
    """A case without the texts of removed conversations; None if it has none of theirs."""
    held = [name for name in ("accepted", "also_rejected") if name in line]  # versions before 0.1.0 wrote neither
    kept: dict[str, Any] = {name: [text for text in line[name] if text_digest(text) in left] for name in held}
    return {**line, **kept} if any(kept[name] != line[name] for name in kept) else None


def carry_over(old: Release, new: Release) -> None:
    """Copy the remaining quotes of a release to its recut."""
    kept = ReleaseQuote.objects.filter(release=old).values_list(*(name for name in COLUMNS if name != "release_id"))
    bulk.upsert(ReleaseQuote, COLUMNS, [(new.pk, *row) for row in kept.iterator()], keep=True)
