"""Whether two answers conflict, and whether a text contains what an answer claims."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from rapidfuzz.distance import Levenshtein

from curation.claims.counting import (
    exchanged,
    moved,
    recounted,
    subjects_exchanged,
    swapped,
    swapped_within,
    turned_round,
)
from curation.claims.duties import Duty, contrary
from curation.claims.forms import MODAL, NEGATION, SIDES, canonical, forms_of, negates
from curation.claims.quantities import equal, rival
from curation.claims.reading import INCLUDING, WITHOUT, Claim, Reading, reading, words_of
from curation.claims.scope import EXCEPT, Scope
from curation.claims.statements import read_question
from curation.claims.widening import narrows, widens

FRAME: Final = 0.6
"""The share of equal words from which two clauses are one frame with another filling."""
ALIGNED: Final = 0.6
TURNED: Final = 0.4
"""The share of the longer clause from which two clauses speak of the same, so that one negates or reverses the other."""
ALIKE: Final = 0.75
"""The share of equal words from which one word in the place of another is taken to say something else."""
STEPS: Final = 3
NEAR: Final = 0.8
"""The share of equal words from which one answer is a copy of the other with a few words changed."""
PARTICLES = frozenset(
    "before after within until up down in out on off over under above below vor nach an aus auf zu antes después avant après".split()
)
"""Words with many senses: opposite only where one replaces the other in the same sentence."""
_PARTICLES = PARTICLES | forms_of(PARTICLES)
_DUTIES = frozenset(
    axis
    for language in SIDES
    for word in "allowed required possible necessary erlaubt pflicht möglich autorisé obligatoire permitido obligatorio posible "
    "permesso obbligatorio permitido obrigatório toegestaan verplicht dozwolone obowiązkowe".split()
    for axis, _ in SIDES[language].get(canonical(word, language), ())
)
"""The axes of words that make a duty or a ban of an act, and that a negation turns."""
_ONE_THING = frozenset(
    "is was who where ist war wer wo est était qui où es era quién dónde è chi dove é quem onde wie waar jest był kto gdzie".split()
)
"""In a question: there is one right answer."""
SAME: Final = 0.4
"""The share of the shorter answer's words below which two answers speak of different things."""
WORDY: Final = 5
"""The fewest words of an answer that shows what it speaks of."""
FEW: Final = 3
"""Clauses up to which an answer is short."""
BRIEF: Final = 4
"""Clauses up to which two answers conflict in any claim."""
YES_OR_NO: Final = "yes or no"
MOST_MOVED: Final = 4
"""Words that may change places between clauses: longer parts are items in another order."""
NEXT: Final = 3
"""Words behind a "with" that it is of."""
_UNTIL = forms_of(frozenset("until till bis jusqu hasta finché até tot aż".split()))
_WITH = forms_of(frozenset("with mit avec con com met z".split()))
_WITHOUT, _EXCEPT, _INCLUDING = forms_of(WITHOUT), forms_of(EXCEPT), forms_of(INCLUDING)
_BY_CASE = frozenset({"de", "pl"})  # where a case says who does it, and the order of words little
_BOUNDS = forms_of(frozenset("least most more less mindestens höchstens mehr weniger plus moins más menos".split()))
"""Words of a limit, which is no item: "a week or more", "at least a week"."""
_LISTING = frozenset("and or und oder et ou y o e & plus".split())


def conflict(one: str, other: str, question: str = "") -> bool:
    """Whether two answers to one question make claims that cannot both hold. False where that is not sure: two long
    answers seldom speak of one thing in a pair of clauses, so of them a yes and a no alone conflict.
    """
    mine, yours = reading(one, question), reading(other, question)
    kind = clash(mine, yours, question)
    brief = max(len(mine.claims), len(yours.claims)) <= BRIEF
    return kind == YES_OR_NO or (brief and kind not in ("", "wording"))


def clash(one: Reading, other: Reading, question: str = "") -> str:
    """The kind of claim in which two answers clash, "" where none is seen. `wording` says that one word of a sentence
    was replaced by another of unknown sense.
    """
    if (
        one.polarity is not None
        and other.polarity is not None
        and one.polarity != other.polarity
        and not read_question(question).open
    ):
        return YES_OR_NO
    shorter = min(len(one.content), len(other.content))
    if shorter >= WORDY and len(one.content & other.content) < SAME * shorter:
        return ""  # they speak of different things
    pairs = list(aligned(one, other))
    agreed = {id(mine) for mine, yours, _ in pairs if yours.agrees(mine)}
    for mine, yours, share in pairs:
        if kind := _clause_clash(mine, yours, share, one, other, id(mine) in agreed):
            return kind
    if recounted(one, other):
        return "number"
    if exchanged(one, other) or moved(one, other) or subjects_exchanged(one, other):
        return "roles"
    if one.language not in _BY_CASE and turned_round(one, other):
        return "roles"
    if widens(one, other, words_of(question, one.language)) or narrows(one, other):
        return "scope"
    return _single(one, other, question) or _replaced(one, other) or ("item" if _other_item(one, other) else "")


def aligned(one: Reading, other: Reading) -> Iterator[tuple[Claim, Claim, float]]:
    """Each clause of `other` with the clause of `one` that shares most with it, and the share of the shorter one."""
    for yours in other.claims:
        best, most = None, 0.0
        for mine in one.claims:
            shared = len(mine.content & yours.content)
            if shared:
                score = shared / min(len(mine.content), len(yours.content)) + shared / 100
                score += (mine.raw == yours.raw) + (mine.negated == yours.negated) / 1000
                if score > most:
                    best, most = mine, score
        if best is not None:
            yield best, yours, len(best.content & yours.content) / min(len(best.content), len(yours.content))


def steps_out_of_order(one: Reading, other: Reading) -> bool:
    """Whether the clauses of one answer stand in another order in the other, half of their pairs reversed, if three or more do."""
    order = list(dict.fromkeys(one.claims.index(mine) for mine, _, share in aligned(one, other) if share >= FRAME))
    pairs = [(a, b) for place, a in enumerate(order) for b in order[place + 1 :]]
    few = 2 if one.in_order and other.in_order else STEPS
    return len(order) >= few and 2 * sum(a > b for a, b in pairs) >= len(pairs)


def _clause_clash(mine: Claim, yours: Claim, share: float, one: Reading, other: Reading, agreed: bool) -> str:
    """`agreed` says that another clause of the other answer has the polarity of `mine`."""
    shared = mine.content & yours.content
    turned = _turned(mine, yours, one.language)
    both = len(shared) / max(len(mine.content), len(yours.content))
    short = len(one.claims) <= FEW and len(other.claims) <= FEW
    sure = (len(shared) > 1 and both >= ALIGNED) or (share == 1.0 and (both == 1.0 or (short and both >= TURNED)))
    if contrary(mine.duty, yours.duty) and share >= 0.5 and not agreed and sure and not turned:
        return "modality"
    if mine.duty and mine.duty == yours.duty:
        turned = _turned(mine, yours, one.language, _DUTIES)  # "not allowed" is "forbidden"
    if turned and mine.negated == yours.negated and share >= 0.5 and (both >= TURNED or short):
        return "opposite"
    unless = _unless(mine, yours, other) or _unless(yours, mine, one)
    if share >= 0.5 and not mine.agrees(yours) and not turned and not agreed and sure and not unless:
        return "polarity"
    if _reversed_part(mine, yours):
        return "polarity"
    if any(
        equal(a, b) and one_side != other_side and (a[0] == "#" or not turned)  # open until 10 is closed from 10 on
        for a, one_side in mine.limits
        for b, other_side in yours.limits
    ):
        return "limit"
    if share >= 0.5 and _number_clash(mine, yours, one, other):
        return "number"
    if swapped(mine.raw, yours.raw) or (one.language not in _BY_CASE and swapped_within(mine.raw, yours.raw)):
        return "roles"
    return ""


def _unless(mine: Claim, yours: Claim, other: Reading) -> bool:
    """Whether one says "unless it rains", the other what holds when it rains."""
    unlike = mine.negated and not yours.negated and Scope.IF in mine.scope
    return unlike and (Scope.IF not in yours.scope or any(claim.negated for claim in other.claims))


def _reversed_part(mine: Claim, yours: Claim) -> bool:
    """Whether one has with, or as included, what the other has without, or as the exception."""
    for here, there in ((mine, yours), (yours, mine)):
        if not here.raw or not here.content & there.content:
            continue
        needless = here.negated and here.duty is Duty.OPTIONAL and not there.negated  # "no photo is needed"
        if (
            (here.raw[0] in _WITHOUT or needless)
            and not there.negated
            and any(
                word in _WITH and not here.content.isdisjoint(there.raw[place + 1 : place + 1 + NEXT])
                for place, word in enumerate(there.raw)
            )
        ):
            return True
        if here.raw[0] in _EXCEPT and there.raw[0] in _INCLUDING:
            return True
    return False


def _turned(mine: Claim, yours: Claim, language: str, but: frozenset[int] = frozenset()) -> bool:
    """Whether the clauses say opposite sides of something, but for these axes."""
    if (Scope.IF in mine.scope) != (Scope.IF in yours.scope) and any(
        _UNTIL.issuperset(each.raw[:1]) for each in (mine, yours)
    ):
        return False  # "until it closes" is "as long as it is open"
    here, there = (_sides(claim, other, language) for claim, other in ((mine, yours), (yours, mine)))
    if any(here[axis] != side for axis, side in there.items() if axis in here and axis not in but):
        return True
    if _PARTICLES.isdisjoint(mine.words) or _PARTICLES.isdisjoint(yours.words):
        return False
    one, two = set(pairwise(mine.words)), set(pairwise(yours.words))  # "before a meal", "after a meal"
    pairs = ((a, b) for a, after in one - two for b, other in two - one if after == other and a in _PARTICLES)
    return any(_opposite(a, b, language) for a, b in pairs)


def _sides(claim: Claim, other: Claim, language: str) -> dict[int, int]:
    """The side that a clause alone takes of each axis, and none where it says both."""
    both: dict[int, set[int]] = {}
    sided = SIDES[language]
    words = claim.content & sided.keys()
    if words <= other.content:
        return {}
    for word in words - _PARTICLES:
        for axis, side in sided[word]:
            both.setdefault(axis, set()).add(side)
    alone = {axis for word in words - other.content for axis, _ in sided[word]}
    return {axis: next(iter(sides)) for axis, sides in both.items() if len(sides) == 1 and axis in alone}


def says_opposite(claim: Claim, words: frozenset[str], language: str) -> bool:
    """Whether a clause takes the other side of what the words say: "closed" where they ask whether it is open."""
    here = {axis: side for word in words - PARTICLES for axis, side in SIDES[language].get(word, ())}
    there = _sides(claim, Claim((), words, frozenset(), frozenset(), False, (), frozenset()), language)
    return any(here[axis] != side for axis, side in there.items() if axis in here)


def _number_clash(mine: Claim, yours: Claim, one: Reading, other: Reading) -> bool:
    """Whether the clauses give different values of one thing, each of which the other answer does not have."""
    for fact in mine.hard:
        if any(equal(fact, each) for each in other.hard):
            continue
        if any(rival(fact, each) and not any(equal(each, known) for known in one.hard) for each in yours.hard):
            return True
    return False


def _replaced(one: Reading, other: Reading) -> str:
    """What kind of word was replaced by another of its kind in an answer that is otherwise nearly the same."""
    mine, yours = [tuple(word for claim in each.claims for word in claim.raw) for each in (one, other)]
    if swapped(mine, yours, most=MOST_MOVED):
        return "roles"
    if (likeness := Levenshtein.normalized_similarity(mine, yours)) < FRAME:
        return ""
    near = likeness >= NEAR  # then a word that is replaced counts, though it is found elsewhere as well
    replaced: list[tuple[list[str], list[str]]] = []
    turns, bound = 0, MODAL[one.language]
    for step in Levenshtein.opcodes(mine, yours):
        if step.tag == "equal":
            continue
        out, put = list(mine[step.src_start : step.src_end]), list(yours[step.dest_start : step.dest_end])
        turns += len(NEGATION[one.language].intersection(out)) + len(NEGATION[one.language].intersection(put))
        if near and bound.intersection(out) and bound.intersection(put):
            return "modality"
        out = [word for word in out if near or word not in other.content]
        put = [word for word in put if near or word not in one.content]
        out = [word for word in out if not any(equal(word, each) for each in put)]
        replaced += [(out, put)] if out and put else []
    for out, put in replaced:
        if any(_opposite(a, b, one.language) for a in out for b in put):
            return "opposite"
        hard_out, hard_put = one.hard.intersection(out), other.hard.intersection(put)
        if hard_out and hard_put and not any(equal(a, b) for a in hard_out for b in hard_put):
            return "number"
        if _named(one).intersection(out) and _named(other).intersection(put):
            return "name"
    if near and turns % 2:
        return "polarity"
    words = [pair for pair in replaced if one.content.intersection(pair[0]) and other.content.intersection(pair[1])]
    return "wording" if words and (near or len(words) > 1 or likeness >= ALIKE) else ""


def items(said: Reading) -> list[frozenset[str]]:
    """What an answer lists: the words between its commas, line ends and "and"s."""
    found = []
    for claim in said.claims:
        item: set[str] = set()
        for word in claim.raw:
            if word in _LISTING and item:
                found.append(frozenset(item))
                item = set()
            elif word in claim.content and word not in _BOUNDS | _LISTING:
                item.add(word)
        if item:  # a name that is a word of the lists stands in its own form in the content alone
            found.append(frozenset(item | (claim.names - frozenset(claim.raw))))
    return found


def _other_item(one: Reading, other: Reading) -> bool:
    """Whether two lists are the same but for one item."""
    mine, yours = items(one), items(other)
    if len(mine) != len(yours) or len(mine) < STEPS:
        return False
    mine_left = [item for item in mine if not any(item <= each or each <= item for each in yours)]
    yours_left = [item for item in yours if not any(item <= each or each <= item for each in mine)]
    if len(mine_left) != 1 or len(yours_left) != 1:
        return False
    return (mine_left[0] - one.hard).isdisjoint(yours_left[0] - other.hard)


def _named(said: Reading) -> frozenset[str]:
    return said.names | {canonical(name, said.language) for name in said.names}


def _opposite(one: str, other: str, language: str) -> bool:
    sides = SIDES[language]
    here = dict(sides.get(one, ()))
    if negates(one, other, language) or negates(other, one, language):
        return True
    return any(here.get(axis, side) != side for axis, side in sides.get(other, ()))


def _single(one: Reading, other: Reading, question: str) -> str:
    """The clash of two short answers to an open question: one number or one name each, and not the same."""
    if not read_question(question).open or len(one.claims) != 1 or len(other.claims) != 1:
        return ""
    mine, yours = one.claims[0], other.claims[0]
    about = {canonical(word, one.language) for word in read_question(question).words}
    left, right = [[word for word in claim.words if word not in about] for claim in (mine, yours)]
    if len(left) != 1 or len(right) != 1 or mine.negated != yours.negated:
        return ""
    (a,), (b,) = left, right
    if a in mine.hard and b in yours.hard:
        return "number" if rival(a, b) and not equal(a, b) else ""
    one_thing = not _ONE_THING.isdisjoint(read_question(question).tokens)
    return "name" if one_thing and a in mine.names and b in yours.names and a != b else ""


def contains(source: str, answer: str, question: str = "") -> bool:
    """Whether a text holds every claim of an answer: its hard facts and names, polarity, and most of its words, within
    two neighbouring sentences.
    """
    claimed = reading(answer, question)
    text = reading(source)
    return bool(claimed.claims) and all(_held(claim, text) for claim in claimed.claims)


def _held(claim: Claim, text: Reading) -> bool:
    if not claim.content:
        return True
    for place, mine in enumerate(text.claims):
        near = text.claims[max(0, place - 2) : place + 3]
        words = frozenset().union(*(each.content | each.stems for each in near))
        if not all(
            any(equal(fact, each) for each in words if each[0] in "#=@/" or each == fact) for fact in claim.hard
        ):
            continue
        if not claim.names <= words:
            continue
        shared = mine.content & claim.content
        if not shared or len(claim.content & words) + 0.001 < 0.67 * len(claim.content):
            continue
        if (mine.negated != claim.negated) == _turned(mine, claim, text.language) and not swapped(mine.raw, claim.raw):
            return True
    return False
