"""Closed word lists, one file a language, that say which wordings of a question are equal.

A file has sections. `[marks]` are the words by which the language is recognised. In a line with `=`, the left side is
rewritten as the right side; `a/b` matches either word and `{2}` is the second word of the left side. A list holds only
what never changes what is asked: `tests/curation/questions/pairs.jsonl` has the cases, and a new line needs one there.
To add a language, add its file to `CODES`.
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
WORD_SETS: Final = frozenset(
    """
    marks fillers articles keep mention compare joiners before after lettered subjects questions which whether degrees auxiliaries
    order how before_question me one clauses elision finite kept finals towards bound pair starts open light definite unique complement anchors
    continuers statements follow_up existence titles
    """.split()
)
PAIRS: Final = frozenset("always openers askers closers frames phrases words forms endings verbs cased letters".split())
SECTIONS: Final = WORD_SETS | PAIRS | {"patterns"}

LETTERS: Final = {
    **dict.fromkeys("ãõ", "pt"),
    **dict.fromkeys("ñ¿¡", "es"),
    **dict.fromkeys("ąćęłńśźż", "pl"),
    **dict.fromkeys("äöüß", "de"),
    **dict.fromkeys("œùê", "fr"),
    **dict.fromkeys("ìò", "it"),
}
"""Letters and marks that decide if a text has equally many words of several languages."""

Rules = Mapping[str, tuple[tuple[list[str], list[str]], ...]]
"""By first word: what follows it, longest first, and the replacement for the whole."""


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
    patterns: tuple[tuple[frozenset[str], re.Pattern[str], str], ...]
    triggers: frozenset[str]
    """The words of which a text has at least one if any pattern applies."""
    cased: Mapping[str, str]
    """Words whose meaning depends on their case."""
    letters: Mapping[int, str]
    """Letters that are also written without their accent."""

    def plain(self, word: str) -> str:
        """The word without accents, except for words that mean something else without theirs.

        If a language lists `finals`, an accent on the last letter tells verbs apart (pago, pagó) and stays in other
        words.
        """
        if word.isascii() or word in self.sets["kept"]:
            return word
        if self.sets["finals"] and not word[-1].isascii() and word not in self.sets["finals"]:
            return word[:-1].translate(self.letters) + word[-1]
        return word.translate(self.letters)


@cache
def language(code: str) -> Language:
    """The lists of a language of `CODES`."""
    sections = read((FOLDER / f"{code}.txt").read_text(encoding="utf-8"))
    if unknown := sections.keys() - SECTIONS:
        raise ValueError(f"{code}.txt: no section is called {', '.join(sorted(unknown))}")
    bare = made(code, {name: lines for name, lines in sections.items() if name in ("letters", "kept", "finals")})
    elides = "elision" in sections
    for name, lines in sections.items():
        if name not in ("letters", "kept", "finals"):
            lines = [re.sub(r"[^\W\d_]+", lambda found: bare.plain(found[0]), line) for line in lines]
            sections[name] = (
                lines + sections[name] if name == "marks" else [elide(line) if elides else line for line in lines]
            )
    return made(code, sections)


def elide(text: str) -> str:
    """The text with an elided article as a separate word: l' adresse."""
    return text.replace("'", "' ")


def made(code: str, sections: Mapping[str, Sequence[str]]) -> Language:
    """The lists in these sections, prepared for look-up."""
    sets = {name: frozenset(" ".join(sections.get(name, ())).split()) for name in WORD_SETS}
    for name in ("openers", "closers", "askers"):  # somebody who says "guten Tag" speaks German
        sets["marks"] |= set(re.findall(r"\w+", " ".join(sections.get(name, ()))))
    pairs = {name: [pair for line in sections.get(name, ()) for pair in expand(line)] for name in PAIRS}
    verbs: dict[str, dict[str, str]] = {}
    for left, right in pairs["verbs"]:
        form, _, particle = left.partition(" ")
        verbs.setdefault(form, {})[particle] = right
    endings = sorted(pairs["endings"], key=lambda pair: -len(pair[0]))
    patterns = tuple(map(pattern, sections.get("patterns", ())))
    return Language(
        code=code,
        sets=sets,
        rules={name: index(pairs[name]) for name in ("always", "openers", "askers", "frames", "phrases")}
        | {"closers": index([(" ".join(reversed(left.split())), "") for left, _ in pairs["closers"]])},
        words=dict(pairs["words"]),
        forms=dict(pairs["forms"]),
        endings=tuple((left.lstrip("-"), right.lstrip("-")) for left, right in endings),
        verbs=verbs,
        patterns=patterns,
        triggers=frozenset().union(*(triggers for triggers, _, _ in patterns)),
        cased=dict(pairs["cased"]),
        letters={ord(left): right for left, right in pairs["letters"]},
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
    """The (left, right) pairs that a line stands for; commas on the left separate wordings with the same right side."""
    lefts, _, right = line.partition(" = ")
    for left in re.split(r"(?<=\S), ", lefts):
        for words in itertools.product(*(word.split("/") for word in left.split())):
            yield " ".join(words), right.replace("{", "{0[").replace("}", "]}").format(("", *words)).strip()


def index(pairs: Sequence[tuple[str, str]]) -> Rules:
    """The rules by their first word."""
    found: dict[str, list[tuple[list[str], list[str]]]] = {}
    for left, right in pairs:
        first, *rest = left.split()
        found.setdefault(first, []).append((rest, [] if right == "-" else right.split()))
    return {first: tuple(sorted(rules, key=lambda rule: -len(rule[0]))) for first, rules in found.items()}


def pattern(line: str) -> tuple[frozenset[str], re.Pattern[str], str]:
    """A line `word/word: left = right`: words of which one must be present, a pattern for the whole text, and its
    replacement.

    `{A}` stands for one to four words, `{A*}` for any text. Apart from that the left side is a regular expression.
    """
    triggers, _, rule = line.partition(": ")
    left, _, right = rule.partition(" = ")
    left = re.sub(r"\{(\w)\*\}", r"(?P<\1>.*)", left.strip())
    left = re.sub(r"\{(\w)\}", r"(?P<\1>[^ ]+(?: [^ ]+){0,3}?)", left)
    right = re.sub(r"\{(\w)\*?\}", r"\\g<\1>", right.strip())
    return frozenset(triggers.split("/")), re.compile(left), right


@cache
def marks() -> tuple[Mapping[str, int], int]:
    """How each word votes: a one in the byte of every language that it marks, including `others.txt`; and how many
    there are.
    """
    others = [line.split() for line in (FOLDER / "others.txt").read_text(encoding="utf-8").splitlines()]
    spoken = [*(language(code).sets["marks"] for code in CODES), *others]
    votes: dict[str, int] = {}
    for place, words in enumerate(spoken):
        for word in set(words):
            votes[word] = votes.get(word, 0) + (1 << 8 * place)
    return votes, len(spoken)


def recognise(words: Sequence[str], text: str = "") -> Language | None:
    """The language with a list that most of these words mark; none if in doubt."""
    votes, size = marks()
    # At most 200 words: a byte must not overflow.
    total = sum(
        [votes.get(word) or (votes.get(word.partition("'")[0], 0) if "'" in word else 0) for word in words[:200]]
    )
    if not total:
        return None
    counts = total.to_bytes(size, "little")
    best = max(counts)
    if best * 6 < len(words):
        return None
    if counts.count(best) == 1:
        place = counts.index(best)
        return language(CODES[place]) if place < len(CODES) else None
    if text.isascii():
        return None
    spelt = {LETTERS[letter] for letter in text.lower() if letter in LETTERS}
    found = [code for code, count in zip(CODES, counts, strict=False) if count == best and code in spelt]
    return language(found[0]) if len(found) == 1 else None
