"""Names that are introduced, greeted and signed in languages beyond those of `introductions`, known to a list or not."""

import re
from collections.abc import Iterator
from typing import Final

from privacy.redaction.anchors import Anchor
from privacy.redaction.detectors.people.name_ends import lower_name, organised, sequence
from privacy.redaction.detectors.people.name_forms import CAPITALISED, SEQUENCE, spelt_like
from privacy.redaction.detectors.people.runs import unknown
from privacy.redaction.hits import Detector, Hit, Page, starts_sentence
from privacy.redaction.lexicon import FIRST, LAST, kind_of, tongues

RANK: Final = 32
# "My name is": any word with a capital that follows is a name, one in lower case where it is known as one.
NAMED: Final = (
    # Danish, Norwegian, Swedish, Finnish
    r"jeg hedder|mit (?:fulde )?navn er|jeg heter|mitt (?:fulle )?navn er|navnet mitt er|(?:minun )?nimeni on"
    # Dutch, Portuguese, Italian, Spanish, Catalan
    r"|mijn (?:voornaam|achternaam) is|chamo-me|mi nombre completo es|mi apellido es|em dic"
    # Polish, Czech, Slovak, Croatian, Hungarian, Romanian, Turkish, Indonesian
    r"|moje nazwisko to|jmenuj[iu] se|moje meno je|zovem se|moje ime je|a nevem|ma numesc|numele meu este|ma cheama|(?:benim )?(?:ismim|adim)|nama saya"
)
NAMED_ACCENTED: Final = (
    r"mitt (?:fullständiga )?namn är|meu nome completo é|il mio cognome è|mon prénom est|el meu nom és|mam na imię|na imię mi|moje imię to|m(?:oj)?[eé] jméno je|volám sa"
    r"|mă numesc|mă cheamă|(?:benim )?adım|tôi tên là|tên tôi là"
)
# After "I am" stands a known name, or an unknown one if the clause ends there or a place follows.
BEING: Final = r"jeg er|olen|ik ben|je spreekt met|sou|sono|sunt|jestem|jsem|hier (?:ist|spricht)|u spreekt met|aqui fala|du taler med|ja sam|ben|ich bin|je suis|soy|(?:hi|hello|hey)[,.!]? (?:this is|i'm|i am|it's)"
BEING_ACCENTED: Final = r"jag är|minä olen|aquí|aqui é(?: [ao])?|tu mówi|det här är"
# "Here is" introduces a caller at the beginning of a text only: later, a place follows as often.
CALLING: Final = r"tu|ici|tady|aici|qui|det er"
GREETINGS: Final = (
    r"dear|hi|hello|hey|car[oa]|cher|querid[oa]|estimad[oa]|liebe[rs]?|(?:sehr )?geehrte[rn]?|hola|bonjour|salut|hallo|ciao|hej(?:san)?|hei|moi|hoi|goddag|godmorgen|goede(?:morgen|middag|navond)|geachte|lieve|beste|szanown[aye]|drog[ia]|ahoj|szia|kedves|tisztelt"
    r"|buna(?: ziua)?|stimate|draga|merhaba|sayin|selam|sevgili|buon(?:giorno|asera)|gentile|egregio|bom dia|boa (?:tarde|noite)|prezad[oa]|buen[oa]s (?:tardes|noches)|guten (?:tag|morgen|abend)|moin|servus|halo|dag|goedendag|nazdar"
)
GREETINGS_ACCENTED: Final = r"olá|chère|kære|kjære|kär[ae]|god morgon|cześć|dzień dobry|dobrý den|vážen[ýá]|mil[ýá]|bună(?: ziua)?|stimată|dragă|buenos días|sayın|čau|grüß gott|god kväll"
CLOSINGS: Final = r"hilsen|mvh|terveisin|groet(?:jes|en)?|bedankt|pozdrawiam|s pozdravem|cu respect|sevgiler|saygilarimla|cumprimentos|obrigad[oa]|un saludo|gracias|merci|amicalement|vielen dank|danke|beste gr(?:u|ue)(?:ss)e|grazie|saluto"
CLOSINGS_ACCENTED: Final = r"hälsningar|z poważaniem|děkuji|üdvözlettel|köszönettel|cu stimă|mulțumesc|teşekkürler|saygılarımla|beste gr(?:ü|ue)(?:ß|ss)e"
TITLES: Final = r"fru|mevrouw|meneer|de heer|signorina|senhora?|mademoiselle|doamna|domnule?|herra|rouva|gospodin|sayin"
TITLES_ACCENTED: Final = r"fröken|frøken|señorita|doña|paní|slečna|doamnă|gospođa|sayın"


def either(*parts: str) -> str:
    """The alternatives of several lists."""
    return "|".join(parts)


INTRODUCED: Final = re.compile(
    rf"\b(?:(?P<name>{either(NAMED, NAMED_ACCENTED)})|(?P<being>{either(BEING, BEING_ACCENTED)})"
    rf"|(?P<call>{CALLING})|(?P<title>{either(TITLES, TITLES_ACCENTED)})|(?P<hail>{either(GREETINGS, GREETINGS_ACCENTED)}))[ ,:]{{1,2}}"
)
INTRODUCED_PLACES: Final = Anchor(INTRODUCED.pattern)
SIGNED: Final = re.compile(
    rf"(?:^|\n|[.!?,] |(?<= ))(?:{either(CLOSINGS, CLOSINGS_ACCENTED)})[ \t]*[,.!]?[ \t]*(?:\r?\n|\\n){{1,3}}[ \t]*(?:[-–—~] ?)?"
)
CLOSING: Final = re.compile(either(CLOSINGS, CLOSINGS_ACCENTED))
SIGNED_PLACES: Final = Anchor(SIGNED.pattern)
CLAUSE_END: Final = re.compile(
    r"[.,!?;:)\"'\n]|\Z| (?:uit|van|fra|från|från|de|di|da|do|din|z|ze|ve|aus|from|and|here|calling|speaking|en|og|och|e|y|et|und|i|a|și|och)\b"
)
GREETED_END: Final = re.compile(r"[,!]|[ \t]*(?:\n|\Z)")
LINE_END: Final = re.compile(r"[ \t]*[,.]?(?:[\"'\\<\r\n|;]|\Z)")


def introduced(page: Page) -> Iterator[Hit]:
    """`Jeg hedder Eilif`, `Ik ben Rutger uit Utrecht`, `Fru Gulli`, `Hej Thorkild,`."""
    for match in INTRODUCED_PLACES.read(INTRODUCED, page.low):
        end = named(page, match)
        if end:
            yield Hit(match.end(), end, RANK, "PERSON", "introduction_abroad")


def named(page: Page, match: re.Match[str]) -> int:
    """Where the name ends that a cue introduces; 0 where it introduces none."""
    start, place = match.span()
    if match["name"]:
        return sequence(page, place, bare=True) or lower_name(page, place, known_only=True)
    if not page.text[place : place + 1].isupper():
        return 0
    if match["title"]:
        return sequence(page, place, bare=True)
    if match["being"]:
        return sequence(page, place, bare=False) or newcomer(page, place, CLAUSE_END)
    if not starts_sentence(page.text, start):
        return 0
    if match["call"]:
        return newcomer(page, place, CLAUSE_END) if start < OPENING else 0
    end = sequence(page, place, bare=False)
    return end if end and GREETED_END.match(page.text, end) else newcomer(page, place, GREETED_END)


def newcomer(page: Page, start: int, then: re.Pattern[str]) -> int:
    """Where a single word ends that no list has, written like a name, with `then` behind it."""
    word = CAPITALISED.of(page.text).match(page.text, start)
    if not word or not then.match(page.text, word.end()):
        return 0
    new = (
        page.kind(*word.span()) == 0
        and spelt_like(word.group())
        and word.group()[1:].islower()
        and unknown(page, *word.span())
        and not made_of_words(word.group().lower())
    )
    return word.end() if new else 0


def made_of_words(low: str) -> bool:
    """Whether a word ends in a longer one that is ordinary somewhere: `Kundenservice`, `kundtjänst`."""
    known = tongues()
    return any(
        low[place:] in known and not kind_of(low[place:]) & (FIRST | LAST)
        for place in range(SHORTEST_HEAD, len(low) - SHORTEST_TAIL + 1)
    )


def signed(page: Page) -> Iterator[Hit]:
    """What stands below `Med venlig hilsen`."""
    for match in SIGNED_PLACES.read(SIGNED, page.low):
        name = SEQUENCE.of(page.text).match(page.text, match.end())
        if (
            name
            and LINE_END.match(page.text, name.end())
            and all(len(word) < 3 or spelt_like(word) for word in CAPITALISED.of(page.text).findall(name.group()))
            and not CLOSING.fullmatch(page.low, *name.span())  # a closing below a closing
            and not organised(page.text, name.start(), name.end())
        ):
            yield Hit(name.start(), name.end(), RANK, "PERSON", "signature_abroad")


SHORTEST_HEAD, SHORTEST_TAIL = 3, 6
OPENING: Final = 32  # characters of a text in which a caller says who it is
CAPITAL: Final = r"\p{Lu}"


def gate(named: str, others: str, closings: str) -> str:
    """What a text has to hold for there to be anything to find."""
    return rf"\b(?i:{either(named, others)})[ ,:]{{1,2}}{CAPITAL}|\b(?i:{named}) \pL|(?i:{closings})[ \t]*[,.!]?[ \t]*(?:\r?\n|\\n)"


def found(page: Page) -> Iterator[Hit]:
    """Both kinds."""
    yield from introduced(page)
    yield from signed(page)


DETECTORS: Final[tuple[Detector, ...]] = (
    Detector(
        "name_abroad",
        gate(
            either(NAMED, NAMED_ACCENTED),
            either(BEING, BEING_ACCENTED, CALLING, GREETINGS, GREETINGS_ACCENTED, TITLES, TITLES_ACCENTED),
            either(CLOSINGS, CLOSINGS_ACCENTED),
        ),
        found,
        ascii_gate=gate(NAMED, either(BEING, CALLING, GREETINGS, TITLES), CLOSINGS),
    ),
)
