"""Tries a change of policy on the existing records. Nothing is written.

Two stages are run twice, with the current and with the proposed settings: the filters, on every decided record, and the
selection (balance and guards), on all of them together. What a filter removes makes room that balance may give to
others; the trial does not follow that second step.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from curation.decisions.derive import agent_depths, candidate, first_that_counts, held
from curation.decisions.rules import LABELLED
from curation.evidence import influence, store
from curation.evidence.records import Finding
from curation.filters.filters import FilterSettings, apply
from curation.models import Decision, EvalCase, Example
from curation.models.derived import Derived
from curation.policies import versions
from curation.selection import selection
from feedback.models import Interaction, Project

MOST = 20_000  # as many records as a page can wait for
CHUNK = 2_000
SHOWN = 50
SELECTION = ("balance", "guard")
Verdict = tuple[str, Finding | None]


@dataclass(frozen=True, slots=True)
class Change:
    """One record whose status would change: `verdict` is out, held or back. `detail` holds no captured text."""

    interaction: int
    public_id: str
    verdict: str
    stage: str
    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class Trial:
    """What the settings would change: of `read` records, how many by (verdict, stage, reason), and the first of them.

    `whole` is False if only the newest of the project's records were read.
    """

    read: int
    whole: bool
    counts: Mapping[tuple[str, str, str], int]
    first: tuple[Change, ...]

    @property
    def rows(self) -> list[tuple[str, str, str, int]]:
        """The counts as lines of a table, the largest first."""
        return [(*key, number) for key, number in sorted(self.counts.items(), key=lambda item: (-item[1], item[0]))]


def trial(project: Project, settings: Mapping[str, Any], *, most: int | None = MOST) -> Trial:
    """Compare proposed settings with the current ones, over the `most` newest decided records (None: all of them)."""
    now = versions.current(project).settings
    rows = Decision.objects.filter(project=project, outcome__in=LABELLED).order_by("-pk")
    keys = list(rows.values_list("pk", flat=True)[: None if most is None else most + 1])
    whole = most is None or len(keys) <= most
    keys = keys if whole else keys[:most]
    changes = [*filtered(project, keys, now, settings)]
    if whole and any(now.get(stage) != settings.get(stage) for stage in SELECTION):
        changes += selected(project, now, settings)
    counts = Counter((verdict, found.stage, found.code) for _, verdict, found in changes)
    some = changes[:SHOWN]
    names = dict(Interaction.objects.filter(pk__in=[key for key, *_ in some]).values_list("pk", "external_id"))
    first = tuple(
        Change(key, names[key], verdict, found.stage, found.code, found.detail)
        for key, verdict, found in some
        if key in names
    )
    return Trial(len(keys), whole, counts, first)


def filtered(
    project: Project, keys: list[int], now: Mapping[str, Any], then: Mapping[str, Any]
) -> Iterator[tuple[int, str, Finding]]:
    """The records that the filters would treat differently. A reviewer's decision passes the holds."""
    before, after = (FilterSettings.from_dict(values.get("filter", {})) for values in (now, then))
    if now.get("filter", {}) == then.get("filter", {}):
        return
    depths = agent_depths(project)
    for start in range(0, len(keys), CHUNK):
        for row in reversed(store.load(keys[start : start + CHUNK])):
            made = candidate(row, project.pk, depths)
            old, new = (first_that_counts(apply(made, settings), reviewed=row.reviewed) for settings in (before, after))
            yield from difference(row.interaction, by_filter(old), by_filter(new))


def by_filter(found: Finding | None) -> Verdict:
    return ("kept" if found is None else "held" if held(found) else "out"), found


def selected(project: Project, now: Mapping[str, Any], then: Mapping[str, Any]) -> Iterator[tuple[int, str, Finding]]:
    """The records, as eval cases or as examples, that the selection would treat differently; each only once."""
    moment, shared = timezone.now(), influence.Shared(project)
    before, after = (selection.plan(project, values, moment, shared) for values in (now, then))
    for key in sorted({*before.seen, *after.seen}, reverse=True):
        for model in (EvalCase, Example):
            old, new = (by_selection(made.verdict(model, key)) for made in (before, after))
            if changes := list(difference(key, old, new)):
                yield from changes
                break


def by_selection(verdict: Verdict) -> Verdict:
    status, found = verdict
    return ("kept" if found is None else "held" if status == Derived.Status.HELD else "out"), found


def difference(key: int, old: Verdict, new: Verdict) -> Iterator[tuple[int, str, Finding]]:
    """The change from one status to another; being left out for a different reason is not a change."""
    if old[0] == new[0]:
        return
    if new[1] is not None:
        yield key, new[0], new[1]
    elif old[1] is not None:
        yield key, "back", old[1]
