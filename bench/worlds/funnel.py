"""Where the records of a log go: its questions, those that somebody confirmed and nobody contests, and what becomes of them."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from bench.worlds.product import Product, records

Key = str
FILES: Final = {"eval_cases.jsonl": "case", "sft.jsonl": "example", "preferences.jsonl": "pair"}


@dataclass(slots=True)
class Asked:
    """A question of the log: its conversations, and the votes for and against each answer."""

    ids: list[str] = field(default_factory=list)
    up: Counter[str] = field(default_factory=Counter)
    down: Counter[str] = field(default_factory=Counter)

    @property
    def is_confirmed(self) -> bool:
        """Whether an answer has votes for it and none against it."""
        return any(not self.down[answer] for answer in self.up)

    @property
    def is_contested(self) -> bool:
        """Whether an answer has votes for it and against it."""
        return any(self.down[answer] for answer in self.up)


def read(path: Path) -> list[dict[str, Any]]:
    """The lines of a log, each with an id."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    return [{"id": f"line-{number}", **row} for number, row in enumerate(rows)]


def questions(rows: Sequence[Mapping[str, Any]]) -> dict[Key, Asked]:
    """The questions of a log, each with the turns before it."""
    found: defaultdict[Key, Asked] = defaultdict(Asked)
    for row in rows:
        asked = found[json.dumps([row["question"], row.get("context") or []])]
        asked.ids.append(row["id"])
        for thumb in thumbs(row.get("feedback")):
            (asked.up if thumb == "up" else asked.down)[row["answer"]] += 1
    return dict(found)


def thumbs(feedback: Any) -> Iterator[str]:
    """The votes of a line: "up" or "down" each."""
    for vote in feedback if isinstance(feedback, list) else [feedback]:
        thumb = vote.get("thumb") if isinstance(vote, dict) else vote
        if thumb:
            yield thumb


def table(installed: Product, path: Path) -> Iterator[str]:
    """Store, curate and release a log, and tell what became of it, as Markdown tables."""
    rows = read(path)
    asked = questions(rows)
    question_of = {name: key for key, one in asked.items() for name in one.ids}
    installed.reset()
    installed.import_log(rows)
    installed.curate()
    release = installed.release()
    used: dict[str, list[str]] = {name: [] for name in FILES.values()}
    for line in records(release, "lineage.jsonl"):
        if line["file"] in FILES:
            used[FILES[line["file"]]].append(question_of[line["interaction"]])
    tiers = Counter(case.get("tier", "") for case in records(release, "eval_cases.jsonl"))
    yield from summary(rows, asked, used, tiers)
    yield from losses(asked, used)


def summary(
    rows: Sequence[Mapping[str, Any]], asked: Mapping[Key, Asked], used: Mapping[str, list[Key]], tiers: Counter[str]
) -> Iterator[str]:
    """The counts."""
    confirmed = {key for key, one in asked.items() if one.is_confirmed}
    contested = {key for key, one in asked.items() if one.is_contested}
    yield "| what | number |\n|---|---|"
    yield f"| conversations | {len(rows)} |"
    yield f"| distinct questions | {len(asked)} |"
    yield f"| with an answer that has votes for it and none against it | {len(confirmed)} |"
    for kind, keys in used.items():
        yield f"| … of these with a{'n' if kind == 'example' else ''} {kind} | {len(confirmed & {*keys})} |"
    yield f"| with an answer that has votes for it and against it | {len(contested)} |"
    yield f"| … of these with a case | {len(contested & {*used['case']})} |"
    yield f"| cases, examples, pairs | {', '.join(str(len(keys)) for keys in used.values())} |"
    if {*tiers} != {""}:
        yield f"| cases by tier | {', '.join(f'{tier} {number}' for tier, number in sorted(tiers.items()))} |"


def losses(asked: Mapping[Key, Asked], used: Mapping[str, list[Key]]) -> Iterator[str]:
    """Why records are not in the release, by kind; and decisions that label nothing; and what waits for a person."""
    from curation.models import Decision, EvalCase, Example, PreferencePair, ReviewTask

    yield "\n| loss | reason | records | of them the only ones of a confirmed question |\n|---|---|---|---|"
    question_of = {name: key for key, one in asked.items() for name in one.ids}
    confirmed = {key for key, one in asked.items() if one.is_confirmed}
    for kind, model in (("case", EvalCase), ("example", Example), ("pair", PreferencePair)):
        lost: defaultdict[tuple[str, str], list[Key]] = defaultdict(list)
        rows = model.objects.exclude(status="active", selected=True)
        for status, reason, name in rows.values_list("status", "reason", "decision__interaction__external_id"):
            lost[status, reason].append(question_of[name])
        for (status, reason), keys in sorted(lost.items(), key=lambda item: -len(item[1])):
            alone = (confirmed & {*keys}) - {*used[kind]}
            yield f"| {kind} | {status} {reason} | {len(keys)} | {len(alone)} |"
    for (outcome, why), number in Counter(Decision.objects.values_list("outcome", "reason")).most_common():
        yield f"| decided {outcome} | {why} | {number} | |"
    for reason, number in Counter(
        ReviewTask.objects.filter(state="open").values_list("reason", flat=True)
    ).most_common():
        yield f"| waits for a person | {reason} | {number} | |"
