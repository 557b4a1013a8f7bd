"""The canonical wording of a question in a language that has lists: each step rewrites the words of one sentence.

The order of an enumeration is free between items that "and", "or" or a comma join, and nowhere else.
"""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from curation.questions.indirect import direct
from curation.questions.words import Language, Rules, elide, language, recognise
from feedback.texts.fingerprints import MARKS as VOWELS
from feedback.texts.fingerprints import normalise
from privacy.redaction import PLACEHOLDER

MARKS: Final = frozenset(".?!;,")


def ordered(words: list[str], spoken: Language) -> list[str]:
    """The words with the items of each list in alphabetical order: "Visa and Mastercard" is "Mastercard and Visa"."""
    for place, word in enumerate(words):
        if word in spoken.sets["joiners"] and (span := listed(words, place, spoken)):
            start, second, end = span
            items = [*split_list(words[start:place]), words[second:end]]
            if sortable(items, words[start - 1] if start else "", spoken):
                *first, last = sorted(items)
                front = [part for item in first for part in (*item, ",")][:-1]
                return [*words[:start], *front, *words[place:second], *last, *ordered(words[end:], spoken)]
    return words


def listed(words: list[str], place: int, spoken: Language) -> tuple[int, int, int] | None:
    """Where the items before and after this "and" begin and end; none if in doubt."""
    sets = spoken.sets
    start = place
    while start and words[start - 1] not in sets["before"] and words[start - 1] not in sets["articles"]:
        start -= 1
    if start and words[start - 1] == "to" and words[start - 2] not in sets["towards"]:
        return None
    second = place + 1
    if second < len(words) and (words[second] in sets["articles"] or words[second] == words[start - 1]):
        second += 1
    end = second
    while end < len(words) and words[end] not in sets["after"] and words[end] not in MARKS:
        end += 1
    return (start, second, end) if start < place and second < end else None


def split_list(words: Sequence[str]) -> list[list[str]]:
    """The items between commas."""
    items: list[list[str]] = [[]]
    for word in words:
        if word == ",":
            items.append([])
        else:
            items[-1].append(word)
    return [item for item in items if item]


def sortable(items: list[list[str]], lead: str, spoken: Language) -> bool:
    """Whether the order of these items is free: in "red shoes and socks" it is unclear what is red."""
    lengths = {len(item) for item in items}
    if any(not spoken.sets["bound"].isdisjoint(item) for item in items):
        return False
    return len(lengths) == 1 or lead in spoken.sets["pair"]


LONGEST: Final = 600
"""Characters; a longer text is compared unchanged, since no two differ only in courtesy."""
TOKENS: Final = re.compile(
    rf"\d+(?:[.,:]\d+)+[\w{VOWELS}]*|(?:[vV]\d+(?:\.\d+)+)|[\w{VOWELS}]+(?:['.][\w{VOWELS}]+)*|!=|:=|->|(?<=\w)--(?!\w)"
    rf"|[@\\](?=\w)|[+<>=*/%#^&|~$€£¥°]"
    rf"|(?<![\w{VOWELS}])-(?=\s?\d)|(?<=\d)-(?=\d)|[,?!;]|(?<!\d)\."
)
QUOTES: Final = re.compile("[\"`“”„«»]|(?<!\\w)'\\w")
APOSTROPHES: Final = str.maketrans("’‘ʼ", "'''")
STOPS: Final = frozenset(".?!;")
MONEY: Final = frozenset("$€£¥")
MEASURE: Final = re.compile(
    r"(-?\d+(?:[.,]\d+)?)(kg|g|mg|mcg|µg|ml|cl|l|km|cm|mm|m|kb|mb|gb|tb|kbit|mbit|gbit|eur|usd|gbp|min|h|ms|kwh|kw|w|v|mah)"
)
SHORTEST: Final = 3
"""Words; a shorter question keeps its courtesy, since "so what" is not "what"."""


def canonical(question: str) -> str:
    """The canonical text of a question; two are equal exactly if the questions ask the same.

    In a language without lists it is the text without case and punctuation.
    """
    if len(question) > LONGEST:
        return normalise(question)
    text = composed(question)
    words = split(text)
    if (spoken := recognise([word.lower() for word in words], text)) is None:
        return normalise(question)
    return rewrite(text, words, spoken) or normalise(question)


def composed(text: str) -> str:
    """The text with each accented letter as one character, and with one kind of apostrophe."""
    return text if text.isascii() else unicodedata.normalize("NFKC", text).translate(APOSTROPHES)


def split(text: str) -> list[str]:
    """The words, symbols and marks of a text, in their case; a placeholder counts by its type."""
    return TOKENS.findall(PLACEHOLDER.sub(r" \1_ ", text) if "[" in text else text)


def rewrite(question: str, words: list[str], spoken: Language) -> str:
    """The canonical text of a question in this language; empty if there is nothing in it."""
    quoted = QUOTES.search(question) is not None
    found = [sentence(part, spoken, quoted) for part in prepared(question, words, spoken)]
    return " ".join(filter(None, found))


def prepared(question: str, words: list[str], spoken: Language) -> list[list[str]]:
    """The words of each sentence, in lower case, with contractions written out and without needless accents."""
    words = lower(question, words, spoken)
    if spoken.sets["elision"] and "'" in question:
        words = elide(" ".join(words)).split()
    if spoken.letters and not question.isascii() and not QUOTES.search(question):
        words = [spoken.plain(word) for word in words]
    if not MONEY.isdisjoint(words):
        words = money_last(words)
    return sentences(replace(words, spoken.rules["always"]))


def money_last(words: list[str]) -> list[str]:
    """The words with each currency sign after its amount: "€ 5" is "5 €"."""
    found = list(words)
    for place, word in enumerate(words[:-1]):
        if word in MONEY and found[place + 1][0].isdigit():
            found[place : place + 2] = [found[place + 1], word]
    return found


def lower(question: str, words: Sequence[str], spoken: Language) -> list[str]:
    """The words in lower case, except those that case turns into another word, like US and us."""
    if question.isupper():
        return [word.lower() for word in words]
    found = [spoken.cased.get(word) or word.lower() for word in words]
    if "A" in words[1:] and "a" in spoken.sets["articles"]:
        for place, word in enumerate(words[1:], 1):
            if (
                word == "A"
                and words[place - 1] not in STOPS
                and not "".join(words[place + 1 : place + 2])[:1].isupper()
            ):
                found[place] = "a-"
    return found


def sentences(words: Sequence[str]) -> list[list[str]]:
    """The words of each sentence, without the marks at its end."""
    found: list[list[str]] = [[]]
    for word in words:
        if word in STOPS:
            found.append([])
        else:
            found[-1].append(word)
    return [part for part in found if part]


def sentence(words: list[str], spoken: Language, quoted: bool) -> str:
    """The canonical text of one sentence."""
    sets = spoken.sets
    asked = courteous(words, spoken, quoted)
    words = framed(question_first(asked if len(asked) >= SHORTEST or not asked else words, spoken), spoken)
    if not quoted and sets["mention"].isdisjoint(words):
        compared = not sets["compare"].isdisjoint(words)
        words = words if compared else replace(words, spoken.rules["phrases"])
        words = bases(words, spoken, compared)
        if not sets["joiners"].isdisjoint(words):
            words = ordered(words, spoken)
        words = without_articles(words, spoken)
    return " ".join([word for word in words if word not in MARKS])


def replace(words: list[str], rules: Rules) -> list[str]:
    """The words with each phrase of the rules replaced, the longest first, from left to right."""
    if rules.keys().isdisjoint(words):
        return words
    found: list[str] = []
    place, count = 0, len(words)
    while place < count:
        for rest, instead in rules.get(words[place], ()):
            if words[place + 1 : place + 1 + len(rest)] == rest:
                found += instead
                place += 1 + len(rest)
                break
        else:
            found.append(words[place])
            place += 1
    return found


def opening(words: list[str], rules: Rules) -> tuple[int, list[str]] | None:
    """How many words at the start one of these phrases takes, and what it is replaced by."""
    for rest, instead in rules.get(words[0], ()) if words else ():
        if words[1 : 1 + len(rest)] == rest:
            return 1 + len(rest), instead
    return None


def courteous(words: list[str], spoken: Language, quoted: bool) -> list[str]:
    """The question without greetings, thanks and "could you tell me", in the order of a direct question.

    If it is about words, as in "How do you say please?", only the beginning is removed.
    """
    asked = False
    found = opening([*words, ","], spoken.rules["openers"])
    if not unthanked(words, spoken) or (found and found[0] == len(words) + 1):
        return []
    while words:
        if words[0] == ",":
            words = words[1:]
        elif found := opening(words, spoken.rules["openers"]):
            words = words[found[0] :]
        elif found := opening(words, spoken.rules["askers"]):
            words, asked = words[found[0] :], True
        else:
            break
    if not quoted and spoken.sets["mention"].isdisjoint(words):
        words = unthanked([word for word in words if word not in spoken.sets["fillers"]], spoken)
    return direct(words, spoken) if asked and words else words


def unthanked(words: list[str], spoken: Language) -> list[str]:
    """The words without thanks at the end."""
    while words:
        if words[-1] == ",":
            words = words[:-1]
        elif words[-1] in spoken.rules["closers"] and (found := opening(words[::-1], spoken.rules["closers"])):
            words = words[: -found[0]]
        else:
            break
    return words


def question_first(words: list[str], spoken: Language) -> list[str]:
    """The question with anything before it moved to its end: "in Python, how do I sort" is "how do I sort in Python"."""
    sets = spoken.sets
    if len(words) < 4 or words[0] not in sets["before_question"]:
        return words
    for place, word in enumerate(words[:-2]):
        if word == "," and words[place + 1] in sets["starts"]:
            return words[place + 1 :] + words[:place]
    if words[2] in sets["questions"]:
        return words[2:] + words[:2]
    return words


def framed(words: list[str], spoken: Language) -> list[str]:
    """The question in the usual form of its kind: "is it possible to" is "can I"."""
    for _ in range(2):
        found = opening(words, spoken.rules["frames"])
        if not found or found[0] == len(words):
            break
        words = found[1] + words[found[0] :]
    if len(words) > 2 and spoken.verbs:
        words = infinitive(words, spoken)
    for triggers, pattern, instead in () if spoken.triggers.isdisjoint(words) else spoken.patterns:
        if not triggers.isdisjoint(words):
            text = " ".join([word for word in words if word != ","])
            if match := pattern.fullmatch(text):
                words = match.expand(instead).split()
    return words


def infinitive(words: list[str], spoken: Language) -> list[str]:
    """ "Wie lösche ich mein Konto" as "wie mein Konto löschen", which is what "wie kann ich mein Konto löschen" becomes."""
    sets = spoken.sets
    if words[0] not in sets["how"] or words[1] not in spoken.verbs or not sets["clauses"].isdisjoint(words):
        return words
    by_particle = spoken.verbs[words[1]]
    if not sets["order"]:
        return [words[0], by_particle[""], *words[2:]]
    if words[2] not in sets["me"]:
        return words
    front = [words[0], f"{words[2]}-"] if words[2] in sets["one"] else [words[0]]
    if words[-1] in by_particle:
        return [*front, *words[3:-1], by_particle[words[-1]]]
    return [*front, *words[3:], by_particle[""]] if "" in by_particle else words


def bases(words: list[str], spoken: Language, compared: bool) -> list[str]:
    """The base form of each word except names: a word after a title is a name, and Mr Williams is not Mr William."""
    code, titles = spoken.code, spoken.sets["titles"]
    if titles.isdisjoint(words):
        return [base(word, code, compared) for word in words]
    before = ["", *words]
    return [word if before[place] in titles else base(word, code, compared) for place, word in enumerate(words)]


@lru_cache(maxsize=50_000)
def base(word: str, code: str, compared: bool) -> str:
    """The base form of a word and, unless the question is about words, the synonym that represents it."""
    spoken = language(code)
    variants = {} if compared else spoken.words
    word = inflected(variants.get(word, word), spoken)
    return variants.get(word, word)


def inflected(word: str, spoken: Language) -> str:
    """The base form of a word, if the language's lists know that it means the same."""
    if word in spoken.forms:
        return spoken.forms[word]
    if word[:1].isdigit():
        return number(word, spoken)
    if len(word) < 4 or word in spoken.sets["keep"] or not word.isalpha():
        return word
    for ending, instead in spoken.endings:
        if word.endswith(ending) and len(word) > len(ending) + 2:
            return word[: -len(ending)] + instead
    return word


def number(word: str, spoken: Language) -> str:
    """A number without thousands separators, and a measure as number and unit."""
    if match := MEASURE.fullmatch(word):
        return f"{number(match[1], spoken)} {match[2]}"
    separator = "," if spoken.code == "en" else "."
    if separator in word and re.fullmatch(rf"[1-9]\d{{0,2}}(?:\{separator}\d\d\d)+", word):
        return word.replace(separator, "")
    return word


def without_articles(words: list[str], spoken: Language) -> list[str]:
    """The words without articles; an A that is a letter, as in hepatitis A, stays."""
    articles, sets = spoken.sets["articles"], spoken.sets
    if articles.isdisjoint(words):
        return ["a" if word == "a-" else word for word in words]
    found = []
    for place, word in enumerate(words):
        if word in articles:
            letter = word == "a" and (
                (place and words[place - 1] in sets["lettered"])
                or place + 1 == len(words)
                or words[place + 1] in sets["after"]
            )
            if not letter:
                continue
        found.append("a" if word == "a-" else word)
    return found
