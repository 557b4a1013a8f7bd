"""The lexicon: which words are first names, surnames, places, ordinary words of some language, or part of an
organisation's name.

A kind is a sum of the flags below. The higher bits, where they make a difference, are the languages in which the word
is an ordinary one, by frequency. `weighed` turns these into flags once it is known which languages a text may be in.
"""

import re
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import repeat
from pathlib import Path
from struct import Struct
from typing import Final

import privacy

FIRST: Final = 1
LAST: Final = 2
ORDINARY: Final = 4
PLACE: Final = 8
ORGANISATION: Final = 16
STOP: Final = 32
COMMON: Final = 64
FLAGS: Final = 127
CLOSED: Final = 128  # of a closed class of another language than English; only ever in a weighed kind

# The languages of `languages.txt`, in its order; English, the first, has its own flag and serves to tell texts apart.
LANGUAGES: Final = tuple("en de fr es pt it nl pl sv da nb cs sk ro tr hu fi ca id ru uk el he ar hi ja ko zh".split())
WORD: Final = re.compile(r"[^\W\d_]{2,}")
COUNT: Final = len(LANGUAGES)
EVERY: Final = (1 << COUNT) - 1
ENGLISH: Final = 1
GERMAN: Final = 2
CLOSED_AT: Final = 8  # where the bits of articles, pronouns, prepositions, months begin
FREQUENT_AT: Final = CLOSED_AT + COUNT
RARE_AT: Final = FREQUENT_AT + COUNT
TIERS: Final = (CLOSED_AT, FREQUENT_AT, RARE_AT)
# Those bits that make a difference to a word inside a sentence.
TELLING: Final = EVERY << CLOSED_AT | EVERY << FREQUENT_AT | GERMAN << RARE_AT

DATA: Final = Path(privacy.__file__).parent / "redaction" / "data"  # the compiled module may be in another folder

# A capitalised word that makes the words before it the name of an organisation, a street or a thing.
ORGANISATIONS: Final = (
    "inc ltd llc llp plc gmbh ag corp corporation company co group holdings bank trust university college school institute hospital clinic center centre association foundation"
    " society church apartments apartment homes hotel inn suites resort restaurant cafe bar grill bistro pizza kitchen house park plaza mall store market museum theatre theater"
    " stadium arena airport station terminal bridge tower building street st avenue ave road rd lane ln drive dr boulevard blvd way court ct square terrace highway parkway county city"
    " state river lake mountain island islands beach bay valley hills heights village gardens garden club team league cup championship award awards prize festival conference committee"
    " council department ministry agency office services service systems solutions technologies technology software industries partners associates insurance airlines motors energy"
    " records media news times post journal magazine press linux windows server cloud api sdk framework library protocol algorithm theorem law act effect method model test syndrome"
    " disease institute laboratories labs studio studios entertainment pictures films theory principle distribution equation function transform license licence project bay creek monica"
    " library academy medical healthcare memorial orchestra microfinance physics"
    " vakfı derneği üniversitesi şirketi bankası nadace univerzita stiftung verein universität hochschule fondation société université école fundación asociación universidad"
    " fundação associação universidade fondazione associazione università stichting vereniging universiteit fundacja stowarzyszenie uniwersytet stiftelse stiftelsen förening universitet fundația universitatea"
    " lisans lisansı lizenz licencia licença licenza licentie licencja licens licencí belge belgesi dokument dokumentation documentación documentação documentazione documentatie dokumentacja dokumentace"
).split()

# Capitalised words that are also names but mean nobody, and words that begin a sentence.
STOPS: Final = (
    "ada julia ruby pascal scala crystal dart jenkins travis gerrit alexa siri cortana claude gemini bard watson alexandria django celery flask docker jira maven jupyter cassandra athena kafka"
    " apache ansible hermes atlas phoenix odin thor zeus apollo mercury venus mars saturn neptune linus tux ubuntu debian fedora mint solaris mandriva python java swift amber jade pearl iris"
    " wayland vala lex tex latex del maj suse postfix indy cyrus dell lilo tandy lenovo asus nokia ikea lego sega yahoo roma nazi chia ping redis mac iphone ipad excel word outlook zoom slack opera chrome safari firefox edge"
    " christmas easter ramadan diwali noel god lord jesus christ allah buddha bible santa san los las el la le mount fort port saint st east west north south new old upper lower"
    " i a an and or but not no yes if is it its in on at to of for by with from as be been are was were has have had do does did will would can could should may might must shall this that"
    " these those there here then than when where what which who whom whose why how all any some many much more most other another such same so too very just only also again once both each"
    " few own he she we you they me him her us them my your his our their am pm mr mrs ms miss dr prof sir madam mx dear hi hello hey thanks thank regards best kind sincerely cheers yours"
    " jan feb mar apr jun jul aug sep sept oct nov dec mon tue tues wed thu thur thurs fri sat sun gmt utc est pst cet"
    " val lang nan sami caron macs mac emin mi tu none null true false undefined"
    " beste besten bester grüße grüsse grüßen gruß gruss moin servus saludo saludos cordiales atentamente abrazo cordialement"
    " salutations distinguées cordiali saluti groet groeten hälsningar hilsen pozdrawiam noël banco banca banque sparkasse"
    " please sorry welcome ok okay note see let get got go going after before about above below between during since until while because although though however therefore thus hence"
    " january february march april may june july august september october november december monday tuesday wednesday thursday friday saturday sunday today tomorrow yesterday"
    " darwin gregorian georgian danish irish scottish welsh swedish norwegian finnish polish turkish greek portuguese argentina oman"
    " english french german spanish italian dutch russian chinese japanese korean american british indian european team support customer client user admin everyone everybody anyone"
    " someone nobody folks guys sirs madame friend friends colleague colleagues manager recruiter hiring all bing google facebook amazon microsoft apple twitter oracle adobe tesla ibm"
).split()


# First names that are words as well, and so frequent that a surname which is a word too settles it: Mark Young.
COMMONS: Final = (
    "amber angel bill brandy crystal daisy dawn dean don earl flora frank gene ginger glen grace grant guy hazel hope iris jay joy lance lee mark melody misty opal pat patty pearl penny ray robin rose"
    " rosemary ruby sandy sherry sue viola violet wade warren jordan austin charlotte florence victoria sydney madison virginia georgia dallas lorraine vernon clayton milton clinton chester carlisle jackson"
).split()

STREETS: Final = frozenset(
    "street st avenue ave road rd lane ln drive dr boulevard blvd court square terrace highway parkway bridge".split()
)


@cache
def lexicon() -> dict[str, int]:
    """Lower-case words and their kinds, as sums of the constants above. Loaded when a text first needs it, so a process
    that redacts nothing does without.
    """
    known: dict[str, int] = {}
    kinds: dict[int, int] = {}  # one object for each kind: fewer places in memory make look-ups faster
    for name, flag in (("first_names", FIRST), ("surnames", LAST), ("words", ORDINARY), ("places", PLACE)):
        for word in listed(name):
            known[word] = known.get(word, 0) | flag
    for words, flag in ((ORGANISATIONS, ORGANISATION), (STOPS, STOP), (COMMONS, COMMON)):
        for word in words:
            known[word] = known.get(word, 0) | flag
    for language, tier, words in in_languages():
        bit = 1 << LANGUAGES.index(language) + tier
        for word in words:
            kind = known.get(word, 0)
            if language == "en":
                known[word] = kind | ORDINARY if tier != CLOSED_AT else kind
            elif not kind & STOP and (kind & (FIRST | LAST) or not kind & FLAGS):
                kind |= bit
                known[word] = kinds.setdefault(kind, kind)
    return known


@cache
def tongues() -> dict[str, int]:
    """The languages of the closed and the frequent words, as bits of `EVERY`; English among them."""
    return _by_word((CLOSED_AT, FREQUENT_AT))


@cache
def closed_words() -> dict[str, int]:
    """The languages in which a word is an article, a pronoun, a month or the like, as bits of `EVERY`."""
    return _by_word((CLOSED_AT,))


def _by_word(tiers: tuple[int, ...]) -> dict[str, int]:
    found: dict[str, int] = {}
    for language, tier, words in in_languages():
        if tier in tiers:
            bit = 1 << LANGUAGES.index(language)
            for word in words:
                found[word] = found.get(word, 0) | bit
    return found


def in_languages() -> Iterator[tuple[str, int, list[str]]]:
    """The lines of `languages.txt`: a language, where the bits of its tier begin, and words of it."""
    language, tier = "", 0
    for line in (DATA / "languages.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            language, number = line[1:-1].split()
            tier = TIERS[int(number) - 1]
        elif not line.startswith("#"):
            yield language, tier, list(map(sys.intern, line.split()))


def listed(name: str) -> list[str]:
    """The words of one of the data files."""
    lines = (DATA / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    return [sys.intern(word) for line in lines if not line.startswith("#") for word in line.split()]


@cache
def phrases() -> dict[str, list[tuple[str, int]]]:
    """Names of several words that are no person's, like `sierra leone`, by each of their words, with its place in the phrase;
    the longest phrase first.
    """
    found: dict[str, list[tuple[str, int]]] = {}
    for line in (DATA / "phrases.txt").read_text(encoding="utf-8").splitlines():
        for word in () if line.startswith("#") else WORD.finditer(line):
            found.setdefault(word.group(), []).append((line, word.start()))
    for several in found.values():
        several.sort(key=lambda one: -len(one[0]))
    return found


@cache
def titled_names() -> frozenset[str]:
    """First names as they are written, capitalised or in capitals: each makes a text worth reading. One that is also a
    stop word (`May`) never begins a name.
    """
    names = [word for word, kind in lexicon().items() if kind & (FIRST | STOP) == FIRST]
    return frozenset(map(str.capitalize, names)) | frozenset(name.upper() for name in names if len(name) > 3)


@cache
def family_names() -> frozenset[str]:
    """The surnames, in lower case."""
    return frozenset(word for word, kind in lexicon().items() if kind & LAST)


@cache
def sure_names() -> frozenset[str]:
    """Words that are only first names, in lower case."""
    return frozenset(word for word, kind in lexicon().items() if sure(kind) and len(word) > 2)


def kind_of(word: str) -> int:
    """The kind of a word, whatever its case; plurals of ordinary words are ordinary too."""
    known = lexicon()
    low = word.lower()
    kind = known.get(low)
    if kind is None:
        base, apostrophe, suffix = low.partition("'")
        if apostrophe and len(base) > 2 and len(suffix) < 5:
            return kind_of(base)  # `Corp'un`, `Debian'ui`: what a language adds to names
        return known.get(low[:-1], 0) & (ORDINARY | ORGANISATION) if low[-1:] == "s" else 0
    return kind


def weighed(kind: int, languages: int, *, inside: bool = True) -> int:
    """The flags of a word in a text that is in one of these languages (bits of `EVERY`).

    Words of closed classes are like stop words, frequent ones ordinary. Rare ones are ordinary in German, which writes its
    nouns with capitals, and where a sentence begins; `inside` a sentence a capital makes them names in other languages.
    """
    if kind <= FLAGS:
        return kind
    flags = kind & FLAGS
    if kind >> CLOSED_AT & EVERY & languages:
        flags |= STOP | ORDINARY | CLOSED
    elif kind >> FREQUENT_AT & languages & EVERY & ~ENGLISH:
        flags |= ORDINARY
    elif rare := kind >> RARE_AT & languages:
        flags |= ORDINARY if not inside or rare & GERMAN else 0
    return flags


LANE: Final = 16  # bits of a language's count in a sum of votes; a window has far fewer words than they can count
LANES: Final = Struct(f"<{COUNT}H")


@cache
def vote(bits: int) -> int:
    """One vote for each language of a set, as a number with a lane for each language: votes are counted by adding."""
    return sum(1 << place * LANE for place in range(COUNT) if bits >> place & 1)


@cache
def votes() -> dict[str, int]:
    """The vote of each word that tells something about the language."""
    return {word: vote(bits) for word, bits in tongues().items()}


def evidence(words: Iterable[str]) -> int:
    """The votes of words, added up."""
    return sum(map(votes().get, words, repeat(0)))


def spoken(counted: int) -> int:
    """The languages that a text may be in by its votes: all that have nearly as many as the one that has most. Where nothing
    tells, each may be it.
    """
    scores = LANES.unpack(counted.to_bytes(LANES.size, "little"))
    best = max(scores)
    if best <= 0:
        return EVERY
    enough = max(1, best - 1) if best < 4 else (best * 6 + 9) // 10
    return sum([1 << place for place, score in enumerate(scores) if score >= enough])


def sure(kind: int) -> bool:
    """Whether a word is a first name and nothing else."""
    return bool(kind & FIRST) and not kind & (ORDINARY | PLACE | STOP | ORGANISATION)


def possible(kind: int) -> bool:
    """Whether a capitalised word could be part of a name: it is known as one, or it is not known at all."""
    return kind == 0 or (bool(kind & (FIRST | LAST)) and not kind & (STOP | ORGANISATION))


def ordinary(text: str) -> bool:
    """Whether a text is one word of English, in lower case, and no name: nothing is found in it when it stands alone."""
    return lexicon().get(text, 0) & FLAGS == ORDINARY


def surname(kind: int) -> bool:
    """Whether a word is a surname and no ordinary word, place or organisation."""
    return bool(kind & LAST) and not kind & (ORDINARY | PLACE | STOP | ORGANISATION)
