"""Who asks, what the agent answers, and how people vote on it: eleven worlds, each a set of likelihoods.

A log depends only on (world, seed). The likelihoods are in `World`, so that a rule that knows them can be printed next
to the product.
"""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from bench.worlds import facts as worlds_facts
from bench.worlds.facts import Fact, other

CHANGE: Final = 0.7
"""The part of a log after which facts change, where they do."""
STEP: Final = timedelta(minutes=15)
PEOPLE, BUSY = 500, 5
PUSHED: Final = 4
"""By how much a brigade's lie differs from the truth."""
POPULAR: Final = 15
BRIGADE: Final = 30
OPENINGS: Final = {
    "en": (
        "",
        "Happy to help. ",
        "Of course: ",
        "According to our pages, this is so: ",
        "Thanks for asking. ",
        "Briefly: ",
    ),
    "de": ("", "Gerne. ", "Natürlich: ", "Auf unseren Seiten steht: ", "Danke für die Frage. ", "Kurz gesagt: "),
}
CLOSINGS: Final = {
    "en": (
        "",
        " Is there anything else I can do?",
        " Our pages say more.",
        " I hope that answers it.",
        " Enjoy your day!",
    ),
    "de": (
        "",
        " Kann ich sonst noch helfen?",
        " Mehr steht auf unseren Seiten.",
        " Ich hoffe, das hilft.",
        " Schönen Tag!",
    ),
}
JUNK: Final = {
    "en": (
        "no", "nope, wrong", "i don't know", "that's not it", "as above", "haha", "your figure is wrong", "old information",
        "let me talk to a person", "fine", "terrible", "this changed in spring", "no use at all", "no idea", "call them",
    ),
    "de": (
        "nein", "falsch", "keine Ahnung", "stimmt nicht", "siehe oben", "haha", "die Zahl ist falsch", "veraltet",
        "ich will einen Menschen", "ok", "schlecht", "das hat sich geändert", "hilft nicht", "weiß nicht", "frag nach",
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Habits:
    """How likely a voter gives each kind of vote on a right answer and on a wrong one. The rest say nothing."""

    up_right: float
    down_right: float
    up_wrong: float
    fix: float
    junk: float
    down_wrong: float
    false_fixes: float = 0.0
    """The share of the corrections that are well formed and false."""

    def likelihood(self, kind: str, *, right: bool) -> float:
        """The probability of this kind of vote."""
        of_right = {"up": self.up_right, "down": self.down_right, "fix": 0.0, "junk": 0.0}
        of_wrong = {"up": self.up_wrong, "down": self.down_wrong, "fix": self.fix, "junk": self.junk}
        table = of_right if right else of_wrong
        return table[kind] if kind else 1 - sum(table.values())


MILD: Final = Habits(0.5, 0.05, 0.08, 0.2, 0.12, 0.2)
USUAL: Final = Habits(0.92, 0.08, 0.15, 0.35, 0.15, 0.35, false_fixes=0.2)
NOISY: Final = Habits(0.75, 0.25, 0.25, 0.26, 0.11, 0.38, false_fixes=0.15)
"""Where a quarter of the thumbs is wrong."""
FOOLED: Final = Habits(0.92, 0.08, 0.5, 0.2, 0.0, 0.3, false_fixes=0.2)
"""Of a fluent lie that the agent always tells."""


@dataclass(frozen=True, slots=True)
class World:
    """What people ask, how often the agent is right, and how people vote."""

    name: str
    facts: Callable[[], list[Fact]] = worlds_facts.english
    rows: int = 3000
    voting: float = 0.6
    right: float = 0.72
    habits: Habits = USUAL
    near: bool = True
    """Whether a wrong answer is the right one with another number; else it is the answer to another question."""
    stubborn: float = 0.0
    """The share of facts about which the agent tells one lie."""
    telling: float = 0.9
    """How often it tells that lie."""
    moving: float = 0.0
    """The share of facts that change at `CHANGE`; the agent goes on with the old ones in six of ten answers."""
    hostile: float = 0.0
    """The share of people who vote for what is wrong."""
    brigade: float = 0.0
    """The share of conversations, all of them late, by a few new accounts that push one lie each on popular questions."""
    by_demand: bool = False
    """Whether some questions are asked far more often than others."""
    busy: float = 0.0
    """The share of conversations by a handful of people."""
    worded: bool = False
    language: str = "en"


WORLDS: Final[Mapping[str, World]] = {
    world.name: world
    for world in (
        World("templates", rows=1200, voting=1, right=0.6, habits=MILD, near=False),
        World("repeats", lambda: worlds_facts.english()[::7][:20], 1200, voting=1, right=0.6, habits=MILD, near=False),
        World("faq", worlds_facts.faq, 800, voting=1, right=0.6, habits=MILD, near=False),
        World("stubborn", stubborn=0.25, worded=True),
        World("sparse", rows=4000, voting=0.03, by_demand=True, busy=0.4),
        World("moving", moving=1 / 6, hostile=0.1),
        World("german", worlds_facts.german, 1500, worded=True, language="de"),
        World("account", worlds_facts.with_accounts, 2500),
        World("noisy", habits=NOISY),
        World("divided", rows=2600, voting=0.5, stubborn=1 / 3, telling=0.4),
        World("brigade", voting=0.4, by_demand=True, brigade=0.05),
    )
}


@dataclass(frozen=True, slots=True)
class Turn:
    """A question that somebody asked, the agent's answer, and the vote."""

    fact: int
    form: str
    asker: str
    claim: str
    answer: str
    late: bool
    """Whether it was after `CHANGE`."""
    vote: str = ""
    """up, down, fix, junk, or nothing."""
    correction: str = ""


@dataclass(slots=True)
class Log:
    """What happened in a world, and what is true at its end."""

    world: World
    facts: list[Fact]
    turns: list[Turn] = field(default_factory=list)
    claims: dict[str, str] = field(default_factory=dict)
    """The claim of each text that was worded."""
    fact_of: dict[str, int] = field(default_factory=dict)
    """The number of the fact that a question asks for."""

    def claim(self, text: str) -> str:
        """What a text claims, without its wording."""
        if text in self.claims:
            return self.claims[text]
        for opening in OPENINGS[self.world.language][1:]:
            text = text.removeprefix(opening)
        for closing in CLOSINGS[self.world.language][1:]:
            text = text.removesuffix(closing)
        return text.strip()

    def is_true(self, number: int, text: str, asker: str = "") -> bool:
        """Whether a text answers this fact rightly: for this asker, or for everybody."""
        fact = self.facts[number]
        if fact.depends_on_asker and not asker:
            return False
        return self.claim(text) == fact.for_asker(person(asker))

    def right_text(self, number: int, asker: str) -> str:
        """What somebody who knows would write."""
        return self.facts[number].for_asker(person(asker))


def person(asker: str) -> int:
    """The number of a person by their name."""
    return int(asker[1:] or 0) if asker else 0


def make(world: World, seed: int) -> Log:
    """The log of a world."""
    rng = random.Random(f"{world.name}/{seed}")
    log = Log(world, world.facts())
    log.fact_of = worlds_facts.forms_of(log.facts)
    maker = Maker(world, log, rng)
    log.turns = [maker.turn(number) for number in range(world.rows)]
    return log


class Maker:
    """Makes the turns of a log, one after the other."""

    def __init__(self, world: World, log: Log, rng: random.Random) -> None:
        self.world, self.log, self.rng = world, log, rng
        self.order = list(range(len(log.facts)))
        rng.shuffle(self.order)
        size = len(self.order)
        self.weights = [1 / (rank + 1) if world.by_demand else 1.0 for rank in range(size)]
        self.stubborn = {*self.order[: round(size * world.stubborn)]}
        self.moved = {*self.order[: round(size * world.moving)]}
        self.popular = self.order[:POPULAR]

    def turn(self, number: int) -> Turn:
        """The next conversation."""
        rng, world = self.rng, self.world
        late = number >= CHANGE * world.rows
        in_brigade = late and rng.random() < world.brigade / (1 - CHANGE)
        fact = rng.choice(self.popular) if in_brigade else rng.choices(self.order, self.weights)[0]
        asker = f"b{rng.randrange(BRIGADE)}" if in_brigade else self.asker()
        truth = self.truth(fact, asker, late=late)
        claim = self.claim(fact, asker, truth, late=late)
        vote, correction = self.vote(fact, asker, claim, truth)
        return Turn(
            fact, self.log.facts[fact].forms[rng.randrange(2)], asker, claim, self.worded(claim), late, vote, correction
        )

    def asker(self) -> str:
        """Who asks."""
        return f"u{self.rng.randrange(BUSY if self.rng.random() < self.world.busy else PEOPLE)}"

    def truth(self, fact: int, asker: str, *, late: bool) -> str:
        """What is right at the time."""
        truth = self.log.facts[fact].for_asker(person(asker))
        return truth if late or fact not in self.moved else other(truth, 5)

    def claim(self, fact: int, asker: str, truth: str, *, late: bool) -> str:
        """What the agent says."""
        rng, world = self.rng, self.world
        if fact in self.stubborn:
            return other(truth, 1) if rng.random() < world.telling else truth
        if late and fact in self.moved and rng.random() < 0.6:
            return other(truth, 5)
        if rng.random() < world.right:
            return truth
        elsewhere = rng.choice(self.log.facts).for_asker(person(asker))
        return rng.choice([other(truth, 1), other(truth, 2), elsewhere]) if world.near else elsewhere

    def vote(self, fact: int, asker: str, claim: str, truth: str) -> tuple[str, str]:
        """A person's vote on the answer, and what they type."""
        rng, world = self.rng, self.world
        if asker[0] == "b":
            pushed = other(truth, PUSHED)
            return ("up", "") if claim == pushed else ("fix", self.worded(pushed))
        if rng.random() >= world.voting:
            return "", ""
        if person(asker) < PEOPLE * world.hostile:
            if claim != truth:
                return "up", ""
            return ("fix", self.worded(other(truth, 1))) if rng.random() < 0.5 else ("down", "")
        habits = FOOLED if fact in self.stubborn else world.habits
        kinds = ("up", "down", "fix", "junk", "")
        kind = rng.choices(kinds, [habits.likelihood(one, right=claim == truth) for one in kinds])[0]
        if kind == "fix":
            return kind, self.worded(other(truth, 3) if rng.random() < habits.false_fixes else truth)
        return kind, rng.choice(JUNK[world.language]) if kind == "junk" else ""

    def worded(self, claim: str) -> str:
        """The claim in one of some thirty wordings, where the world has them."""
        if not self.world.worded:
            return claim
        language = self.world.language
        text = self.rng.choice(OPENINGS[language]) + claim + self.rng.choice(CLOSINGS[language])
        self.log.claims[text] = claim
        return text


def lines(log: Log, now: datetime | None = None) -> list[dict[str, Any]]:
    """The log as `import_log` takes it; it ends today."""
    end = (now or datetime.now(UTC)).replace(hour=0, minute=0, second=0, microsecond=0)
    start = end - STEP * len(log.turns)
    return [line(turn, f"t{number}", start + STEP * number) for number, turn in enumerate(log.turns)]


def line(turn: Turn, name: str, at: datetime) -> dict[str, Any]:
    """A turn as a line of a log."""
    made = {"id": name, "ts": at.isoformat(), "user": turn.asker, "question": turn.form, "answer": turn.answer}
    if not turn.vote:
        return made
    thumb = "up" if turn.vote == "up" else "down"
    typed = {"correction": turn.correction} if turn.correction else {}
    return {**made, "feedback": {"thumb": thumb, **typed}}
