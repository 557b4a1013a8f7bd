"""Tells a user's vote from a judge's grade among the scores that tracing products keep with an answer. Pure.

A vote goes in as feedback. Every other score stays with the conversation, in `metadata.scores`: it labels nothing.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from feedback.importing.votes import is_word

# Names that teams give to user feedback. A score with another name is a grade unless `--vote NAME` says otherwise.
VOTE = re.compile(
    r"feedback|thumb|rating|vote|(?:^|[ _.-])(?:dis)?likes?(?:$|[ _.-])|helpful|useful|satisf|csat|user.?score|reaction",
    re.I,
)
CORRECTION = re.compile(r"correct(?:ed|ion)\b|corrected|ideal|expected|^edit$", re.I)
MODELS = ("EVAL", "LLM", "CODE", "MODEL", "ONLINE_SCORING", "AUTO_EVAL")  # sources of a score that are not people


@dataclass(frozen=True, slots=True)
class Score:
    """A score of an answer, from any product. `judge`: who gave it, in the product's term."""

    name: str
    value: Any = None
    label: Any = None
    comment: str | None = None
    correction: str | None = None
    ts: Any = None
    user: str | None = None
    judge: str = ""
    id: str | None = None


@dataclass(slots=True)
class ScoreVotes:
    """The votes among some scores, and the other scores by name."""

    votes: list[dict[str, Any]] = field(default_factory=list)
    grades: dict[str, Any] = field(default_factory=dict)
    comments: list[str] = field(default_factory=list)


def separate(scores: Iterable[Score], vote_names: Iterable[str] = ()) -> ScoreVotes:
    """Tell votes from grades. A correction joins the vote of the same answer."""
    said, corrections = ScoreVotes(), []
    for score in scores:
        if score.judge.upper() in MODELS and score.name not in vote_names:
            said.grades[score.name] = first(score.value, score.label)
        elif CORRECTION.search(score.name) and (text := corrected(score)):
            corrections.append({"correction": text, "ts": score.ts, "user": score.user})
        elif score.name in vote_names or VOTE.search(score.name):
            _vote(score, said)
        else:
            said.grades[score.name] = first(score.value, score.label)
            said.comments += [score.comment] if score.comment else []
    for correction in corrections:
        target = next((vote for vote in said.votes if "correction" not in vote), None)
        if target is None:
            said.votes.append(without_empty(correction))
        else:
            target["correction"] = correction["correction"]
    return said


def _vote(score: Score, said: ScoreVotes) -> None:
    label = score.label if score.label not in (None, "") else None
    value = label if label is not None and (score.value is None or is_word(label)) else score.value
    if isinstance(value, str) and not is_word(value) and not number(value):
        said.comments.append(value)  # a text in the user's own words
        return
    vote = {"value": value, "name": score.name, "comment": score.comment, "correction": score.correction}
    said.votes.append(without_empty({**vote, "ts": score.ts, "user": score.user, "id": score.id}))


def corrected(score: Score) -> str:
    """The corrected text in a score that is a correction, wherever the product lets people write it."""
    texts = (score.correction, score.value, score.comment, score.label)
    return next((text for text in texts if isinstance(text, str) and text.strip() and not number(text)), "")


def number(text: str) -> bool:
    return bool(re.fullmatch(r"\s*[+-]?\d+(?:[.,]\d+)?\s*", text))


def first(*values: Any) -> Any:
    """The first that is not None."""
    return next((value for value in values if value is not None), None)


def without_empty(record: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in record.items() if value not in (None, "")}
