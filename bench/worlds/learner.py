"""How well an agent taught by a file answers, and how much of the file is true.

The agent looks up the nearest taught question (cosine of words weighted by rarity) and takes the claim that most examples
of that question make. This rewards coverage and truth; it says nothing about fine-tuning.
"""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from bench.worlds.people import Log
from bench.worlds.rules import Pair

WORD: Final = re.compile(r"\w+")
Figures = dict[str, float]


class Nearest:
    """Finds the nearest of some questions."""

    def __init__(self, questions: Iterable[str]) -> None:
        self.questions = list(questions)
        bags = [Counter(WORD.findall(question.lower())) for question in self.questions]
        asked = Counter(word for bag in bags for word in bag)
        self.rarity = {word: math.log1p(len(bags) / number) for word, number in asked.items()}
        self.index: defaultdict[str, list[tuple[int, float]]] = defaultdict(list)
        for place, bag in enumerate(bags):
            parts = {word: number * self.rarity[word] for word, number in bag.items()}
            norm = math.sqrt(sum(part * part for part in parts.values())) or 1.0
            for word, part in parts.items():
                self.index[word].append((place, part / norm))

    def __call__(self, question: str) -> str | None:
        """The nearest question; None where none shares a word."""
        score: Counter[int] = Counter()
        for word, number in Counter(WORD.findall(question.lower())).items():
            for place, part in self.index.get(word, ()):
                score[place] += number * part * self.rarity[word]  # type: ignore[assignment]  # weights, not counts
        return self.questions[max(score, key=lambda place: (score[place], -place))] if score else None


@dataclass(slots=True)
class Taught:
    """A file of examples: what it claims in answer to each question, and how often."""

    log: Log
    claims: Mapping[str, Counter[str]]
    examples: int

    @classmethod
    def by(cls, log: Log, pairs: Iterable[Pair]) -> "Taught":
        """What these examples teach."""
        claims: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for question, answer in pairs:
            claims[question][log.claim(answer)] += 1
        return cls(log, claims, sum(found.total() for found in claims.values()))

    def figures(self) -> Figures:
        """Examples; the share of the distinct ones that is true; the share of facts right as asked before, and in new
        words; facts repaired and broken compared with the deployed agent.
        """
        distinct = [(question, claim) for question, found in self.claims.items() for claim in found]
        true = [self.is_true(question, claim) for question, claim in distinct]
        near = Nearest(self.claims)
        facts = [number for number, fact in enumerate(self.log.facts) if not fact.depends_on_asker]
        covered = [[self.answers(near, number, form) for number in facts] for form in (0, 2)]
        repaired, broken = self.beside_deployed()
        return {
            "examples": self.examples,
            "true": sum(true) / max(len(true), 1),
            "old": sum(covered[0]) / len(facts),
            "new": sum(covered[1]) / len(facts),
            "repaired": repaired,
            "broken": broken,
        }

    def is_true(self, question: str, claim: str) -> bool:
        """Whether an example is right for everybody who asks."""
        number = self.log.fact_of.get(question)
        return number is not None and self.log.is_true(number, claim)

    def answers(self, near: Nearest, number: int, form: int) -> bool:
        """Whether the taught agent answers a fact rightly in this wording."""
        found = near(self.log.facts[number].forms[form])
        return found is not None and self.log.is_true(number, self.claims[found].most_common(1)[0][0])

    def beside_deployed(self) -> tuple[int, int]:
        """The facts that examples of their own turn from wrong to right, and from right to wrong. The deployed agent's
        answer is the one that it has given most often of late; without an example, it stays.
        """
        said: defaultdict[int, Counter[bool]] = defaultdict(Counter)
        for turn in self.log.turns:
            if turn.late:
                said[turn.fact][self.log.is_true(turn.fact, turn.claim, turn.asker)] += 1
        changed: Counter[bool] = Counter()
        for number, fact in enumerate(self.log.facts):
            own: Counter[str] = sum((self.claims.get(form, Counter()) for form in fact.forms), Counter())
            was_right = said[number][True] >= said[number][False]
            if own and (is_right := self.log.is_true(number, own.most_common(1)[0][0])) != was_right:
                changed[is_right] += 1
        return changed[True], changed[False]


def case_figures(log: Log, cases: Iterable[Mapping[str, Any]]) -> Figures:
    """The eval cases: their number, and the shares of `expected`, `accepted` that are right and of rejected answers that
    are wrong, for the person who asked; NaN where there are none.
    """
    found: dict[str, list[bool]] = {"expected": [], "accepted": [], "rejected": []}
    for case in cases:
        number = log.fact_of.get(case["question"])
        asker = asker_of(log, case)
        right = [number is not None and log.is_true(number, text, asker) for text in answers(case, "expected")]
        found["expected"] += right
        found["accepted"] += [
            number is not None and log.is_true(number, text, asker) for text in answers(case, "accepted")
        ]
        for name in ("rejected", "also_rejected"):
            found["rejected"] += [
                number is not None and not log.is_true(number, text, asker) for text in answers(case, name)
            ]
    shares = {name: sum(some) / len(some) if some else math.nan for name, some in found.items()}
    return {"cases": len(found["expected"]), **shares}


def answers(case: Mapping[str, Any], name: str) -> list[str]:
    """The answers of a case under this name, whether it has one, several, or none."""
    value = case.get(name)
    return [] if not value else [value] if isinstance(value, str) else list(value)


def asker_of(log: Log, case: Mapping[str, Any]) -> str:
    """The person in whose conversation the expected answer was given."""
    name = case["provenance"]["interaction"]
    return log.turns[int(name[1:])].asker
