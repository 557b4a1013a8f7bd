"""The agent's answer with the fact of a fragment in it, for a reviewer to approve.

It is given only where it is plain which part of the answer the fragment changes, and where the fragment says nothing
more: a wrong answer that a tired reviewer approves is worse than none. "5 on weekends" is no change of a price of 3.
"""

import re
from collections.abc import Sequence
from itertools import chain
from typing import Final

from curation.claims.vocabulary import MONTHS, NUMBERS, WEEKDAYS
from curation.decisions.fragments import NUMBER, Swap, bare, number_swap, place, swap
from curation.decisions.language import EVIDENCE
from curation.decisions.words import NEGATIONS, STEM, is_amount, is_unit

WORD: Final = re.compile(r"[^\W\d_]{3,}")
NAME: Final = re.compile(r"\b[A-Z]{2}\b")
"""A short name, as of a country."""
BREAK: Final = re.compile(r"[.!?;\d\n]")
NEAR: Final = 24
"""Characters to either side of a number in which a word says what it counts."""
ADDS_NOTHING: Final = frozenset(
    "now changed currently today actually think believe guess sure please thanks jetzt nun mittlerweile inzwischen glaube bitte danke "
    "maintenant désormais crois merci ahora creo gracias adesso ormai credo grazie agora acho obrigado inmiddels denk teraz "
    "już chyba proszę теперь сейчас olmalı".split()
)
"""Words after a fact that say nothing of when or for whom it holds."""
LAST: Final = re.compile(rf"(?: (?:{'|'.join(ADDS_NOTHING)}))+$", re.IGNORECASE)
SINCE: Final = frozenset("since seit depuis desde dal dalla sinds vanaf od с".split())
"""Words after a fact that say from when on it has held."""
BOUNDS: Final = frozenset(
    "from after until till before over under above below only than ab nach vor bis über unter nur dès après avant moins desde "
    "después antes hasta más menos solo dopo prima fino oltre meno vanaf voor tot após até mais só po przed ponad tylko".split()
)
"""Words before an amount that make it a bound."""
JOINS: Final = frozenset("or to and oder bis und ou à et o a y e of tot en lub do i".split())
PARTS: Final = frozenset(
    "half halb halbe demi demie media medio mezza mezzo meia meio pół quarter viertel kwart quart cuarto quarto kwadrans".split()
)
"""Words that make another amount of a number: "half past six"."""
SCALES: Final = frozenset(
    "hundred thousand hundert tausend cent cents mille cien cientos mil cento cem honderd duizend sto".split()
)
"""Words that make another amount of the number before them, unless they are a coin."""
SIZES: Final = frozenset(
    "b kb mb gb tb kib mib gib mm cm dm m km mg g kg t ml cl dl l s sec min h kw w v am pm".split()
)
DATE: Final = re.compile(
    r"\b\d{{1,2}}(?:st|nd|rd|th|er|[.º°])?\s+(?:(?:of|de)\s+)?(?:{0})\b|\b(?:{0})\s+\d{{1,2}}(?:st|nd|rd|th)?\b".format(
        "|".join(sorted(" ".join(MONTHS).split(), key=len, reverse=True))
    ),
    re.IGNORECASE,
)
DAYS: Final = frozenset(" ".join(WEEKDAYS).split())
COUNTS: Final = {code: frozenset(found.split()[2:]) for code, found in NUMBERS.items()}
"""Numbers in words from two on, by language; one is an article in most of them."""
ONES: Final = frozenset(found.split()[1] for found in NUMBERS.values())
UNSURE: Final = frozenset("neuf once sei onze siete acht ten elf".split())
"""Of these, those that mean something else in their language or in another."""


def amended(answer: str, fragment: str) -> str | None:
    """The agent's answer with the fact of the fragment in it; None where it is not plain what that would be.

    A part that is named is replaced where it stands once. A number without a name replaces the only number of
    the answer, or the only one of which the same word speaks ("the fee is 15").
    """
    numbers = number_swap(fragment, answer)
    if numbers and len(DATE.findall(fragment)) != 1:
        return None if is_other_unit(fragment, answer, numbers) else exchanged(answer, numbers)
    found = swap(fragment)
    if found and found.old and not breaks_off(found.new) and (text := exchanged(answer, found)):
        return text
    new = found.new if found else bare(fragment)
    if DATE.search(new):
        return redated(answer, new)
    if NUMBER.search(new):
        return refilled(answer, new) or renumbered(answer, new)
    return recounted(answer, new) or on_another_day(answer, new)


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
    """The answer with one part in place of another, which must stand there once."""
    there = place(edit.old, answer)
    if there is None or place(edit.old, answer, there[1]):
        return None
    start, end = there
    new = edit.new
    if NUMBER.fullmatch(new) and len(NUMBER.findall(edit.old)) == 1:
        new = NUMBER.sub(new, answer[start:end])  # "24 instead of 12 months" keeps the months
    along = repeated(new, answer[end:])
    if not along and is_amount(edit.old.casefold()) and names_more(new, answer[end:]):
        return None
    return changed(answer, start - led(answer[:start], new), end + along, new)


def names_more(new: str, rest: str) -> bool:
    """Whether an amount brings another thing along than the one that is counted: "three rents" for the two of "two months"."""
    return len(new.split()) > 1 and re.match(r"\.?\s+[^\W\d_]{3}", rest) is not None


def led(before: str, new: str) -> int:
    """How much of what stands before the old part the new one brings along: "the north gate" for the south of "the south"."""
    words = new.split()
    for count in range(len(words) - 1, 0, -1):
        head = " ".join(words[:count]) + " "
        if before.casefold().endswith(head.casefold()) and not before[: -len(head)][-1:].isalnum():
            return len(head)
    return 0


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
    if len(news) != 1:
        return None
    new = news[0]
    meant = olds if len(olds) < 2 else [one for one in olds if about(answer, one) & named(fragment)]
    if not olds:
        meant = counts(answer, *COUNTS.values())
    if len(meant) != 1 or says_more(fragment, new, answer, meant[0]):
        return None
    return changed(answer, *meant[0].span(), new.group())


def recounted(answer: str, fragment: str) -> str | None:
    """The answer with the number of the fragment, which is written in words, in place of its only number."""
    for language in COUNTS.values():
        news, olds = counts(fragment, language, unsure=True), counts(answer, language)
        numbers = list(NUMBER.finditer(answer))
        meant = numbers if numbers else olds
        if len(news) != 1 or len(meant) != 1 or (numbers and counts(answer, *COUNTS.values())):
            continue
        scales = SCALES.intersection(re.findall(r"\w+", answer[meant[0].end() :].casefold())[:1])
        if not scales and not says_more(fragment, news[0], answer, meant[0]):
            return changed(answer, *meant[0].span(), news[0].group().lower())
    return None


def counts(text: str, *languages: frozenset[str], unsure: bool = False) -> list[re.Match[str]]:
    """The numbers in words of a text."""
    known = frozenset(chain(*languages)) - (frozenset() if unsure else UNSURE)
    return [one for one in re.finditer(r"[^\W\d_]+", text) if one.group().casefold() in known]


def says_more(fragment: str, new: re.Match[str], answer: str, old: re.Match[str]) -> bool:
    """Whether a fragment says of its number when or for whom it holds, or counts something else with it than the answer;
    or whether the number of the answer is one end of a range.
    """
    tail = re.findall(r"\w+", fragment[new.end() :].casefold())
    if not PARTS.isdisjoint(words_before(fragment, new)[-2:] + tail[:2]) or is_other_size(tail, answer[old.end() :]):
        return True
    before, after = words_before(answer, old), WORD.findall(answer[old.end() :].casefold())
    if (before[-1:] and before[-1] in JOINS and is_number(before[-2:-1])) or is_joined(answer[old.end() :]):
        return True
    lead = words_before(fragment, new)[-1:]
    if lead and lead[0] in BOUNDS and lead != before[-1:]:
        return True
    said = set(WORD.findall(answer.casefold()))
    if any(name not in answer and name.casefold() not in SIZES for name in NAME.findall(fragment[new.end() :])):
        return True
    for word in WORD.findall(fragment[new.end() :].casefold()):
        if word in SINCE:
            break
        is_same_unit = is_unit(word) and any(unit[:3] == word[:3] for unit in after[:1])
        if not (word in said or word in EVIDENCE or word in ADDS_NOTHING or is_same_unit or word in answer.casefold()):
            return True
    return False


def is_other_size(said: list[str], rest: str) -> bool:
    """Whether two numbers are followed by different units: "2 GB" for the 500 of "500 MB"."""
    old = re.match(r"\s*([^\W\d_]+)", rest.casefold())
    if not said or not old or old[1][:1] == said[0][:1]:
        return False
    return all(is_unit(unit) or unit in SIZES for unit in (said[0], old[1]))


def words_before(text: str, number: re.Match[str]) -> list[str]:
    return re.findall(r"\w+", text[: number.start()].casefold())


def is_number(words: Sequence[str]) -> bool:
    return bool(words) and (is_amount(words[0]) or words[0] in ONES)


def is_joined(rest: str) -> bool:
    """Whether a number is followed by another that belongs to it: "2 or three days"."""
    words = re.findall(r"\w+", rest.casefold())[:2]
    return len(words) == 2 and words[0] in JOINS and is_amount(words[1])


def refilled(answer: str, fragment: str) -> str | None:
    """The answer with the numbers of a fragment whose other words stand in it just so: "closes at 14:30", "from 7 to 18"."""
    fragment = LAST.sub("", fragment)
    pieces = [r"\s*".join(map(re.escape, piece.split())) for piece in NUMBER.split(fragment)]
    slot = r"\s*" + NUMBER.pattern + r"\s*"
    found = list(
        re.finditer(
            rf"(?<!\w){slot.join(pieces)}(?!\w)".replace(r"(?<!\w)\s*", r"(?<![\d.,])\s*"), answer, re.IGNORECASE
        )
    )
    if len(found) != 1 or not any(answer.casefold().count(word) == 1 for word in signs(fragment)):
        return None
    start, end = found[0].span()
    news = NUMBER.findall(fragment)
    if answer[end - 1].isdigit() and is_joined(answer[end:]):
        return None
    fresh = iter(news)
    return changed(answer, start, end, NUMBER.sub(lambda _: next(fresh), answer[start:end]))


def signs(text: str) -> list[str]:
    """What a fragment has besides its numbers: words, and signs of an amount."""
    return re.findall(r"[^\W\d_]+|[$€£%°]", text.casefold())


def redated(answer: str, fragment: str) -> str | None:
    """The answer with the date of the fragment in place of its only one."""
    news, olds = list(DATE.finditer(fragment)), list(DATE.finditer(answer))
    if len(news) != 1 or len(olds) != 1 or says_more(fragment, news[0], answer, olds[0]):
        return None
    return changed(answer, *olds[0].span(), news[0].group())


def on_another_day(answer: str, fragment: str) -> str | None:
    """The answer with the day of the fragment, which has nothing else, in place of its only day of the week."""
    news, olds = days(fragment), days(answer)
    said = re.findall(r"[\w-]+", fragment.casefold())
    if len(news) != 1 or len(olds) != 1 or not NEGATIONS.isdisjoint(said):
        return None
    new, old = news[0], olds[0]
    lead = words_before(fragment, new)
    if not {*said} - {new.group().casefold()} <= EVIDENCE.keys() | ADDS_NOTHING:
        return None
    if (lead and lead[-1:] != words_before(answer, old)[-1:]) or is_plural(new) != is_plural(old):
        return None
    return changed(answer, *old.span(), new.group())


def days(text: str) -> list[re.Match[str]]:
    return [one for one in re.finditer(r"[^\W\d_]+(?:-feira)?", text) if one.group().casefold() in DAYS]


def is_plural(day: re.Match[str]) -> bool:
    """Whether a day stands for all of its kind: "Mondays", "montags"."""
    return day.group().casefold().endswith(("days", "tags"))


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
