"""What is taught without Flywheel: raw votes, net votes, what the agent said most often, and a rule that knows the world."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from bench.worlds.people import FOOLED, Habits, Log, Turn

Pair = tuple[str, str]
SURE: Final = 0.9
"""The least probability at which the rule that knows the world teaches."""
ROUNDED: Final = 1e-4
"""For what a world's likelihoods call impossible."""
NEAR_LIES: Final = 3


def up_votes(log: Log) -> list[Pair]:
    """Every answer that somebody voted up."""
    return [(turn.form, turn.answer) for turn in log.turns if turn.vote == "up"]


def up_votes_and_corrections(log: Log) -> list[Pair]:
    """Up-voted answers, and every text that somebody typed in place of an answer."""
    return up_votes(log) + [(turn.form, turn.correction) for turn in log.turns if turn.correction]


def net_votes(log: Log) -> list[Pair]:
    """The claims with more votes for them than against; a correction votes for its own."""
    net: Counter[Pair] = Counter()
    for turn in log.turns:
        if turn.vote:
            net[turn.form, turn.claim] += 1 if turn.vote == "up" else -1
        if turn.correction:
            net[turn.form, log.claim(turn.correction)] += 1
    return [pair for pair, votes in net.items() if votes > 0]


def said_most(log: Log) -> list[Pair]:
    """What the agent said most often, and twice at least. It reads no vote."""
    said: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for turn in log.turns:
        said[turn.form][turn.claim] += 1
    most = ((form, *found.most_common(1)[0]) for form, found in said.items())
    return [(form, claim) for form, claim, times in most if times > 1]


class Case(NamedTuple):
    """A hypothesis: the truth before and after `CHANGE`, and the lie that the agent tells, if any."""

    before: str
    after: str
    lie: str
    prior: float


def knows_the_world(log: Log, *, frequency: bool = True) -> list[Pair]:
    """The claims that are right with `SURE` by Bayes' rule, with the likelihoods by which the log was made.

    It knows which questions mean the same and which corrections are not answers, but not who is hostile. Without
    `frequency`, how often the agent said something is no evidence.
    """
    by_fact: defaultdict[int, list[Turn]] = defaultdict(list)
    for turn in log.turns:
        if not log.facts[turn.fact].depends_on_asker:
            by_fact[turn.fact].append(turn)
    pairs = []
    for turns in by_fact.values():
        claim, probability = most_probable(log, turns, frequency)
        if claim and probability >= SURE:
            pairs += [(form, claim) for form in sorted({turn.form for turn in turns})]
    return pairs


def votes_alone(log: Log) -> list[Pair]:
    """The same where only votes are evidence."""
    return knows_the_world(log, frequency=False)


def most_probable(log: Log, turns: list[Turn], frequency: bool) -> tuple[str, float]:
    """The claim that is true now with the highest probability; empty where none of those that were made is."""
    claims = sorted({turn.claim for turn in turns} | {typed for turn in turns if (typed := typed_claim(log, turn))})
    found: defaultdict[str, float] = defaultdict(float)
    scores = [
        (case, math.log(case.prior) + sum(likely(log, case, turn, frequency) for turn in turns))
        for case in cases(log, claims)
    ]
    highest = max(score for _, score in scores)
    for case, score in scores:
        found[case.after] += math.exp(score - highest)
    claim = max(found, key=found.__getitem__)
    return claim, found[claim] / sum(found.values())


def typed_claim(log: Log, turn: Turn) -> str:
    """What a correction claims; empty where there is none."""
    return log.claim(turn.correction) if turn.vote == "fix" else ""


def cases(log: Log, claims: list[str]) -> Iterator[Case]:
    """All hypotheses, with their prior probabilities. The empty claim stands for one that nobody made."""
    world, options = log.world, ["", *claims]
    still = 1 - world.stubborn - world.moving
    for truth in options:
        yield Case(truth, truth, "", still / len(options))
        others = [claim for claim in options if claim != truth]
        for another in others:
            if world.stubborn:
                yield Case(truth, truth, another, world.stubborn / len(options) / len(others))
            if world.moving:
                yield Case(another, truth, "", world.moving / len(options) / len(others))


def likely(log: Log, case: Case, turn: Turn, frequency: bool) -> float:
    """The logarithm of the probability of this answer and this vote."""
    truth = case.after if turn.late else case.before
    said = answer_likelihood(log, case, turn, truth) if frequency else 1.0
    habits = FOOLED if case.lie else log.world.habits
    honest = vote_likelihood(log, habits, turn, truth)
    against = log.world.hostile or log.world.brigade
    return math.log(max(said * ((1 - against) * honest + against * hostile_likelihood(turn, truth)), ROUNDED**2))


def answer_likelihood(log: Log, case: Case, turn: Turn, truth: str) -> float:
    """The probability that the agent says this."""
    if case.lie:
        return {case.lie: log.world.telling, truth: 1 - log.world.telling}.get(turn.claim, ROUNDED)
    wrong = (1 - log.world.right) / (NEAR_LIES if log.world.near else len(log.facts))
    if turn.late and case.before != case.after:
        return {case.before: 0.6, truth: 0.4 * log.world.right}.get(turn.claim, 0.4 * wrong)
    return log.world.right if turn.claim == truth else wrong


def vote_likelihood(log: Log, habits: Habits, turn: Turn, truth: str) -> float:
    """The probability that an honest person votes so."""
    if not turn.vote:
        return 1 - log.world.voting * (1 - habits.likelihood("", right=turn.claim == truth))
    kind = habits.likelihood(turn.vote, right=turn.claim == truth) * log.world.voting
    if turn.vote != "fix":
        return max(kind, ROUNDED)
    agrees = log.claim(turn.correction) == truth
    return max(kind * (1 - habits.false_fixes if agrees else habits.false_fixes), ROUNDED)


def hostile_likelihood(turn: Turn, truth: str) -> float:
    """The probability that somebody who votes for what is wrong votes so."""
    if turn.claim != truth:
        return 1.0 if turn.vote == "up" else ROUNDED
    return 0.5 if turn.vote in ("fix", "down") else ROUNDED


RULES: Final = {
    "raw up-votes": up_votes,
    "raw up-votes and corrections": up_votes_and_corrections,
    "net votes above 0": net_votes,
    "no votes: said most often": said_most,
    "Bayes, knowing the world": knows_the_world,
    "Bayes, of votes alone": votes_alone,
}


def taught_by_rules(log: Log) -> Iterable[tuple[str, list[Pair]]]:
    """What each of the rules teaches."""
    return ((name, rule(log)) for name, rule in RULES.items())
