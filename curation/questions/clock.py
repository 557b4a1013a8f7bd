"""Whether the right answer to a question changes with the day it is asked on."""

import re
from typing import Final

from curation.decisions.language import UNKNOWN, guess

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


MOST_WORDS: Final = 14
"""A longer sentence tells of a day more often than it asks about it."""
_ASKED: Final = re.compile(r"[^.!?\n]+\?")


def hangs_on_the_clock(question: str) -> bool:
    """Whether a question names a day by the one it is asked on. Only in the languages that have a list here."""
    short = [sentence for sentence in _ASKED.findall(question) if len(sentence.split()) <= MOST_WORDS]
    told = {language for language, words in _BY_LANGUAGE.items() for one in short if words.search(one)}
    return bool(told) and guess(question) in (*told, UNKNOWN)
