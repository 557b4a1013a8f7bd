"""Whether a clause says that an act is required, optional, allowed or forbidden. "You need not" means "it is optional"."""

import re
from enum import StrEnum
from typing import Final

from curation.claims.words import lists_of


class Duty(StrEnum):
    """What may or must be done; `NONE` where a clause says nothing of it."""

    NONE = ""
    OPTIONAL = "optional"
    FORBIDDEN = "forbidden"
    REQUIRED = "required"
    ALLOWED = "allowed"


_PATTERNS: Final = {
    "en": (
        (Duty.OPTIONAL, r"not (?:have|need|require\w*|necessary|mandatory|compulsory|obligatory|obliged)|needs? (?:not|no)|no (?:need|obligation|requirement)|requires? no|"
                        r"no (?:\w+ ){1,3}(?:is |are )?(?:needed|required|necessary)|neither (?:\w+ ){0,3}(?:needs?|has|have|requires?)|optional|voluntary|unnecessary"),
        (Duty.ALLOWED, r"not (?:forbidden|prohibited|banned)"),
        (Duty.FORBIDDEN, r"(?:must|may|can|could|should|shall) (?:not|never)|(?:not|never|no \w+) (?:is |are |be )?(?:allow\w*|permit\w*|possible)|"
                         r"forb[ia]d\w*|prohibit\w*|banned|impossible|(?:no|nobody|none)(?: \w+)? (?:may|can)"),
        (Duty.REQUIRED, r"must|should|shall|ought|ha(?:ve|s) to|needs?(?: to)?|needed|require[sd]?|mandatory|compulsory|obligatory|obliged|necessary"),
        (Duty.ALLOWED, r"may|can|could|allow(?:s|ed)?|permit(?:s|ted)?|possible|(?:free|welcome) to"),
    ),
    "de": (
        (Duty.OPTIONAL, r"(?:müssen|muss|musst|brauchen|braucht|brauche) (?:\w+ ){0,5}(?:nicht|kein\w*)|(?:nicht|kein\w*)(?: \w+)? (?:nötig|erforderlich|notwendig|verpflichtend|pflicht)|"
                        r"freiwillig|optional|keine pflicht"),
        (Duty.ALLOWED, r"nicht (?:verboten|untersagt)"),
        (Duty.FORBIDDEN, r"(?:darf|dürfen|darfst|kann|können|soll\w*) (?:\w+ ){0,6}(?:nicht|kein\w*|nie)|(?:nicht|kein\w*)(?: \w+)? (?:erlaubt|gestattet|zulässig|möglich)|"
                         r"verboten|untersagt|unmöglich|kein\w* (?:\w+ ){0,3}(?:darf|dürfen|kann|können)"),
        (Duty.REQUIRED, r"müssen|muss|musst|brauchen|braucht|brauche|pflicht|verpflichtend|vorgeschrieben|erforderlich|nötig|notwendig|obligatorisch"),
        (Duty.ALLOWED, r"darf|dürfen|darfst|kann|können|kannst|erlaubt|gestattet|zulässig|möglich"),
    ),
    "fr": (
        (Duty.OPTIONAL, r"pas (?:obligatoire|nécessaire|besoin|obligée?s?|indispensable)|facultati\w+|aucune obligation"),
        (Duty.ALLOWED, r"pas (?:interdite?s?|défendue?s?)"),
        (Duty.FORBIDDEN, r"(?:devez|doit|doivent|peut|pouvez|peuvent|faut) (?:pas|jamais)|interdite?s?|pas (?:autorisée?s?|permise?s?|possible)|impossible|défendue?s?"),
        (Duty.REQUIRED, r"doit|devez|doivent|faut|obligatoires?|nécessaires?|obligée?s?|besoin|indispensable"),
        (Duty.ALLOWED, r"peut|pouvez|peuvent|autorisée?s?|permise?s?|possible"),
    ),
    "es": (
        (Duty.OPTIONAL, r"no (?:es |hace |son )?(?:obligatori\w+|necesari\w+|falta)|no (?:tiene\w* que|hay que|necesita\w*)|opcional\w*|voluntari\w+"),
        (Duty.ALLOWED, r"no (?:está(?:n)? |es )?prohibid\w+"),
        (Duty.FORBIDDEN, r"no (?:se )?(?:puede\w*|debe\w*|permite\w*|está(?:n)? permitid\w+|es posible)|prohibid\w+|prohíbe\w*|imposible"),
        (Duty.REQUIRED, r"debe\w*|tiene\w* que|hay que|obligatori\w+|necesari\w+|necesita\w*|hace falta"),
        (Duty.ALLOWED, r"puede\w*|permite\w*|permitid\w+|posible"),
    ),
}  # fmt: skip
HEAD: Final = 3
"""Letters of a word that tell whether it may be one of these: a pattern looks only at clauses with one."""
_RULES: Final = {
    language: (
        frozenset(word[:HEAD] for _, words in rules for word in re.findall(r"[^\W\d_]+", words)),
        re.compile(rf"\b(?:{'|'.join(words for _, words in rules)})\b"),
        tuple((duty, re.compile(rf"\b(?:{words})\b")) for duty, words in rules),
    )
    for language, rules in _PATTERNS.items()
}
_CONTRARY: Final = (
    {Duty.OPTIONAL, Duty.REQUIRED},
    {Duty.OPTIONAL, Duty.FORBIDDEN},
    {Duty.REQUIRED, Duty.FORBIDDEN},
    {Duty.ALLOWED, Duty.FORBIDDEN},
)


def duty(clause: list[str], language: str) -> Duty:
    """What a clause, as it is read, makes of the act that it speaks of."""
    if (rules := _RULES.get(lists_of(language))) is None:
        return Duty.NONE
    heads, any_of_them, patterns = rules
    if not any(word[:HEAD] in heads for word in clause):
        return Duty.NONE
    text = " ".join(clause)
    if any_of_them.search(text) is None:  # as most clauses: one look instead of five
        return Duty.NONE
    return next((duty for duty, words in patterns if words.search(text)), Duty.NONE)


def contrary(one: Duty, other: Duty) -> bool:
    """Whether the two cannot hold of one act."""
    return {one, other} in _CONTRARY


def answers(asked: Duty, said: Duty) -> bool | None:
    """Yes or no to a question that asks whether an act is a duty or allowed; None where that is not told."""
    if Duty.NONE in (asked, said):
        return None
    if asked is Duty.REQUIRED:
        return said is Duty.REQUIRED
    if asked is Duty.ALLOWED:
        return None if said is Duty.OPTIONAL else said is not Duty.FORBIDDEN
    return None
