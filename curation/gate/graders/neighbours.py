"""Whether an answer names something similar instead of the expected thing: "Orion 5 Mini" for "Orion 5", "mail server" for "backup server"."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from curation.claims import Claim, Reading, forms_of
from curation.gate.graders.weights import LIGHT

SHORT: Final = 3
"""Words up to which an expected answer is a name: "carbon dioxide" is no "carbon monoxide"."""

OTHER: Final = forms_of(frozenset("other another different same own".split()))
"""Words before a noun that tell one thing from the next, but do not name it."""


def neighbour(wanted: Reading, given: Reading, about: frozenset[str]) -> bool:
    """Whether the name of one has a word more, or another word stands before the same noun. `about` are the words of the
    question.
    """
    known = wanted.content | wanted.names | about
    longer = set(_followed(wanted))
    if any(found in longer for found in _longer_names(given, known)):
        return True
    if wanted.language != "en":
        return False  # elsewhere the word that tells them apart stands behind the noun, or is written together with it
    ours, theirs = ({pair for claim in said.claims for pair in _described(claim)} for said in (wanted, given))
    short = len(wanted.content) <= SHORT
    return any(
        (noun == other and word not in given.content | about and another not in known)
        or (short and word == another and noun not in given.content | about and other not in known)
        for word, noun in ours
        for another, other in theirs
    )


def _followed(said: Reading) -> Iterator[tuple[str, str]]:
    """The last word of each name or numbered thing, with the word behind it."""
    for claim in said.claims:
        for place, (word, after) in enumerate(pairwise((*claim.raw, ""))):
            numbered = word[0] == "#" and place > 0 and claim.raw[place - 1] in said.content
            if (word in said.names or numbered) and after not in said.names:
                yield word, after


def _longer_names(said: Reading, known: frozenset[str]) -> Iterator[tuple[str, str]]:
    """The words around each unknown word of a name."""
    names = said.names - known
    for claim in said.claims:
        for place, word in enumerate(claim.raw[1:], start=1):
            if word in names:
                yield claim.raw[place - 1], (*claim.raw, "")[place + 1]


def _described(claim: Claim) -> Iterator[tuple[str, str]]:
    """Each word of content with the one behind it, but for "put the key"."""
    for word, noun in pairwise(claim.raw):
        if (
            word in claim.content
            and word not in LIGHT | OTHER
            and noun in claim.content
            and word[0] != "#"
            and word not in claim.hard
            and noun not in claim.hard
        ):
            yield word, noun
