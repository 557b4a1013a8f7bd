"""Sources that have changed since people found an answer right: such a record waits until somebody has seen it again.

Each text that a source (its id, else its address) was seen with is kept as a digest, with when and where. A record is stale
where a newer text of a source that it cites is a revision of the one that it had, nobody has spoken for the record since, and
the revision lacks what the answer took from the source. Agents cite pages in parts: another part is no revision.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from django.db.models import Max

from curation.decisions.posterior import Stance
from curation.decisions.reasons import REASONS
from curation.evidence import store
from curation.evidence.records import Decided, Finding
from curation.models import AuditFrame, Opinion, ReviewTask, SourceText
from feedback.models import Interaction, Project
from feedback.texts.fingerprints import text_digest

CHUNK = 2_000
BATCH = 500
LATER = 5  # texts of a source that are looked at, the newest: a page in parts has many
ALIKE: Final = 0.5  # of the words of both texts: less is another part of the page, or another page
TAKEN: Final = 0.6  # of the words of a sentence of the answer: it comes from the sentence that has them
WORD, END = re.compile(r"\w+"), re.compile(r"(?<=[.!?。！？])\s+|\n+")
CHANGED: Final = "source_changed"
FOUND = Finding("guard", CHANGED, REASONS[CHANGED].sentence)
Cited = tuple[int, int]
"""A source and its text, as digests."""


class Sighting(NamedTuple):
    """A text of a source: where it was seen last, and the first and the last time."""

    interaction: int
    first_at: datetime
    last_at: datetime


def cited(sources: Iterable[Mapping[str, Any]]) -> dict[Cited, str]:
    """The texts of the sources that have a name, by their digests."""
    found = {}
    for source in sources:
        name, text = source.get("id") or source.get("url"), source.get("text")
        if name and text:
            found[text_digest(str(name)), text_digest(text)] = str(text)
    return found


def follow(project: Project) -> None:
    """Note the sources of the interactions that are new since the last time. The cost depends on what is new."""
    AuditFrame.objects.get_or_create(project=project)
    frame = AuditFrame.objects.get(project=project)
    while True:
        fresh = Interaction.objects.filter(project=project, pk__gt=frame.sources_read_to).order_by("pk")
        rows = list(fresh.values_list("pk", "occurred_at", "sources")[:CHUNK])
        if not rows:
            return
        note(project, rows)
        frame.sources_read_to = rows[-1][0]
        frame.save(update_fields=["sources_read_to"])


def note(project: Project, rows: Iterable[tuple[int, datetime, Sequence[Mapping[str, Any]]]]) -> None:
    """Keep when and where each text of each source was seen."""
    seen: dict[Cited, Sighting] = {}
    for key, at, sources in rows:
        for name in cited(sources):
            seen[name] = joined(seen.get(name), Sighting(key, at, at))
    known = {
        (row.source, row.text): row
        for row in SourceText.objects.filter(project=project, source__in={source for source, _ in seen})
    }
    fresh, changed = [], []
    for (source, text), one in seen.items():
        row = known.get((source, text))
        if row is None:
            fresh.append(SourceText(project=project, source=source, text=text, **one._asdict()))
            continue
        one = joined(Sighting(row.interaction, row.first_at, row.last_at), one)
        row.interaction, row.first_at, row.last_at = one
        changed.append(row)
    SourceText.objects.bulk_create(fresh, ignore_conflicts=True, batch_size=BATCH)
    SourceText.objects.bulk_update(changed, ["interaction", "first_at", "last_at"], batch_size=BATCH)


def joined(one: Sighting | None, other: Sighting) -> Sighting:
    """When and where a text was seen, from two times."""
    if one is None:
        return other
    newest = max(one, other, key=lambda seen: (seen.last_at, seen.interaction))
    return Sighting(newest.interaction, min(one.first_at, other.first_at), newest.last_at)


def stale(project: Project, records: Mapping[int, Collection[Cited]]) -> dict[int, Finding]:
    """The records, of these, that cite a source which has changed since anybody last found them right."""
    newer = newer_texts(project, {one for cites in records.values() for one in cites})
    suspects = {key: some for key, cites in records.items() if (some := [one for one in cites if one in newer])}
    found: dict[int, Finding] = {}
    keys = sorted(suspects)
    for start in range(0, len(keys), BATCH):
        rows = store.load(keys[start : start + BATCH])
        backed = backed_at(rows)
        later = texts_in({seen.interaction for row in rows for one in suspects[row.interaction] for seen in newer[one]})
        for row in rows:
            since = [
                (one, later.get(seen.interaction, {}))
                for one in suspects[row.interaction]
                for seen in newer[one]
                if seen.first_at > backed[row.interaction]
            ]
            if any(is_gone(row, one, texts) for one, texts in since):
                found[row.interaction] = FOUND
    return found


def newer_texts(project: Project, cites: Collection[Cited]) -> dict[Cited, list[Sighting]]:
    """The newest texts of the source of each of these that were first seen after it was seen last; those that have any."""
    texts: defaultdict[int, dict[int, Sighting]] = defaultdict(dict)
    sources = sorted({source for source, _ in cites})
    for start in range(0, len(sources), BATCH):
        rows = SourceText.objects.filter(project=project, source__in=sources[start : start + BATCH])
        for row in rows:
            texts[row.source][row.text] = Sighting(row.interaction, row.first_at, row.last_at)
    found = {}
    for source, text in cites:
        if text in (known := texts[source]):
            later = [seen for seen in known.values() if seen.first_at > known[text].last_at]
            if later:
                found[source, text] = sorted(later, key=lambda seen: (seen.last_at, seen.interaction))[-LATER:]
    return found


def backed_at(rows: Sequence[Decided]) -> dict[int, datetime]:
    """When somebody last spoke for what each of these would teach: a vote, a correction or a reviewer."""
    keys = [row.interaction for row in rows]
    spoken = Opinion.objects.filter(interaction__in=keys).exclude(stance__in=[Stance.DOWN, Stance.REVIEW_DOWN])
    looked = ReviewTask.objects.filter(interaction__in=keys, state="resolved")
    found = {row.interaction: row.occurred_at for row in rows}
    for times in (
        spoken.order_by().values_list("interaction").annotate(at=Max("at")),
        looked.order_by().values_list("interaction").annotate(at=Max("resolved_at")),
    ):
        for key, at in times:
            found[key] = max(found[key], at)
    return found


def texts_in(interactions: Collection[int]) -> dict[int, dict[int, str]]:
    """What the sources of these conversations say, by source."""
    rows = Interaction.objects.visible().filter(pk__in=interactions).values_list("pk", "sources")
    return {key: {source: text for (source, _), text in cited(sources).items()} for key, sources in rows}


def is_gone(row: Decided, one: Cited, later: Mapping[int, str]) -> bool:
    """Whether the newer text of a source is a revision without what the record's answer took from it."""
    before, after = cited(row.sources).get(one), later.get(one[0])
    if before is None or after is None or not is_revision(before, after):
        return False
    return no_longer_says(before, after, row.expected or "")


def is_revision(before: str, after: str) -> bool:
    """Whether two texts are one passage, before and after a change."""
    old, new = set(words(before)), set(words(after))
    return bool(old | new) and len(old & new) >= ALIKE * len(old | new)


def no_longer_says(before: str, after: str, answer: str) -> bool:
    """Whether a sentence of the first text that the answer rests on is not in the second, word for word."""
    old, new = sentences(before), set(sentences(after))
    return any(source not in new for said in sentences(answer) if (source := origin(said, old)))


def origin(said: tuple[str, ...], sentences: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    """The sentence that has most words of what was said, the shortest of several; nothing where none has half of them."""
    mine = set(said)
    best = max(sentences, key=lambda one: (len(mine & set(one)), -len(set(one))), default=())
    return best if len(mine & set(best)) >= TAKEN * len(mine) else ()


def sentences(text: str) -> list[tuple[str, ...]]:
    return [found for part in END.split(text) if (found := words(part))]


def words(text: str) -> tuple[str, ...]:
    return tuple(WORD.findall(text.casefold()))
