"""Names that are no person's in their context: of illnesses, laws, schools and saints that are named after somebody, and of
places.
"""

import re
from typing import Final

from privacy.redaction.hits import Page
from privacy.redaction.lexicon import ENGLISH, FIRST, LAST, ORDINARY, STOP, kind_of, phrases

# What is called after its discoverer, founder or saint: `Murphy's law`, `la loi de Murphy`, `Universidad Simón Bolívar`.
CALLED_AFTER: Final = re.compile(
    r"(?:'s?)?[ -](?:(?P<illness>diseases?|palsy|krankheit)|syndromes?|syndrom|lymphomas?|sarcomas?|thyroiditis|chorea|manoeuvre|maneuver"
    r"|theorems?|laws?|lemma|conjecture|hypothesis|paradox|principles?|razor|equations?)\b"
    r"|[ -](?:scale|effect|constant|convention|(?:national |research )?(?:centre|center)"
    r"|syndroom|stiftung|institut|universität|schule|gymnasium|klinik|instituut)\b"
)
# The same before the name, with small words between: `la loi de Murphy`, `Universidad Simón Bolívar`.
ILLNESS: Final = frozenset("maladie enfermedad doença malattia morbo morbus mal ziekte choroba sygdom sjukdom".split())
CALLED: Final = frozenset(
    "syndrome syndrom síndrome síndroma sindrome syndroom zespół loi lois ley leyes lei leis legge leggi gesetz wet prawo lag"
    " théorème teorema satz theorem stelling twierdzenie principe principes principio principios prinzip échelle escala scala"
    " skala schaal effet efecto efeito effetto effekt paradox paradoxe paradoja convention fondation fundación fundação fundació"
    " fondazione fundacja stiftung stichting lycée collège école colegio colégio liceo gymnasium schule hôpital hospital ospedale"
    " klinik clinique clínica université università universität universiteit universidad universidade uniwersytet institut"
    " instituto istituto instituut instytut musée museo museu théâtre teatro aéroport aeropuerto aeroporto prix premio prêmio"
    " nagroda".split()
)
CALLED_OF: Final = {  # in English, with `of` alone
    "university": "universität",
    **dict.fromkeys("law laws principle principles hypothesis equation equations conjecture".split(), "loi"),
}
LINKS: Final = frozenset("de di da do du von van d del des of la l le federal nacional estadual".split())
# What is called after somebody in English, with up to two words between: `the Kennedy Space Center`. Not what somebody may
# have: an order, an account, a family.
TITLE_NOUN: Final = re.compile(
    r" (?:[A-Z][a-z]+ ){0,2}(?:Accords?|Act|Administration|Airport|Army|Awards?|Baths?|Bridge|Cathedral|Cent(?:er|re)|Church|College|Cup|Doctrine"
    r"|Dynasty|Empire|Expedition|Festival|Foundation|Gardens?|Hospital|Institute|Laborator(?:y|ies)|Library|Memorial|Method|Mosque|Museum|Observatory"
    r"|Palace|Park|Prize|Probe|School|Stadium|Station|Telescope|Temple|Theat(?:er|re)|Tower|Treaty|University)\b"
)
# First names and families after which an illness is called, where it is not somebody's own: `Addison's disease`.
ILLNESSES: Final = frozenset(
    "addison alexander alpers alzheimer alzheimers barlow bechterew behcet blount bowen bright buerger byler canavan castleman chagas charcot coats crohn"
    " crouzon cushing darier dercum dupuytren fabry farber forbes fox gaucher gilbert graves hailey hansen hartnup hashimoto heller hirschsprung hodgkin huntington"
    " jansky kashin kawasaki keshan kienbock krabbe kuru lafora legg leigh lewy lhermitte lou lyme marburg marie menetrier meniere menkes minamata newcastle niemann norrie ollier"
    " osgood paget parkinson parkinsons perthes peyronie pick pompe pott raynaud refsum ritter sandhoff scheuermann sever stargardt steinert still takayasu tay"
    " vincent wagner weil whipple wilson winkler wolman bell erb klumpke edwards turner".split()
)
SAINTS: Final = frozenset("st st. ste ste. saint sainte sankt sint são".split())
OPENING: Final = '([{"“„«*'
TELLING: Final = SAINTS | CALLED | ILLNESS | LINKS  # what the word before a name has to be, for more of them to be read


def eponym(page: Page, start: int, end: int) -> bool:
    """Whether a name is only part of something named after a person: an illness, a law, a foundation, a saint's school.

    The illness of somebody who is known by a first name, `la maladie de Sophie`, is that person's own.
    """
    low = page.low
    if low.endswith("the ", 0, start) and TITLE_NOUN.match(page.text, end):
        return True
    if low[end : end + 1] in {"'", " ", "-"} and (match := CALLED_AFTER.match(low, end)):
        return not match["illness"] or low[start:end] in ILLNESSES
    before = low[max(0, start - 32) : start].replace("'", " ").replace("-", " ").split() if start else []
    if before and low[start - 1] in " -'" and before[-1].lstrip(OPENING) in TELLING:
        words = [word.lstrip(OPENING) for word in before]
        # In capitals, because Portuguese `são` means "are".
        if words and words[-1] in SAINTS and page.text[low.rfind(words[-1], 0, start)].isupper():
            # `Tabitha St. Germain` is somebody
            return len(words) < 2 or not words[-2].isalpha() or bool(kind_of(words[-2]) & (ORDINARY | STOP))
        noun = noun_before(words)
        if noun in CALLED:
            return True
        if noun in ILLNESS:
            return low[start:end] in ILLNESSES
    first, space, _ = low[start:end].partition(" ")
    # `Morbus Wilson`, `Lycée Victor Hugo`
    return bool(space) and (first in CALLED or first in ILLNESS) and not kind_of(first) & (FIRST | LAST)


def noun_before(words: list[str]) -> str:
    """The last word that is not a small one joining a noun to a name; an English noun as its form in `CALLED`."""
    place = len(words) - 1
    while place > 0 and words[place] in LINKS:
        place -= 1
    if words[place + 1 : place + 2] == ["of"] and words[place] in CALLED_OF and words[place - 1 : place] != ["in"]:
        return CALLED_OF[words[place]]  # but no `brother-in-law of Peter`
    return words[place] if words else ""


FIRST_WORD: Final = re.compile(r"[^\W\d_]+")


def phrase_end(page: Page, start: int) -> int:
    """Where the phrase that the word at `start` belongs to ends, if it is no person's name (`Costa Rica`); -1 if there is none."""
    low = page.low
    word = FIRST_WORD.match(low, start)
    for phrase, place in phrases().get(word.group(), ()) if word else ():
        begin, end = start - place, start - place + len(phrase)
        if (
            begin >= 0
            and low.startswith(phrase, begin)
            and not low[end : end + 1].isalnum()
            and not low[begin - 1 : begin].isalnum()
        ):
            return end
    return -1


LOCATIVES: Final = frozenset("im zur zum am ins ans aufs nel nella nello no na nos nas".split())
ARTICLE_WORDS: Final = frozenset("der die das dem den einer einem le la les el los las um uma".split())
TOWARDS: Final = frozenset("nach pour à a para per to for do til till naar från z ze von de da from".split())
JOURNEYS: Final = frozenset(
    "zug flug fähre bus fahrt reise fahrkarte ticket train vol bateau ferry billet voyage traversier tren vuelo barco viaje"
    " billete autobús flight treno volo viaggio biglietto traghetto trein vlucht reis kaartje pociąg lot prom podróż tåg flyg"
    " färja resa tog fly færge rejse comboio voo viagem".split()
)
CONFIDING: Final = frozenset(
    "believe believed believes trust trusted confide confided confides faith interest interested confidence disappointed verliebt love".split()
)
# Places that have a name, in the languages that may join it with "of".
PLACE_NOUNS: Final = frozenset(
    "city town village port harbour harbor stadt hafen flughafen bahnhof hauptbahnhof dorf ville village commune gare aéroport ciudad pueblo puerto"
    " aeropuerto estación municipio cidade vila aldeia porto aeroporto município città cittadina paese stazione stad dorp haven"
    " luchthaven miasto miasta miasteczko lotnisko dworzec město města městečko přístav letiště nádraží stad staden hamnen flygplatsen"
    " byen havnen lufthavnen город порт аэропорт вокзал посёлок місто".split()
)
OF: Final = frozenset("of de d di da do von van".split())
PREPOSITIONS: Final = frozenset("in auf unter über aus dans em en".split())


def located(page: Page, start: int, end: int) -> bool:
    """Whether a word says where or when something is, and so is no person: `in der Ferne`, `im Mai`."""
    if page.strict or page.low[start - 1 : start] != " ":
        return False
    words = page.low[max(0, start - 24) : start].split()
    if len(words) > 1 and words[-1] in TOWARDS and words[-2].rpartition("'")[2] in JOURNEYS:
        return True  # `der Zug nach Halle`, `le train pour Nancy`
    if words[-1:] == ["in"] and not page.low.startswith("'s", end) and not CONFIDING.intersection(words[-2:-1]):
        return True  # `a shop in Quincy`, `eine Wohnung in Halle`
    joined = len(words) > 1 and words[-1] in OF
    if words and words[-2 if joined else -1].rpartition("'")[2] in PLACE_NOUNS:
        return True  # `el puerto de Vigo`, `staden Kalmar`
    if not words or (words[-1] not in LOCATIVES and words[-1] not in ARTICLE_WORDS):
        return False
    place = start - 1 - len(words[-1])
    if words[-1] in LOCATIVES:
        return bool(page.languages(place, place + len(words[-1])) & ~ENGLISH)
    return len(words) > 1 and words[-2] in PREPOSITIONS
