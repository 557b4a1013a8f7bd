"""Names before a mail address in angle brackets: `From: Ginevra Colonna <ginevra@example.it>`."""

import re
from collections.abc import Iterator
from typing import Final

from privacy.redaction.anchors import Anchor
from privacy.redaction.detectors.people.name_forms import CAPITALISED, JOINER, PARTICLE, WORD, spelt_like
from privacy.redaction.hits import Detector, Hit, Page
from privacy.redaction.lexicon import ORDINARY, possible

RANK: Final = 32
LONGEST: Final = 64
PLACES: Final = Anchor(r"[\pL.] <[^\s<>@\x00]{1,64}@")
LAST_WORDS: Final = re.compile(rf"(?<![^\s:;,\"'(>]){WORD}(?:{JOINER}(?:{PARTICLE})?{WORD}){{1,3}}\Z")


def named(page: Page) -> Iterator[Hit]:
    """Two or more words that are written like a name and are not ordinary words in any language, listed or not."""
    text = page.text
    for place, _ in PLACES.spans(text):
        end = place + 1
        name = LAST_WORDS.search(text, max(0, end - LONGEST), end)
        if name is None:
            continue
        words = [word for word in CAPITALISED.of(text).finditer(text, *name.span()) if len(word.group()) > 1]
        kinds = [page.kind(*word.span()) for word in words]
        if all(possible(kind) and not kind & ORDINARY for kind in kinds) and all(
            spelt_like(word.group()) for word in words
        ):
            yield Hit(name.start(), end, RANK, "PERSON", "name_of_address")


DETECTORS: Final[tuple[Detector, ...]] = (Detector("name_of_address", r" <[^\s<>@\x00]+@", named),)
