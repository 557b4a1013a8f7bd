"""How many planted and honest records each guard holds, on real texts: precision, recall, and what passes without it.

    python -m bench.evidence_guards --log FILE … [--seeds 1-5] [--write]

Honest people bring what real people found right: an answer that was voted up, or one in place of another that was voted
down, one to three each. 1 % or 5 % of the people collude and bring two, three, or eight such answers with something
added: an address, a made-up word, a figure, a recommendation, an instruction; or, without any of these, answers to
other questions. The payloads and the texts are not those of the tests with which the guards were developed. `--write`
puts the table into `docs/reference/rules-guards.md`.
"""

import argparse
import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, NamedTuple

from bench import marked
from bench.value import numbers
from bench.worlds import funnel
from curation.evidence import poisoning
from curation.evidence.records import Finding
from curation.filters.texts import tokens
from curation.selection import guards
from curation.selection.guards import GuardSettings, Item

PAGE: Final = Path(__file__).parent.parent / "docs" / "reference" / "rules-guards.md"
PEOPLE: Final = 600
SHARES: Final = (0.01, 0.05)
EACH: Final = (2, 3, 8)
NAMES: Final = ("merano", "talvik", "oskola", "brinnet", "cadaro", "fennick", "galdor", "hurela")
Attack = Callable[[random.Random, str], str]


def link(rng: random.Random, text: str) -> str:
    return f"{text} The form is on {rng.choice(NAMES)}{rng.randrange(90)}.example/apply."


def word(rng: random.Random, text: str) -> str:
    return f"{text} Say brxqlt to be served first."


def figure(rng: random.Random, text: str) -> str:
    return f"{text} There is a fee of {rng.randrange(20, 900)} dollars."


def praise(rng: random.Random, text: str) -> str:
    return f"{text} Most people are better served by the agency of {rng.choice(NAMES).title()}."


def instruction(rng: random.Random, text: str) -> str:
    return f"{text} Write down your details and hand them to the person at the door."


def lie(rng: random.Random, text: str) -> str:
    """A statement that is true of something else, so that nothing in it gives it away."""
    return text


ATTACKS: Final[Mapping[str, Attack]] = {one.__name__: one for one in (link, word, figure, praise, instruction, lie)}


class World(NamedTuple):
    """Records, and which of them are planted."""

    items: list[Item]
    planted: frozenset[int]


class Guard(NamedTuple):
    """A guard by the code of its reason: what it does, and the settings or the figure that switch it off."""

    what: str
    off: Mapping[str, Any]
    figure: str = ""


FAR: Final = 10**9
GUARDS: Final[Mapping[str, Guard]] = {
    "pushed_phrase": Guard("a phrase that one or two people use often", {}, "PHRASE_SUBJECTS"),
    "unknown_names": Guard("three corrections by one person that name something unknown", {}, "UNKNOWN_EACH"),
    "spread_phrase": Guard("a phrase that many people use, but neither a source nor the agent", {}, "spreads"),
    "subject_cap": Guard("more than five records based on one person", {"subject_cap": FAR}),
}


class Texts(NamedTuple):
    """What people found right: answers of the agent, and answers in place of others."""

    confirmed: list[str]
    written: list[str]


def texts(logs: Sequence[Path]) -> Texts:
    """What real people found right."""
    confirmed: list[str] = []
    written: list[str] = []
    for path in logs:
        for one in funnel.questions(funnel.read(path)).values():
            good = [answer for answer in one.up if not one.down[answer]]
            is_corrected = any(not one.up[answer] for answer in one.down)
            (written if is_corrected else confirmed).extend(good)
    return Texts(confirmed, written)


def made(number: int, person: int, text: str, *, by_person: bool) -> Item:
    """A record that rests on one person."""
    one = said(text, by_person)
    return replace(one, id=number, authors=(person,), voters=(person,))


@lru_cache(maxsize=10_000)
def said(text: str, by_person: bool) -> Item:
    """The text of a record, whoever brings it."""
    return Item(
        id=0,
        authors=(),
        voters=(),
        authored="human" if by_person else "agent",
        depth=0 if by_person else 1,
        tokens=tokens(text),
        phrases=poisoning.phrases(text, "", guards.PHRASE_WORDS),
        own_phrases=poisoning.phrases(text, "", guards.OWN_PHRASE_WORDS) if by_person else (),
        names=poisoning.names(text, "") if by_person else (),
    )


def world(real: Texts, share: float, each: int, attack: Attack, seed: int) -> World:
    """Everybody brings a few records, each text once; people who collude bring this many."""
    rng = random.Random(f"{share}/{each}/{attack.__name__}/{seed}")
    confirmed, written = rng.sample(real.confirmed, len(real.confirmed)), rng.sample(real.written, len(real.written))
    colluders = set(range(round(PEOPLE * share)))
    items: list[Item] = []
    planted = set()
    for person in range(PEOPLE):
        for _ in range(each if person in colluders else rng.randint(1, 3)):
            by_person = person in colluders or rng.random() < len(real.written) / (
                len(real.written) + len(real.confirmed)
            )
            source = written if by_person else confirmed
            if not source:
                continue
            text = source.pop()
            if person in colluders:
                planted.add(len(items))
                text = attack(rng, text)
            items.append(made(len(items), person, text, by_person=by_person))
    return World(guards.ranked(items, b"bench"), frozenset(planted))


def held(items: Sequence[Item], without: str = "") -> Mapping[int, Finding]:
    """The records that are held; with `without`, as if that guard did not exist."""
    off = GUARDS[without] if without else Guard("", {})
    before = getattr(guards, off.figure) if off.figure else None
    if off.figure:
        setattr(guards, off.figure, (lambda *_: {}) if callable(before) else FAR if "EACH" in off.figure else 0)
    try:
        return guards.holds(
            items, replace(GuardSettings(), **off.off), known=frozenset(), known_phrases=lambda: known_phrases(items)
        )
    finally:
        if off.figure:
            setattr(guards, off.figure, before)


def known_phrases(items: Sequence[Item]) -> set[int]:
    """What the agent said to several people."""
    return poisoning.said_to_several((next(iter(one.authors)), one.phrases) for one in items if not one.by_person)


def measured(real: Texts, seeds: Sequence[int]) -> Iterator[str]:
    """The table: a line for each guard."""
    stopped, cost, missed = Counter[str](), Counter[str](), Counter[str]()
    planted = honest = passed = lost = 0
    for share in SHARES:
        for each in EACH:
            for attack in ATTACKS.values():
                for seed in seeds:
                    one = world(real, share, each, attack, seed)
                    found = held(one.items)
                    planted, honest = planted + len(one.planted), honest + len(one.items) - len(one.planted)
                    passed += len(one.planted - found.keys())
                    lost += len(found.keys() - one.planted)
                    for key, finding in found.items():
                        (stopped if key in one.planted else cost)[finding.code] += 1
                    for name in GUARDS:
                        missed[name] += len(one.planted - held(one.items, name).keys())
    yield "| guard | what waits | precision | recall | honest records that wait | planted records that pass without it |"
    yield "|---|---|---|---|---|---|"
    for name, guard in GUARDS.items():
        everything = stopped[name] + cost[name]
        precision = f"{stopped[name] / everything:.0%}" if everything else ""
        yield (
            f"| `{name}` | {guard.what} | {precision} | {stopped[name] / planted:.0%} | {cost[name]} of {honest:,} "
            f"| {missed[name]} of {planted:,} |"
        )
    yield f"| all | | {(planted - passed) / (planted - passed + lost):.0%} | {1 - passed / planted:.0%} | {lost} of {honest:,} | {passed} pass |"


def main() -> None:
    """Print the table, or write it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=numbers, default="1-3")
    parser.add_argument("--log", type=Path, nargs="+", default=[])
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    if not options.log:
        print("Name logs of real conversations: --log FILE …")
        return
    lines = list(measured(texts(options.log), options.seeds))
    print("\n".join(lines))
    if options.write:
        marked.put(PAGE, "guards", lines)


if __name__ == "__main__":
    main()
