"""Whether a correction can stand as an answer, or only says something about one.

The patterns are anchored or bounded, and read at most the first `READ` characters: a correction that opens
with a complaint is one however it goes on, for "That is wrong, it is 42 days" would teach an agent to say
"That is wrong". A text taken for a complaint by mistake costs a reviewer one look; a complaint taken for an
answer is taught.
"""

import re
import unicodedata
from collections.abc import Iterator
from itertools import zip_longest
from typing import Final

import re2

from curation.decisions import fitting, fragments, remarks
from curation.decisions.fitting import Flaw
from curation.decisions.remarks import phrases
from curation.decisions.words import CODE, size
from feedback.texts.blanks import is_blank
from privacy.redaction import PLACEHOLDER

EDGES: Final = ".,;:!?\"'`´‘’“”„«»…。，、！？؟।"
READ: Final = 400
SHOUT: Final = 4
"""The fewest words in capitals that are shouted: fewer may be a name or an abbreviation."""
SHORT: Final = 240
"""In a text up to this long a remark counts wherever it stands; in a longer one only at the start."""


COMPLAINTS: Final = phrases(remarks.COMPLAINTS, before=r"\W*" + remarks.LEAD_IN)
INSTRUCTIONS: Final = phrases(remarks.INSTRUCTIONS, before=r"\W*" + remarks.LEAD_IN + remarks.PLEASE)
ASIDES: Final = phrases(remarks.ASIDES, before="")
ASIDE_GATE: Final = re2.compile(f"(?i){'|'.join(map(re2.escape, remarks.ASIDE_WORDS))}")
"""One pass of an automaton, of ASCII text; mostly nothing is left to search."""
ASKS: Final = re.compile(r"[?？؟]\s*[\"'”’)\]]*\s*$")
UNMARKED: Final = re.compile(
    r"\W*(?:where|how|when|what|who|why|which \w+) (?:can|do|does|did|is|are|should|would|will) (?:i|you|we|it|that|this|they|he|she)\b[^.!\n]*[.!]?\s*$",
    re.IGNORECASE,
)
"""A question without its mark."""
PARTICLE: Final = re.compile(
    r"(?:です|ます|でしょう|ません|でした|ました|の|ん)か[。\s]*$|[吗嗎呢][。\s]*$|(?:나요|까요|가요|[합입습됩갑]니까|는지요)[.\s]*$|(?<!\d )\bm[ıiuü](?:y[ıiuü]m|y[ıiuü]z|s[ıi]n[ıi]z)?[.\s]*$"
)
"""The word at the end that makes a question of a sentence."""
CHOICE: Final = re.compile(r"\b(?:or|oder|ou|lub|czy|eller|или|veya)\b|还是|還是|または|それとも|아니면", re.IGNORECASE)
LEAD: Final = re.compile(
    r"\W*(?:"
    r"(?:(?:good|great) question|gute frage|bonne question|buena pregunta|buona domanda|boa pergunta|goede vraag|dobre pytanie|хороший вопрос)[.:!]"
    r"|(?:sure|certainly|of course|klar|gerne?|natürlich|bien sûr|claro|certo|natuurlijk|oczywiście|конечно):"
    r"|here(?:'s| is) what (?:i|we) (?:found|know|have)[.:]|(?:in short|in brief|in summary|kurz gesagt|en bref|en resumen|in breve|em resumo|kortom|w skrócie):"
    r"|(?:as|wie|como|comme|come|zoals|jak) (?:\w+ ){1,2}(?:pages?|docs?|documentation|website|site|guide|seiten?|páginas?|pagine|pagina'?s?|strony) (?:says?|states?|explains?|sagen|dicen|dizem|disent|dicono|zeggen|mówią):"
    r") +(?=(?:\S+ ){3})",
    re.IGNORECASE,
)
"""A courtesy before an answer, in the manner of agents."""
CLOSE: Final = re.compile(
    r"(?<=[.!?…])\s+(?:i hope (?:this|that|it) (?:helps|answers your question)|hope (?:this|that) helps|have a (?:nice|good|great|lovely) (?:day|evening|weekend|one)|(?:is there )?anything else(?: (?:i|we) can (?:do|help)[^.!?]{0,30})?"
    r"|(?:just |please )?let (?:me|us) know if [^.!?]{3,80}|feel free to (?:ask|reach out|contact|write|call)[^.!?]{0,60}|(?:please )?see (?:the|our) (?:help|support) (?:pages?|cent(?:er|re)) for (?:more|details|further \w+)"
    r"|ich hoffe,? das hilft[^.!?]{0,20}|einen schönen tag(?: noch)?|(?:kann ich )?sonst noch etwas[^.!?]{0,30}|espero que (?:te|le|os|les)? ?(?:sirva|ayude|ajude)[^.!?]{0,20}|que tenga (?:un )?buen día|j'espère que cela (?:vous|t')? ?aide[^.!?]{0,20}"
    r"|bonne journée|spero (?:di esserti stato utile|che (?:ti|le) sia utile|che (?:questo )?aiuti)|buona giornata|tenha um bom dia|ik hoop dat (?:dit|het) helpt|fijne dag(?: nog)?|mam nadzieję,? że to pomoże|miłego dnia)[.!?\s]*$",
    re.IGNORECASE,
)
"""A courtesy after an answer, in the manner of agents."""
ENDS_SENTENCE: Final = re.compile(r"[.!。！।\n](?:\s|$)|[。！]")


__all__ = ["Flaw", "flaw", "may_answer", "same"]


def words(text: str) -> Iterator[str]:
    """The words that make a difference: without case, spacing, and punctuation around words.

    Signs inside and between words count, for `a < 3` and `a > 3` are different answers.
    """
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    return (bare for word in text.casefold().split() if (bare := word.strip(EDGES)))


def same(text: str, other: str) -> bool:
    """Whether two texts say the same, word for word; mostly an early word settles it."""
    return text == other or all(one == two for one, two in zip_longest(words(text), words(other)))


def flaw(text: str, question: str = "", answer: str = "") -> Flaw | None:
    """Why the text is no answer to the question, in place of this answer; None where it may be one.

    "Wrong" is a complaint, but not where the question asks whether something is right or wrong. Without the
    answer that it replaces, nothing is said of how well a text fits.
    """
    text = CLOSE.sub("", LEAD.sub("", text, count=1) if LEAD.match(text) else text)
    if answer and fragments.is_edit(text, answer):
        return Flaw.FRAGMENT
    found = flaw_alone(text)
    may_be_named = found in (Flaw.COMPLAINT, Flaw.INSTRUCTION) or (found is None and CHOICE.search(question))
    if may_be_named and is_named(text, question):
        return None
    return found or (fitting.misfit(text, question, answer) if answer else None)


def may_answer(text: str, flaw: Flaw, answer: str) -> bool:
    """Whether a text that does not fit may still be an answer, if other people say the same. A change of the old answer
    that is written down as one never is.
    """
    if flaw not in (Flaw.FRAGMENT, Flaw.NO_ANSWER) or fragments.is_edit(text, answer):
        return False
    return size(list(words(text)), text) >= fitting.ENOUGH


def is_named(text: str, question: str) -> bool:
    """Whether the question itself names the text as one of its answers."""
    said = set(words(text))
    return bool(said) and said <= set(words(question))


def flaw_alone(text: str) -> Flaw | None:
    """The same whatever was asked."""
    if not any(map(str.isalnum, text)) or is_blank(text):
        return Flaw.EMPTY
    if not any(map(str.isalnum, PLACEHOLDER.sub("", text))):
        return Flaw.PLACEHOLDER
    if is_shouted(text):
        return Flaw.COMPLAINT
    opening = " ".join(text[:READ].replace("’", "'").split())
    if COMPLAINTS.match(opening):
        return Flaw.COMPLAINT
    if INSTRUCTIONS.match(opening):
        return Flaw.INSTRUCTION
    if len(text) <= SHORT and (not opening.isascii() or ASIDE_GATE.search(opening)) and ASIDES.search(opening):
        return Flaw.COMPLAINT
    if (
        UNMARKED.match(opening)
        or PARTICLE.search(text[-20:])
        or (ASKS.search(text[-20:]) and not ENDS_SENTENCE.search(text.rstrip()))
    ):
        return Flaw.QUESTION
    return None


def is_shouted(text: str) -> bool:
    """Whether a text of some words is in capitals. Of eighteen in real logs each remarked on the answer."""
    return text.isupper() and len(text.split()) >= SHOUT and not CODE.search(text)
