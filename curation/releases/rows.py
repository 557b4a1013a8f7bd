"""Reads a release's rows in one statement, in interaction order, and adds them up on the way."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from itertools import islice
from typing import Any

from curation.claims import conflict
from curation.decisions.posterior import Tier
from curation.decisions.rules import Outcome, right_answer
from curation.evidence.store import RESTS_ON
from curation.models import (
    AuditFrame,
    Claim,
    Decision,
    Derived,
    EvalCase,
    Example,
    Opinion,
    PreferencePair,
    Question,
    Release,
    ReleaseMember,
    ReleaseQuote,
)
from curation.quality import audits
from curation.questions.sameness import hangs_on_the_clock, stands_alone
from curation.releases.formats.format import Row
from curation.releases.manifest import Authorship, Bias, Estimate, Leakage
from feedback.models import Interaction, Project, Signal
from privacy.db import bulk
from privacy.models import Subject

ACTIVE = Derived.Status.ACTIVE.value
CORRECTED = Outcome.CORRECTED.value
CASES = 500  # at a time
CASE, EXAMPLE, PAIR = 1, 2, 4  # bit flags for the kinds of record that a member has in use


@dataclass(slots=True)
class Tally:
    """Totals over a release's members, added up on the way: the times of the first and last interaction, how many are
    used for both testing and training, how many characters by the agent and by people are taught, and their deepest
    generation.
    """

    first: str | None = None
    last: str | None = None
    both: int = 0
    agent: int = 0
    human: int = 0
    depth: int = 0
    tiers: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)

    def seen_at(self, at: str) -> None:
        """An interaction happened at this time."""
        if self.first is None or self.last is None:
            self.first = self.last = at
        elif at > self.last:
            self.last = at
        elif at < self.first:
            self.first = at

    def teach(self, corrected: bool, length: int, depth: int | None, tested: bool) -> None:
        """This many characters are taught, by a person if the answer was corrected; from an interaction that is tested
        or not.
        """
        self.both += tested
        self.depth = max(self.depth, depth or 0)
        if corrected:
            self.human += length
        else:
            self.agent += length


def in_use(kind: int, row: str, purpose: str) -> str:
    """The kind, if the member serves the purpose and its record is in use, in SQL; else 0."""
    return f"CASE WHEN m.{purpose} AND {row}.status = '{ACTIVE}' AND {row}.selected THEN {kind} ELSE 0 END"


def joined(model: type[Derived], row: str, purpose: str) -> str:
    """The member's record of a kind, in SQL, if it serves the purpose; else nothing is looked up."""
    return (
        f"LEFT JOIN {bulk.quoted(model)} {row} ON {row}.decision_id = CASE WHEN m.{purpose} THEN m.interaction_id END"
    )


MEMBERS = (
    f"FROM {bulk.quoted(ReleaseMember)} m "
    f"JOIN {bulk.quoted(Decision)} d ON d.interaction_id = m.interaction_id {RESTS_ON} "
    f"{joined(EvalCase, 'e', 'evaluation')} {joined(Example, 'x', 'training')} {joined(PreferencePair, 'p', 'training')} "
    f"LEFT JOIN {bulk.quoted(Claim)} c ON c.project_id = d.project_id AND c.question = d.question "
    "AND c.claim = COALESCE(e.said, x.said) "
    "WHERE m.release_id = %s ORDER BY m.interaction_id"
)
# Times as text: either driver would parse each in Python.
WRITTEN = (
    f"SELECT {in_use(CASE, 'e', 'evaluation')} + {in_use(EXAMPLE, 'x', 'training')} + {in_use(PAIR, 'p', 'training')}, "
    "m.evaluation, m.training, i.external_id, i.question, i.answer, i.context, i.sources, i.tags, i.steps, i.agent_name, "
    "i.agent_version, s.correction, t.correction, "
    "CASE WHEN s.interaction_id = d.interaction_id THEN s.step END, d.outcome, d.detail, d.language, d.decided_by, "
    f"CAST(d.decided_at AS text), CAST(i.occurred_at AS text), x.depth, m.interaction_id, d.task_id, c.tier, e.kind, i.metadata, "
    f"c.supporters, c.opponents, c.conversations {MEMBERS}"
)
MEASURED = (
    "SELECT m.evaluation, m.training, CAST(i.occurred_at AS text), d.outcome, LENGTH(i.answer), "
    f"LENGTH(COALESCE(NULLIF(t.correction, ''), s.correction)), x.depth, d.task_id, c.tier, "
    f"e.kind, {in_use(CASE, 'e', 'evaluation')} {MEMBERS}"
)


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
QUOTED = (
    "SELECT q.case_id, q.kind, CASE WHEN q.signal_id IS NULL THEN i.answer ELSE s.correction END "  # noqa: S608
    f"FROM {bulk.quoted(ReleaseQuote)} q JOIN {bulk.quoted(Interaction)} i ON i.id = q.interaction_id "
    f"LEFT JOIN {bulk.quoted(Signal)} s ON s.id = q.signal_id WHERE q.release_id = %s AND q.case_id IN ({{keys}})"
)


def rivals(release: Release) -> Iterable[Any]:
    """What people said about other answers to the questions of a release's eval cases, the newest of each case first."""
    return bulk.stream(RIVALS, [release.pk])


def texts(release: Release, cases: Iterable[int]) -> Mapping[int, Mapping[str, list[str]]]:
    """The texts from other conversations that these cases hold, by kind."""
    found: defaultdict[int, defaultdict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for case, kind, text in bulk.select_in(QUOTED, cases, [release.pk]):
        found[case][kind].append(text)
    return found


def accepted_of(texts: Sequence[str], expected: str, rejected: str | None, question: str) -> list[str]:
    """Those right answers that do not contradict the expected one, and are not the rejected one."""
    return [text for text in texts if text not in (expected, rejected) and not conflict(expected, text, question)]


def read(release: Release, tally: Tally) -> Iterator[tuple[int, Row]]:
    """Each member's record, and the kinds that it has in use, as a sum of flags."""
    for some in batched(written(release, tally), CASES):
        others = texts(release, [key for key, kinds, _ in some if kinds & CASE])
        for key, kinds, row in some:
            yield kinds, with_others(row, others[key]) if key in others else row


def with_others(row: Row, texts: Mapping[str, Sequence[str]]) -> Row:
    """A case with the other right answers and the corrected ones from other conversations."""
    accepted = accepted_of(texts.get("accepted", ()), row.expected, row.rejected, row.question)
    rejected = [text for text in texts.get("rejected", ()) if text not in (row.expected, row.rejected, *accepted)]
    return row._replace(accepted=accepted, also_rejected=rejected)


def batched(rows: Iterator[Any], size: int) -> Iterator[list[Any]]:
    """The rows, this many at a time."""
    while some := list(islice(rows, size)):
        yield some


def written(release: Release, tally: Tally) -> Iterator[tuple[int, int, Row]]:
    """Each member's key, kinds and record, from its own conversation."""
    system, seen_at = release.dataset.system_prompt or None, tally.seen_at
    tagged, agent = lru_cache(maxsize=1_000)(parsed), lru_cache(maxsize=1_000)(agent_text)
    for (
        kinds, evaluation, training, key, question, answer, context, sources, tags, steps, name, version, typed_by, typed, fix, outcome,
        why, language, decided_by, decided_at, at, depth, number, task, tier, kind, metadata, supporters, opponents, conversations,
    ) in bulk.stream(WRITTEN, [release.pk]):  # fmt: skip
        corrected = outcome == CORRECTED
        expected = right_answer(answer, typed, typed_by)
        seen_at(at)
        tier = tier_of(task, tier)
        if training:
            tally.teach(corrected, len(expected), depth, evaluation)
        if kinds & CASE:
            tally.tiers[tier] += 1
            tally.kinds[kind] += 1
        evidence = {"for": supporters or 0, "against": opponents or 0, "conversations": conversations or 1}
        provenance = {
            "interaction": key,
            "agent": agent(name, version),
            "decided_by": decided_by,
            "decided_at": time_text(decided_at),
            "evidence": evidence,
        }
        turns, cited = parsed(context), parsed(sources)
        yield number, kinds, Row(
            key, question, turns, cited, expected,
            answer if corrected else None, kind or "", tagged(tags), language, why,
            provenance, system, decided_by == "reviewer", not corrected,
            tier=tier, depends_on=depends_on(question, turns, cited), as_of=time_text(at), steps=parsed(steps),
            valid_until=valid_until(metadata), fix=bulk.parsed(fix) if fix and corrected and not typed else {},
        )  # fmt: skip


def tier_of(task: int | None, tier: str | None) -> str:
    """The evidence for a record's right answer."""
    return Tier.REVIEWED.value if task is not None else tier or Tier.SINGLE.value


def depends_on(question: str, context: Sequence[Any], sources: Sequence[Any]) -> list[str]:
    """What a case depends on besides its question."""
    found = ["context"] if context and not stands_alone(question) else []
    found += ["sources"] if any(source.get("text") for source in sources) else []
    return [*found, "clock"] if hangs_on_the_clock(question) else found


def valid_until(metadata: str) -> str | None:
    """Until when the answer is valid, according to the product (`metadata.valid_until`, a day or time in ISO 8601)."""
    given = bulk.parsed(metadata).get("valid_until") if "valid_until" in str(metadata) else None
    try:
        at = datetime.fromisoformat(given) if isinstance(given, str) else None
    except ValueError:
        return None
    return None if at is None else (at if at.tzinfo else at.replace(tzinfo=UTC)).isoformat()


def tallied(release: Release) -> Tally:
    """The same totals without the records, for a recut, which rewrites old lines."""
    tally = Tally()
    for evaluation, training, at, outcome, said, written, depth, task, tier, kind, case in bulk.stream(
        MEASURED, [release.pk]
    ):
        tally.seen_at(at)
        if case:
            tally.tiers[tier_of(task, tier)] += 1
            tally.kinds[kind] += 1
        if training:
            corrected = outcome == CORRECTED
            tally.teach(corrected, (written if corrected else said) or 0, depth, evaluation)
    return tally


def parsed(text: str) -> Any:
    """A JSON column's value; most are empty."""
    return [] if text == "[]" else bulk.parsed(text)


def agent_text(name: str, version: str) -> str | None:
    """An agent and its version, as a record names them."""
    return f"{name} {version}".strip() or None


@lru_cache(maxsize=1_000)
def time_text(value: str) -> str:
    """A time in ISO 8601; all decisions of a batch have the same time."""
    return bulk.moment(value).isoformat()


SHARE_DIGITS = 4


def estimates(project: Project) -> Bias | None:
    """The current audit, and the votes, plain and weighted, as last counted; only those that rest on anything.

    Counting votes reads every interaction, which is done once a day: a cut must not wait for it.
    """
    said: Bias = {}
    audit = audits.audit(project)
    if audit.estimate.n and audit.since and audit.until:
        days = {"since": audit.since.isoformat(), "until": audit.until.isoformat()}
        said["audit"] = estimate(asdict(audit.estimate) | days)
    frame = AuditFrame.objects.filter(project=project).first()
    counted = (frame.measured or {}) if frame else {}
    if counted.get("thumbs", {}).get("n"):
        said["thumbs"] = estimate(counted["thumbs"])
    if counted.get("weighted", {}).get("trusted"):  # an estimate that the audit does not confirm is not passed on
        said["weighted"] = estimate(counted["weighted"])
    return said or None


def estimate(made: Mapping[str, Any]) -> Estimate:
    """One estimate that rests on something. No share is rounded to all or none that is neither."""
    value, low, high = (rounded(made[name]) for name in ("rate", "low", "high"))
    said: Estimate = {"value": value, "low": low, "high": high, "n": made["n"]}
    if made.get("since") and made.get("until"):
        said["since"], said["until"] = made["since"], made["until"]
    return said


def rounded(rate: float) -> float:
    made = round(rate, SHARE_DIGITS)
    return made if 0.0 < made < 1.0 else rate


def leakage(release: Release, tally: Tally) -> Leakage:
    """How many of the tested interactions are also taught, and how many have only a near-duplicate that is taught."""
    [[near]] = bulk.select(NEAR, [release.pk, release.dataset.project_id, release.pk])
    return {"holdout": release.dataset.holdout, "overlap": tally.both, "near": near}


NEAR = (
    f"SELECT COUNT(*) FROM {bulk.quoted(Question)} q JOIN {bulk.quoted(ReleaseMember)} m "  # noqa: S608 - our own names
    "ON m.release_id = %s AND m.interaction_id = q.interaction_id WHERE q.project_id = %s AND q.cluster IN "
    f"(SELECT t.cluster FROM {bulk.quoted(ReleaseMember)} n JOIN {bulk.quoted(Question)} t "
    "ON t.interaction_id = n.interaction_id WHERE n.release_id = %s AND n.training) AND m.evaluation AND NOT m.training"
)


def authorship(tally: Tally) -> Authorship | None:
    """The share of the taught text that is the agent's own, unedited, by length; and its deepest generation."""
    if not tally.agent + tally.human:
        return None
    return {"agent_share": round(tally.agent / (tally.agent + tally.human), SHARE_DIGITS), "max_depth": tally.depth}
