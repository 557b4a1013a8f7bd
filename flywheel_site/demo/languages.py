"""Which of the four languages of the help pages a question is in."""

import re
from collections.abc import Sequence
from typing import Final

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


def guess(question: str, earlier: Sequence[str] = ()) -> str:
    """The language by script and commonest words; where these say nothing, that of the turns before; else English."""
    for text in (question, *reversed(earlier)):
        if KANA_OR_HAN.search(text):
            return "ja"
        words = WORD.findall(text.casefold())
        counts = {language: sum(word in signs for word in words) for language, signs in SIGNS.items()}
        most = max(counts.values(), default=0)
        if most:
            return "en" if counts["en"] == most else next(name for name, n in counts.items() if n == most)
    return "en"
