"""Whether two answers clash, whether a text holds what an answer claims, and what a sentence's opposite is.

Opposites come from the same closed lists that a reader knows; they try graders on.
"""

import re
from collections.abc import Iterator
from typing import Final

from rapidfuzz.distance import Levenshtein

from curation.claims import relations
from curation.claims import vocabulary as lists
from curation.claims.duties import contrary
from curation.claims.quantities import equal, rival
from curation.claims.reading import MODAL, NEGATION, SIDES, Claim, Reading, canonical, reading
from curation.claims.statements import asked
from curation.claims.words import EVIDENCE, NEGATIONS, language_of, lists_of, split

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
_ONE_THING = frozenset(
    "is was who where ist war wer wo est était qui où es era quién dónde è chi dove é quem onde wie waar jest był kto gdzie".split()
)
"""In a question: there is one right answer."""
FEW: Final = 3
"""Clauses up to which an answer is short."""
MOST_MOVED: Final = 4
"""Words that may change places between clauses: longer parts are items in another order."""
_LISTING = frozenset("and or und oder et ou y o e & plus".split())
_JOINING = frozenset("and or und oder et ou y o e i lub en of with".split())


def conflict(one: str, other: str, question: str = "") -> bool:
    """Whether two answers to one question make claims that cannot both hold. False where that is not sure."""
    return clash(reading(one, question), reading(other, question), question) not in ("", "wording")


def clash(one: Reading, other: Reading, question: str = "") -> str:
    """The kind of claim in which two answers clash, "" where none is seen. `wording` says that one word of a sentence
    was replaced by another of unknown sense.
    """
    if (
        one.polarity is not None
        and other.polarity is not None
        and one.polarity != other.polarity
        and not asked(question).open
    ):
        return "yes or no"
    pairs = list(aligned(one, other))
    for mine, yours, share in pairs:
        agreed = any(each is mine and said.agrees(mine) for each, said, _ in pairs)
        if kind := _clause_clash(mine, yours, share, one, other, agreed):
            return kind
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
    """Whether the clauses of one answer stand in more or less the reverse order in the other, if three or more do."""
    order = list(dict.fromkeys(one.claims.index(mine) for mine, _, share in aligned(one, other) if share >= FRAME))
    pairs = [(a, b) for place, a in enumerate(order) for b in order[place + 1 :]]
    return len(order) >= STEPS and 2 * sum(a > b for a, b in pairs) > len(pairs)


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
        turned = False  # "not allowed" is "forbidden"
    if turned and mine.negated == yours.negated and share >= 0.5 and (both >= TURNED or short):
        return "opposite"
    if share >= 0.5 and not mine.agrees(yours) and not turned and not agreed and sure:
        return "polarity"
    if any(equal(a, b) and one_side != other_side for a, one_side in mine.limits for b, other_side in yours.limits):
        return "limit"
    if share >= 0.5 and _number_clash(mine, yours, one, other):
        return "number"
    if _swapped(mine.raw, yours.raw):
        return "roles"
    return ""


def _turned(mine: Claim, yours: Claim, language: str) -> bool:
    """Whether the clauses say opposite sides of an odd number of things."""
    here, there = (_sides(claim, other, language) for claim, other in ((mine, yours), (yours, mine)))
    return any(here[axis] != side for axis, side in there.items() if axis in here)


def _sides(claim: Claim, other: Claim, language: str) -> dict[int, int]:
    """The side that a clause alone takes of each axis, and none where it says both."""
    both: dict[int, set[int]] = {}
    for word in claim.content - PARTICLES:
        for axis, side in SIDES[language].get(word, ()):
            both.setdefault(axis, set()).add(side)
    alone = {axis for word in claim.content - other.content for axis, _ in SIDES[language].get(word, ())}
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


def _swapped(mine: tuple[str, ...], yours: tuple[str, ...], most: int = 99) -> bool:
    """Whether two parts of the clause have changed places around something that is no mere "and"."""
    if len(mine) != len(yours) or mine == yours or sorted(mine) != sorted(yours):
        return False
    start, end = 0, len(mine)
    while mine[start] == yours[start]:
        start += 1
    while mine[end - 1] == yours[end - 1]:
        end -= 1
    x, y = mine[start:end], yours[start:end]
    for tail in range(1, min(len(x), most + 1)):
        if x[-tail:] != y[:tail]:
            continue
        for head in range(1, min(len(x) - tail, most + 1)):
            middle = x[head : len(x) - tail]
            if x[:head] == y[-head:] and y[tail : len(y) - head] == middle and not _JOINING.issuperset(middle):
                return True
    return False


def _replaced(one: Reading, other: Reading) -> str:
    """What kind of word was replaced by another of its kind in an answer that is otherwise nearly the same."""
    mine, yours = [tuple(word for claim in each.claims for word in claim.raw) for each in (one, other)]
    if _swapped(mine, yours, most=MOST_MOVED):
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
    return "wording" if words and (near or (len(words) == 1 and likeness >= ALIKE)) else ""


def items(said: Reading) -> list[frozenset[str]]:
    """What an answer lists: the words between its commas, line ends and "and"s."""
    found = []
    for claim in said.claims:
        item: set[str] = set()
        for word in claim.raw:
            if word in _LISTING and item:
                found.append(frozenset(item))
                item = set()
            elif word in claim.content:
                item.add(word)
        if item:
            found.append(frozenset(item))
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
    return any(here.get(axis, side) != side for axis, side in sides.get(other, ()))


def _single(one: Reading, other: Reading, question: str) -> str:
    """The clash of two short answers to an open question: one number or one name each, and not the same."""
    if not asked(question).open or len(one.claims) != 1 or len(other.claims) != 1:
        return ""
    mine, yours = one.claims[0], other.claims[0]
    about = {canonical(word, one.language) for word in asked(question).words}
    left, right = [[word for word in claim.words if word not in about] for claim in (mine, yours)]
    if len(left) != 1 or len(right) != 1 or mine.negated != yours.negated:
        return ""
    (a,), (b,) = left, right
    if a in mine.hard and b in yours.hard:
        return "number" if rival(a, b) and not equal(a, b) else ""
    one_thing = not _ONE_THING.isdisjoint(asked(question).tokens)
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
        words = frozenset().union(*(each.content for each in near))
        if not all(any(equal(fact, each) for each in words if each[0] in "#=@" or each == fact) for fact in claim.hard):
            continue
        if not claim.names <= words:
            continue
        shared = mine.content & claim.content
        if not shared or len(claim.content & words) + 0.001 < 0.67 * len(claim.content):
            continue
        if (mine.negated != claim.negated) == _turned(mine, claim, text.language) and not _swapped(mine.raw, claim.raw):
            return True
    return False


MOST_WORDS: Final = 12
_SMALL_NUMBER = re.compile(r"(?<![\w.,:/$€£-])\d{1,2}(?![\w/:.%-]|[.,]\d| ?[a-zA-Z]\b)")
_AFTER: Final = {
    "en": "is are was were can may must will should do does has have could would",
    "de": "ist sind war kann können darf dürfen wird werden hat haben muss soll sollte",
    "nl": "is zijn kan mag wordt worden heeft hebben moet zal",
}
"""Verbs that a negation follows. In other languages it stands before the verb."""
_BEFORE: Final = {
    "es": "es son está están puede pueden debe tiene hay se",
    "it": "è sono può possono deve ha si",
    "pt": "é são está pode podem deve tem há se",
    "pl": "jest są może można ma trzeba",
    "fr": "est sont peut peuvent pouvez doit doivent devez faut a ont avez",
}
_NOT: Final = {"en": "not", "de": "nicht", "fr": "pas", "es": "no", "it": "non", "pt": "não", "nl": "niet", "pl": "nie"}
_NO: Final = {"en": "No", "de": "Nein", "fr": "Non", "es": "No", "it": "No", "pt": "Não", "nl": "Nee", "pl": "Nie"}
_LEADING: Final = {
    "en": "Do not",
    "de": "Nicht",
    "fr": "Ne pas",
    "es": "No",
    "it": "Non",
    "pt": "Não",
    "nl": "Niet",
    "pl": "Nie",
}
_YES: Final = {"en": "Yes", "de": "Ja", "fr": "Oui", "es": "Sí", "it": "Sì", "pt": "Sim", "nl": "Ja", "pl": "Tak"}
_LEAD = re.compile(r"\s*(?:yes|no|ja|nein|oui|non|sí|sì|sim|não|nee|tak|nie)\b[,.:!]\s*", re.IGNORECASE)


def language_for(text: str, question: str = "") -> str:
    """The language whose lists the text is read by."""
    return lists_of(language_of([token.lower() for token in split(f"{question} {text}")]))


def negation_of(sentence: str, language: str) -> str:
    """The sentence with one negation more, or without the one that it has."""
    lead = _LEAD.match(sentence)
    rest = sentence[lead.end() :] if lead else sentence
    turned = _negation_turned(rest, language)
    if not lead:
        return turned
    negative = lead[0].strip(" ,.:!").lower() in ("no", "nein", "non", "não", "nee", "nie")
    return f"{_YES[language] if negative else _NO[language]}, {turned}"


def _negation_turned(sentence: str, language: str) -> str:
    negations = "|".join(sorted(NEGATIONS[language], key=len, reverse=True))
    if found := re.search(rf"(?<!\w)(?:{negations})(?!\w)\s*", sentence, re.IGNORECASE):
        rest = sentence[: found.start()] + sentence[found.end() :]
        return re.sub(rf"(?<!\w)(?:{negations})(?!\w)\s*", "", rest, flags=re.IGNORECASE)
    word = _NOT[language]
    before = r"n'\g<0> pas" if language == "fr" else rf"{word} \g<0>"
    for verbs, form in ((_AFTER.get(language), rf"\g<0> {word}"), (_BEFORE.get(language), before)):
        if verbs and (found := re.search(rf"\b(?:{verbs.replace(' ', '|')})\b", sentence, re.IGNORECASE)):
            return sentence[: found.start()] + found.expand(form) + sentence[found.end() :]
    return f"{_LEADING[language]} {sentence}"


def opposites_of(word: str) -> Iterator[str]:
    """The words on the other side of a word, in its capitals."""
    other = _OPPOSITES.get(word.lower())
    if other:
        yield other.capitalize() if word[0].isupper() else other


def _opposites() -> dict[str, str]:
    """A word of the other side for each word that has one sense."""
    found: dict[str, str] = {}
    for pair in relations.OPPOSITE:
        sides = [side.split() for side in pair.split("/")]
        for mine, yours in (sides, sides[::-1]):
            found |= {
                word: yours[0].replace("-", " ") for word in mine if word not in EVIDENCE and word not in PARTICLES
            }
    return found


_OPPOSITES = _opposites()


def number_words(text: str, language: str) -> str:
    """The text with digits for its number words, or where it has none, the words for its numbers up to twelve."""
    words = lists.NUMBERS[language].split()
    values = {word: str(number) for number, word in enumerate(words) if number > 1}
    digits = re.sub(r"(?<![-\w])[^\W\d_]+(?![-\w])", lambda match: values.get(match[0].lower(), match[0]), text)
    if digits != text:
        return digits
    names = {number: word for word, number in values.items() if int(number) <= MOST_WORDS}
    return _SMALL_NUMBER.sub(lambda match: names.get(match[0], match[0]), text)
