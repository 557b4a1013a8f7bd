"""Names that are no person's where they stand: of illnesses, laws, schools and saints that are called after somebody, and of
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
CALLED: Final = re.compile(
    r"\b(?:(?P<illness>maladie|enfermedad|doença|malattia|morbo|morbus|mal|ziekte|choroba|sygdom|sjukdom)"
    r"|syndrome|syndrom|síndrome|síndroma|sindrome|syndroom|zespół|lois?|ley(?:es)?|leis?|legg[ei]|gesetz|wet|prawo|lag|théorème|teorema|satz|theorem|stelling|twierdzenie"
    r"|princip(?:e|es|io|ios)|prinzip|échelle|escala|scala|skala|schaal|effet|efecto|efeito|effetto|effekt|paradoxe?|paradoja|convention"
    r"|fondation|fundación|fundação|fundació|fondazione|fundacja|stiftung|stichting|lycée|collège|école|colegio|colégio|liceo|gymnasium|schule|hôpital|hospital|ospedale|klinik|clinique|clínica"
    r"|universit(?:é|à|ät|eit|y of)|universidade?|uniwersytet|institut|instituto|istituto|instituut|instytut|musée|museo|museu|théâtre|teatro|aéroport|aeropuerto|aeroporto|prix|premio|prêmio|nagroda)"
    r" (?:federal |nacional |estadual )?(?:de |di |da |do |du |von |van |d'|del |des |of )?(?:la |l'|le )?\Z"
)
# First names and families after which an illness is called, where it is not somebody's own: `Addison's disease`.
ILLNESSES: Final = frozenset(
    "addison alexander alpers alzheimer alzheimers barlow bechterew behcet blount bowen bright buerger byler canavan castleman chagas charcot coats crohn"
    " crouzon cushing darier dercum dupuytren fabry farber forbes fox gaucher gilbert graves hailey hansen hartnup hashimoto heller hirschsprung hodgkin huntington"
    " jansky kashin kawasaki keshan kienbock krabbe kuru lafora legg leigh lewy lhermitte lou lyme marburg marie menetrier meniere menkes minamata newcastle niemann norrie ollier"
    " osgood paget parkinson parkinsons perthes peyronie pick pompe pott raynaud refsum ritter sandhoff scheuermann sever stargardt steinert still takayasu tay"
    " vincent wagner weil whipple wilson winkler wolman bell erb klumpke edwards turner".split()
)
SAINT: Final = re.compile(r"(?:(?P<before>[^\W\d_]+) )?\b(?:st|ste|saint|sainte|sankt|sint|são)[.]?[ -]\Z")


def eponym(page: Page, start: int, end: int) -> bool:
    """Whether a name is but a part of what is called after somebody: an illness, a law, a foundation, a saint's school.

    The illness of somebody who is known by a first name, `la maladie de Sophie`, is that person's own.
    """
    low = page.low
    match = CALLED_AFTER.match(low, end) if low[end : end + 1] in {"'", " ", "-"} else None
    if match is None and start and low[start - 1] in " -'":
        before = low[max(0, start - 32) : start]
        saint = SAINT.search(before)
        if saint:  # `Tabitha St. Germain` is somebody
            return not saint["before"] or bool(kind_of(saint["before"]) & (ORDINARY | STOP))
        match = CALLED.search(before)
    if match is None and (space := low.find(" ", start, end)) > 0 and not kind_of(low[start:space]) & (FIRST | LAST):
        match = CALLED.match(low[start : space + 1])  # `Morbus Wilson`, `Lycée Victor Hugo`
        return match is not None
    return match is not None and (not match["illness"] or low[start:end] in ILLNESSES)


FIRST_WORD: Final = re.compile(r"[^\W\d_]+")


def phrase_end(page: Page, start: int) -> int:
    """Where a name of several words that is nobody's ends, if the word at `start` is part of one: `Costa Rica`; else -1."""
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
PREPOSITIONS: Final = frozenset("in auf unter über aus dans em en".split())


def located(page: Page, start: int, end: int) -> bool:
    """Whether a word is where something is or when it was, and so no person: `in der Ferne`, `im Mai`."""
    if page.strict or page.low[start - 1 : start] != " ":
        return False
    words = page.low[max(0, start - 24) : start].split()
    if len(words) > 1 and words[-1] in TOWARDS and words[-2].rpartition("'")[2] in JOURNEYS:
        return True  # `der Zug nach Halle`, `le train pour Nancy`
    if words[-1:] == ["in"] and not page.low.startswith("'s", end) and not CONFIDING.intersection(words[-2:-1]):
        return True  # `a shop in Quincy`, `eine Wohnung in Halle`
    if not words or (words[-1] not in LOCATIVES and words[-1] not in ARTICLE_WORDS):
        return False
    place = start - 1 - len(words[-1])
    if words[-1] in LOCATIVES:
        return bool(page.languages(place, place + len(words[-1])) & ~ENGLISH)
    return len(words) > 1 and words[-2] in PREPOSITIONS
