"""What kind of answer a question asks for, by its question word, and whether a short answer is of that kind.

A closed table, a line a language. Only what plainly is of another type is told: "at the reception" is no number of guests. A
text that has a word of the question in it gets the benefit of the doubt where words are ambiguous.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from operator import itemgetter
from typing import Final

from curation.decisions.language import guess, languages_of
from curation.decisions.words import (
    COINS,
    ENDLESS,
    LIMITS,
    LITTLE,
    NO,
    PLACES,
    REPEATS,
    STEM,
    STEPS,
    UNSPACED,
    YES,
    is_amount,
    is_unit,
    new_words,
    tokens,
)

LONGEST: Final = 20
"""The most words of a text whose type is told."""
ARTICLES: Final = frozenset("a i en".split())
"""Of the words for a place in other languages those that are English for something else."""
SHORT: Final = 6
"""The most words of an amount by itself."""
HOW_TO: Final = re.compile(
    r"\W*(?:how (?:do|can|could|should|to)|wie (?:kann|\w+e) (?:ich|man)|comment|cómo|come|como|hoe (?:kan|\w+) (?:ik|je)|jak|как|nasıl)\b",
    re.IGNORECASE,
)
MONEY: Final = re.compile(r"[$€£¥₽₺%]")
TO: Final = re.compile(r"\bto (?:the|a|an|your|my|our|its|this|that|[A-Z\"'])")
WHO: Final = re.compile(r"\b(?:who|whom|wer|qui|quién(?:es)?|chi|quem|wie|kto|kdo|vem|hvem|кто|хто)\b", re.IGNORECASE)
BY: Final = frozenset("by von vom durch par por pelo pela da dal dalla door przez av af".split())
"""With which a passive names who does something."""
NAMED_STEP: Final = re.compile(r"[>→/]|https?:")


@dataclass(frozen=True)
class Pair:
    """A correction with the question and the answer that it replaces; each is read once, where a rule asks for it."""

    text: str
    question: str
    answer: str

    @property
    def near(self) -> str:
        """What was said before it."""
        return f"{self.question} {self.answer}"

    @cached_property
    def said(self) -> list[str]:
        """The words of the correction."""
        return tokens(self.text)

    @cached_property
    def asked(self) -> list[str]:
        """The words of the question."""
        return tokens(self.question)

    @cached_property
    def old(self) -> list[str]:
        """The words of the answer."""
        return tokens(self.answer)

    @cached_property
    def fresh(self) -> set[str]:
        """The words of the correction that neither the question nor the answer has, in whatever form."""
        return new_words(self.said, self.asked + self.old)

    @cached_property
    def kind(self) -> "Asks":
        """What the question asks for."""
        return asks(self.question)

    @cached_property
    def languages(self) -> frozenset[str]:
        """The language of the correction, or of what is around it."""
        return languages_of(self.text, self.near)

    @cached_property
    def is_tied(self) -> bool:
        """Whether the correction has a word that means something of the question or the answer."""
        return not {*self.said} - LITTLE <= self.fresh


def is_of_another_type(pair: Pair) -> bool:
    """Whether a text answers another type of question than was asked, and than the old answer answered."""
    said, old, kind = pair.said, pair.old, pair.kind
    if len(said) > LONGEST or UNSPACED.search(pair.text):
        return False
    if kind in (Asks.AMOUNT, Asks.TIME):
        return is_no_amount(pair)
    if tells_of_what_is_asked_about(pair):
        return True
    if kind is Asks.PLACE:
        own = new_words(old, pair.asked)
        is_tied = pair.is_tied and not {*said} - LITTLE <= new_words(said, [*own])
        return not is_tied and (said[0] in REPEATS or names_no_place(pair.text, said))
    if pair.is_tied:
        return False
    if kind is not Asks.OPEN and kind is not Asks.UNKNOWN and said[0] in REPEATS:
        return True
    if kind is Asks.OPEN and HOW_TO.match(pair.question):
        return len(said) <= SHORT and any(map(counts, said)) and said[0] not in STEPS
    if kind is Asks.PERSON:
        return any(map(is_amount, said))
    return kind is Asks.YES_OR_NO and old[:1] != [] and old[0] in YES | NO and said[0] not in YES | NO | LIMITS


def is_no_amount(pair: Pair) -> bool:
    """Whether a text has no amount or time where the old answer has one."""
    said, old = pair.said, pair.old
    if is_priced(pair.answer, old) and not is_priced(pair.text, said) and not any(map(str.isdigit, pair.text)):
        return ENDLESS.isdisjoint(said)
    if not any(map(counts, old)) or not ENDLESS.isdisjoint(said):
        return False
    return not any(map(counts, said)) or (any(map(is_unit, old)) and counts_something_else(pair))


def names_no_place(text: str, said: list[str]) -> bool:
    """Whether a text has no preposition of place, no step, no name and no way through a menu. "To" with a verb is none."""
    places = PLACES - ARTICLES if guess(text) == "en" else PLACES
    if "to" in said and not TO.search(text):
        places = places - {"to"}
    return places.isdisjoint(said) and STEPS.isdisjoint(said) and not NAMED_STEP.search(text) and not has_name(text)


def tells_of_what_is_asked_about(pair: Pair) -> bool:
    """Whether a text tells something else of what somebody does: "Who signs the contract?" "The contract has two copies."
    A person, or the verb, is missing.
    """
    who = WHO.search(pair.question) if pair.kind is Asks.PERSON else None
    if who is None or not BY.isdisjoint(pair.said):
        return False
    verb, *others = [word for word in tokens(pair.question[who.end() :]) if word not in LITTLE] or [""]
    told = [word[:STEM] for word in pair.said if word not in LITTLE]
    return bool(others and told) and told[0] in {word[:STEM] for word in others} and verb[:STEM] not in told


def is_priced(text: str, words: list[str]) -> bool:
    """Whether a text names a sum of money."""
    return MONEY.search(text) is not None or not COINS.isdisjoint(words)


def counts_something_else(pair: Pair) -> bool:
    """Whether every number of a text counts what was not asked about: "three copies", where weeks are meant."""
    said = pair.said
    if MONEY.search(pair.text) or any(map(is_unit, said)):
        return False
    other = new_words(said, pair.asked) - LITTLE
    numbers = [place for place, word in enumerate(said) if is_amount(word)]
    return bool(numbers) and all(said[place + 1 : place + 2] and said[place + 1] in other for place in numbers)


def counts(word: str) -> bool:
    """Whether a word is an amount, or what one is counted in."""
    return is_amount(word) or is_unit(word)


def has_name(text: str) -> bool:
    """Whether a word after the first is written like a name."""
    return re.search(r"\w\W? [A-ZÀ-ÞА-Я]", text) is not None


class Asks(StrEnum):
    """The kind of answer that a question wants: `OPEN` is how, what, which or why, `UNKNOWN` where no word tells."""

    AMOUNT = "amount"  # how many, how much, how long, how often
    TIME = "time"
    PLACE = "place"
    PERSON = "person"
    YES_OR_NO = "yes or no"
    OPEN = "open"
    UNKNOWN = "unknown"


AMOUNT: Final = (
    r"\b(?:what|which) (?:minimum |maximum )?age\b|\bquel âge\b|\bqué edad\b|\bche età\b|\b(?:qual (?:é )?a|que) idade\b|\bwelches alter\b|\bwelke leeftijd\b",
    r"\bhow (?:many|much|long|often|old|far|big|large|fast|high|deep|soon|late|tall|wide|heavy|frequently)\b|"
    r"\b(?:what|which)(?:'s| is| was| are)? the (?:\w+ )?(?:number|price|cost|fee|rate|limit|size|maximum|minimum|deadline|duration|age|period|version)\b",
    r"\bwhat (?:do|does|did|will|would) [^?]{1,60}\b(?:cost|weigh|charge)\b|\bque coûte(?:nt)?\b|\bqué (?:cuesta|vale)n?\b|\b(?:cosa|che cosa) costa(?:no)?\b|\bo que custa\b|\bco kosztuje\b",
    r"\bwie ?(?:viele?n?|lange?|oft|hoch|teuer|alt|gro[sß]+|weit|schnell)\b|\bwieviele?\b|was kostet|\b(?:was|wie) ist (?:der|die|das) (?:\w+ )?(?:preis|frist|gebühr|dauer|anzahl|betrag|grenze|limit|alter|größe|höhe|gewicht|temperatur)\b|\bwelche (?:frist|dauer|gebühr|größe|menge)\b",
    r"\bcombien\b|quel(?:le)?s? (?:est|sont) (?:le |la |l'|les )(?:\w+ )?(?:délais?|prix|durée|nombre|taille|montant|âge|tarifs?|frais|coût|limite|hauteur|poids|vitesse|température)",
    r"\bcuánt[oa]s?\b|\bcada cuánto\b|\bcuál(?:es)? (?:es|son) (?:el|la|los|las) (?:\w+ )?(?:plazos?|precios?|costes?|costos?|tarifas?|duración|número|tamaño|límite|importe|edad|altura|peso|velocidad|temperatura)\b",
    r"\bquant[oaie]s?\b|\bogni quanto\b|\bqua(?:l'?è|l è|li sono) (?:il |la |l'|i |le |gli )(?:\w+ )?(?:prezz[oi]|costo|tariff[ae]|durata|termine|numero|limite|importo|età|altezza|peso|velocità|temperatura)\b|"
    r"\bqua(?:l é|is são) (?:o|a|os|as) (?:\w+ )?(?:prazos?|preços?|custo|taxa|valor|número|limite|duração|tamanho|idade|altura|peso|velocidade|temperatura)\b",
    r"\bhoe ?(?:veel|lang|vaak|oud|ver|groot|duur)\b|wat kost|\bwat (?:is|zijn) (?:de|het) (?:\w+ )?(?:prijs|termijn|kosten|duur|aantal|bedrag|limiet|leeftijd|tarief|tarieven|hoogte|gewicht)\b",
    r"^\W*ile\b|\bjak (?:długo|często|daleko|duż[yao])\b|\bkolik\b|jak dlouho|\bjak[ia]e? jest (?:\w+ )?(?:termin|koszt|cena|czas|limit|opłata|liczba|wiek|wysokość)\b|\bjak[áýé] je (?:\w+ )?(?:cena|lhůta|doba|limit|poplatek|počet)\b",
    r"\bhur (?:många|mycket|länge|lång|långt|ofta|stor|gammal)\b|\bhvor (?:mange|meget|mye|lenge|længe|lang|ofte|stor)\b|vad kostar|hva(?:d)? koster|\b(?:vad|hvad|hva) (?:är|er) (?:priset|prisen|avgiften|afgiften|fristen|gränsen|grænsen|antalet|antallet)\b",
    r"\bkaç\b|ne kadar|\bhány\b|mennyi|kuinka (?:paljon|kauan|monta|usein)|\bpaljonko\b|\bmontako\b|\bberapa\b|bao (?:lâu|nhiêu)|\bcâ[tț][ăei]?\b",
    r"\bсколько\b|как(?:ой|ая|ова?|ов) (?:\w+ )?(?:срок|цена|стоимость|размер|лимит|возраст|плата|температура)\b|как (?:долго|часто|далеко)|\bскільки\b|\bколко\b",
    r"多少|几[天个次年月日点]|幾|多久|多长|多大|何(?:日|時間|回|人|個|円|年|分|ヶ月|か月)|いくら|どのくらい|どれくらい|いくつ",
    r"얼마|며칠|몇|\bكم\b|कितन[ीेा]|πόσ[οαεη]|כמה",
)
TIME: Final = (
    r"\bwhen\b|\b(?:what|which) (?:time|day|date|year|month)s?\b|\bby when\b",
    r"\bwann\b|an welche[mn] tag(?:en)?\b|um wie ?viel uhr|\bquand\b|à quelle heure|quelle date",
    r"\bcuándo\b|a qué hora|\bquando\b|a che ora|a que horas|\bwanneer\b|hoe laat",
    r"\bkiedy\b|\bkdy\b|\bo której\b|\bnär\b|\bhvornår\b|\bnår\b|ne zaman|saat kaçta|\bmikor\b|milloin|\bkapan\b|khi nào|\bcând\b",
    r"\bкогда\b|\bколи\b|\bкога\b|什么时候|何时|幾點|几点|いつ|何時|언제|متى|\bकब\b|πότε|מתי",
)
PLACE: Final = (
    r"\bwhere\b|\bwo\b|\bwohin\b|\bwoher\b|\boù\b|\bd?a?dónde\b|\bdove\b|\bonde\b|\bwaar\b|\bgdzie\b|\bkde\b|\bvar (?:kan|finns|hittar|ligger|är)\b",
    r"\bhvor (?:er|finder|finner|kan|ligger)\b|\bnere(?:de|ye|den)?\b|\bhol\b|\bmissä\b|di mana|ở đâu|\bunde\b",
    r"\bгде\b|\bкуда\b|\bде\b|哪里|哪裡|哪儿|在哪|どこ|어디|أين|\bकहा[ँं]\b|\bπού\b|איפה",
)
PERSON: Final = (
    r"\bwho\b|\bwhom\b|\bwhose\b|\bwer\b|\bwem\b|\bwen\b|\bqui (?:est|a|peut|doit|sont)\b|^\W*qui \w+e\b|\bquién(?:es)?\b|\bchi (?:è|ha|può|deve|sono)\b|^\W*chi \w+[ae]\b|\bquem\b|\bwie (?:is|heeft|kan|moet|zijn)\b",
    r"\bkto\b|\bkdo\b|\bvem\b|\bhvem\b|^\W*kim\b|^\W*kenen?\b|\bkuka\b|\bsiapa\b|^\W*cine\b|\bкто\b|\bхто\b|\bкой\b|谁|誰|누구|누가|\bकौन\b|ποιος|\bמי\b",
)
YES_OR_NO: Final = (
    r"^\W*(?:and |but |so |hi,? |hello,? |please,? )*(?:is|are|am|was|were|do|does|did|can|could|may|might|must|should|shall|will|would|has|have|had|isn't|aren't|don't|doesn't|can't|won't)\b",
    r"^\W*(?:und )?(?:ist|sind|war|kann|können|darf|dürfen|muss|müssen|soll|sollte|wird|werden|hat|haben|habe|gibt|bin|brauche|lässt|geht|stimmt)\b",
    r"^\W*(?:est-(?:ce que|ce qu'|il|elle|ce)|puis-je|peut-on|peut-il|dois-je|faut-il|y a-t-il|avez-vous|pouvez-vous|as-tu|sont-)",
    r"^\W*(?:es|son|está|están|puedo|puede|se puede|debo|tengo que|hay|tiene|tienen|hace falta|necesito)\b",
    r"^\W*(?:è|sono|posso|può|si può|devo|bisogna|c'è|ci sono|avete|ha)\b|^\W*(?:é|são|está|pode|podem|devo|preciso|tem|há|existe)\b",
    r"^\W*(?:kan|mag|moet|zijn|heeft|hebben|heb|wordt|zit|czy|jestli|kan|får|ska|måste|finns|har|er|skal|må|voiko|onko|saako)\b",
    r"\bm[ıiuü](?:y[ıiuü]m|s[ıi]n[ıi]z|yız|yiz|dır|dir)?\s*\?|\bли\b|[吗嗎]\s*[？?]?$|ますか|ですか[？?]?$|나요\?|인가요|ありますか|^\W*هل\b|^\W*क्या\b|^\W*(?:apakah|bisakah)\b",
)
OPEN: Final = (
    r"\b(?:how|what|which|why|wie|was|welche[rsmn]?|warum|wieso|comment|quel(?:le)?s?|pourquoi|cómo|qué|cuál(?:es)?|come|cosa|quale?|qual|perché|"
    r"como|o que|porquê|hoe|wat|welke?|waarom|jak|co|jaki[e]?|któr[yae]|dlaczego|hur|vad|vilk[ae]n?t?|varför|hvordan|hva|nasıl|hangi|neden|как|что|"
    r"какой|какая|какие|почему)\b|怎么|怎麼|如何|什么|什麼|为什么|哪|どう|何|なぜ|どの|어떻게|무엇|왜|어떤|كيف|لماذا",
)


def _alternatives(pattern: str) -> Iterator[str]:
    """The parts of a pattern between the bars that are in no group and no class."""
    start = depth = 0
    for sign in re.finditer(r"\\.|[][()|]", pattern):
        depth += (sign[0] in ("(", "[")) - (sign[0] in (")", "]"))
        if sign[0] == "|" and not depth:
            yield pattern[start : sign.start()]
            start = sign.end()
    yield pattern[start:]


def _one_pattern(lines: Iterable[str]) -> re.Pattern[str]:
    """The lines as one pattern. What most alternatives begin with is tried once at each letter, not once for each of them."""
    rest = list(_alternatives("|".join(lines)))
    parts = []
    for head in (r"\b", r"^\W*"):
        behind = [each.removeprefix(head) for each in rest if each.startswith(head)]
        rest = [each for each in rest if not each.startswith(head)]
        parts += [f"{head}(?:{'|'.join(behind)})"] if behind else []
    return re.compile("|".join((*parts, *rest)), re.IGNORECASE)


KINDS: Final = tuple(
    (asks, _one_pattern(lines))
    for asks, lines in (
        (Asks.YES_OR_NO, YES_OR_NO),
        (Asks.AMOUNT, AMOUNT),
        (Asks.TIME, TIME),
        (Asks.PLACE, PLACE),
        (Asks.PERSON, PERSON),
        (Asks.OPEN, OPEN),
    )
)
READ: Final = 300
POLITE: Final = re.compile(
    r"^\W*(?:(?:hi|hello|hey|hallo|bonjour|hola|ciao|olá)\b\W*)?(?:please|kindly|bitte|por favor|per favore)?\W*(?:(?:can|could|would|will) (?:you|somebody|someone|anyone) (?:please )?"
    r"(?:tell|explain|say|let)|tell|let|sagen sie|(?:können|könnten) sie|kannst du|pouvez-vous|peux-tu|pourriez-vous|dites|puede[ns]?|podría[ns]?|"
    r"può|potrebbe|pode|poderia|kunt u|kun je)\b(?: please)?(?: (?:me|us|to me|mir|uns|bitte|sagen|erklären|dire|decirme|decir|dirmi|dizer|mij|vertellen|zeggen)){1,4}"
    r"(?: (?:know|bitte|s'il vous plaît|por favor|per favore))?[,:]? (?P<whether>(?:if|whether|ob|si|se|of)\b)?\W*",
    re.IGNORECASE,
)
"""With which somebody asks to be told, before they ask."""


def asks(question: str) -> Asks:
    """What kind of answer the question wants: its first question word says."""
    end = question[-READ:].strip()
    if polite := POLITE.match(end):
        if polite["whether"]:
            return Asks.YES_OR_NO
        end = end[polite.end() :]
    found = [(match.start(), kind) for kind, pattern in KINDS if (match := pattern.search(end))]
    return min(found, key=itemgetter(0))[1] if found else Asks.UNKNOWN
