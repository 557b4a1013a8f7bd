"""Corrections that state a fact but are not an answer: "14 -> 30", "should be 30", "use pip instead of conda".

They are never taught as typed. Where it is plain which part of the agent's answer they change, the answer is
amended, for a reviewer to approve; where it is not, nothing is guessed.
"""

import re
from typing import Final, NamedTuple

from curation.decisions.language import EVIDENCE
from curation.decisions.words import NEGATIONS, STEM, is_unit

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
WORD: Final = re.compile(r"[^\W\d_]{3,}")
LETTER: Final = re.compile("[0-9A-Za-z\u00c0-\u06ff]")
"""Of the scripts that put spaces between words."""
BREAK: Final = re.compile(r"[.!?;\d\n]")
SENTENCE: Final = re.compile(r"(?:[A-ZÀ-ÞΑ-ΩА-Я].*[.!]|.*[。！])\W*", re.DOTALL)
ONE_CHANGE: Final = 8
"""The most words that tell one change."""
RANGE: Final = re.compile(
    r"\W*(?:(?:from|von|de|da|van|od|от|från|entre|between) )?\d[\d.,:]*\s*(?:[-–—~]|(?:to|bis|à|a|y|and|und|et|al|tot|do|до|till|or|oder|ou|o|of|lub|или|%|[^\W\d_]+ (?:to|bis)) )\s*\d",
    re.IGNORECASE,
)
NEAR: Final = 24
"""Characters to either side of a number in which a word says what it counts."""


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


def amended(answer: str, fragment: str) -> str | None:
    """The agent's answer with the fact of the fragment in it; None where it is not plain what that would be.

    A part that is named is replaced where it stands once. A number without a name replaces the only number of
    the answer, or the only one of which the same word speaks ("the fee is 15").
    """
    if numbers := number_swap(fragment, answer):
        return None if is_other_unit(fragment, answer, numbers) else exchanged(answer, numbers)
    found = swap(fragment)
    if found and found.old and not breaks_off(found.new) and (text := exchanged(answer, found)):
        return text
    return renumbered(answer, found.new if found else fragment)


def is_other_unit(fragment: str, answer: str, edit: Swap) -> bool:
    """Whether the new number counts something else than the old one: "change 14 to 3 weeks", of 14 days."""
    units = [
        unit[1].casefold()
        for text, number in ((fragment, edit.new), (answer, edit.old))
        if (unit := re.search(rf"(?<!\d){re.escape(number)}\s*([^\W\d_]+)", text)) and is_unit(unit[1].casefold())
    ]
    return len(units) == 2 and units[0][:STEM] != units[1][:STEM]


def breaks_off(new: str) -> bool:
    """Whether the new side is the beginning of a sentence: "the driver does" of "the driver does not install"."""
    return len(new.split()) > 1 and new.split()[-1].casefold() in EVIDENCE


def exchanged(answer: str, edit: Swap) -> str | None:
    """The answer with one part replaced. None unless the old part occurs exactly once."""
    there = place(edit.old, answer)
    if there is None or place(edit.old, answer, there[1]):
        return None
    start, end = there
    new = edit.new
    if NUMBER.fullmatch(new) and len(NUMBER.findall(edit.old)) == 1:
        new = NUMBER.sub(new, answer[start:end])  # "24 instead of 12 months" keeps the months
    return changed(answer, start, end + repeated(new, answer[end:]), new)


def repeated(new: str, rest: str) -> int:
    """How much of what follows the old part the new one brings along: "30 days" for the 14 of "14 days"."""
    words = new.split()
    for count in range(len(words) - 1, 0, -1):
        tail = " " + " ".join(words[-count:])
        if rest.casefold().startswith(tail.casefold()) and not rest[len(tail) : len(tail) + 1].isalnum():
            return len(tail)
    return 0


def renumbered(answer: str, fragment: str) -> str | None:
    """The answer with the number of the fragment, which must have one, in place of the number that it means."""
    news, olds = list(NUMBER.finditer(fragment)), list(NUMBER.finditer(answer))
    if len(news) != 1 or not olds:
        return None
    new = news[0].group()
    meant = olds if len(olds) == 1 else [one for one in olds if about(answer, one) & named(fragment)]
    return changed(answer, *meant[0].span(), new) if len(meant) == 1 else None


def about(answer: str, number: re.Match[str]) -> set[str]:
    """The words around a number in its sentence, up to the next number."""
    before = BREAK.split(answer[: number.start()])[-1][-NEAR:]
    return named(before) | named(BREAK.split(answer[number.end() :], maxsplit=1)[0][:NEAR])


def named(text: str) -> set[str]:
    return {word.casefold() for word in WORD.findall(text)} - EVIDENCE.keys()


def changed(answer: str, start: int, end: int, new: str) -> str | None:
    """The answer with other text from start to end, if that changes it; it keeps its capital letter."""
    if start == 0 and answer[:1].isupper() and new[:1].islower() and len(new.split()) > 0 and not NUMBER.search(new):
        new = new[:1].upper() + new[1:]
    text = answer[:start] + new + answer[end:]
    return text if text != answer else None
