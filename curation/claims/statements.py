"""What an answer states: its clauses without courtesy, echo of the question and words that claim nothing.

Two answers to one question share a key only where they claim the same, so the order of words stays: it says who does
what to whom. The rule is a vocabulary, not a list of sentences.
"""

from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from typing import Final

from curation.claims import vocabulary as lists
from curation.claims.numerals import Clause
from curation.claims.quantities import read
from curation.claims.words import (
    DROPPED,
    END,
    EVIDENCE,
    FUNCTION,
    LANGUAGES,
    MODALS,
    NEGATIONS,
    language_of,
    lists_of,
    singular,
    split,
)
from privacy.redaction import PLACEHOLDER

RECENT: Final = 512
"""How many questions are remembered, until `forget` drops them."""
POLITE: Final = 2
"""The weight of courtesy that a clause needs: one strong word or two weak ones."""


@dataclass(frozen=True, slots=True)
class Question:
    """What a question lends to its answers: its words, and whether a sentence of them alone can be the answer."""

    words: frozenset[str]
    tokens: tuple[str, ...]
    open: bool


def _weights(language: str) -> dict[str, int]:
    language = lists_of(language)
    found = dict.fromkeys(FUNCTION[language], 0)
    found |= dict.fromkeys(lists.WEAK[language].replace("ß", "ss").split(), 1)
    return found | dict.fromkeys(lists.STRONG[language].replace("ß", "ss").split(), 2)


_COURTESY = {language: _weights(language) for language in LANGUAGES}
_CANCELLED = {language: frozenset(lists.CANCELLED[lists_of(language)].split()) for language in LANGUAGES}
_ASKING = {language: frozenset(lists.ASKING[lists_of(language)].split()) for language in LANGUAGES}
_BE: Final = {
    "en": frozenset({"is", "are"}),
    "de": frozenset({"ist", "sind"}),
    "fr": frozenset({"est", "sont"}),
    "es": frozenset({"es", "son"}),
    "it": frozenset({"è", "sono"}),
    "pt": frozenset({"é", "são"}),
    "nl": frozenset({"is", "zijn"}),
    "pl": frozenset({"jest", "są"}),
}
_EXPLETIVE: Final = frozenset(
    "it that this there the answer es das dies die antwort c il elle la réponse esto eso lo respuesta "
    "ciò questo risposta isto isso a resposta het dat dit er antwoord to odpowiedź".split()
)


@lru_cache(maxsize=RECENT)
def read_question(question: str) -> Question:
    """What a question lends to its answers, remembered until `forget`."""
    return _read_question(question)


def _read_question(question: str) -> Question:
    """What a question lends to its answers, of which nothing stays in memory."""
    tokens = tuple(token.lower() for token in split(question))
    words = frozenset(singular(token) for token in tokens if token.isalnum() and not token[0].isdigit())
    language = language_of(tokens)
    choice = not lists.CHOOSING.isdisjoint(tokens)
    wide = not _ASKING[language].isdisjoint(tokens)
    return Question(words, tokens, wide and not choice)


def statement_key(answer: str, question: str = "", *, salt: bytes = b"") -> int:
    """A signed 64-bit digest: equal for two answers to one question only if they claim the same. A hidden value may differ
    from one conversation to the next: where the answer has one, the salt, such as the conversation's id, tells them apart.
    """
    if salt and "[" in answer and PLACEHOLDER.search(answer):
        return _digest(answer, question, b"\x1e" + salt)
    text = blake2b(f"{question}\x1f{answer}".encode(), digest_size=16).digest()
    if (known := _known.get(text)) is not None:
        return known
    if len(_known) >= _MOST_KNOWN:
        _known.clear()
    _known[text] = found = _digest(answer, question)
    return found


_MOST_KNOWN: Final = 1 << 15
_known: dict[bytes, int] = {}
"""The keys of recent answers by digests of their texts, for no text may outlive its erasure in a worker's memory. Curation
asks for each twice in a batch: for the evidence, and for the record.
"""


def _digest(answer: str, question: str, salt: bytes = b"") -> int:
    said = " ".join(statement(answer, question)).encode()
    return int.from_bytes(blake2b(said + salt, digest_size=8).digest(), signed=True)


def statement(answer: str, question: str = "") -> list[str]:
    """The words of an answer that claim something, in order and each in one spelling."""
    clauses, language = claiming(answer, question)
    dropped = DROPPED[language]
    english = lists_of(language) == "en"
    found: list[str] = []
    for clause in clauses:
        for word in clause:
            if word not in dropped:
                found.append(singular(word) if english else word)
    return found or [word for clause in clauses for word in clause] or answer.lower().split()


def claiming(
    answer: str, question: str = "", *, whole: bool = False, language: str = "", tokens: list[str] | None = None
) -> tuple[list[Clause], str]:
    """The clauses of an answer that claim something, and the language that it was read in. If `whole`, each keeps its
    subject, also where the question gave it, and what the answer asks back is left out. The language is guessed where none is given.
    """
    about = read_question(question) if whole else _read_question(question)
    tokens = split(answer) if tokens is None else tokens
    language = language or language_of([token.lower() for token in tokens[:60]], about.tokens)
    clauses = read(tokens, language)
    sentences: list[list[tuple[Clause, str]]] = [[]]
    for clause in clauses:
        sentences[-1].append(clause)
        if clause[1] in END:
            sentences.append([])
    if whole:
        sentences = [sentence for sentence in sentences if sentence and sentence[-1][1] != "?"]
        if not sentences:
            return [], language
    kept = [rest for sentence in sentences if sentence and (rest := _stated(sentence, about, language))]
    if not kept:
        return [clause for clause, _ in clauses], language
    if not whole:
        kept = [[_without_subject(first, about, language), *rest] for first, *rest in kept]
    return [clause for sentence in kept for clause in sentence], language


def _stated(sentence: list[tuple[Clause, str]], about: Question, language: str) -> list[Clause]:
    """The clauses of a sentence that claim something: what leads up to them and what follows politely is left out."""
    if _empty([word for clause, _ in sentence for word in clause], about, language, sentence[-1][1]):
        return []
    last = len(sentence)
    first = _led_up(sentence, about, language)
    while first < last - 1 and _empty(sentence[first][0], about, language, sentence[first][1]):
        first += 1
    while last > first + 1 and _empty(sentence[last - 1][0], about, language, ""):
        last -= 1
    return [clause for clause, _ in sentence[first:last]]


def _led_up(sentence: list[tuple[Clause, str]], about: Question, language: str) -> int:
    """How many clauses lead up to a colon and claim nothing: "Here is, in short, what I found:"."""
    for place, (_, end) in enumerate(sentence[:-1]):
        if end == ":":
            words = [word for clause, _ in sentence[: place + 1] for word in clause]
            return place + 1 if _empty(words, about, language, ":") else 0
    return 0


def _empty(words: Clause, about: Question, language: str, end: str) -> bool:
    """Whether these words claim nothing: courtesy, function words, and words of an open question."""
    weights, echo, bound, negated, article = _COURTESY[language], 0, False, False, False
    polite = int(end == "?")
    for word in words:
        weight = weights.get(word)
        if weight:
            polite += weight
        elif weight is None:
            if word in NEGATIONS[language]:
                negated = True
            elif word in MODALS[language]:
                bound = True
            elif about.open and singular(word) in about.words:
                echo += 1
            elif word == "#1":  # an article, in many languages
                article = True
            else:
                return False
        elif about.open and word in about.words:
            echo += word not in EVIDENCE
    if negated and _CANCELLED[language].isdisjoint(words):
        return False
    if polite >= POLITE and not echo:
        return True
    if bound or article:
        return False
    return polite >= POLITE or echo > 0 or (end == ":" and (about.open or polite > 0))


def _without_subject(clause: Clause, about: Question, language: str) -> Clause:
    """The clause without the subject that the question gave: "The fee is 5 euros" of "What is the fee?" is "5 euros"."""
    be = _BE[lists_of(language)]
    for place, word in enumerate(clause[:12]):
        if word in be:
            return clause[place + 1 :] or clause
        if word in _EXPLETIVE or word in FUNCTION[language]:
            continue
        if not (about.open and singular(word) in about.words):
            return clause
    return clause
