"""A support agent for the riders of a bike hire, small enough to read and real enough to fail.

    from flywheel_site.demo.agent import v1, v2
    v1("How long does a refund take?")

Every version is a function `(question, context) -> answer`, deterministic and without dependencies. `context` holds the
earlier turns, each as `{"role", "content"}`.

- `v1` is deployed: English pages as they were in June, exact words only, each question by itself.
- `v2` reads today's pages in all four languages, knows word endings and riders' own words, and follows a conversation.
- `v3_tempting` is `v2` made to sound better: it thanks, it elaborates, and it prefers general answers.
- `learned` is `v1` with what a release teaches (`sft.jsonl` in the folder that `FLYWHEEL_DEMO_RELEASE` names).
"""

import json
import os
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from flywheel_site.demo.retrieval import Found, Index, Passage, passages, plain_tokens, stems

Turn = dict[str, str]
Agent = Callable[[str, list[Turn] | None], str]
Source = dict[str, str]

NAME: Final = "demo-agent"
RELEASE: Final = "FLYWHEEL_DEMO_RELEASE"
NOTHING: Final = "There is nothing about that on our help pages. The riders' desk will gladly look into it."
THANKS: Final = "Great question, thanks for asking! "
GOODBYE: Final = " Always happy to help!"

EARLIER_WEIGHT: Final = 0.4
ANSWERED_WEIGHT: Final = 0.15
"""The weight of a word from the previous question or answer, relative to one from the question itself."""
AGAIN: Final = 0.4
"""The factor for a passage that the last answer quoted: the question is unlikely to ask for it again."""
GENERAL: Final = 1.8
"""How much more a page's opening counts for the version that prefers general answers."""
SHORT: Final = 3
"""A question with at most this many words, common ones aside, may depend on the one before."""
POINTERS: Final = frozenset("it that this one ones they them those these there then same both either".split())
OPENINGS: Final = tuple("and |what about|how about|or |but |und |y |für |también|では|それ|also ".split("|"))
NEAR: Final = 0.6
"""The share of common words from which one answer serves two questions."""
KANA_OR_HAN: Final = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
WORD: Final = re.compile(r"[^\W\d_]+")
SIGNS: Final[dict[str, frozenset[str]]] = {
    "de": frozenset(
        "der die das den ein eine einen und ist wie wo wann ich mein meine kann muss nicht für mit"
        " auf wenn kostet bei zu viel lange gibt noch ihr sie bitte hallo wird warum fahrrad rad".split()
    ),
    "es": frozenset(
        "el la los las un una es que cómo como cuánto cuanto cuándo cuando dónde donde mi puedo para"
        " con por está hola se del tengo hay qué una bicicleta bici en y".split()
    ),
    "en": frozenset(
        "the a an is are how what when where can do does i my it to of for and you your in on if get"
        " have much long did will was that this with not at from which who why should would bike ride".split()
    ),
}


@dataclass(frozen=True, slots=True)
class Lesson:
    """What a correction teaches: a question, the turns before it, and the right answer."""

    question: str
    answer: str
    context: tuple[tuple[str, str], ...] = ()


def v1(question: str, context: list[Turn] | None = None) -> str:
    """The deployed version: outdated pages, no stems, one language, no memory of the conversation."""
    return reply(*best(old_index().search(dict.fromkeys(plain_tokens(question), 1.0)), lambda item: item.was))


def v2(question: str, context: list[Turn] | None = None) -> str:
    """The better version: today's pages in the question's language, stems, synonyms, and the earlier turns."""
    return reply(*best(ranked(question, context), lambda item: item.text))


def v3_tempting(question: str, context: list[Turn] | None = None) -> str:
    """The version that sounds best: warm words around a general answer that misses the point."""
    found = sorted(
        ranked(question, context),
        key=lambda one: -one.score * (GENERAL if one.passage in openings() else 1.0),
    )
    return THANKS + reply(*best(found, lambda item: item.text)) + GOODBYE


def improved(lessons: Iterable[Lesson]) -> Agent:
    """The deployed version plus what it was taught: nearly the same question gets the taught answer."""
    signatures = [(signature(lesson.question, lesson.context), lesson.answer) for lesson in lessons]

    def ask(question: str, context: list[Turn] | None = None) -> str:
        asked = signature(question, [(turn["role"], turn["content"]) for turn in context or []])
        likeness, answer = max(((overlap(asked, taught), text) for taught, text in signatures), default=(0.0, ""))
        return answer if likeness >= NEAR else v1(question, context)

    return ask


def learned(question: str, context: list[Turn] | None = None) -> str:
    """`improved` by the release in the folder that `FLYWHEEL_DEMO_RELEASE` names. Raises `LookupError` if it is not
    set.
    """
    folder = os.environ.get(RELEASE)
    if not folder:
        raise LookupError(f"{RELEASE} must name the folder of a release.")
    return from_release(folder)(question, context)


def answer_with_sources(question: str, context: list[Turn] | None, version: str) -> tuple[str, list[Source]]:
    """The answer of a version, and the passages that it quotes. Raises `KeyError` for an unknown version."""
    answer = VERSIONS[version](question, context)
    shown = [(item, text) for item in passages() for text in dict.fromkeys((item.text, item.was)) if text in answer]
    return answer, [{"id": item.page, "title": item.title, "url": item.url, "text": text} for item, text in shown[:3]]


VERSIONS: Final[dict[str, Agent]] = {"v1": v1, "v2": v2, "v3_tempting": v3_tempting, "learned": learned}


@lru_cache(maxsize=1)
def old_index() -> Index:
    """What `v1` searches: the English pages as they were."""
    return Index([item for item in passages() if item.language == "en"], plain_tokens, lambda item: item.was)


@lru_cache(maxsize=8)
def new_index(language: str) -> Index:
    """What the later versions search: the pages of one language as they are."""
    return Index(
        [item for item in passages() if item.language == language],
        stems,
        lambda item: f"{item.text} {item.words}",
    )


def ranked(question: str, context: Sequence[Turn] | None) -> list[Found]:
    """Passages by stems; for a question that depends on earlier turns, by their stems too."""
    asked = [turn["content"] for turn in context or [] if turn["role"] == "user"]
    answered = [turn["content"] for turn in context or [] if turn["role"] == "assistant"]
    own = stems(question)
    weights = dict.fromkeys(own, 1.0)
    if asked and leans(question, own):
        for text, weight in (
            (asked[-1], EARLIER_WEIGHT),
            (answered[-1] if answered else "", ANSWERED_WEIGHT),
        ):
            for word in stems(text):
                weights.setdefault(word, weight)
    found = new_index(language_of(question, asked)).search(weights)
    told_before = " ".join(answered)
    return sorted(found, key=lambda one: -one.score * (AGAIN if is_in(one.passage, told_before) else 1.0))


@lru_cache(maxsize=1)
def openings() -> frozenset[Passage]:
    return frozenset({item.page: item for item in reversed(passages())}.values())


def is_in(passage: Passage, text: str) -> bool:
    return passage.text in text or passage.was in text


def leans(question: str, own: Sequence[str]) -> bool:
    """Whether a question is too short to answer by itself, or refers to an earlier turn."""
    low = question.casefold().lstrip("¿ ")
    words = set(low.replace("?", " ").split())
    return len(own) <= SHORT or low.startswith(OPENINGS) or not words.isdisjoint(POINTERS)


def best(found: Sequence[Found], text: Callable[[Passage], str]) -> tuple[str, ...]:
    """The text of the best passage; empty if no passage shares a word with the question."""
    return (text(found[0].passage),) if found else ()


def reply(*texts: str) -> str:
    return " ".join(texts) or NOTHING


def signature(question: str, context: Sequence[tuple[str, str]]) -> frozenset[str]:
    """What tells one question from another: its stems, and those of the user's previous turn, marked as such."""
    earlier = [content for role, content in context if role == "user"][-1:]
    return frozenset(stems(question)) | {f"<{word}" for content in earlier for word in stems(content)}


def overlap(asked: frozenset[str], taught: frozenset[str]) -> float:
    """The share of words that two questions have in common, 0 to 1."""
    return len(asked & taught) / len(asked | taught) if asked and taught else 0.0


@lru_cache(maxsize=4)
def from_release(folder: str) -> Agent:
    """`improved` by a release's training examples. Its eval cases are not read: they are the exam."""
    with (Path(folder) / "sft.jsonl").open(encoding="utf-8") as file:
        return improved([lesson(json.loads(line)["messages"]) for line in file if line.strip()])


def lesson(messages: Sequence[dict[str, Any]]) -> Lesson:
    """A training example as a lesson: its last two messages, with the earlier ones as context."""
    *before, asked, answered = messages
    return Lesson(asked["content"], answered["content"], tuple((turn["role"], turn["content"]) for turn in before))


def language_of(question: str, earlier: Sequence[str] = ()) -> str:
    """The language by script and commonest words; if these do not tell, that of the earlier turns; else English."""
    for text in (question, *reversed(earlier)):
        if KANA_OR_HAN.search(text):
            return "ja"
        words = WORD.findall(text.casefold())
        counts = {language: sum(word in signs for word in words) for language, signs in SIGNS.items()}
        most = max(counts.values(), default=0)
        if most:
            return "en" if counts["en"] == most else next(name for name, n in counts.items() if n == most)
    return "en"
