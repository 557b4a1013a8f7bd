"""A small guess at the language of a text: its script, then its commonest words. No model, no dependency.

It tells the main languages of Latin script by the little words that every sentence has, and the rest by their
script. Where the evidence is thin or torn it says "und": a filter must not drop a record for a guess.
"""

import re
from collections.abc import Sequence
from typing import Final

from privacy.redaction import PLACEHOLDER

UNKNOWN: Final = "und"
READ: Final = 400
CLEAR_LEAD: Final = 1.3
"""How many times the evidence of the runner-up the winner needs."""
LEAST: Final = 0.5

WORDS: Final = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
PLAIN: Final = {code: chr(code) if chr(code).isalpha() else " " for code in range(128)}  # the same, where all is ASCII
NOT_PROSE: Final = re.compile(r"```.*?(?:```|$)|`[^`]*`|https?://\S+|\S+@\S+|" + PLACEHOLDER.pattern, re.DOTALL)

COMMON: Final = {
    "en": "the of and to in is that for it with as on are this be by from was not you or have an which can how what do my "
    "i your where why when does there if will would should could they we who has me about a at any please they're i'm don't it's "
    "she he his her their our us so just more some write no yes get need want make all out up any here then than like tell give am "
    "very been did does had thanks thank many much only also into over after before because want's through that's let's",
    "de": "der die das und ist nicht ein eine ich zu mit den auf für von im dem wie sie es sich auch als an bei oder wird kann "
    "wenn nach aus sind haben mein meine einen einer des wo was warum werden noch über bitte kein keine wir man",
    "fr": "le la les de des du un une et est que pour dans qui sur ne pas au avec ce il je vous par plus son sont nous mon ma "
    "comment à où pourquoi quel quelle cette se être ou mais mes votre aux c'est j'ai l'on qu'il elle",
    "es": "el la los las de del que y en un una es por con para no se lo su al como más mi cómo qué dónde puedo está pero sus "
    "le ya o este sí porque esta cuando muy sin sobre también me hay tiene cuál son yo",
    "it": "il lo la gli le di che e è un una per non in con del della sono come mi si da al più dei nel ma questo anche posso "
    "dove perché quando ho cosa alla delle mio mia suo qual o se dal i ci",
    "pt": "o a os as de do da que e em um uma para não com por no na se mais como mas dos das ao meu minha é está eu você isso "
    "onde posso são foi ele seu sua ou quando muito também já nos às pelo pela qual",
    "nl": "de het een van en in is dat op te niet zijn met voor ik er aan die maar om als bij hoe mijn wat waar kan ook naar "
    "je uit nog wel door over wordt u deze dit geen mij waarom moet worden we",
    "sv": "och i att det som en på är av för med till den har de inte om ett jag var men hur kan min mitt från när eller vad du "
    "ska så vi sig mig här också blir efter finns där",
    "da": "og i at det som en på er af for med til den har de ikke om et jeg var men hvordan kan min mit fra når eller hvad du "
    "skal så vi sig mig her også bliver efter hvor der ikke",
    "no": "og i at det som en på er av for med til den har de ikke om et jeg var men hvordan kan min mitt fra når eller hva du "
    "skal så vi seg meg her også blir etter hvor der hvorfor",
    "pl": "w i na z do się nie to jest że jak o co za po od czy ale przez dla są tak mój moje moja już może tym ten ta te go "
    "być kiedy gdzie dlaczego mogę jego oraz lub który która",
    "cs": "a je se na v že to s do z jak o si ale jsem pro za by být nebo co kde proč jako po už mám můj moje které který jeho "
    "není k od tak ještě mohu když",
    "ro": "și în de la cu pe nu este o un care să din mai că pentru ce sunt am al cum se unde ca sau dacă mea meu lui când fi "
    "ai sa îmi prin pot",
    "tr": "ve bir bu için de da ne nasıl çok mi ben ile var olarak değil daha gibi nerede neden benim o ya en kadar sonra "
    "olan mı mu nedir yok ama her",
    "fi": "ja on ei se että en oli hän mutta niin kuin mitä ovat voi minun miten missä tai jos kun myös olen ole tämä sen miksi "
    "mikä joka voin ne",
    "hu": "a az és hogy nem is egy van de meg ez azt csak mint már ki ha vagy hogyan hol kell lesz még el mi miért én nincs az "
    "lehet",
    "id": "yang dan di untuk dengan ini itu tidak dari ke adalah pada saya akan bagaimana bisa atau apa ada juga anda dalam "
    "cara oleh kami mengapa",
    "vi": "và là của có không cho được trong với một này tôi làm thế nào các những đã để ở như bạn khi từ gì",
}

SCRIPTS: Final = (
    ("ja", "\u3040-\u30ff"), ("ko", "\uac00-\ud7af\u1100-\u11ff"), ("zh", "\u4e00-\u9fff\u3400-\u4dbf"),
    ("th", "\u0e00-\u0e7f"), ("el", "\u0370-\u03ff"), ("he", "\u0590-\u05ff"), ("hi", "\u0900-\u097f"),
    ("bn", "\u0980-\u09ff"), ("ta", "\u0b80-\u0bff"), ("te", "\u0c00-\u0c7f"), ("ka", "\u10a0-\u10ff"),
    ("hy", "\u0530-\u058f"), ("my", "\u1000-\u109f"), ("km", "\u1780-\u17ff"), ("lo", "\u0e80-\u0eff"),
    ("ru", "\u0400-\u04ff"), ("ar", "\u0600-\u06ff"),
)  # fmt: skip
OTHER_SCRIPT: Final = re.compile(r"[\u0370-\u1fff\u2e80-\ud7af]")
LETTERS: Final = {code: re.compile(f"[{span}]") for code, span in SCRIPTS}
UKRAINIAN, BULGARIAN, PERSIAN, URDU = (
    re.compile(p) for p in ("[іїєґ]", "[ъщ](?=[^аеёиоуыэюя ]| )", "[پچژگی]", "[ٹڈڑےں]")
)
RUSSIAN: Final = re.compile("[ыэё]")
SAME: Final = {"no": "da", "uk": "ru"}
"""Languages so close to another one that they share its word lists."""


def weights(common: dict[str, str]) -> dict[str, tuple[tuple[str, float], ...]]:
    """What each little word says: for each of its languages, 1 ÷ the number of languages that have it."""
    owners: dict[str, list[str]] = {}
    for code, words in common.items():
        for word in dict.fromkeys(words.split()):
            owners.setdefault(word, []).append(code)
    return {word: tuple((code, 1 / len(codes)) for code in codes) for word, codes in owners.items()}


EVIDENCE: Final = weights(COMMON)


def guess(text: str) -> str:
    """The ISO 639-1 code of the language, or "und" where the text is too short or too mixed to say.

    The first 400 characters are read, without code, addresses and placeholders.
    """
    head = text[:READ]
    if "`" in head or "/" in head or "@" in head or "[" in head:
        head = NOT_PROSE.sub(" ", head)
    if not head.isascii() and (found := by_script(head)):
        return found
    low = head.lower()
    return by_words(low.translate(PLAIN).split() if low.isascii() and "'" not in low else WORDS.findall(low))


def by_script(text: str) -> str | None:
    """The language of a text of which most is not in Latin letters; None for one that is."""
    other = len(OTHER_SCRIPT.findall(text))
    if other * 2 < sum(map(str.isalpha, text)):
        return None
    counts = {code: len(letters.findall(text)) for code, letters in LETTERS.items()}
    if counts["ja"] * 8 > counts["zh"] and counts["ja"]:
        return "ja"
    best = max(counts, key=lambda code: counts[code])
    if not counts[best]:
        return None
    if best == "ru" and not RUSSIAN.search(text):
        return "uk" if UKRAINIAN.search(text) else "bg" if BULGARIAN.search(text) else "ru"
    if best == "ar":
        return "ur" if URDU.search(text) else "fa" if PERSIAN.search(text) else "ar"
    return best


def by_words(words: Sequence[str]) -> str:
    """The language whose little words weigh most, if clearly more than any other's."""
    found = likely(words)
    return found[0] if len(found) == 1 else UNKNOWN


def likely(words: Sequence[str]) -> list[str]:
    """The language whose little words weigh most, and those within `CLEAR_LEAD` of it."""
    score: dict[str, float] = {}
    for word in words:
        if word in EVIDENCE:
            for code, weight in EVIDENCE[word]:
                score[code] = score.get(code, 0.0) + weight
    most = max(score.values(), default=0.0)
    return [code for code, value in score.items() if value * CLEAR_LEAD > most] if most >= LEAST else []


def languages_of(text: str, near: str) -> frozenset[str]:
    """The language of a short text, or of the text around it; several where they are too alike to tell."""
    found = guess(text)
    found = guess(near) if found == UNKNOWN else found
    codes = likely(WORDS.findall(f"{text} {near}"[:READ].lower())) if found == UNKNOWN else [found]
    return frozenset(SAME.get(code, code) for code in codes)
