"""Whether a text tells a past event: a story in reply to a question about the present.

The signs are auxiliaries and verbs in the past ("stand", "fueron"), endings that only the past has ("обещался", "aldılar"), and
words for a time that is over ("yesterday", "vorige week").
"""

import re
from collections.abc import Collection
from typing import Final

from curation.decisions.question_types import Pair

PAST: Final = frozenset(
    "was were had did said told came went got took gave wasn't weren't hadn't war waren hatte hatten wurde wurden ging gingen kam kamen sagte stand "
    "était étaient avait avaient fut c'était era eran estaba estaban fue fueron había dijeron erano stava aveva stato stata estava estavam foi foram "
    "tinha disseram geweest werd kwam zei był była było byli powiedział powiedziała был была было были сказал сказали".split()
)
"""Past forms of the commonest verbs."""
PRONOUNS: Final = frozenset(
    "it you they he she we i er sie es du ihr wir il elle ils vous tu u je zij hij lei lui ella él ele ela".split()
)
CLAUSES: Final = frozenset(
    "after when if once since that which who whose where as because before until nachdem wenn sobald seit dass der die das weil bevor après quand si qui que "
    "depuis dès après cuando si que donde desde quando se che dopo dove se que quando depois desde als nadat zodra sinds dat die gdy jeśli który która po "
    "когда если который которая после".split()
)
"""Words that open a clause. A clause may be in the past though the sentence is about the present: "once your order was sent"."""
FORMS: Final = {
    "ru": r"\w{2,}л(?:ся|ась|ось|ись)|(?!(?:или|если|недели|модели|цели|детали|отдели|медали|педали|печали|кабели|мебели|доли|роли|стали)$)\w{2,}[аиеяо]ли",
    "pl": r"(?!(?:jeśli|jeżeli|czyli|chwili|sali|skali|kontroli|woli|roli|fali|hali|niedzieli|kąpieli|pościeli|nauczycieli|obywateli|właścicieli|przyjaciel[li])$)"
    r"\w{2,}[aiyeęo]li",
    "tr": r"\w{2,}[dt][ıiuü](?:l[ae]r|k)",
}
"""Verb endings, in languages where the past has its own."""
ENDINGS: Final = {code: re.compile(form) for code, form in FORMS.items()}
REFLEXIVE: Final = re.compile(r"\w{2,}[aiyęo]ł[aoy]?")
"""A Polish past if "się" is next to it; without "się", "działa" and "kanał" look the same."""
TOLD: Final = re.compile(r"\w{2,}ed")
TELLERS: Final = frozenset("they he she nobody somebody someone everyone everybody".split())
"""A word in -ed is a past only after one of these; otherwise it may be a participle."""
OVER: Final = re.compile(
    r"\b(?:yesterday|last (?:week|month|year|night|time|spring|summer|autumn|fall|winter)(?! (?:of|before|in|to)\b)|the other day|(?:an|a|two|three|some|\d+) (?:hours?|days?|weeks?|months?|years?) ago|"
    r"gestern|vorgestern|neulich|letzte[ns]? (?:woche|monat|jahr|mal|sommer|winter)(?! (?:des|der|vor|im)\b)|vorige woche|hier (?:soir|matin)|avant-hier|(?:la )?(?:semaine|année|fois) dernière|le mois dernier|l'autre jour|l'an dernier|"
    r"ayer|anoche|anteayer|(?:la )?semana pasada|(?:el )?(?:año|mes) pasado|ieri|l'altro ieri|(?:la )?settimana scorsa|(?:il )?mese scorso|l'anno scorso|ontem|anteontem|(?:na )?semana passada|(?:no )?(?:mês|ano) passado|"
    r"gisteren|eergisteren|(?:vorige|afgelopen) (?:week|maand|keer)|vorig jaar|wczoraj|przedwczoraj|w zeszłym \w+|zeszłego \w+|w zeszłą \w+|ostatnio|igår|i går|häromdagen|förra (?:veckan|året|månaden|gången)|"
    r"(?:sidste|forrige) (?:uge|uke|måned|gang)|i fjor|sidste år|eilen|viime (?:viikolla|kuussa|vuonna|kerralla)|tegnap|múlt (?:héten|hónapban|évben)|tavaly|včera|minul[ýéá]\w* (?:týden|měsíc|rok|týždeň)|loni|"
    r"вчера|позавчера|на прошлой неделе|в прошлом (?:месяце|году)|в прошлый раз|недавно|вчора|минулого \w+|dün|geçen (?:hafta|ay|yıl|sene|gün|sefer)|săptămâna trecută|χθες|أمس)\b|"
    r"昨天|前天|上周|上週|上星期|上个月|上個月|上次|去年|刚才|剛才|昨日|先日|先週|先月|昨年|さっき|어제|지난주|지난달|지난번|작년",
    re.IGNORECASE,
)
"""Times that are over."""


def recalls(pair: Pair) -> bool:
    """Whether a text tells what once happened, where the question and the answer are about the present.

    A past inside a clause does not count. A pronoun before it opens a clause without a conjunction: "from the day it came".
    """
    said, others, languages = pair.said, pair.asked + pair.old, pair.languages
    if OVER.search(pair.near) or any(is_past(others, at, languages) for at in range(len(others))):
        return False
    return OVER.search(pair.text) is not None or any(
        is_past(said, at, languages)
        and CLAUSES.isdisjoint(said[max(0, at - 4) : at])
        and not (word in PAST and at > 1 and said[at - 1] in PRONOUNS)
        for at, word in enumerate(said)
    )


def is_past(said: list[str], at: int, languages: Collection[str]) -> bool:
    """Whether the word at this place is a verb in the past."""
    word = said[at]
    if word in PAST or any(ENDINGS[code].fullmatch(word) for code in languages if code in ENDINGS):
        return True
    if TOLD.fullmatch(word):
        return at > 0 and said[at - 1] in TELLERS
    return REFLEXIVE.fullmatch(word) is not None and "się" in said[max(0, at - 1) : at + 2]
