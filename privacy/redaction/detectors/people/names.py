"""Names of people, as far as words show them: lists of names, and the words around them. No statistical model."""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from privacy.redaction.anchors import LATIN_END
from privacy.redaction.detectors.people.name_forms import CAPITALISED, LETTER, SIMPLE, WORD, Form
from privacy.redaction.detectors.people.runs import alone_is_no_name, names_in, runs, token_kind, weighed_run
from privacy.redaction.detectors.people.things import persons
from privacy.redaction.hits import Detector, Hit, Page
from privacy.redaction.lexicon import (
    CLOSED_AT,
    ENGLISH,
    EVERY,
    FIRST,
    FLAGS,
    LAST,
    ORDINARY,
    ORGANISATION,
    STOP,
    kind_of,
    sure,
    sure_names,
    surname,
    titled_names,
    weighed,
)

RANK: Final = 30
EAST_ASIAN: Final = re.compile(r"[\u3000-\u30ff\u3400-\u9fff\uac00-\ud7a3]")
KEYWORDS: Final = frozenset({"elif"})  # names that, in lower case, are words of programming languages
LOWER_SIMPLE: Final = Form(rf"{LETTER}{{3,}}")
LOWER_WORD: Final = Form(rf"(?<![\w@#/.&=?%-]){LETTER}{{2,}}(?:['-]{LETTER}+)?(?![\w@=/-])")
LIST: Final = Form(rf"{WORD}(?:(?:, {WORD}){{1,12}},?(?: (?:and|or|und|et|y) {WORD})?|,? (?:and|&|und|et|y) {WORD})")


def by_lexicon(page: Page) -> Iterable[Hit]:
    """Runs of capitalised words with a first name in them, and lists in which most are names."""
    text = page.text
    if text == page.low:
        return in_lower_case(page)
    if page.names is None:
        page.names = titled_names().intersection(SIMPLE.of(text).findall(text))
    elif page.names:
        page.names = frozenset([name for name in page.names if name in text])
    if not page.names:
        return ()
    found = persons(page, [name for tokens in runs(page) for name in names_in(page, tokens)])
    hits = [Hit(start, end, RANK, "PERSON", "name_list") for start, end in found]
    for hit in hits:
        if text.startswith(JOINTS, hit.end) or text.endswith(JOINTS, 0, hit.start):
            return [*hits, *in_lists(page)]
    return hits


def in_lists(page: Page) -> Iterator[Hit]:
    """`Marie, Hannah, Kyle and Megan`: if most are names, all are."""
    text = page.text
    for match in LIST.of(text).finditer(text):
        tokens = weighed_run(
            page,
            [
                (word.start(), word.end(), token_kind(word.group()))
                for word in CAPITALISED.of(text).finditer(text, *match.span())
            ],
        )
        certain = sum(sure(kind) for *_, kind in tokens)
        if certain * 2 < len(tokens) or any(kind & (STOP | ORGANISATION) for *_, kind in tokens):
            continue
        joined = bool(CONJUNCTION.search(match.group()))
        for start, end, kind in tokens:
            named = (
                kind & FIRST
                or kind & (LAST | ORDINARY) == LAST
                or (kind == 0 and (joined or len(tokens) > 2) and not NUMBER_AFTER.match(text, end))
            )
            if not sure(kind) and named and not alone_is_no_name(text, start, end):
                yield Hit(start, end, RANK - 1, "PERSON", "name_in_list")


JOINTS: Final = (", ", " and ", " & ", " und ", " et ", " y ")
CONJUNCTION: Final = re.compile(r" (?:and|or|und|et|y) | & ")
NUMBER_AFTER: Final = re.compile(r"[.]? (?:[a-z]+ )?\d")


def in_lower_case(page: Page) -> Iterator[Hit]:
    """Text without capitals: words that are only first names, with the surname that follows."""
    low = page.low
    if sure_names().isdisjoint(LOWER_SIMPLE.of(low).findall(low)):
        return
    tokens = [(word.start(), word.end(), kind_of(word.group())) for word in LOWER_WORD.of(low).finditer(low)]
    found: list[tuple[int, int]] = []
    place = 0
    while place < len(tokens):
        start, end, kind = tokens[place]
        place += 1
        if not sure(kind) or end - start < 3 or low[start:end] in KEYWORDS:
            continue
        if low[start - 1 : start] == "\t" and low[end : end + 2] == "  ":
            continue  # `lea`, `jae`: an instruction in the listing of a disassembler
        if EAST_ASIAN.search(low, max(0, start - 12), end + 12):
            continue  # a command or a parameter, where names have capitals
        if kind >> CLOSED_AT & EVERY and not page.strict:
            continue  # in lower case, `les` and `del` are ordinary words in any language
        if kind > FLAGS and not page.strict and not sure(weighed(kind, page.languages(start, end), inside=False)):
            continue
        if place < len(tokens) and low[end : tokens[place][0]] == " ":
            following = tokens[place][2]
            if following > FLAGS:
                following = weighed(following, page.languages(start, end), inside=False)
            new = (
                following == 0
                and low[tokens[place][0]] < LATIN_END
                and tokens[place][1] - tokens[place][0] > 3
                and (page.strict or bool(page.languages(start, end) & ENGLISH))
            )
            if surname(following) or sure(following) or new:
                end = tokens[place][1]
                place += 1
            elif following & ORGANISATION:
                continue
        found.append((start, end))
    for start, end in persons(page, found):
        yield Hit(start, end, RANK - 2, "PERSON", "name_list_lower")


DETECTORS: Final[tuple[Detector, ...]] = (Detector("person", "", by_lexicon),)
