"""Runs of capitalised words, and the names in them."""

import re
from bisect import bisect_right
from typing import Final

from privacy.redaction.detectors.people.eponyms import eponym, located, phrase_end
from privacy.redaction.detectors.people.name_forms import CAPITALISED, CONTRACTION, GAPS, INITIAL, RUNS, spelt_like
from privacy.redaction.hits import Page, starts_sentence
from privacy.redaction.lexicon import (
    COMMON,
    ENGLISH,
    EVERY,
    FIRST,
    FLAGS,
    FREQUENT_AT,
    GERMAN,
    LAST,
    ORDINARY,
    ORGANISATION,
    PLACE,
    RARE_AT,
    STOP,
    STREETS,
    family_names,
    kind_of,
    lexicon,
    possible,
    sure,
    surname,
    tongues,
)

Token = tuple[int, int, int]  # start, end, kind


def runs(page: Page) -> list[list[Token]]:
    """Capitalised words in a row, with an initial's full stop or a particle between them, if a first name is among
    them.
    """
    text, low = page.text, page.low
    names, surnames = page.names or frozenset(), family_names()
    stretches: list[tuple[int, int]] = []
    for match in RUNS.of(text).finditer(text):
        piece = match.group()
        words = piece.split()
        if (
            not names.isdisjoint(words)
            or "-" in piece
            or "." in piece
            or not surnames.isdisjoint(low[match.start() + len(words[0]) : match.end()].split())
            or (len(words) > 2 and INITIAL.search(piece))
        ):
            stretches.append(match.span())
    inside = [stretch[0] for stretch in stretches]
    word = CAPITALISED.of(text)
    singles: list[tuple[int, int]] = []
    for name in names:
        start = text.find(name)
        while start >= 0:
            alone = word.match(text, start) if not start or not text[start - 1].isalnum() else None
            place = bisect_right(inside, start) - 1
            if alone and (place < 0 or start >= stretches[place][1]):
                singles.append(alone.span())
            start = text.find(name, start + 1)
    found: list[list[Token]] = []
    for begin, stop in sorted(stretches + singles) if singles else stretches:
        split(page, begin, stop, found)
    return found


def split(page: Page, begin: int, stop: int, found: list[list[Token]]) -> None:
    """Adds the runs of a stretch of capitalised words, weighed; a word by itself is left out unless it is a first name."""
    text, known = page.text, lexicon()
    run: list[Token] = []
    last = -1
    for match in CAPITALISED.of(text).finditer(text, begin, stop):
        start, end = match.span()
        low = page.low[start:end]
        kind = known.get(low, -1)
        if kind < 0:
            kind = known.get(low[:-1], 0) & (ORDINARY | ORGANISATION) if low[-1] == "s" else 0
        if end - start < 4 and start + 1 < end and text[start:end].isupper():
            kind = STOP  # an acronym
        elif not low.isalpha() and CONTRACTION.search(low):
            kind = STOP  # `I'm`
        if run and (between := text[last:start]) in GAPS and (between[0] != "." or last - run[-1][0] == 1):
            run.append((start, end, kind))
        else:
            if len(run) > 1 or (run and run[0][2] & FIRST):
                found.append(weighed_run(page, run))
            before = text[start - 1] if start else " "
            run = [] if before.isalnum() or before in "_@#/.&-" else [(start, end, kind)]
        last = end
    if len(run) > 1 or (run and run[0][2] & FIRST):
        found.append(weighed_run(page, run))


def weighed_run(page: Page, run: list[Token]) -> list[Token]:
    """The same words with their kinds in the language of the text."""
    for _, _, kind in run:
        if kind == 0 or kind & FIRST:
            return [(start, end, page.weigh(kind, start, end) if kind else 0) for start, end, kind in run]
    return [(start, end, kind & FLAGS) for start, end, kind in run]


def token_kind(word: str) -> int:
    """The kind of a capitalised word. A short one in capitals is an acronym; one with an apostrophe is not a name if it
    is a contraction: `I'm`.
    """
    if 1 < len(word) < 4 and word.isupper():
        return STOP
    if not word.isalpha() and CONTRACTION.search(word):
        return STOP
    return kind_of(word)


def names_in(page: Page, tokens: list[Token]) -> list[tuple[int, int]]:
    """The stretches of a run of capitalised words that are names."""
    text = page.text
    found: list[tuple[int, int]] = []
    place, count = 0, len(tokens)
    for index in range(count - 1):
        start, end, kind = tokens[index]
        if kind & STOP and text[start:end] in SAINTS:
            count = index  # `St Vincent De Paul`: the saint's name follows
            break
    while place < count:
        length = name_length(page, tokens, place)
        if not length:
            place += 1
            continue
        after = place + length
        if (
            after < count
            and tokens[after][2] & ORGANISATION
            and gap(text, tokens, after) == " "
            and (length < 3 or page.low[tokens[after][0] : tokens[after][1]] in NAMED_AFTER_PERSONS)
        ):
            place = after + 1  # a street, a company, a thing that is named after somebody
            continue
        begin, end = tokens[place][0], tokens[after - 1][1]
        if not page.strict and (stop := phrase_end(page, begin)) >= 0:
            while place < count and tokens[place][0] < stop:
                place += 1
            continue
        if not page.strict and eponym(page, begin, end):
            place = after
            continue
        found.append((begin, end))
        place = after
    return found


def name_length(page: Page, tokens: list[Token], place: int) -> int:
    """How many tokens from `place` on make a name; 0 if none begins there."""
    text, kind = page.text, tokens[place][2]
    following = tokens[place + 1][2] if place + 1 < len(tokens) else None
    begins = sure(kind)
    if not begins and (following is None or kind & STOP):
        return 0
    least = 1 if begins or following is None else with_next(page, tokens, place)
    if not least:
        return 0
    if place and tokens[place - 1][2] & STOP and text[tokens[place - 1][0] : tokens[place - 1][1]] in SAINTLY:
        return 0
    if following is not None and not following & FIRST and metavariable(page, tokens, place):
        return 0
    if (
        following is not None
        and not following & (FIRST | LAST)
        and of_one_language(page, *tokens[place], *tokens[place + 1])
    ):
        return 0
    if least > 1:
        return least
    length = 1
    while place + length < len(tokens) and length < 5 and extends(page, tokens, place + length, length):
        length += 1
    if length == 1 and (
        alone_is_no_name(text, *tokens[place][:2])
        or located(page, *tokens[place][:2])
        or (not page.strict and place and tokens[place - 1][2] & ORGANISATION and gap(text, tokens, place) == " ")
    ):
        return 0  # `Project Leider`, `Hotel Astrid`
    if compound(text, tokens, place + length - 1):
        return 0
    return 1 if length == 2 and initial(tokens, place + 1) and not sure(kind) else length


def with_next(page: Page, tokens: list[Token], place: int) -> int:
    """Whether a word that may not be a name begins one together with the next word: 1, or the number of tokens if an
    initial ends the name; 0 if not.
    """
    text, kind, following = page.text, tokens[place][2], tokens[place + 1][2]
    ambiguous = bool(kind & FIRST) and not kind & STOP
    if ambiguous and gap(text, tokens, place + 1) not in SPACES and not surname(following):
        return 0  # `Art von Kennzeichner`: a particle needs a surname
    if ambiguous and (
        surname(following)
        or (following == 0 and not kind & PLACE and new_surname(page, *tokens[place + 1][:2]))
        or (sure(following) and not kind & PLACE)
    ):
        return 1
    if (
        ambiguous
        and following & LAST
        and not following & (STOP | ORGANISATION | PLACE)
        and not starts_sentence(text, tokens[place][0])
    ):
        return int(bool(kind & COMMON or not following & ORDINARY))
    if (
        possible(kind)
        and not kind & (ORDINARY | PLACE)
        and (sure(following) or (kind == 0 and surname(following)))
        and gap(text, tokens, place + 1) in SPACES
        and (kind or (unknown(page, *tokens[place][:2]) and spelt_like(text[slice(*tokens[place][:2])])))
    ):
        return int(kind & LAST > 0 or not starts_sentence(text, tokens[place][0]))
    if sure(following) and initial(tokens, place + 2) and not kind & STOP:
        return 1  # Blank Gary A: the way registers write names
    if (
        possible(kind)
        and possible(following)
        and not (kind | following) & ORDINARY
        and ((kind | following) & (FIRST | LAST) or page.languages(*tokens[place][:2]) & ENGLISH)
        and initial(tokens, place + 2)
        and gap(text, tokens, place + 1) in SPACES
    ):
        return 3
    return 0


def of_one_language(page: Page, start: int, end: int, kind: int, begin: int, stop: int, after: int) -> bool:
    """Whether a name and the next word are both words of the text's language: a term, as Turkish `Özgür Yazılım`."""
    rare = kind_of(page.low[start:end]) >> RARE_AT & EVERY & ~ENGLISH
    if not rare or after & (ORGANISATION | STOP):
        return False
    word = kind_of(page.low[begin:stop])
    return bool((word >> FREQUENT_AT | word >> RARE_AT) & rare & page.languages(start, end))


def new_surname(page: Page, start: int, end: int) -> bool:
    """Whether an unlisted word may be a surname after a first name that is also a word; a letter needs a full stop."""
    if end - start == 1:
        return page.text[end : end + 1] == "."
    listed_in = kind_of(page.low[start:end]) >> RARE_AT & EVERY
    return not listed_in & page.languages(start, end) and unknown(page, start, end)


def compound(text: str, tokens: list[Token], place: int) -> bool:
    """Whether a word of a run is a name joined with a noun: `Toy Story-Filme`, `Red Hat-pakketten`."""
    first, hyphen, second = text[slice(*tokens[place][:2])].rpartition("-")
    if not hyphen or not place:
        return False
    kind = kind_of(first)
    return bool(kind & ORDINARY) and not (kind | kind_of(second)) & FIRST and not kind_of(second) & LAST


def metavariable(page: Page, tokens: list[Token], place: int) -> bool:
    """Whether a word in capitals comes before one that is not, as in a manual's `--gap=ANTAL Mellanrum i kolumner`."""
    start, end, _ = tokens[place]
    first, second = page.text[start:end], page.text[slice(*tokens[place + 1][:2])]
    return end - start > 2 and first.isupper() and len(second) > 1 and not second.isupper()


def alone_is_no_name(text: str, start: int, end: int) -> bool:
    """Whether a single word that is a first name is not one here. In capitals it is more often a heading or a constant,
    with two letters an abbreviation, and in a program or before "series" a thing named after somebody.
    """
    return (
        end - start < 3 or text[start:end].isupper() or bool(THING.match(text, end)) or bool(DEFINED.match(text, start))
    )


THING: Final = re.compile(
    r"\((?:self\b|\))|\.(?:[A-Z]+_[A-Z_]+|\w+\()|[ -](?:series|calendar|days?\b(?! (?:is|was|at|in|on))|date|number|theorem|lemma|distribution"
    r"|transform|algorithm|equation|inequality|polynomial|filter|process|matrix|letters?|alphabet|comma)\b"
)
DEFINED: Final = re.compile(r"(?<=\bclass )|(?<=\bnew )(?=\w+\()")


def initial(tokens: list[Token], place: int) -> bool:
    """Whether the token at `place` is a single letter."""
    return place < len(tokens) and tokens[place][1] - tokens[place][0] == 1


SAINTLY: Final = frozenset(
    {"San", "Santa", "St", "Saint", "Los", "Las", "El", "La", "Mount", "Fort", "Port", "Lake", "New"}
)


SAINTS: Final = frozenset({"St", "Ste", "Saint", "Sainte", "Sankt"})
NAMED_AFTER_PERSONS: Final = STREETS | frozenset(
    "library university college school institute hospital foundation museum memorial airport stadium award prize centre center".split()
)


SPACES: Final = frozenset({" ", "  ", "\t", ". ", "."})


def extends(page: Page, tokens: list[Token], place: int, length: int) -> bool:
    """Whether the token at `place` continues the name before it."""
    text = page.text
    start, end, kind = tokens[place]
    if not kind & LAST and gap(text, tokens, place) in ARTICLES and page.languages(start, end) & GERMAN:
        return False  # `der`, `den`: an article
    if end - start == 1:
        return length < 3 and not (text[start] == "I" and text[end : end + 1] == " ")
    if kind & (STOP | ORGANISATION):
        return False
    if kind == 0:
        return spelt_like(text[start:end]) and unknown(page, start, end)
    if kind & LAST:
        return not kind & PLACE or length == 1
    return bool(kind & FIRST) and not kind & PLACE


ARTICLES: Final = frozenset({" der ", " den ", " di ", " de ", " le ", " la "})
NOUN_END: Final = re.compile(
    r"(?:ung|heit|keit|schaft|tion|tät|ismus|nis|tum|ling|erei|mente?|anz|enz|ik|chen|ungen|heiten|keiten|schaften|tionen|täten)s?\Z"
)


def unknown(page: Page, start: int, end: int) -> bool:
    """Whether an unlisted word may be a name; in German, which capitalises nouns, not if it is built like a noun."""
    low = page.low[start:end]
    known = tongues()
    ending = NOUN_END.search(low) is not None
    if not ending:
        for place in range(1, len(low) - 3):
            if known.get(low[place:], 0) & GERMAN:
                break
        else:
            return True
    if not page.maybe_german:
        return True
    languages = page.languages(start, end)
    if not languages & GERMAN or (languages & ENGLISH and languages != EVERY):
        return True
    return ending and languages == EVERY


def gap(text: str, tokens: list[Token], place: int) -> str:
    """The text between a token and the one before it."""
    return text[tokens[place - 1][1] : tokens[place][0]]
