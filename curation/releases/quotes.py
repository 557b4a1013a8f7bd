"""Texts of other conversations that eval cases hold: answers that are right too, and answers that were corrected."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

from django.utils import timezone

from curation.claims import conflict
from curation.decisions.posterior import Stance, Tier, Verdict
from curation.models import Claim, EvalCase, Opinion, Release, ReleaseMember, ReleaseQuote
from feedback.models import Interaction, Signal
from privacy.consent import ledger
from privacy.db import bulk
from privacy.models import Purpose, Subject

MOST = 8  # of each kind in a case
CASES = 500  # at a time
CORRECTED = (Stance.REPLACED, Stance.REVIEW_REPLACED, Stance.REVIEW_DOWN)
Kind = ReleaseQuote.Kind


class Rival(NamedTuple):
    """Another claim about the question of a case, as one conversation made it."""

    case: int
    interaction: int
    subject: int
    signal: int | None
    author: int | None
    kind: str
    text: str
    claim: int


RIVALS = (
    "SELECT e.decision_id, o.interaction_id, i.subject_id, o.claim, o.proposed, o.stance, o.signal, o.subject_id, "  # noqa: S608
    "c.verdict, c.tier, p.verdict, p.tier, i.answer, s.correction "
    f"FROM {bulk.quoted(ReleaseMember)} m JOIN {bulk.quoted(EvalCase)} e ON e.decision_id = m.interaction_id "
    f"JOIN {bulk.quoted(Opinion)} o ON o.project_id = e.project_id AND o.question = e.fingerprint "
    "AND (o.claim <> e.said OR o.proposed <> e.said) "
    f"JOIN {bulk.quoted(Interaction)} i ON i.id = o.interaction_id "
    f"JOIN {bulk.quoted(Subject)} a ON a.id = i.subject_id AND a.restricted_at IS NULL "
    f"JOIN {bulk.quoted(Subject)} v ON v.id = o.subject_id AND v.restricted_at IS NULL "
    f"LEFT JOIN {bulk.quoted(Claim)} c ON c.project_id = e.project_id AND c.question = e.fingerprint "
    f"AND c.claim = o.claim LEFT JOIN {bulk.quoted(Claim)} p ON p.project_id = e.project_id "
    "AND p.question = e.fingerprint AND p.claim = o.proposed "
    f"LEFT JOIN {bulk.quoted(Signal)} s ON s.id = o.signal "
    "WHERE m.release_id = %s AND m.evaluation ORDER BY e.decision_id, o.at DESC, o.id DESC"
)
COLUMNS = ("release_id", "case_id", "interaction_id", "subject_id", "author_id", "signal_id", "kind", "digest")


def choose(release: Release) -> None:
    """Note which other right answers, and which corrected ones, each eval case of a release holds."""
    project = release.dataset.project
    rivals = [rival for row in bulk.stream(RIVALS, [release.pk]) for rival in rivals_of(*row)]
    people = {person for one in rivals for person in (one.subject, one.author) if person is not None}
    agreed = ledger.consenting(people, project.consent_defaults, timezone.now())[Purpose.EVALUATION]
    agreeing = [one for one in rivals if one.subject in agreed and (one.author is None or one.author in agreed)]
    rows = [
        (release.pk, one.case, one.interaction, one.subject, one.author, one.signal, one.kind, digest(one.text))
        for _, some in groupby(agreeing, key=itemgetter(0))
        for one in fewest(some)
    ]
    bulk.upsert(ReleaseQuote, COLUMNS, rows, keep=True)


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
    """What one word about the question of a case adds to it."""
    if verdict == Verdict.ACCEPTED and tier != Tier.SINGLE:
        yield Rival(case, interaction, asker, None, None, Kind.ACCEPTED, answer, claim)
    if proposed is not None and correction and proposed_verdict == Verdict.ACCEPTED and proposed_tier != Tier.SINGLE:
        yield Rival(case, interaction, asker, signal, voter, Kind.ACCEPTED, correction, proposed)
    if verdict == Verdict.WRONG and stance in CORRECTED and interaction != case:
        yield Rival(case, interaction, asker, None, None, Kind.REJECTED, answer, claim)


def fewest(rivals: Iterable[Rival]) -> Iterator[Rival]:
    """Of each claim the newest text, some of each kind."""
    seen: dict[tuple[str, int], Rival] = {}
    for one in rivals:
        seen.setdefault((one.kind, one.claim), one)
    for kind in Kind.values:
        yield from [one for one in seen.values() if one.kind == kind][:MOST]


def digest(text: str) -> int:
    """A digest of a text as the release has it."""
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big", signed=True)


TEXTS = (
    "SELECT q.case_id, q.kind, CASE WHEN q.signal_id IS NULL THEN i.answer ELSE s.correction END "  # noqa: S608
    f"FROM {bulk.quoted(ReleaseQuote)} q JOIN {bulk.quoted(Interaction)} i ON i.id = q.interaction_id "
    f"LEFT JOIN {bulk.quoted(Signal)} s ON s.id = q.signal_id WHERE q.release_id = %s AND q.case_id IN ({{keys}})"
)


def texts(release: Release, cases: Iterable[int]) -> Mapping[int, Mapping[str, list[str]]]:
    """The texts that these cases hold of other conversations, by kind."""
    found: defaultdict[int, defaultdict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for case, kind, text in bulk.select_in(TEXTS, cases, [release.pk]):
        found[case][kind].append(text)
    return found


def accepted(texts: Sequence[str], expected: str, rejected: str | None, question: str) -> list[str]:
    """Those of these right answers that say nothing against the expected one, and are not the rejected one."""
    return [text for text in texts if text not in (expected, rejected) and not conflict(expected, text, question)]


def left(release: Release, cases: Iterable[str]) -> dict[str, set[int]]:
    """The digests of the texts that these cases, named by their ids outside, may still hold."""
    rows = ReleaseQuote.objects.filter(release=release, case__external_id__in=set(cases))
    found: dict[str, set[int]] = {}
    for case, number in rows.values_list("case__external_id", "digest"):
        found.setdefault(case, set()).add(number)
    return found


def without_erased(line: dict[str, Any], left: set[int]) -> dict[str, Any] | None:
    """A case without the texts of conversations that are gone; None where it has none of theirs."""
    kept = {name: [text for text in line[name] if digest(text) in left] for name in ("accepted", "also_rejected")}
    return {**line, **kept} if any(kept[name] != line[name] for name in kept) else None


def carry_over(old: Release, new: Release) -> None:
    """Copy the remaining quotes of a release to its recut."""
    rows = ReleaseQuote.objects.filter(release=old).values_list(*(name for name in COLUMNS if name != "release_id"))
    bulk.upsert(ReleaseQuote, COLUMNS, [(new.pk, *row) for row in rows.iterator()], keep=True)
