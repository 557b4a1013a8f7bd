"""How names are written: capitalised words, initials and particles, and the runs that they form."""

import re
from typing import Final

UPPER: Final = "".join(chr(code) for code in range(0x41, 0x530) if chr(code).isupper())
# Not letters of East Asia, which may follow a Latin name without a space: `Richard Stallman이`.
LETTER: Final = r"[^\W\d_\u1100-\u11ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]"
WORD: Final = rf"[{UPPER}]{LETTER}*+(?:['’](?!s\b|S\b){LETTER}+)?(?:-{LETTER}+)*+"
PARTICLE: Final = (
    r"(?:(?:van|von|vom|der|den|de|la|le|di|da|del|della|dos|das|du|bin|ibn|al|el|ten|ter|af|av|zu|zur|y|i)\s){1,3}"
)
JOINER: Final = rf"(?:[ \t]{{1,2}}|(?<=\b[{UPPER}])\.[ ]?|[ ]\ufeff)"
PARTICLES: Final = (
    "van von vom der den de la le di da del della dos das du bin ibn al el ten ter af av zu zur y i".split()
)
# What may stand between two words of one name.
GAPS: Final = frozenset(
    {" ", "  ", "\t", ". ", "."}
    | {f" {one} " for one in PARTICLES}
    | {
        f" {pair} "
        for pair in (
            "van der",
            "van den",
            "van de",
            "von der",
            "von dem",
            "de la",
            "de los",
            "de las",
            "de le",
            "da la",
            "bin al",
            "de y",
        )
    }
)


class Form:
    """A pattern over letters of any script, and its twin for ASCII text, which `re` reads twice as fast."""

    __slots__ = ("_any", "_ascii")

    def __init__(self, pattern: str) -> None:
        self._any = re.compile(pattern)
        self._ascii = re.compile(pattern.replace(UPPER, "A-Z").replace(LETTER, "[A-Za-z]"), re.ASCII)

    def of(self, text: str) -> re.Pattern[str]:
        """The pattern to read this text with."""
        return self._ascii if text.isascii() else self._any


SIMPLE: Final = Form(rf"[{UPPER}]{LETTER}+")
CAPITALISED: Final = Form(WORD)
# Everything that may be one run, or two runs with a full stop between them: found in one go, and examined if it holds a
# name.
PARTICLES_BETWEEN: Final = rf"(?:(?:{'|'.join(PARTICLES)}) )(?:(?:der|den|de|dem|la|los|las|le|al|y) )?"
# A run begins at the start of a word. The look-behind follows the first letter because `re` then searches for letters at once.
FIRST_WORD: Final = WORD.replace(f"[{UPPER}]", f"[{UPPER}](?<!{LETTER}[{UPPER}])", 1)
RUNS: Final = Form(rf"{FIRST_WORD}(?:(?: (?:{PARTICLES_BETWEEN}|[ ])?|\t|(?<=[{UPPER}])\.[ ]?){WORD})+")
INITIAL: Final = re.compile(rf"[ .][{UPPER}](?![^\W_])")
SEQUENCE: Final = Form(rf"{WORD}(?:{JOINER}(?:{PARTICLE})?{WORD}){{0,3}}(?:,? (?:Jr|Sr|II|III|IV|PhD|Psyd|Np|MD)\b)?")
LOWER_NAME: Final = Form(rf"{LETTER}{{2,24}}(?:['-]{LETTER}+)?")
CONTRACTION: Final = re.compile(r"(?:n['’]t|['’](?:m|ll|ve|re|d))\Z", re.IGNORECASE)
VOWEL: Final = re.compile(r"[aeiouyáéíóúàèìòùäëïöüâêîôûãõåæøœýűőůěčřšžηαιουεύίόάώаеёиоуыэюяіїє]", re.IGNORECASE)


def spelt_like(word: str) -> bool:
    """Whether an unknown word is written like a name: one capital (or as in McKay, O'Neil), a vowel, no acronym."""
    return len(word) > 2 and not word.isupper() and bool(VOWEL.search(word)) and sum(c.isupper() for c in word) <= 2
