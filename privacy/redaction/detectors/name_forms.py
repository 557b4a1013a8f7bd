"""How names are written: capitalised words, initials, particles, and the runs that they form."""

import re

UPPER = "".join(chr(code) for code in range(0x41, 0x530) if chr(code).isupper())
LETTER = r"[^\W\d_]"
WORD = rf"[{UPPER}]{LETTER}*+(?:['’](?!s\b|S\b){LETTER}+)?(?:-{LETTER}+)*+"
PARTICLE = (
    r"(?:(?:van|von|vom|der|den|de|la|le|di|da|del|della|dos|das|du|bin|ibn|al|el|ten|ter|af|av|zu|zur|y|i)\s){1,3}"
)
JOINER = rf"(?:[ \t]{{1,2}}|(?<=\b[{UPPER}])\.[ ]?|[ ]\ufeff)"
PARTICLES = "van von vom der den de la le di da del della dos das du bin ibn al el ten ter af av zu zur y i".split()
# What may stand between two words of one name.
GAPS = frozenset(
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
SIMPLE = re.compile(rf"[{UPPER}]{LETTER}+")
SEQUENCE = re.compile(rf"{WORD}(?:{JOINER}(?:{PARTICLE})?{WORD}){{0,3}}(?:,? (?:Jr|Sr|II|III|IV|PhD|Psyd|Np|MD)\b)?")
INITIAL = re.compile(rf"[{UPPER}]")
LOWER_NAME = re.compile(rf"{LETTER}{{2,24}}(?:['-]{LETTER}+)?")
VOWEL = re.compile(r"[aeiouyáéíóúàèìòùäëïöüâêîôûãõåæøœýűőůěčřšžηαιουεύίόάώ]", re.IGNORECASE)


def spelt_like(word: str) -> bool:
    """Whether an unknown word is written as names are: one capital (or those of McKay, O'Neil), a vowel, no acronym."""
    return len(word) > 2 and not word.isupper() and bool(VOWEL.search(word)) and sum(c.isupper() for c in word) <= 2
