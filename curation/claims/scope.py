"""The scope of a clause: one thing only, all, at most a number, under a condition, with an exception."""

import re
from enum import Flag, auto
from itertools import pairwise
from typing import Final

from curation.claims import vocabulary as lists
from curation.claims.numerals import Clause
from curation.claims.words import LANGUAGES, NEGATIONS, lists_of


class Scope(Flag):
    """What a clause says of its reach. `EVEN` takes a condition away ("auch ohne Termin"), and so
    does `ANYWAY`, of both sides ("whether it rains or not"). `SOME` is "not all"."""

    NONE = 0
    ONLY = auto()
    ALL = auto()
    IF = auto()
    EXCEPT = auto()
    EVEN = auto()
    ANYWAY = auto()
    SOME = auto()


LIMITED: Final = Scope.ONLY | Scope.IF | Scope.EXCEPT
EXCEPT = frozenset("except ausser sauf excepto tranne exceto behalve oprócz".split())
_ONLY: Final = {
    "en": "only solely exclusively",
    "de": "nur ausschliesslich lediglich",
    "fr": "seul seule seuls seules seulement uniquement exclusivement",
    "es": "solo sólo solamente únicamente exclusivamente",
    "it": "solo soltanto solamente esclusivamente unicamente",
    "pt": "só apenas somente exclusivamente",
    "nl": "alleen uitsluitend enkel slechts",
    "pl": "tylko wyłącznie jedynie",
}
_ALL: Final = {
    "en": "all every everyone everybody everything anyone anybody anything always any anytime anywhere everywhere whole entire",
    "de": "alle allen alles jeder jede jedes jeden jedem immer stets ganze ganzen ganzer ganztägig überall jederzeit",
    "fr": "tous toutes tout toute toujours partout chaque",
    "es": "todo toda todos todas siempre cualquier cualquiera cada",
    "it": "tutto tutta tutti tutte sempre ogni chiunque qualsiasi",
    "pt": "todo toda todos todas sempre qualquer cada",
    "nl": "alle alles iedereen altijd elke ieder iedere overal",
    "pl": "wszystko wszystkie wszyscy wszystkich zawsze każdy każda każde",
}
_IF: Final = {
    "en": "if unless when once",
    "de": "wenn falls sofern",
    "fr": "si quand lorsque",
    "es": "si cuando",
    "it": "se quando",
    "pt": "se quando",
    "nl": "als wanneer indien mits",
    "pl": "jeśli jeżeli gdy kiedy",
}
_ANYWAY: Final = frozenset("whether egal importe aunque ongeacht".split())
_EVEN: Final = {
    "en": "even including",
    "de": "auch sogar selbst einschliesslich inklusive",
    "fr": "même aussi compris",
    "es": "incluso también incluido incluida",
    "it": "anche perfino incluso",
    "pt": "mesmo também incluindo",
    "nl": "ook zelfs inclusief",
    "pl": "także nawet również",
}
NOBODY: Final = frozenset(
    "nobody none no nothing niemand kein keine keiner keinen nichts personne aucun aucune rien nadie ningún ninguna nada "
    "nessuno nessuna niente ninguém nenhum nenhuma geen niets nikt żaden żadna".split()
)
_NEGATING: Final = NOBODY | frozenset("one ne n no not nicht non não niet nie else".split())
"""The words of "nobody", and those that go with it, which "only" takes the place of."""
VERBS: Final = frozenset(
    "is are was were may can must will do does have has should get gets need needs ist sind war waren darf dürfen kann können wird werden hat haben "
    "muss müssen gilt gelten est sont peut peuvent doit doivent ont es son está están puede pueden debe deben tiene tienen sono può "
    "possono deve devono são pode podem tem zijn mag mogen kunnen moet moeten wordt worden heeft hebben jest są może mogą".split()
)
"""Verbs that an exception ends at: "all devices except phones are insured"."""


_LIMIT = re.compile(
    r"\b(?:not?|never) (?:more|less|later|earlier|fewer|longer|older|younger|higher|lower|sooner) than\b|\bnot only\b|\bno \w+er than\b|\b(?:nobody|no one|nothing) else\b|\bno later\b|"
    r"\bnicht (?:mehr|weniger|länger|später|früher|höher) als\b|\bnicht nur\b|\bpas (?:plus|moins) d[e']|\bpas seulement\b|"
    r"\bno (?:más|menos) de\b|\bno s[oó]lo\b|\bnon (?:più|meno) di\b|\bnon solo\b|\bnão (?:mais|menos) de\b|\bnão só\b|"
    r"\bniemand sonst\b|\bpersonne d'autre\b|\bnadie más\b|\bnessun altro\b|\bniet (?:meer|minder|later|langer) dan\b|\bniet alleen\b|\bnie (?:więcej|mniej|później) niż\b|\bnie tylko\b"
)
"""A negation that draws a limit, and turns nothing round: "no more than 5", "not only"."""

_UNIT = "|".join(map(re.escape, lists.UNITS))
_BETWEEN = r"(?:working|business|calendar|full|whole)"
_MOST, _LEAST = (
    re.compile(rf"(?<!\w)({words}) (?:an? |{_BETWEEN} )?([#/][^#=@]+?)(?= [^\W\d_]|$)") for words in lists.LIMITS
)
_UNTIL = re.compile(
    rf"(?<!\w)(?:({lists.UNTIL})|{lists.FROM})(?: (?:zum|am|den|dem|the|le|el|o|il|las|los|les|alle|um|l|du|de|del|uhr)){{0,2}} ([@=]\S+)"
)
_MOMENTS, _NUMBERS = frozenset("@="), frozenset("#/")
_FACTS = _MOMENTS | _NUMBERS
_COMMON = frozenset("a and at au como d de er no not o of or ou the to w à".split())
_DRAWING = (
    frozenset(re.findall(r"[^\W\d_]+", " ".join((*lists.LIMITS, *lists.LIMITS_BEHIND, lists.UNTIL, lists.FROM))))
    - _COMMON
) | {"maximum", "minimum"}
"""The words of these patterns, without one of which no limit is drawn; the common ones need another of them."""
_BEHIND = frozenset("at or and upwards maximum minimum tops oder au ou como o".split())
_MOST_BEHIND, _LEAST_BEHIND = (
    re.compile(rf"(#\S+(?: (?:{_UNIT}))?)(?: \w+)? (?:{words})(?!\w)") for words in lists.LIMITS_BEHIND
)


def _by_language(lists: dict[str, str]) -> dict[str, frozenset[str]]:
    return {language: frozenset(lists[lists_of(language)].split()) for language in LANGUAGES}


ONLY, ALL, IF = _by_language(_ONLY), _by_language(_ALL), _by_language(_IF)
_REACH: Final = tuple((scope, _by_language(lists)) for scope, lists in ((Scope.IF, _IF), (Scope.EVEN, _EVEN)))
_EXCLUDING = frozenset({"ne", "n"})
_FRENCH = _EXCLUDING | {"que", "qu"}


def scope(clause: Clause, language: str) -> Scope:
    """What a clause says of its reach."""
    found = Scope.NONE
    if not ONLY[language].isdisjoint(clause) or (language == "fr" and ne_que(clause)):
        found |= Scope.ONLY
    if not ALL[language].isdisjoint(clause):
        found |= Scope.ALL
        if any(word in NEGATIONS[language] and after in ALL[language] for word, after in pairwise(clause)):
            found |= Scope.SOME
    if not _ANYWAY.isdisjoint(clause):
        found |= Scope.ANYWAY | Scope.EVEN
    if clause[0] in EXCEPT:
        found |= Scope.EXCEPT
    for each, words in _REACH:
        if not words[language].isdisjoint(clause):
            found |= each
    return found & ~Scope.IF if found is not Scope.NONE and Scope.EVEN in found else found


def ne_que(clause: Clause) -> bool:
    """Whether a French clause says "ne … que", which is "only"."""
    if _EXCLUDING.isdisjoint(clause) or _FRENCH.isdisjoint(clause):
        return False
    start = next(place for place, word in enumerate(clause) if word in _EXCLUDING)
    rest = clause[start + 1 :]
    return ("que" in rest or "qu" in rest) and {"pas", "jamais", "plus", "rien", "personne", "aucun"}.isdisjoint(clause)


def focus(clause: Clause, language: str) -> Clause:
    """The words behind the "only" of a clause, or those before it where it comes last, the nearest first."""
    place = next((place for place, word in enumerate(clause) if word in ONLY[language]), len(clause))
    return clause[place + 1 :] or clause[:place][::-1]


def parted(clause: Clause, language: str) -> tuple[Clause, Clause]:
    """A clause without its exception, and the exception. "Nobody but the owner may" is "only the owner may"."""
    start = next((place for place, word in enumerate(clause) if word in EXCEPT), None)
    if start is None:
        return clause, []
    end = next((place for place in range(start + 1, len(clause)) if clause[place] in VERBS), len(clause))
    main, exception = clause[:start] + clause[end:], clause[start:end]
    if len(exception) > 1 and not NOBODY.isdisjoint(main):
        only = next(iter(_ONLY[lists_of(language)].split()))
        return [only, *exception[1:], *(word for word in main if word not in _NEGATING)], []
    return main, exception


def limits(clause: Clause) -> frozenset[tuple[str, bool]]:
    """The numbers that are the most (True) or the least (False) of something."""
    signs = {word[0] for word in clause}
    if _FACTS.isdisjoint(signs) or _DRAWING.isdisjoint(clause):
        return frozenset()
    text = " ".join(clause)
    moments = set() if _MOMENTS.isdisjoint(signs) else {(each[2], bool(each[1])) for each in _UNTIL.finditer(text)}
    if _NUMBERS.isdisjoint(signs):
        return frozenset(moments)
    before = ((True, _MOST), (False, _LEAST))
    spans = [(match[2], most, match.start()) for most, pattern in before for match in pattern.finditer(text)]
    first = {number: min(start for other, _, start in spans if other == number) for number, _, _ in spans}
    found = {
        (number, most) for number, most, start in spans if start == first[number]
    }  # "no more than" is not "more than"
    if not _BEHIND.isdisjoint(clause):
        behind = ((True, _MOST_BEHIND), (False, _LEAST_BEHIND))
        found |= {(match[1], most) for most, pattern in behind for match in pattern.finditer(text)}
    return frozenset(found | moments)


def only_limited(clause: Clause, negations: frozenset[str]) -> bool:
    """Whether the negations of a clause only draw a limit: "no more than 5", "not only"."""
    rest = _LIMIT.sub(" ", " ".join(clause)).split()
    return negations.isdisjoint(rest)
