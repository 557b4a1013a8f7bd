"""Closed word lists, one file a language, that say which wordings of a question are equal.

A file has sections. `[marks]` are the words by which the language is recognised. In a line with `=`, the left side is
written as the right side; `a/b` stands for either word and `{2}` for the second word of the left side. A list holds only
what never changes what is asked: `tests/curation/questions/pairs.jsonl` has the cases that say so, and a new line needs
one there. A language is added by adding its file to `CODES`.
"""

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

CODES: Final = ("en", "de", "fr", "es", "it", "pt", "nl", "pl")
FOLDER: Final = Path(__file__).parent
WORD_SETS: Final = (
    "marks", "fillers", "articles", "keep", "mention", "compare", "joiners", "before", "after", "lettered", "subjects",
    "questions", "whether", "degrees", "auxiliaries", "order", "how", "me", "towards", "bound", "pair", "starts", "open",
    "light", "definite", "unique", "complement",
)  # fmt: skip
PAIRS: Final = (
    "always",
    "openers",
    "askers",
    "closers",
    "frames",
    "phrases",
    "words",
    "forms",
    "endings",
    "verbs",
    "cased",
)

Rules = Mapping[str, tuple[tuple[list[str], list[str]], ...]]
"""By first word: what follows it, longest first, and what the whole is replaced by."""


@dataclass(frozen=True)
class Language:
    """The lists of one language, ready for look-up."""

    code: str
    sets: Mapping[str, frozenset[str]]
    rules: Mapping[str, Rules]
    words: Mapping[str, str]
    """Variants in spelling and synonyms."""
    forms: Mapping[str, str]
    """Inflected forms and number words."""
    endings: tuple[tuple[str, str], ...]
    verbs: Mapping[str, Mapping[str, str]]
    """A finite form, then its particle or the empty text: the infinitive."""
    patterns: tuple[tuple[str, re.Pattern[str], str], ...]
    cased: Mapping[str, str]
    """Words whose meaning hangs on their case."""


@cache
def language(code: str) -> Language:
    """The lists of a language of `CODES`."""
    sections = read((FOLDER / f"{code}.txt").read_text(encoding="utf-8"))
    pairs = {
        name: [pair for line in lines for pair in expand(line)] for name, lines in sections.items() if name in PAIRS
    }
    verbs: dict[str, dict[str, str]] = {}
    for left, right in pairs.get("verbs", ()):
        form, _, particle = left.partition(" ")
        verbs.setdefault(form, {})[particle] = right
    endings = sorted(pairs.get("endings", ()), key=lambda pair: -len(pair[0]))
    return Language(
        code=code,
        sets={name: frozenset(" ".join(sections.get(name, ())).split()) for name in WORD_SETS},
        rules={name: index(pairs.get(name, ())) for name in ("always", "openers", "askers", "frames", "phrases")}
        | {"closers": index([(" ".join(reversed(left.split())), "") for left, _ in pairs.get("closers", ())])},
        words={left: right for left, right in pairs.get("words", ())},
        forms={left: right for left, right in pairs.get("forms", ())},
        endings=tuple((left.lstrip("-"), right.lstrip("-")) for left, right in endings),
        verbs=verbs,
        patterns=tuple(map(pattern, sections.get("patterns", ()))),
        cased=dict(pairs.get("cased", ())),
    )


def read(text: str) -> dict[str, list[str]]:
    """The lines of each section, without comments."""
    found: dict[str, list[str]] = {}
    lines: list[str] = []
    for line in text.splitlines():
        line = line.partition("# ")[0].strip()
        if line.startswith("["):
            lines = found.setdefault(line.strip("[]"), [])
        elif line:
            lines.append(line)
    return found


def expand(line: str) -> Iterator[tuple[str, str]]:
    """The (left, right) pairs that a line stands for; commas on the left part wordings that have one right side."""
    lefts, _, right = line.partition("=")
    for left in lefts.split(","):
        for words in itertools.product(*(word.split("/") for word in left.split())):
            words = tuple(word for word in words if word != "-")
            yield (
                " ".join(words),
                re.sub(r"\{(\d)\}", lambda found, words=words: words[int(found[1]) - 1], right).strip(),
            )


def index(pairs: Sequence[tuple[str, str]]) -> Rules:
    """The rules by their first word."""
    found: dict[str, list[tuple[list[str], list[str]]]] = {}
    for left, right in pairs:
        first, *rest = left.split()
        found.setdefault(first, []).append((rest, right.split()))
    return {first: tuple(sorted(rules, key=lambda rule: -len(rule[0]))) for first, rules in found.items()}


def pattern(line: str) -> tuple[str, re.Pattern[str], str]:
    """A line `trigger: left = right` as the word that must be there, a pattern over the whole text, and its replacement.

    `{A}` stands for one to four words, `{A*}` for any number of further words.
    """
    trigger, _, rule = line.partition(": ")
    left, _, right = rule.partition(" = ")
    left = re.sub(r"\{(\w)\*\}", r"(?P<\1>.*)", left.strip())
    left = re.sub(r"\{(\w)\}", r"(?P<\1>[^ ]+(?: [^ ]+){0,3}?)", left)
    return trigger.strip(), re.compile(left), re.sub(r"\{(\w)\*?\}", r"\\g<\1>", right.strip())


@cache
def marks() -> Mapping[str, int]:
    """How each word votes: one in the byte of every language that it marks; languages without a list share the last."""
    votes: dict[str, int] = {}
    for place, code in enumerate(CODES):
        for word in language(code).sets["marks"]:
            votes[word] = votes.get(word, 0) + (1 << 8 * place)
    for word in (FOLDER / "others.txt").read_text(encoding="utf-8").split():
        votes[word] = votes.get(word, 0) + (1 << 8 * len(CODES))
    return votes


def recognise(words: Sequence[str]) -> Language | None:
    """The language with a list that most of these words mark; none where there is doubt."""
    votes = marks()
    # Of 200 words at most: a byte must not run over.
    total = sum([votes.get(word, 0) for word in words[:200]])
    if not total:
        return None
    counts = total.to_bytes(len(CODES) + 1, "little")
    best = max(counts)
    place = counts.index(best)
    if place == len(CODES) or counts.count(best) > 1 or best * 6 < len(words):
        return None
    return language(CODES[place])
