"""Finding the passage that answers a question: tokens, stems, and BM25 over the passages of a few help pages.

BM25 as in Robertson, Zaragoza, "The Probabilistic Relevance Framework", 2009, with the usual k1 and b. The order of the
pages breaks ties, so the same question always finds the same passage.
"""

import json
import math
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

from privacy.redaction import PLACEHOLDER

PAGES: Final = Path(__file__).with_name("pages.json")
K1: Final = 1.2
B: Final = 0.6
TITLE_WEIGHT: Final = 1

# A placeholder replaces a name or a number and says nothing about the question.
ASCII_WORD: Final = re.compile(r"[a-z]{2,}")
WORD: Final = re.compile(r"[^\W\d_]+")
UNSPACED: Final = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]+")

ARTICLES: Final = frozenset(
    "a an and at be can do for how i if in is it me my of on or the to we what you your".split()
)
STOP: Final = ARTICLES | frozenset(
    "about after all also am any are as because been but by could did does from get got had has have"
    " hello help her hi him his im into its just know let like may much must need no not now our out"
    " please she should so some still tell than thank thanks that their them then there they this too"
    " up us very want was way were when where which while who why will with would yes yet hey ok okay"
    " there here really actually question wondering possible anyone someone something somehow der die"
    " das den dem des ein eine einen einer und oder ist sind war wie was wo wann ich wir sie mein"
    " meine meinen meiner man es im am zu zum zur von mit auf für fur bei nach kann muss bitte hallo"
    " danke nicht noch aus el la los las un una y o es son que como cuanto cuando donde yo mi mis me"
    " se de del en con por para puedo hola gracias si no lo al su tengo hay".split()
)
SUFFIXES: Final = tuple("ations ation ements ement ings ing edly ied ies ers er ed es ly en s e y n".split())
LEAST_STEM: Final = 3


@dataclass(frozen=True, slots=True)
class Passage:
    """A paragraph of a help page.

    `was` is its text before the last change, for an agent that still has the old page. `words` are riders' own words
    for it, which the page does not use.
    """

    page: str
    title: str
    url: str
    language: str
    topic: str
    text: str
    was: str
    words: str


@dataclass(frozen=True, slots=True)
class Found:
    """A passage and how well it answers. The score has no unit and only compares passages for one question."""

    passage: Passage
    score: float


@lru_cache(maxsize=1)
def passages() -> tuple[Passage, ...]:
    return tuple(
        Passage(
            page["id"],
            page["title"],
            page["url"],
            page["language"],
            page["topic"],
            item["text"],
            item.get("was", item["text"]),
            item.get("words", ""),
        )
        for page in json.loads(PAGES.read_text(encoding="utf-8"))
        for item in page["passages"]
    )


def plain_tokens(text: str) -> list[str]:
    """Runs of a to z without stemming: "refund" and "refunds" are different words, and 返金 is not one."""
    words = ASCII_WORD.findall(PLACEHOLDER.sub(" ", text).lower())
    return [word for word in words if word not in ARTICLES]


def stems(text: str) -> list[str]:
    """Words of any script without endings and accents; scripts without spaces give pairs of characters."""
    folded = unicodedata.normalize("NFKC", PLACEHOLDER.sub(" ", text)).casefold().replace("’", "'").replace("'s", "")
    found: list[str] = []
    for run in UNSPACED.findall(folded):
        found.extend(run[i : i + 2] for i in range(max(len(run) - 1, 1)))
    words = WORD.findall(UNSPACED.sub(" ", folded).replace("'", ""))
    return found + [stem(without_accents(word)) for word in words if len(word) > 1 and word not in STOP]


def without_accents(word: str) -> str:
    """The word in its base letters: many people type "Ruckgabe" for "Rückgabe"."""
    decomposed = unicodedata.normalize("NFD", word.replace("ß", "ss"))
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def stem(word: str) -> str:
    """The word without its commonest endings. Crude on purpose: only equal stems matter."""
    for suffix in SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= LEAST_STEM:
            word = word.removesuffix(suffix)
            break
    return word[:-1] if len(word) > LEAST_STEM and word[-1] == word[-2] else word


class Index:
    """Passages that can be searched. `tokenise` splits passages and questions alike into words."""

    def __init__(
        self,
        searched: Iterable[Passage],
        tokenise: Callable[[str], list[str]],
        text: Callable[[Passage], str],
    ) -> None:
        self.passages = tuple(searched)
        self.tokenise = tokenise
        self.bags = [Counter(tokenise(text(item)) + TITLE_WEIGHT * tokenise(item.title)) for item in self.passages]
        self.lengths = [sum(bag.values()) for bag in self.bags]
        self.mean = sum(self.lengths) / max(len(self.lengths), 1) or 1.0
        holding = Counter(word for bag in self.bags for word in bag)
        self.rarity = {word: math.log(1 + (len(self.bags) - n + 0.5) / (n + 0.5)) for word, n in holding.items()}

    def search(self, weights: Mapping[str, float]) -> list[Found]:
        """Passages that share a word with the question, best first. `weights` says how much each word counts."""
        indexed = {word: weight for word, weight in weights.items() if word in self.rarity}
        found = []
        for item, bag, length in zip(self.passages, self.bags, self.lengths, strict=True):
            norm = K1 * (1 - B + B * length / self.mean)
            score = sum(
                weight * self.rarity[word] * bag[word] * (K1 + 1) / (bag[word] + norm)
                for word, weight in indexed.items()
                if word in bag
            )
            if score > 0:
                found.append(Found(item, score))
        return sorted(found, key=lambda one: -one.score)
