"""Which questions are the same. A question's key is made from its canonical text, the turns before it and the declared
scope. Two questions are the same exactly if their keys are equal. The canonical text leaves out what never changes what
is asked: case, spelling, courtesy, and the words of closed lists (`words/`). Near questions are another matter
(`clusters`).

Also: whether a question can be understood without the turns before it, and whether its answer changes with the day.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import re2

from curation.decisions import remarks
from curation.decisions.language import UNKNOWN, guess
from curation.questions.wording import canonical, composed, courteous, framed, prepared, question_first, split
from curation.questions.words import Language, recognise
from feedback.texts.fingerprints import normalise
from privacy.redaction import PLACEHOLDER

__all__ = ["canonical", "question_key", "stands_alone"]

SIZE = 16

_WORDS: Final = {
    "en": r"today|tonight|tomorrow|yesterday|currently|nowadays|right now|at the moment|(?:this|next|last) (?:week|weekend|month|year|morning|evening|summer|winter)",
    "de": r"heute|morgen früh|übermorgen|gestern|derzeit|momentan|zurzeit|(?:diese|nächste|letzte)[nrs]? (?:woche|wochenende|monat|jahr|sommer|winter)",
    "fr": r"aujourd['’]hui|demain|actuellement|en ce moment|ce soir|(?:cette|ce) (?:semaine|week-end|mois|année)|(?:semaine|mois|année) prochaine?",
    "es": r"hoy|mañana por la|ayer|actualmente|ahora mismo|esta (?:semana|noche)|este (?:mes|año|fin de semana)|(?:semana|mes|año) (?:que viene|próxim[oa]|pasad[oa])",
    "it": r"oggi|domani|ieri|attualmente|al momento|stasera|quest[ao]['’ ]?(?:settimana|mese|anno)",
    "pt": r"hoje|amanhã|ontem|atualmente|neste momento|est[ae] (?:semana|mês|ano)",
    "nl": r"vandaag|gisteren|momenteel|vanavond|(?:deze|volgende|vorige) (?:week|maand|jaar)|dit (?:weekend|jaar)",
    "pl": r"dzisiaj|dziś|jutro|wczoraj|obecnie|w tej chwili|w tym (?:tygodniu|miesiącu|roku)",
}
_BY_LANGUAGE: Final = {
    language: re.compile(rf"(?<![\w'’-])(?:{words})(?![\w'’-])", re.I) for language, words in _WORDS.items()
}
_GATE: Final = re2.compile(f"(?i){'|'.join(_WORDS.values())}")
"""One pass: most questions have none of these, and no pattern is tried."""


MOST_WORDS: Final = 14
"""A longer sentence more often mentions a day than asks about it."""
_ASKED: Final = re.compile(r"[^.!?\n]+\?")


def hangs_on_the_clock(question: str) -> bool:
    """Whether a question refers to a day relative to now ("today"). Only in languages with a list here."""
    if not _GATE.search(question):
        return False
    short = [sentence for sentence in _ASKED.findall(question) if len(sentence.split()) <= MOST_WORDS]
    told = {language for language, words in _BY_LANGUAGE.items() for one in short if words.search(one)}
    return bool(told) and guess(question) in (*told, UNKNOWN)


ENOUGH: Final = 2
"""Content words needed: with only one, as in "What is the limit?", the dialogue says which is meant."""


def stands_alone(question: str) -> bool:
    """Whether a question can be understood by itself.

    In doubt, and in a language without lists, it cannot: evidence from two dialogues is then kept apart, which costs
    less than pooling different questions. Measured on turns of real dialogues: see the explanation of curation.
    """
    text = composed(question)
    raw = split(text)
    if not raw or (spoken := recognise([word.lower() for word in raw], text)) is None:
        return False
    sets = spoken.sets
    asked = [words for part in prepared(text, raw, spoken) if (words := courteous(part, spoken, False))]
    if raw[0].lower() in sets["continuers"] or len(asked) != 1:
        return False
    if asked[0][0] in sets["statements"] and "-".join(asked[0][:2]) not in sets["existence"]:
        return False
    plain = [word for word in question_first(asked[0], spoken) if word != ","]
    words = framed(plain, spoken)
    if not words or words[0] not in sets["starts"] or not sets["follow_up"].isdisjoint(words[1:2]):
        return False
    told = words[2:] if "-".join(words[:2]) in sets["existence"] else words
    if not sets["open"].isdisjoint(told) or refers(words, spoken):
        return False
    return has_content(words, spoken) or has_content(plain, spoken)


def refers(words: list[str], spoken: Language) -> bool:
    """Whether a noun with a definite article may mean something mentioned before: "the limit", not "the limit for
    cash".
    """
    sets = spoken.sets
    for place, word in enumerate(words):
        if word not in sets["definite"]:
            continue
        end = place + 1
        while end < len(words) and words[end] not in sets["light"] and words[end] not in sets["complement"]:
            end += 1
        if words[end - 1] not in sets["unique"] and (end == len(words) or words[end] not in sets["complement"]):
            return True
    return False


def has_content(words: list[str], spoken: Language) -> bool:
    """Whether these words have content of their own, including a code, or a noun after an article or a preposition.
    "How do I avoid getting caught?" has no such noun.
    """
    sets = spoken.sets
    own = [place for place, word in enumerate(words) if word not in sets["light"]]
    return len(own) >= ENOUGH and any(
        not words[place].isalpha()
        or words[place - 1] in sets["anchors"]
        or (words[place - 1] == "to" and words[place - 2] in sets["towards"])
        for place in own
        if place
    )


def question_key(
    question: str,
    context: Sequence[Mapping[str, str]] = (),
    scope: Sequence[str] = (),
    *,
    is_own: bool = False,
    salt: bytes = b"",
) -> bytes:
    """16 bytes of BLAKE2b over what makes questions the same.

    The turns before the question count, unless it stands alone and they only greet: then a question asked later in a
    dialogue has the key of the bare question. The order of the scope makes no difference. A placeholder hides a value
    that may differ between interactions: if one counts, the salt, such as the interaction's id, makes their keys
    differ. The same goes for a question that `is_own`, whose answer hides what one person was told: it neither supports
    nor contradicts another's.
    """
    turns = context
    if context and all(only_greets(turn.get("content", "")) for turn in context) and stands_alone(question):
        turns = ()
    made = hashlib.blake2b(digest_size=SIZE)
    for part in (canonical(question), str(len(set(scope))), *sorted(set(scope)), *texts(turns)):
        data = part.encode("utf-8", "surrogatepass")
        made.update(len(data).to_bytes(4) + data)
    if is_own or hides_a_value(question) or any(hides_a_value(turn.get("content", "")) for turn in turns):
        made.update(salt)
    return made.digest()


def texts(turns: Sequence[Mapping[str, str]]) -> Iterator[str]:
    """The role and the text of each turn; people's turns are normalised like questions."""
    for turn in turns:
        role, content = turn.get("role", ""), turn.get("content", "")
        yield role
        yield canonical(content) if role == "user" else normalise(content)


def only_greets(text: str) -> bool:
    """Whether a turn says nothing that could change what a later question asks."""
    return len(text) <= GREETING and GREETS.match(text) is not None


GREETING: Final = 60
GREETING_WORDS: Final = (
    r"(?:hi|hello|hey|good (?:morning|afternoon|evening|day)|welcome|hallo|moin|servus|grüezi|guten (?:tag|morgen|abend)|willkommen|bonjour|bonsoir|salut|bienvenue|"
    r"hola|buen[oa]s (?:días|tardes|noches)|bienvenid[oa]|ciao|salve|buongiorno|buonasera|benvenut[oa]|olá|oi|bom dia|boa (?:tarde|noite)|"
    r"bem-vind[oa]|hoi|goede(?:morgen|middag|navond|ndag)|welkom|dzień dobry|dobry wieczór|cześć|witam|witamy)"
)
OFFERS: Final = (
    r"(?:(?:so )?(?:how|what) (?:can|may) (?:i|we) (?:help|assist|do for)(?: you)?|wie (?:kann|darf) ich(?: ihnen| dir)? (?:weiter)?helfen|(?:comment|en quoi) puis-je (?:vous |t')?aider|"
    r"¿?(?:en|cómo) (?:qué )?puedo ayudar(?:te|le|los)|¿?en qué puedo ayudar(?:te|le|les)?|come posso (?:aiutar(?:ti|la|vi)|esserle utile)|como posso (?:ajudar|te ajudar|ajudá-l[oa])|"
    r"(?:waarmee|hoe|waar) kan ik (?:je |u )?(?:mee )?helpen|(?:w czym|jak) mogę (?:ci |pani |panu )?pomóc)(?: today| heute| aujourd'hui| hoy| oggi| hoje| vandaag| dzisiaj)?"
)
GREETS: Final = re.compile(
    rf"\W*(?:{GREETING_WORDS}\b(?: there| zusammen| all)?\W*)+(?:{OFFERS}\W*)?$|\W*{OFFERS}\W*$|"
    + remarks.phrases(remarks.SMALL_TALK, before=r"\W*").pattern,
    re.IGNORECASE,
)
"""Greetings, and what an agent offers in return."""


def hides_a_value(text: str) -> bool:
    """Whether this text contains a placeholder."""
    return "[" in text and PLACEHOLDER.search(text) is not None
