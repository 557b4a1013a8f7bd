"""Reads an answer for comparison: clauses with their words in order, hard facts, names, and polarity.

Words are compared by stem and by the closed lists of `vocabulary`; hard facts (numbers with their units, dates, times,
codes, addresses) by value alone.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import Final

from curation.claims import vocabulary as lists
from curation.claims.duties import Duty, duty
from curation.claims.forms import HARD, SECOND, SIDES, canonical, forms_of, is_hard, phrase, stem
from curation.claims.numerals import Clause
from curation.claims.scope import EXCEPT, IF, ONLY, VERBS, Scope, focus, limits, ne_que, only_limited, parted, scope
from curation.claims.statements import RECENT, claiming, read_question
from curation.claims.times import with_rates
from curation.claims.vocabulary import AND
from curation.claims.words import (
    ARTICLES,
    DROPPED,
    END,
    EVIDENCE,
    FUNCTION,
    JOINED,
    LANGUAGES,
    MODALS,
    NEGATIONS,
    in_single_words,
    lists_of,
    split,
)

CLOSE: Final = 3
"""Words from a "be" to a "by" between which there is one verb at most."""
_PARTICIPLE: Final = ("ed", "en", "wn", "ught", "aid", "old")
SHORT: Final = 3
"""Words up to which an answer has no sentence, so that its first word is in capitals for its own sake."""
_SPLITTING = frozenset(
    "but if unless when while because although whereas until though except including wenn falls weil obwohl sondern ausser mais si "
    "quand parce sauf pero sino cuando porque excepto ma quando perché tranne mas exceto maar als omdat tenzij ale jeśli gdy ponieważ".split()
)
_JOINTS = frozenset(
    "but while because although whereas though aber weil obwohl sondern mais parce pero sino porque ma perché mas porque".split()
)
"""Words between clauses that claim nothing themselves."""
_ALL = frozenset("all every everyone everything everybody any anyone nobody none nothing no".split())
_BE = frozenset("is are was were be been being est sont était été es son fue fueron".split())
_BY = frozenset({"by", "par", "por"})
INCLUDING = frozenset({"including"})
WITHOUT = frozenset("without ohne sans sin senza sem zonder bez".split())
_DENIAL = frozenset(
    "wrong false incorrect untrue mistaken mistake myth falsch irrtum faux fausse erreur falso falsa incorrecto incorrecta error".split()
)
"""A clause of these alone says that the one before it is not so: "but that is wrong"."""
_HOUR = re.compile(r"#(?:1?\d|2[0-4])$|@")
_SHORT_DAYS = {day: f"~{place}" for place, day in enumerate(("mo", "di", "mi", "do", "fr", "sa", "so"), start=1)}
_THROUGH = frozenset({"bis", "to"})
_YES = frozenset("yes yeah yep ja jawohl oui sí si sì sim tak correct".split())
_NO = frozenset("no nope nein non não nee nie".split())
_BOUND = frozenset("no si als non nie não nee".split())
"""Words of yes or no that belong to what follows, where no comma does."""
_HOW_FAR = frozenset(
    "for in on at during until till before after if when unless with by since durante en hasta antes después si con".split()
)
"""Words behind a "no" that say how far it reaches: "No for the first month, …"."""
_ALWAYS = frozenset("always immer toujours siempre sempre altijd zawsze both beide".split())
_NAMING = frozenset("Team Support Contact Time Day Journée Tag".split())
"""Words of courtesy that things are called by: "the Team plan"."""
_NE = frozenset({"ne", "n"})
_QUANTITY = frozenset({"every", "each"})
_PREDICATE = {
    language: (NEGATIONS[language] - WITHOUT)
    | MODALS[language]
    | frozenset(lists.ABILITY[lists_of(language)].split())
    | _ALWAYS
    for language in LANGUAGES
}
"""Words behind an "and" that begin a claim of its own: "and may not be replaced", "and never lift it"."""
_PARTING = _SPLITTING | WITHOUT | AND
_ORDER = forms_of(
    frozenset("first then before after zuerst dann danach abord puis ensuite primero luego después".split())
)
"""Words that make two clauses an order."""
SILENT = {
    language: FUNCTION[language]
    | NEGATIONS[language]
    | DROPPED[language]
    | MODALS[language]
    | _JOINTS
    | EXCEPT
    | ONLY[language]
    | _QUANTITY
    for language in LANGUAGES
}
"""Words that are no content of a clause."""


@dataclass(frozen=True, slots=True)
class Claim:
    """One clause: its content in order, hard facts among it, its names, and whether it is negated. `stems` are its words
    before those of one meaning become one, `focus` what an "only" is said of.
    """

    words: tuple[str, ...]
    content: frozenset[str]
    hard: frozenset[str]
    names: frozenset[str]
    negated: bool
    raw: tuple[str, ...]
    limits: frozenset[tuple[str, bool]]
    duty: Duty = Duty.NONE
    stems: frozenset[str] = frozenset()
    scope: Scope = Scope.NONE
    focus: tuple[str, ...] = ()

    def agrees(self, other: "Claim") -> bool:
        """Whether both clauses affirm, or both deny, where each makes a duty or a ban of it by that."""
        if self.duty == other.duty not in (Duty.FORBIDDEN, Duty.OPTIONAL):
            return self.negated == other.negated
        return self.negated == other.negated or self.denies == other.denies

    @property
    def denies(self) -> bool:
        """Whether it says no, in whatever words: "not allowed", "forbidden", "optional"."""
        return self.duty in (Duty.FORBIDDEN, Duty.OPTIONAL) if self.duty else self.negated


@dataclass(frozen=True)  # without slots, so that what follows is worked out once
class Reading:
    """An answer as its claims; `polarity` is True for yes, False for no, None where it says neither."""

    claims: tuple[Claim, ...]
    polarity: bool | None
    language: str

    @cached_property
    def content(self) -> frozenset[str]:
        return frozenset().union(*(claim.content for claim in self.claims))

    @cached_property
    def hard(self) -> frozenset[str]:
        return frozenset().union(*(claim.hard for claim in self.claims))

    @cached_property
    def rates(self) -> frozenset[str]:
        """How often, in each claim: of a question, "annual" of "the annual ticket"."""
        return frozenset(fact for fact in self.hard if fact[0] == "/")

    @cached_property
    def names(self) -> frozenset[str]:
        return frozenset().union(*(claim.names for claim in self.claims))

    @cached_property
    def in_order(self) -> bool:
        """Whether it puts things in order ("first", "then"). "Five days after it arrives" is a time and no order."""
        return any(
            word in _ORDER and (place == 0 or claim.raw[place - 1] not in claim.hard)
            for claim in self.claims
            for place, word in enumerate(claim.raw)
        )


@lru_cache(maxsize=RECENT)
def reading(answer: str, question: str = "", language: str = "") -> Reading:
    """Read an answer to that question, in the language that is given or else guessed."""
    tokens = split(in_single_words(answer))
    clauses, language = claiming(answer, question, whole=True, language=language, tokens=tokens)
    names, digit = _names(tokens, language), "1" in tokens
    first = clauses[0][0] if clauses and clauses[0] else ""
    polarity = True if first in _YES else False if first in _NO else None
    bound = polarity is not None and len(clauses[0]) > 1 and first in _BOUND
    if bound and clauses[0][1] not in _HOW_FAR:
        polarity = None  # "No refunds …": the word belongs to what follows
    if polarity is not None and not bound:
        clauses = [clause for clause in (clauses[0][1:], *clauses[1:]) if clause]
    claims: list[Claim] = []
    if len(clauses) > 1 and clauses[0][0] in EXCEPT and not parted(clauses[0], language)[0]:
        clauses[:2] = clauses[1], clauses[0]  # "Apart from phones, all devices are insured"
    for clause in clauses:
        for part in _parts(clause, language):
            claim = _claim(part, names, language, digit)
            if part[0] in EXCEPT and claims:
                claim = _without_exception(claim, claims[-1], language)
            if claims and claim.stems and _DENIAL.issuperset(claim.stems):
                claims[-1] = replace(claims[-1], negated=not claims[-1].negated)
            else:
                claims.append(claim)
    return Reading(tuple(claim for claim in claims if claim.words), polarity, language)


def _without_exception(claim: Claim, main: Claim, language: str) -> Claim:
    """The exception as a clause of its own: of it the reverse of the main clause holds."""
    said = tuple(word for word in main.words if word in SIDES[language] and word not in claim.content)
    words = (*claim.words, *said)
    return replace(claim, words=words, content=frozenset(words), negated=claim.negated == main.negated)


@lru_cache(maxsize=RECENT)
def words_of(question: str, language: str) -> frozenset[str]:
    """The words of a question as an answer's words are read."""
    about = read_question(question)
    pairs = (phrase(word, after, language) for word, after in pairwise(about.tokens))
    return (
        frozenset(canonical(word, language) for word in about.words)
        | {f"§{word}" for word in about.words if len(word) == 1}
        | {pair for pair in pairs if pair}
    )


@lru_cache(maxsize=RECENT)
def question_read(question: str, language: str) -> Reading:
    """A question read as if it were said, for its names and its facts."""
    return reading(question.replace("?", "."), "", language)


@lru_cache(maxsize=RECENT)
def duty_of(question: str, language: str) -> Duty:
    """What a question asks: whether something is a duty, or whether it is allowed."""
    return duty(list(read_question(question).tokens), language)


def forget() -> None:
    """Drop the texts that were read lately. Whoever read many calls it at the end: no text outlives its erasure in a
    worker's memory.
    """
    for known in (reading, words_of, question_read, duty_of, read_question):
        known.cache_clear()


def _parts(clause: Clause, language: str) -> Iterator[Clause]:
    """The parts of a clause that each claim something, the exception last. "Not without" stays together: it is "with"."""
    if "but" in clause:
        place = clause.index("but")
        if 0 < place < SHORT and clause[0] in _ALL:
            clause = [*clause[:place], "except", *clause[place + 1 :]]  # "every room but the kitchen"
    main, exception = parted(clause, language)
    if _PARTING.isdisjoint(main):
        yield from (each for each in (main, exception) if each)
        return
    part: Clause = []
    predicate = _PREDICATE[language]
    for word, after in pairwise((*main, "")):
        starts = word in WITHOUT and NEGATIONS[language].isdisjoint(part) and not IF[language].issuperset(part)
        joins = word in AND and after in predicate
        if (word in _SPLITTING or starts or joins or (word in VERBS and part[:1] and part[0] in WITHOUT)) and part:
            yield part
            part = []
        if not joins or part:
            part.append(word)
    if part:
        yield part
    if exception:
        yield exception


def _claim(clause: Clause, names: frozenset[str], language: str, digit: bool) -> Claim:
    """Read one clause. `digit` says that the answer has a 1 in digits; in words it is an article in many languages."""
    words: list[str] = []
    stems: list[str] = []
    silent, negations = SILENT[language], NEGATIONS[language]
    turned = negations.intersection(clause) - WITHOUT
    if language == "fr" and turned <= _NE and "plus" not in clause:
        turned = frozenset()  # "à moins que ce ne soit": it denies nothing alone
    negated = bool(turned) and not only_limited(clause, negations - WITHOUT)
    negated ^= not WITHOUT.isdisjoint(clause)  # "not without a ticket" is "with a ticket"
    reach = scope(clause, language)
    if Scope.ONLY in reach and language == "fr" and ne_que(clause):
        negated = False
    clause = _active(with_rates(_with_hours(clause)))
    place, end, german = 0, len(clause), language == "de"
    while place < end:
        word = clause[place]
        if german and word in _SHORT_DAYS and not _THROUGH.isdisjoint(clause[max(0, place - 1) : place + 2]):
            words.append(_SHORT_DAYS[word])
        place += 1
        pair = phrase(word, clause[place], language) if place < end and clause[place] in SECOND else ""
        if pair:
            words.append(pair)
            stems.append(pair)
            place += 1
        elif word not in silent or (word in names and word.capitalize() in _NAMING):
            words.append(_form(word, names, language))
            stems.append(stem(word, language))
    hard = frozenset(word for word in words if is_hard(word) and (word != "#1" or digit))
    mine = frozenset(_form(word, names, language) for word in names.intersection(clause)) - hard
    said = duty(clause, language)
    light, whole = ARTICLES[language], JOINED[language]
    kept = [word for word in clause if word not in light]
    raw = tuple([canonical(whole.get(word, word), language) for word in kept])
    main = tuple(_form(word, names, language) for word in focus(clause, language)) if Scope.ONLY in reach else ()
    main = tuple(word for word in main if word in words)
    return Claim(
        tuple(words), frozenset(words), hard, mine, negated, raw, limits(clause), said, frozenset(stems), reach, main
    )


def _active(clause: Clause) -> Clause:
    """The words in the order of the active voice: who is named behind "by" comes first."""
    if _BY.isdisjoint(clause):
        return clause
    for place in range(2, len(clause) - 1):
        if clause[place] not in _BY or HARD.match(clause[place + 1]):
            continue
        be = next((at for at in range(place - 2, -1, -1) if clause[at] in _BE), None)
        if be is not None and (place - be <= CLOSE or clause[be + 1].endswith(_PARTICIPLE)):
            return [*clause[place + 1 :], *clause[be + 1 : place], *clause[:be]]
    return clause


def _form(word: str, names: frozenset[str], language: str) -> str:
    """A word in one form. A name is itself, and none of the words that mean the same: "Billing" is no invoice."""
    form = canonical(word, language)
    return stem(word, language) if word in names and form.endswith("·") else form


def _with_hours(clause: Clause) -> Clause:
    """The clause with the two numbers of "from 9 to 17" as times of a day, which they may be."""
    for place in range(len(clause) - 2) if "to" in clause else ():
        hours = clause[place], clause[place + 2]
        if clause[place + 1] == "to" and all(_HOUR.match(hour) for hour in hours):
            first, last = (f"@{hour[1:]:0>2}:00~" if hour[0] == "#" else hour for hour in hours)
            return [*clause[:place], first, "to", last, *_with_hours(clause[place + 3 :])]
    return clause


def _names(tokens: list[str], language: str) -> frozenset[str]:
    """The words that only a name would have in capitals there. In German every noun is, so capitals alone say little."""
    found: set[str] = set()
    before = "." if len(tokens) > SHORT else ","
    for token in tokens:
        if not token[0].isupper():
            before = token
            continue
        inside = before not in END and before not in ":•" and language != "de"
        if len(token) > 1 and (token.lower() not in EVIDENCE or token in _NAMING) and (token.isupper() or inside):
            found.add(token.lower())
        before = token
    return frozenset(found)
