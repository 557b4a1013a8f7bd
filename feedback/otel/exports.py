"""Takes an export: writes its turns and feedback, tells the exporter what was missing, and keeps that for the console.

Users' feedback is a `gen_ai.evaluation.result` named `user_feedback`.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from feedback import capture
from feedback.capture import Recorded, Refusal, parking
from feedback.capture.payloads import FeedbackIn, PayloadError, check_feedback, convert
from feedback.capture.recording import writing
from feedback.models import Interaction, InteractionName, Project, Signal, WriteResult
from feedback.otel import traces, waiting
from feedback.otel.decoding import Event, Span
from feedback.otel.payloads import moment
from feedback.otel.people import person
from feedback.otel.readings import Kind, Reading
from feedback.otel.reports import ExportResult, name_missing, name_unknown, report
from feedback.otel.spans import PRODUCT, SpanReading, read_all
from feedback.otel.traces import TracePlan
from feedback.signals import KINDS
from privacy.api.scopes import Scope
from privacy.db import bulk
from privacy.redaction import RedactionError

LABEL = 200
LABELS: dict[str, str] = {kind: kind for kind in KINDS if kind != "rating"}  # a rating is a score without a label
LABELS |= dict.fromkeys(("up", "positive", "good", "pass"), "thumbs_up")
LABELS |= dict.fromkeys(("down", "negative", "bad", "fail"), "thumbs_down")


def is_feedback(event: Event) -> bool:
    """Whether the event is a user's feedback on an answer."""
    given = event.attributes
    return event.name == "gen_ai.evaluation.result" and given.get("gen_ai.evaluation.name") == "user_feedback"


def feedback(span: Span, event: Event, number: int, reading: Reading, talks: bool) -> FeedbackIn:
    """The event as `POST /feedback` would take it; `talks`: see `evaluated`. Raises `PayloadError`."""
    given = event.attributes
    correction, score = given.get("flywheel.correction"), given.get("gen_ai.evaluation.score.value")
    label = LABELS.get(str(given.get("gen_ai.evaluation.score.label", "")).strip().lower().replace(" ", "_"))
    if correction:
        label = "edit"
    elif label is None and isinstance(score, int | float):
        label = {0.0: "thumbs_down", 1.0: "thumbs_up"}.get(float(score), "rating")
    body = {
        "id": f"{span.name}-{number}",
        "interaction": evaluated(span, given, talks),
        "signal": label or "",
        "correction": correction,
        "comment": given.get("gen_ai.evaluation.explanation"),
        "score": score if label == "rating" else None,
        "subject": person(given).subject or reading.person.subject or None,
        "occurred_at": moment(event.at),
    }
    return check_feedback(convert({name: value for name, value in body.items() if value is not None}, FeedbackIn))


def evaluated(span: Span, given: Mapping[str, Any], talks: bool) -> str:
    """The interaction that feedback on the span is about: the one that it names, that of the response it names, that of
    the linked span, its own if it is one (`talks`), or its parent's.
    """
    named = given.get("flywheel.interaction.id") or given.get("gen_ai.response.id")
    if named:
        return str(named)[:LABEL]
    if span.links:
        return "-".join(span.links[0])
    if not talks and span.parent:
        return f"{span.trace}-{span.parent}"
    return str(span.attributes.get("flywheel.interaction.id") or span.name)[:LABEL]


AT_ONCE, TRIES, NAME = 1_000, 3, 200
WHY = {capture.Conflict: "another body under the same id", capture.Gone: "erased or expired"}
NO_CONSENT = (
    "no consent to capture: set flywheel.consent.capture on the span or on the resource, send it to POST /api/v1/consent, or "
    "set the project's legal basis"
)
NO_SCOPE = "feedback needs a key with the scope feedback"
STORED = (WriteResult.STORED, WriteResult.REPLAYED, WriteResult.MERGED)


def take(
    project: Project, spans: Sequence[Span], malformed: Sequence[PayloadError], scopes: Collection[str]
) -> ExportResult:
    """Write what the spans say. Feedback needs its own scope here, too."""
    taken = ExportResult()
    taken.rejected.update(error.detail for error in malformed)
    heard: dict[str, list[SpanReading]] = {}
    by_span = read_all(spans)
    name_unknown(spans, by_span, taken)
    for name, one in by_span.items():
        heard.setdefault(name.partition("-")[0], []).append(one)
    _record(project, [], Counter({("interaction", str(WriteResult.REFUSED)): len(malformed)} if malformed else {}))
    said, refused = _votes(spans, by_span, scopes, taken)
    for _ in range(TRIES):
        raced, said = _write(project, heard, said, taken, by_span)
        heard = {trace: found for trace, found in heard.items() if trace in raced}
        if not heard:
            break
    else:
        report(project, by_span.values(), taken)
    _vote(project, said, refused, taken)
    named = {name for one in by_span.values() for name in (*one.reading.names, one.reading.own_id)}
    parking.hand_over_to(project, {span.trace for span in spans}, named)
    return taken


def _write(
    project: Project,
    heard: dict[str, list[SpanReading]],
    said: Sequence[FeedbackIn],
    taken: ExportResult,
    everything: Mapping[str, SpanReading],
) -> tuple[set[str], list[FeedbackIn]]:
    """Write the turns of these traces, and the feedback on them; if that ends the export, also its report.

    Returns the traces that another export wrote at the same time, and the feedback on other interactions.
    """
    rows = waiting.stored_traces(project, list(heard))
    heard = {trace: found for trace, found in heard.items() if trace in rows or any(map(_is_ours, found))}
    turns = waiting.stored_turns(project, rows.values())
    plans: list[TracePlan] = []
    unredactable: Counter[str] = Counter()
    for trace, found in heard.items():
        try:
            plans.append(traces.plan(project, trace, found, rows.get(trace), turns))
        except RedactionError:
            unredactable["not redactable"] += 1
    refused = Counter(error.detail for plan in plans for error in plan.refused) + unredactable
    counts = Counter({("interaction", str(WriteResult.REFUSED)): refused.total()}) if refused else Counter()
    counts["interaction", str(WriteResult.REPLAYED)] += sum(plan.unchanged for plan in plans)
    theirs, others = _divided(plans, said)
    turns_in = [payload for plan in plans for payload in plan.payloads]
    ended = iter(_record(project, [*turns_in, *theirs], +counts))
    taken.rejected.update(refused)
    settled = [_settle(project, plan, ended, taken) for plan in plans]
    taken.rejected.update(WHY.get(type(end), "not redactable") for end in ended if isinstance(end, Exception))
    raced = {plan.trace for plan, end in zip(plans, settled, strict=True) if end.raced}
    owners = {id: row.subject_id for id, row in turns.items()}
    owners |= {id: row.subject_id for end in settled for id, row in end.rows.items()}
    kept = [
        waiting.kept(project, plan, end.stored, owners)
        for plan, end in zip(plans, settled, strict=True)
        if not end.raced
    ]
    with writing():
        raced |= {row.trace for row in waiting.save([row for row in kept if row])}
        _save_names(project, [name for end in settled for name in end.names])
        for plan in plans:
            for old, new in plan.superseded:
                _supersede(project, old, new)
        if not raced:  # in the same transaction: each is a wait for the disk
            report(project, everything.values(), taken)
    return raced, others


def _divided(plans: Sequence[TracePlan], said: Sequence[FeedbackIn]) -> tuple[list[FeedbackIn], list[FeedbackIn]]:
    """The feedback on turns of this export, under their ids, and the rest."""
    if not said:
        return [], []
    ours: dict[str, str] = {}
    for plan in plans:
        for payload, place, names in zip(plan.payloads, plan.places, plan.names, strict=True):
            for name in (*(f"{plan.trace}-{span}" for span in place["spans"]), *names, payload.id or ""):
                ours.setdefault(name, payload.id or "")
    theirs = [
        msgspec.structs.replace(one, interaction=ours[one.interaction]) for one in said if one.interaction in ours
    ]
    return theirs, [one for one in said if one.interaction not in ours]


@dataclass(slots=True)
class TurnResults:
    """The results of one trace's turns."""

    stored: list[dict[str, Any]]  # the turns' places in the trace
    names: list[tuple[str, int]] = field(default_factory=list)  # another id, and the interaction's key
    rows: dict[str, Interaction] = field(default_factory=dict)  # the interactions that were written, by id
    raced: bool = False


def _settle(project: Project, plan: TracePlan, ended: Iterator[Recorded | Refusal], taken: ExportResult) -> TurnResults:
    settled = TurnResults(list(plan.moved))
    for place, other in zip(plan.places, plan.names, strict=True):
        end = next(ended)
        if isinstance(end, Recorded) and end.result in STORED and end.row:
            settled.stored.append(place)
            settled.rows[end.id] = end.row
            settled.names += [(name[:NAME], end.row.pk) for name in other]
            taken.conversations[_product(plan)] += 1
        elif isinstance(end, capture.Conflict) and plan.row is None and waiting.stored_traces(project, [plan.trace]):
            settled.raced = True
        elif isinstance(end, Exception):
            taken.rejected[WHY.get(type(end), "not redactable")] += 1
        else:
            taken.rejected[NO_CONSENT] += 1
            taken.without[_product(plan)] = NO_CONSENT
    name_missing(plan, taken)
    return settled


def _is_ours(heard: SpanReading) -> bool:
    return heard.reading.kind != Kind.OTHER or bool(heard.faults or heard.reading.asked or heard.reading.told)


def _record(
    project: Project, payloads: Sequence[capture.Payload], counts: Counter[tuple[str, str]]
) -> list[Recorded | Refusal]:
    ended: list[Recorded | Refusal] = []
    for start in range(0, max(len(payloads), 1), AT_ONCE):
        some = payloads[start : start + AT_ONCE]
        ended += capture.record(project, some, refused=counts) if some or counts else []
        counts = Counter()
    return ended


def _save_names(project: Project, names: Sequence[tuple[str, int]]) -> None:
    """Insert other ids of interactions, with their keys; one that was erased meanwhile gets none."""
    if not names:
        return
    known = set(Interaction.objects.filter(pk__in={key for _, key in names}).values_list("pk", flat=True))
    rows = [(project.pk, name, key) for name, key in names if key in known]
    bulk.upsert(InteractionName, ("project_id", "name", "interaction_id"), rows, keep=True)


def _supersede(project: Project, old: str, new: str) -> None:
    """Two interactions turned out to be one turn: the signals go to the one that stays. One that a decision was made on
    stays as well.
    """
    rows = {row.external_id: row for row in Interaction.objects.filter(project=project, external_id__in=[old, new])}
    if len(rows) < 2 or not Interaction.objects.filter(pk=rows[old].pk).unused().exists():
        return
    if Signal.objects.filter(interaction=rows[old]).update(interaction=rows[new]):
        capture.mark_pending([rows[new].pk])
    InteractionName.objects.filter(interaction=rows[old]).update(interaction=rows[new])
    InteractionName.objects.get_or_create(project=project, name=old, defaults={"interaction": rows[new]})
    Interaction.objects.filter(pk=rows[old].pk).delete()


def _votes(
    spans: Sequence[Span], by_span: dict[str, SpanReading], scopes: Collection[str], taken: ExportResult
) -> tuple[list[FeedbackIn], int]:
    """The feedback in the spans, and how much of it was refused."""
    found: list[FeedbackIn] = []
    refused = 0
    for span in spans:
        for number, event in enumerate(span.events):
            if not is_feedback(event):
                continue
            heard = by_span[span.name]
            talks = bool(heard.reading.question or heard.faults)
            try:
                if Scope.FEEDBACK not in scopes:
                    raise PayloadError("", "scope", NO_SCOPE)
                found.append(feedback(span, event, number, heard.reading, talks))
            except PayloadError as error:
                taken.rejected[error.detail] += 1
                refused += 1
    return found, refused


def _vote(project: Project, payloads: Sequence[FeedbackIn], refused: int, taken: ExportResult) -> None:
    """Write feedback on interactions that are not in the same export."""
    counts = Counter({("signal", str(WriteResult.REFUSED)): refused}) if refused else Counter()
    for end in _record(project, payloads, counts):
        if isinstance(end, Exception):
            taken.rejected[WHY.get(type(end), "not redactable")] += 1


def _product(plan: TracePlan) -> str:
    return next((one.product for one in plan.tree.readings.values() if one.product), PRODUCT)
