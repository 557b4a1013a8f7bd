"""Whether a record is worth teaching. Each filter is a pure function that says why not, with the figure it
measured.

A filter looks for what makes a bad example, not for wrong answers: people have said which those are. Three findings
hold a record for a person instead of dropping it (`HOLD`): text on a sensitive topic, text that tries to instruct its
reader, and a conversation that depends on media.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import import_module
from operator import itemgetter
from typing import Any, ClassVar, Final, Self

import re2

from curation.decisions.reasons import Kind, of
from curation.evidence.records import Candidate, Finding, named
from curation.filters import texts as filters_texts
from curation.filters.texts import (
    SENTENCE,
    SPLIT,
    gibberish,
    hides,
    instructs,
    is_personal,
    is_small_talk,
    refuses,
    tokens,
    truncated,
)
from curation.filters.texts import WORDS as INJECTING
from feedback.texts.blanks import is_blank
from privacy.redaction import PLACEHOLDER

STAGE: Final = "filter"
MIN_QUESTION, MAX_QUESTION, MAX_ANSWER = 2, 8_000, 20_000  # characters; anything longer is pasted text
MAX_PLACEHOLDERS: Final = 0.3  # share of an answer's words; with more, what is left teaches nothing
SMALL_TALK: Final = 60
"""A greeting is short; a longer text that opens with one goes on to a question."""
HOLD: Final = frozenset(of(Kind.FILTER, Kind.DISPUTE))
Classifier = Callable[[Candidate], str | None]
Check = Callable[[Candidate, "FilterSettings"], Iterator[Finding]]
INJECTION, TOPICS = 0, 1  # the patterns of the gate
CONTENT: Final = itemgetter(1)


@dataclass(frozen=True, slots=True)
class FilterSettings:
    """What the filters let through; a policy overrides by name.

    Empty `languages` let every language pass, and an unknown one ("und") always passes. `sensitive`
    maps a topic to its terms, and a topic with no terms is off. `classifier` is the dotted path of a function
    that takes a `Candidate` and returns a reason to hold it, or None.
    """

    RETIRED: ClassVar = frozenset(
        "min_question_chars max_question_chars min_answer_chars max_answer_chars max_placeholder_share drop_truncated"
        " drop_gibberish drop_small_talk personal_topics".split()
    )
    max_tokens: int = 8_000
    languages: tuple[str, ...] = ()
    drop_refusals: bool = True
    hold_injection: bool = True
    sensitive: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: filters_texts.TERMS)
    classifier: str = ""
    terms: "Terms" = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Make the term lists ready, once for all records."""
        object.__setattr__(self, "terms", terms_of(tuple(self.sensitive.items())))

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """The policy's settings over the defaults; `sensitive` replaces the terms of the topics that it names. Raises
        `ValueError` with the name of a setting that does not exist.
        """
        given = named(cls, values)
        if "sensitive" in given:
            terms = {topic: tuple(words) for topic, words in given["sensitive"].items()}
            given["sensitive"] = {**filters_texts.TERMS, **terms}
        if "languages" in given:
            given["languages"] = tuple(given["languages"])
        return cls(**given)


def apply(candidate: Candidate, settings: FilterSettings) -> list[Finding]:
    """Everything that speaks against the record, the most serious first; an empty list lets it pass."""
    findings = [finding for check in CHECKS for finding in check(candidate, settings)]
    for check in alarmed(candidate, settings):
        findings += check(candidate, settings)
    findings += check_classifier(candidate, settings)
    return findings


def alarmed(candidate: Candidate, settings: FilterSettings) -> list[Check]:
    """The word-searching checks that any of the words concern: one pass over all text serves both, and usually neither
    needs to look.
    """
    text = "\n".join(
        (
            candidate.question,
            candidate.expected,
            candidate.sources_text,
            candidate.steps_text,
            *map(CONTENT, candidate.context),
        )
    )
    found = settings.terms.gate.Match(text.lower()) or []
    if INJECTION not in found and hides(text):
        found.append(INJECTION)
    return [ALARMED[number] for number in sorted(found)]


def found(code: str, detail: str, figure: float | None = None) -> Finding:
    """A finding of this stage."""
    return Finding(STAGE, code, detail, figure)


def check_length(candidate: Candidate, settings: FilterSettings) -> Iterator[Finding]:
    """Too short or too long, in characters for each part, in tokens for the whole."""
    asked, said = len(candidate.question), len(candidate.expected.strip())
    if asked < MIN_QUESTION:
        yield found("question_short", f"The question has {asked} characters.", asked)
    if asked > MAX_QUESTION:
        yield found("question_long", f"The question has {asked:,} characters.", asked)
    if is_blank(candidate.expected):
        yield found("answer_blank", "The answer says nothing.", 0)
    if said > MAX_ANSWER:
        yield found("answer_long", f"The answer has {said:,} characters.", said)
    texts = [
        candidate.question,
        candidate.expected,
        candidate.steps_text,
        *(content for _, content in candidate.context),
    ]
    if sum(map(len, texts)) > settings.max_tokens:  # a token is rarely shorter than a character
        total = sum(map(tokens, texts))
        if total > settings.max_tokens:
            yield found("too_many_tokens", f"Question, context, steps and answer have about {total:,} tokens.", total)


def check_language(candidate: Candidate, settings: FilterSettings) -> Iterator[Finding]:
    """A language that the project does not teach."""
    if settings.languages and candidate.language not in (*settings.languages, "und", ""):
        yield found("language", f"The language is {candidate.language}.")


def check_placeholders(candidate: Candidate, settings: FilterSettings) -> Iterator[Finding]:
    """So much was redacted that the rest teaches nothing."""
    text = candidate.expected
    if "[" not in text:
        return
    words = len(text.split())
    holders = len(PLACEHOLDER.findall(text))
    share = holders / max(words, holders, 1)
    if share > MAX_PLACEHOLDERS:
        yield found("placeholders", f"{share:.0%} of the answer's words are redacted values.", round(share, 3))


def check_answer(candidate: Candidate, settings: FilterSettings) -> Iterator[Finding]:
    """An answer that is cut off, refuses or is noise. Whether a correction is an answer is for the rules on votes."""
    text = candidate.expected
    if settings.drop_refusals and refuses(text):
        yield found("refusal", "The answer declines to answer.")
    if sign := "its stream ended early" if candidate.is_cut else truncated(text):
        yield found("truncated", f"The answer is cut off: {sign}.", len(text))
    for name, part in (("question", candidate.question), ("answer", text)):
        if measured := gibberish(part):
            yield found("gibberish", f"The {name} is noise: {measured[0]}.", measured[1])


def check_small_talk(candidate: Candidate, settings: FilterSettings) -> Iterator[Finding]:
    """A greeting or thanks instead of a question: its answer tests and teaches nothing."""
    if len(candidate.question) <= SMALL_TALK and is_small_talk(candidate.question, first=not candidate.context):
        yield found("small_talk", "The question only greets or thanks.", len(candidate.question))


def check_media(candidate: Candidate, settings: FilterSettings) -> Iterator[Finding]:
    """A picture, a recording or a file: a person has to see whether the text alone is enough."""
    if candidate.has_media:
        yield found("media", "The question, or a turn before it, comes with media.")


def check_injection(candidate: Candidate, settings: FilterSettings) -> Iterator[Finding]:
    """Text that tries to instruct its reader: a reviewer, a judge, or a model in training."""
    if not settings.hold_injection:
        return
    for name, text in (
        ("question", candidate.question),
        ("answer", candidate.expected),
        ("sources", candidate.sources_text),
        ("steps", candidate.steps_text),
    ):
        if text and (sign := instructs(text)):
            yield found("prompt_injection", f"The {name} tries to instruct its reader: {sign}.")
    for _, content in candidate.context:
        if sign := instructs(content):
            yield found("prompt_injection", f"The context tries to instruct its reader: {sign}.")
            return


def check_topics(candidate: Candidate, settings: FilterSettings) -> Iterator[Finding]:
    """Sensitive topics in the user's words: the question and their earlier turns."""
    turns = [content for role, content in candidate.context if role == "user"]
    said = " \n".join((candidate.question, *turns)).lower()
    hits: Counter[str] = Counter()
    for sentence in SENTENCE.split(said):
        found_here = settings.terms.found(sentence, set(SPLIT.split(sentence)))
        hits.update({topic: count for topic, count in found_here.items() if is_personal(topic, sentence, said)})
    for topic in sorted(hits):
        yield found("sensitive_topic", f"{topic.replace('_', ' ')}: {hits[topic]} of its terms.", hits[topic])


OPENING: Final = 3
NOTHING: Final = r"[^\s\S]"


@dataclass(frozen=True, slots=True)
class Terms:
    """Term lists prepared for search: whole words by look-up, stems by their beginning, phrases by their first word;
    and the gate.
    """

    gate: Any
    words: Mapping[str, str]
    stems: tuple[tuple[str, str], ...]
    phrases: Mapping[str, tuple[tuple[str, re.Pattern[str], str], ...]]
    openings: frozenset[str]

    @classmethod
    def of(cls, sensitive: Mapping[str, Iterable[str]]) -> "Terms":
        """The terms of each topic, made ready."""
        pairs = [(term.lower(), topic) for topic, terms in sensitive.items() for term in terms]
        stems = tuple((term[:-1], topic) for term, topic in pairs if term.endswith("*") and " " not in term)
        phrases: dict[str, tuple[tuple[str, re.Pattern[str], str], ...]] = {}
        for term, topic in pairs:
            if " " in term:
                first = term.split()[0]
                bare, end = term.rstrip("*"), "" if term.endswith("*") else r"(?!\w)"
                pattern = re.compile(rf"(?<!\w){re.escape(bare)}{end}")
                phrases[first] = (*phrases.get(first, ()), (bare, pattern, topic))
        return cls(
            gate=gate(term.rstrip("*") for term, _ in pairs),
            words={term: topic for term, topic in pairs if not term.endswith("*") and " " not in term},
            stems=stems,
            phrases=phrases,
            openings=frozenset(stem[:OPENING] for stem, _ in stems),
        )

    def found(self, text: str, words: set[str]) -> dict[str, int]:
        """How many of its terms each topic has in the text; topics without any are left out."""
        hits: dict[str, int] = {}
        for word in self.words.keys() & words:
            hits[self.words[word]] = hits.get(self.words[word], 0) + 1
        for word in words:
            if word[:OPENING] in self.openings:
                for stem, topic in self.stems:
                    if word.startswith(stem):
                        hits[topic] = hits.get(topic, 0) + 1
                        break
        for first in self.phrases.keys() & words:
            for phrase, pattern, topic in self.phrases[first]:
                if phrase in text and pattern.search(text):
                    hits[topic] = hits.get(topic, 0) + 1
        return hits


@lru_cache(maxsize=16)
def terms_of(sensitive: tuple[tuple[str, tuple[str, ...]], ...]) -> Terms:
    """The terms of these topics, made ready once for all batches: to make them takes as long as to judge ten records."""
    return Terms.of(dict(sensitive))


def gate(terms: Iterable[str]) -> Any:
    """One automaton for the words of both word-searching checks; it returns the numbers of those that it found."""
    made = re2.Set.SearchSet()
    for words in (INJECTING, terms):
        made.Add("|".join(map(re2.escape, words)) or NOTHING)
    made.Compile()
    return made


def check_classifier(candidate: Candidate, settings: FilterSettings) -> Iterator[Finding]:
    """The project's own classifier, if it has one. Its errors are not swallowed: a run must not pass what it missed."""
    if settings.classifier and (reason := load(settings.classifier)(candidate)):
        yield found("classifier", reason[:160])


@lru_cache(maxsize=16)
def load(path: str) -> Classifier:
    """The function at a dotted path. Raises `ImportError` or `AttributeError` if there is none."""
    module, _, name = path.rpartition(".")
    made: Classifier = getattr(import_module(module), name)
    return made


CHECKS: Final[tuple[Check, ...]] = (
    check_length,
    check_language,
    check_placeholders,
    check_answer,
    check_small_talk,
    check_media,
)
ALARMED: Final[dict[int, Check]] = {INJECTION: check_injection, TOPICS: check_topics}
