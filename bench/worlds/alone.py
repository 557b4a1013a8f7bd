"""The rule alone: its result for a log, without a database, filters or guards.

Each answer and each correction is read, keyed and weighed by the functions that the product calls; only the storing is
left out. So twenty seeds take minutes, and a change of a constant can be measured on all worlds. What the product adds
(guards, consent, filters) is measured by `bench.value`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from bench.worlds.rules import Pair

Line = Mapping[str, Any]
FAR_BACK = datetime(2026, 1, 1).astimezone()


class Example(NamedTuple):
    """What is taught, and what it rests on."""

    question: str
    answer: str
    number: int
    """The place of the conversation in the log."""
    reviewed: bool
    corrected: bool
    standing: Any


@dataclass(slots=True)
class Review:
    """A reviewer's verdict on the answer of one conversation: right, or wrong with the right answer."""

    number: int
    right: bool
    written: str = ""


@dataclass(slots=True)
class Heard:
    """A log as the rule reads it."""

    lines: Sequence[Line]
    judged: list[Any] = field(default_factory=list)
    words: dict[bytes, list[Any]] = field(default_factory=dict)

    @classmethod
    def of(cls, lines: Sequence[Line]) -> "Heard":
        """Read every vote of a log."""
        one = cls(lines)
        people: dict[str, int] = {}
        for number, line in enumerate(lines):
            person = people.setdefault(line.get("user", ""), len(people) + 1)
            one.add(number, line, person)
        return one

    def add(self, number: int, line: Line, person: int) -> None:
        """Read the votes on one conversation."""
        from curation.decisions import rules
        from curation.decisions.judging import Judged

        context = tuple((turn["role"], turn["content"]) for turn in line.get("context") or ())
        votes = tuple(votes_of(number, line, person))
        readings = [rules.read(line["answer"], vote, line["question"]) for vote in votes]
        ruling = rules.rule(line["answer"], votes, readings)
        proposals = {
            one.vote.ref: claim(one.vote.correction or "", line["question"])
            for one in readings
            if one.side in (rules.Side.REPLACED, rules.Side.DOUBTED)
        }
        read = read_of(number, line, person, votes)
        found = Judged(
            read,
            ruling,
            "en",
            None,  # type: ignore[arg-type]
            readings,
            key(line["question"], context),
            claim(line["answer"], line["question"]) if readings else 0,
            proposals,
        )
        self.judged.append(found)
        for word in words_of(found):
            self.words.setdefault(found.question, []).append(word)

    def taught(self, reviews: Sequence[Review] = (), settings: Any = None) -> list[Example]:
        """An example for each wording of each question that has a right answer."""
        from curation.decisions import pooled, posterior
        from curation.decisions.rules import LABELLED, right_answer

        words, settled = self.with_reviews(reviews)
        settings = settings or posterior.DEFAULTS
        known = {question: posterior.standings(posterior.believed(said), settings) for question, said in words.items()}
        best: dict[tuple[bytes, str], tuple[Any, Example]] = {}
        for number, one in enumerate(self.judged):
            claims = known.get(one.question, {})
            ruling = settled.get(number) or pooled.rule(one, claims)
            if (isinstance(ruling, str) and not ruling) or (
                not isinstance(ruling, str) and ruling.outcome not in LABELLED
            ):
                continue
            line = self.lines[number]
            if isinstance(ruling, str):
                answer, corrected, reviewed = ruling, ruling != line["answer"], True
            else:
                typed = next((vote.correction for vote in one.read.votes if vote.ref == ruling.correction), "")
                answer = right_answer(line["answer"], "", typed)
                corrected, reviewed = ruling.correction is not None, False
            standing = claims.get(claim(answer, line["question"]))
            is_best = standing is None or standing.verdict != posterior.Verdict.ACCEPTED
            rank = (reviewed, is_best, corrected, number)
            place = (one.question, line["question"])
            made = Example(line["question"], answer, number, reviewed, corrected, standing)
            if place not in best or rank > best[place][0]:
                best[place] = (rank, made)
        return [made for _, made in best.values()]

    def with_reviews(self, reviews: Sequence[Review]) -> tuple[dict[bytes, list[Any]], dict[int, str]]:
        """All words with those of reviewers, and what a reviewer made of single answers: a text, or nothing."""
        from curation.decisions.posterior import Stance, Word

        if not reviews:
            return self.words, {}
        words = {question: list(said) for question, said in self.words.items()}
        settled: dict[int, str] = {}
        for place, review in enumerate(reviews):
            one, line = self.judged[review.number], self.lines[review.number]
            written = claim(review.written, line["question"]) if review.written else None
            stance = (
                Stance.REVIEW_UP if review.right else Stance.REVIEW_REPLACED if review.written else Stance.REVIEW_DOWN
            )
            at = datetime.fromisoformat(self.lines[-1]["ts"]).replace(year=2099)
            mine = claim(line["answer"], line["question"])
            word = Word(
                at, place, -review.number - 1, review.number, mine, stance, written, 0, False, len(line["answer"])
            )
            words.setdefault(one.question, []).append(word)
            settled[review.number] = line["answer"] if review.right else review.written
        return words, settled


def pairs(taught: Sequence[Example]) -> list[Pair]:
    """The questions and answers that are taught."""
    return [(one.question, one.answer) for one in taught]


def votes_of(number: int, line: Line, person: int) -> Iterator[Any]:
    """The votes on a line of a log, each by its own person where there are several."""
    from curation.decisions.rules import DOWN, UP, Vote

    given = line.get("feedback")
    many = given if isinstance(given, list) else [given]
    for place, vote in enumerate(many):
        thumb = vote.get("thumb") if isinstance(vote, dict) else vote
        if not thumb:
            continue
        typed = vote.get("correction") if isinstance(vote, dict) else None
        by = person if place == 0 else 10**6 + number * 100 + place
        yield Vote(number * 100 + place + 1, by, UP if thumb == "up" else DOWN, typed, when(line))


def when(line: Line) -> datetime:
    """When a conversation was."""
    return datetime.fromisoformat(line["ts"]) if line.get("ts") else FAR_BACK


def read_of(number: int, line: Line, person: int, votes: tuple[Any, ...]) -> Any:
    """A line as the store would give it."""
    from curation.evidence.store import PendingInteraction

    return PendingInteraction(
        number,
        person,
        line["question"],
        line["answer"],
        line.get("context") or (),
        line.get("sources") or (),
        (),
        ("agent", "1"),
        when(line),
        b"",
        0,
        votes,
        False,
        False,
        "",
        None,
        None,
    )


def words_of(one: Any) -> Iterator[Any]:
    """What people said of one answer."""
    from curation.evidence import pooling

    yield from pooling.words(1, one)


@lru_cache(maxsize=200_000)
def claim(text: str, question: str) -> int:
    """What a text claims."""
    from curation.claims import statement_key

    return statement_key(text, question)


@lru_cache(maxsize=200_000)
def key(question: str, context: tuple[tuple[str, str], ...]) -> bytes:
    """The key of a question."""
    from curation.questions.sameness import question_key

    return question_key(question, [{"role": role, "content": text} for role, text in context], [], salt=b"")
