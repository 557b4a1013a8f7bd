"""Corrections that carry a fact without being an answer: "14 -> 30", "should be 30", "use pip instead of conda".

They are never taught as typed. What the agent's answer becomes with such a fact in it is told in `amendments`.
"""

import re
from typing import Final, NamedTuple

from curation.decisions.words import NEGATIONS

LONGEST: Final = 100
"""Characters: an edit is short; a longer text that says "instead of" somewhere is prose."""

VERBS: Final = (
    r"change|replace|swap|switch|substitute|exchange|correct|amend|alter|rename|fix|turn|"
    r"ersetzen?(?: sie)?|ändern?(?: sie)?|remplace[rz]?|change[rz]|cambia[r]?|reemplazar?|sostituire|"
    r"sostituisci|substitua|substituir|troque|vervang|wijzig|zamie[nń](?:ić)?|zmie[nń](?:ić)?|byt|ändra|"
    r"замени(?:те|ть)?"
)
INSTEAD: Final = (
    r"instead of|in place of|rather than|statt|anstatt|anstelle von|au lieu de|à la place de|en vez de|"
    r"en lugar de|invece di|al posto di|em vez de|ao invés de|in plaats van|ipv|i\.p\.v\b\.?|zamiast|"
    r"istället för|i stedet for|вместо|замість"
)
SWAPS: Final = (
    r"s([/|#])(?P<old>[^/|#]+)\1(?P<new>[^/|#]+)\1?[gi]*",
    r"(?P<old>.+?)\s*(?:-+>|=+>|>>|→|⇒|➜|➔)\s*(?P<new>.+)",
    r"~~(?P<old>.+?)~~\s*(?P<new>.+)",
    r"-\s?(?P<old>[^\n]+)\n\+\s?(?P<new>[^\n]+)",
    r"(?P<old>\d[^>\n]*?)\s*>\s*(?P<new>\d[^>\n]*)",
    r"(?P<old>.+?),? make (?:that|it) (?P<new>.+)|for (?P<old2>.+?) read (?P<new2>.+)",
    r"(?P<old>.+?) (?:durch|door|met) (?P<new>.+?) (?:ersetzen|austauschen|vervangen)|(?P<old2>.+?) (?:va (?:cambiat[oa]|sostituit[oa]) (?:in|con)|vervangen door|ersetzen durch) (?P<new2>.+)",
    r"(?:aus|von) (?P<old>.+?) (?:mach|mache|machen sie|wird|auf|zu) (?P<new>.+)",
    rf"(?:{VERBS}) (?:the )?(?P<old>.+?) (?:to|with|by|for|into|durch|zu|in|par|en|por|con|a|para|met|naar|na|mot|till|på|на) (?P<new>.+)",
    rf"(?:.+? )?(?:{INSTEAD}) (?P<old>[^,:]+?)(?:[,:]| please| bitte| lieber| plutôt| mejor| meglio| liever)+ (?!(?:please|bitte|svp|por favor|per favore|thanks|danke)\W*$)(?P<new>.+)",
    rf"(?:{INSTEAD}) (?P<old>.+?),? (?:(?:it |that )?(?:should|must) (?:be|read|say)|(?:sollte|müsste|muss|soll|gehört)(?: (?:da|dort|hier|es|das))?|il faut(?: mettre| écrire)?|(?:debe|debería)(?: decir| poner| ser)?|(?:deve|dovrebbe)(?: essere| esserci)?|(?:deve|deveria) (?:ser|ficar|estar)|moet(?: (?:er|dat|het|daar))?|powinno być|ska(?: det)?(?: vara| stå)?|должно быть) (?P<new>.+?)(?: (?:stehen|sein|heißen|hin|rein|staan|zijn))?",
    rf"(?P<new>.+?) (?:{INSTEAD}) (?P<old>.+)",
    r"(?:(?:it'?s|it is|c'est|es|é|è|det är|to|это) )?(?:not|nicht|kein|pas|no|non|não|niet|nie|inte|не) (?P<old>[^,]+?),? (?:but|sondern|mais|sino|ma|mas|maar|tylko|lecz|utan|а|но) (?P<new>.+)",
    r"(?P<new>[^,]+?)(?:,| -| –)? (?:and not|not|und nicht|nicht|et pas|pas|y no|e non|e não|en niet|niet|a nie|inte|а не) (?P<old>[^,]+)",
    r"(?P<new>[^,]+?)(?:,| -| –) (?:no|non|não|nie|не) (?P<old>[^,]+)",
    r"(?P<old>.+?) (?:should (?:be|read|say)|must be|needs to be|ought to be|becomes) (?P<new>.+)",
    r"(?P<old>.+?)\s*(?:改为|改成|改為|应改为|換成|换成)\s*(?P<new>.+)",
    r"不是\s*(?P<old>.+?)[，,]?\s*而?是\s*(?P<new>.+)",
    r"(?P<old>.+?)(?:ではなく|じゃなくて|でなく|ではなくて)、?\s*(?P<new>.+)",
    r"(?P<old>.+?)(?:이|가)? (?:아니라|대신) (?P<new>.+)",
    r"(?P<old>.+?) (?:değil|yerine),? (?P<new>.+)",
)
ONE_SIDED: Final = (
    r"(?:(?:it|that|this|the \w+) )?(?:should|must|needs to|ought to|has to) (?:be|read|say) (?P<new>.+)",
    r"(?:(?:es|das|da|dort|hier) )?(?:sollte|müsste|muss|soll) (?P<new>.+?) (?:sein|heißen|stehen)|(?:muss|richtig(?: ist|:)) (?P<new_de>.+)",
    r"(?:ça |ce )?(?:devrait|doit) être (?P<new_fr>.+)|plutôt (?P<new_fr2>.+)",
    r"(?:debería|debe|tiene que) ser (?P<new_es>.+)|dovrebbe essere (?P<new_it>.+)|dev(?:eri)?a? ser (?P<new_pt>.+)",
    r"(?:het )?moet (?P<new_nl>.+?) zijn|powinno być (?P<new_pl>.+)|(?:det )?ska(?:ll)? vara (?P<new_sv>.+)",
    r"должно быть (?P<new_ru>.+)|(?:应该是|應該是|应为|應為)\s*(?P<new_zh>.+)",
    r"(?:use|try|take|make it|say)? ?(?P<new_en>.+?) instead",
)
TWO: Final = tuple(re.compile(line, re.IGNORECASE) for line in SWAPS)
ONE: Final = tuple(re.compile(line, re.IGNORECASE) for line in ONE_SIDED)
HINT: Final = re.compile(
    r"->|=>|>>|[→⇒➜➔]|^s[/|#]|~~|\d\s*>\s*\d|\n\+|"
    rf"\b(?:{VERBS}|{INSTEAD}|becomes|instead|not|no|should|must|needs|ought|has to|make|read|durch|door|mache?|wird|"
    r"cambiat\w+|sostituit\w+|vervangen|austauschen|nicht|kein|sollte|müsste|muss|richtig|pas|devrait|doit|plutôt|debe|debería|"
    r"tiene|dovrebbe|não|non|dev(?:eri)?a|deve|niet|moet|nie|powinno|inte|ska(?:ll)?|не|должно|değil|yerine)\b|"
    r"改|换成|換成|不是|应|應|なく|아니라|대신",
    re.IGNORECASE,
)
"""One pass: mostly a text has none of these and no pattern is tried."""
OPENERS: Final = re.compile(
    r"(?:(?:please|bitte|just|no|nein|non|nee|não|нет|actually|it'?s|it is|it was|es sind|es ist|c'est|use|take|put|nimm|the (?:number|value|price|year|date) is)[,:]? +)+",
    re.IGNORECASE,
)
NUMBER: Final = re.compile(r"\d+(?:[.,:]\d+)*")
LETTER: Final = re.compile("[0-9A-Za-z\u00c0-\u06ff]")
"""Of the scripts that put spaces between words."""
SENTENCE: Final = re.compile(r"(?:[A-ZÀ-ÞΑ-ΩА-Я].*[.!]|.*[。！])\W*", re.DOTALL)
ONE_CHANGE: Final = 8
"""The most words that tell one change."""
RANGE: Final = re.compile(
    r"\W*(?:(?:from|von|de|da|van|od|от|från|entre|between) )?\d[\d.,:]*\s*(?:[-–—~]|(?:to|bis|à|a|y|and|und|et|al|tot|do|до|till|or|oder|ou|o|of|lub|или|%|[^\W\d_]+ (?:to|bis)) )\s*\d",
    re.IGNORECASE,
)


class Swap(NamedTuple):
    """What an edit takes out, which is empty where it does not say, and what it puts in."""

    old: str
    new: str


def swap(text: str) -> Swap | None:
    """The edit that a text writes down; None for any other text."""
    plain = text.replace("’", "'").strip().rstrip(".!。")
    if len(plain) > LONGEST or not HINT.search(plain):
        return None
    for pattern in ONE:
        if found := pattern.fullmatch(plain):
            return Swap("", bare(next(part for part in found.groups() if part)))
    for pattern in TWO:
        if found := pattern.fullmatch(plain):
            parts = found.groupdict()
            old, new = bare(parts["old"] or parts.get("old2")), bare(parts["new"] or parts.get("new2"))
            return Swap(old, new) if old and not {*new.casefold().split()} <= NEGATIONS else None
    return None


def bare(part: str | None) -> str:
    """A side of an edit without its quotes and without the words that only lead to it."""
    return OPENERS.sub("", part.strip(" \"'`“”„«»,.:")).strip(" \"'`“”„«»,.:") if part else ""


def number_swap(text: str, answer: str) -> Swap | None:
    """The edit of a note with a number that stands once in the answer and one that does not, whatever words tie them.

    "Bump 2 to 5" and "3'ü 5 yap" need no list of verbs. "2 to 5 years" is a range, and a sentence is an answer.
    """
    if SENTENCE.fullmatch(text) or len(text.split()) > ONE_CHANGE or RANGE.match(text):
        return None
    olds, found = NUMBER.findall(answer), NUMBER.findall(text)
    old, new = [one for one in found if one in olds], [one for one in found if one not in olds]
    if len(found) == 2 and len(old) == len(new) == 1 and olds.count(old[0]) == 1:
        return Swap(old[0], new[0])
    return None


def is_edit(text: str, answer: str) -> bool:
    """Whether a text writes down a change of this answer, instead of an answer."""
    if number_swap(text, answer):
        return True
    found = swap(text)
    if found is None:
        return False
    if not found.old:
        return len(found.new.split()) <= max(2, len(answer.split()) // 2)
    return len(found.new.split()) <= max(3, len(answer.split()) * 2 // 3) and is_of(found.old, answer)


def is_of(part: str, answer: str) -> bool:
    """Whether the answer has this part, or all of its words."""
    return place(part, answer) is not None or {*words(part)} <= {*words(answer)}


def words(text: str) -> list[str]:
    return [word.casefold() for word in re.findall(r"\w+", text)]


def place(part: str, answer: str, start: int = 0) -> tuple[int, int] | None:
    """Where a part stands in the answer as whole words, if it stands there at all, in any case."""
    low, part = answer.lower(), part.lower()
    if len(low) != len(answer):  # a letter that is longer in lower case would shift all places
        low = answer
    while (start := low.find(part, start)) >= 0:
        end = start + len(part)
        if not (is_inside(low, start) or is_inside(low, end)):
            return start, end
        start += 1
    return None


def is_inside(text: str, at: int) -> bool:
    """Whether a place is inside a word of a script that puts spaces between words."""
    return (
        0 < at < len(text) and LETTER.match(text[at - 1]) is not None and LETTER.match(text[at]) is not None
    ) or any(one.start() < at < one.end() for one in NUMBER.finditer(text))
