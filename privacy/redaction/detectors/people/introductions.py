"""Names that the words around them introduce: titles, greetings, signatures, labels, "my name is", "transfer to"."""

import re
from collections.abc import Iterator
from typing import Final

from privacy.redaction.anchors import BLANK, Anchor, matches
from privacy.redaction.detectors.people.abroad import newcomer
from privacy.redaction.detectors.people.name_ends import STREETWISE, kinds, lower_name, organised, sequence
from privacy.redaction.detectors.people.name_forms import (
    CAPITALISED,
    LOWER_NAME,
    SEQUENCE,
    spelt_like,
)
from privacy.redaction.detectors.people.things import names_program
from privacy.redaction.hits import Detector, Hit, Page
from privacy.redaction.lexicon import (
    FIRST,
    LAST,
    ORDINARY,
    ORGANISATION,
    PLACE,
    STOP,
    kind_of,
    possible,
    sure,
    surname,
)

RANK: Final = 32
LABEL_RANK: Final = 33

TITLE: Final = re.compile(
    r"(?<![\w.])(?:Mr|Mrs|Ms|Mx|Dr|Prof|Professor|Rev|Hon|Sgt|Capt|Lt|Col|Gen|Sen|Rep|Gov|Herr|Herrn|Frau|Monsieur|Madame|Mme|Mlle|Señora?|Sra|Sr|Srta|Signora?|Sig|Dott|Dhr|Mevr|Pan|Pani|Officer|Detective"
    r"|Miss|Sir|Captain|Judge|Senator|Sister|Father|Brother|Uncle|Aunt|Auntie|Grandma|Grandpa|Cousin|mr|mrs|ms|dr|prof|uncle|aunt|señora?|señorita|doña|sra?|srta|monsieur|madame|mademoiselle|signora?|signorina|senhora?|meneer|mevrouw|pani?|fru|herrn?|frau|docteur|doctora?|dottore|dottoressa|maître|professeure?|profesora?|professore|notari[oa]|abogad[oa]|notaire|avocate?|avvocat[oa])(?:\.[ ]?|[ ])(?:(?:Dr|Prof|med|iur)\.[ ]?)*"
)
# Titles that their languages write in lower case, followed by a capitalised name.
SMALL_TITLES: Final = frozenset(
    "señor señora señorita doña sr sra srta monsieur madame mademoiselle signor signora signorina senhor senhora meneer mevrouw"
    " pan pani fru herr herrn frau docteur doctor doctora dottore dottoressa maître professeur professeure profesor profesora professore notario notaria abogado abogada notaire avocat avocate avvocato avvocata".split()
)
SHORTENED: Final = frozenset({"sr", "sra", "srta"})
KIN: Final = frozenset({"uncle", "aunt", "auntie", "grandma", "grandpa", "cousin", "dr"})
# Introductions after which any word may be a name, and those after which a capital has to follow.
SURE_INTRODUCTION: Final = (
    r"(?:my|his|her|their|whose|the customer's|partner's|wife's|husband's|son's|daughter's|full|maiden|first|last|middle|legal|given|family|sur|nick|birth|real|real)[ -]?name(?:'s| is| was|:| =)?(?: actually| now)?"
    r"|name's|ich hei(?:ß|ss)e|mein name ist|je m'appelle|mon nom est|me llamo|mi nombre es|mi chiamo|il mio nome è|meu nome é|me chamo|mijn naam is|ik heet|jag heter|nazywam się|by the name of|under the name(?: of)?|goes by|name on (?:the|my) account(?: is|\?)?"
    r"|people call me|everyone calls me|just call me|you can call me|call me|named|signed,?|correct it to|namens|it's under"
)
INTRODUCTION: Final = (
    r"i am|i'm|im|this is|it's|it is|ich bin|je suis|soy|sono|called|speaking (?:to|with)|spoke (?:to|with)|talk(?:ed|ing)? (?:to|with)|met|meet(?:ing)? with|ask(?:ed)?|tell|contact(?:ed)?|contacting|cc|attn:?|attention:?|c/o"
    r"|named after|a nombre de|au nom de|auf den namen|an den namen|op naam van|a nome di|em nome de|married to|written by|directed by|starring|produced by|signed by|sent by|approved by|created by|posted by|reported by|submitted by|assigned to|belong(?:s|ing) to|on behalf of|care of|says|said|replied|asked|tribute to|assistant to"
    r"|verses from|name him|name her|named him|named her|name is|name:"
)
INTRODUCED: Final = re.compile(rf"\b(?:(?P<name>{SURE_INTRODUCTION})|(?P<weak>{INTRODUCTION}))\s{{1,2}}")
# Introductions that also occur in prose and code: `a class named foo`, `the full name filename`.
LOOSE: Final = re.compile(
    r"named|namens|call me|signed,?|it's under|(?:full|maiden|first|last|middle|legal|given|family|sur|nick|birth|real)[ -]?name(?:\s?=)?"
)
# One speaks with a person, listed name or not; one asks or calls a company as often as a person.
SPOKEN_TO: Final = re.compile(r"(?:spoke|speaking|talk(?:ed|ing)?) (?:to|with)|meet(?:ing)? with")
CLAUSE: Final = re.compile(r"(?=[.,!?;:)\n]|\Z| [a-z])")
ENGLISH_ALONE: Final = frozenset({"im"})
THINGS_TOO: Final = frozenset({"named", "namens", "by the name of", "under the name", "under the name of"})
GREETING: Final = re.compile(
    r"(?:^|[.!?\n>\"“(]\s{0,3}|\A)(?:dear|hi|hello|hey|hola|bonjour|salut|hallo|ciao|olá|liebe[rs]?|sehr geehrte[rn]?|estimad[oa]|querid[oa]|caro|cara|cher|chère|good (?:morning|afternoon|evening|day)|greetings|thanks|thank you|thx|cheers|hiya|yo)[ ,]{1,2}"
)
SIGNATURE: Final = re.compile(
    r"(?:^|\n|[.!?]\s)[ \t]*(?:(?:kind(?:est)?|best|warm(?:est)?|many|with) )?(?:regards|wishes|best|sincerely(?: yours)?|yours (?:truly|sincerely|faithfully)|respectfully|cordially|cheers|thanks(?: again| a lot| so much| in advance)?|thank you|many thanks|thx|love"
    r"|mit freundlichen gr(?:ü|ue)(?:ß|ss)en|viele gr(?:ü|ue)(?:ß|ss)e|liebe gr(?:ü|ue)(?:ß|ss)e|gru(?:ß|ss)|mfg|lg|cordialement|bien à vous|saludos(?: cordiales)?|un saludo|atentamente|beste gr(?:ü|ue)(?:ß|ss)e|bonne (?:journée|soirée)|merci d'avance|gracias de antemano|grazie in anticipo|(?:vielen )?dank im voraus|cordiali saluti|distinti saluti|atenciosamente|met vriendelijke groet(?:en)?|abraços)"
    r"(?:[ \t]*[,.!]?[ \t]*(?:\r?\n|\\n){1,3}|, (?=[^\n,.]{2,40}(?:\n|\Z)))[ \t]*(?:[-–—~] ?)?"
)
LABEL: Final = re.compile(
    r"(?:\b|_)(?:(?:full|first|last|middle|given|family|user|display|customer|client|contact|patient|employee|holder|account|card ?holder|recipient|sender|author|owner|billing|shipping|subscriber|member|guest|passenger|applicant|student|real|legal|maiden|preferred|sur|nick)?[ _-]?name"
    r"|cardholder|recipient|addressee|patient|nom|prénom|vorname|nachname|apellidos?|nombre|cognome|assignee|reporter|contact person|attn|prepared (?:by|for)|(?:ship|bill|sold|deliver)(?:ped)? to|signed|employee|client|customer)"
    r"\\?[\"']?\s{0,3}[:=]\s{0,8}\\?[\"']?"
)
# Fields that only people have: a field `name` next to them holds a person's name.
PERSONAL_FIELD: Final = re.compile(
    r"[\"'\s,;{_-](?:dob|birth\w*|date_of_birth|ssn|passport\w*|gender|surname|last_?name|first_?name|phone\w*|mobile|e-?mail|geburts\w+|telefon\w*|iban|patient\w*)[\"']?\s?[:=]"
)
BESIDE: Final = 120  # characters before and after a field in which its neighbours are looked for
LINE_END: Final = re.compile(r"[ \t]*[,.]?(?:[\"'\\<\r\n|;]|\Z)")
ROLE: Final = (
    r"psychologist|psychiatrist|therapist|family counsel(?:l)?or|counsel(?:l)?or|doctor|dentist|surgeon|nurse|attorney|lawyer|accountant|manager|engineer|developer|agent|employee|customer|client|patient|applicant|colleague|friend|wife|husband|son|daughter|brother"
    r"|sister|boss|neighbou?r|teacher|professor|founder|ceo|cto|author|director|administrator|specialist|contractor|executive|adjuster|policyholder|analyst|supervisor|coordinator|representative|holder|owner|individual|resident|recipient|user|name|member|guest|tenant|landlord"
    r"|partner|roommate|detective|officer|student|beneficiary|mother|father|cousin|nephew|niece|singer|actor|actress|artist|writer|poet|president|minister|senator|mayor"
)
AFTER_ROLE: Final = re.compile(
    rf"\b(?:{ROLE})(?:,| is| was| named| called|:)?\s{{1,2}}(?:dr\.? |mr\.? |mrs\.? |ms\.? )?"
)
BEFORE_ROLE: Final = re.compile(
    rf"(?:\.?,? -? ?(?:is|was|who is|who's|they're|they are|she is|he is|as)?\s?(?:a|an|the|our|my|one of|also)?\s?(?:[a-z-]+ ){{0,2}}|[.,]? they are an? )(?:{ROLE})\b"
)
BOOKED: Final = re.compile(
    r"\b(?:appointments? (?:(?:is |was )?(?:confirmed |scheduled |booked |available )?(?:with|at|for)(?: the| a| dr\.?)?|is|being with)|(?:booking|book|confirming|schedule|visit|booked|reservation) (?:with|at)|like to see|want to see|wanna try|want to try|you (?:could|can|may|might) (?:try|like|see)"
    r"|want to (?:visit|meet)|(?:visit|meet|see) (?:with )?(?=dr)|how about(?: trying(?: for)?(?: an?)?)?|what about|try for|there is|there's|one is|first up is|i have|you may want to (?:go to|try|see)|located an?|maybe|for example|is|another one is|of them is|with)\s{1,2}(?:the |an? )?"
    rf"(?:(?:{ROLE})(?: called| named|,| is)?\s{{1,2}})?"
)
# A capital has to follow a cue for the gate to open. Names in lower case follow only strong cues.
CAPITAL: Final = r"\p{Lu}"
INTRODUCED_PLACES: Final = Anchor(INTRODUCED.pattern)
GREETING_PLACES: Final = Anchor(GREETING.pattern)
SIGNATURE_PLACES: Final = Anchor(SIGNATURE.pattern)
LABEL_PLACES: Final = Anchor(LABEL.pattern)
# A capital has to follow, unless the text is about a booking.
BOOKED_PLACES: Final = Anchor(rf"(?i:\bappointments? |\bbook(?:ing)? with\s)|(?i:{BOOKED.pattern}){CAPITAL}")
AFTER_ROLE_PLACES: Final = Anchor(rf"(?i:{AFTER_ROLE.pattern}){CAPITAL}")
BEFORE_ROLE_PLACES: Final = Anchor(
    rf"[ \t.]{CAPITAL}[\pL'’-]*(?:,? (?:Jr|Sr|II|III|IV|PhD|Psyd|Np|MD))?(?i:{BEFORE_ROLE.pattern})"
)
MONEY: Final = re.compile(
    r"\b(?:transfer|wire|funds|money|bucks|dollars|euros|savings|checking|payment)\b|[$€£]\s?\d|\b(?:send|sent|pay|paid) (?:it|this|that|them)\b"
)
MONEY_PLACES: Final = Anchor(MONEY.pattern.replace(r"\s", BLANK))
KIN_BEFORE: Final = r"((?:uncle |aunt |auntie |cousin )?)(?:mr\.? |mrs\.? )?"
PAID: Final = re.compile(
    rf"\b(?:to|of|for|from|sending|send|checking|savings)\s{{1,2}}(?:my |your |his |her |the )?(?:friend |account of )?{KIN_BEFORE}"
)
PAID_PLACES: Final = Anchor(r"\b(?:to|of|for|from|sending|send|checking|savings)\s")
PAID_INTO: Final = re.compile(rf" (?<=\d )(?=\w+ (?:checking|savings)){KIN_BEFORE}")
RELATIVES: Final = re.compile(r"(?:mom|dad|mum|mommy|daddy|grandma|grandpa|granny|nana)\b")


def titled(page: Page) -> Iterator[Hit]:
    """`Mrs Fleming`, `Dr. Kalpana I. Nathan`: the title stays, the name goes."""
    for match in TITLE.finditer(page.text):
        word = match.group().split(".")[0].split()[0]
        if word in SMALL_TITLES and "." in match.group() and word not in SHORTENED:
            continue  # the end of a sentence: `in the pan. The …`
        capital = word[0].isupper() or word in KIN or word in SMALL_TITLES
        end = sequence(page, match.end(), bare=True) if capital else 0
        if not end and word not in SMALL_TITLES:
            end = lower_name(page, match.end(), known_only=True)
        if end:
            start = match.start() if word.lower() in KIN - {"dr"} else match.end()
            yield Hit(start, end, RANK, "PERSON", "title")


def introduced(page: Page) -> Iterator[Hit]:
    """`my name is jo bennett`, `I'm Flora Wagner`, `spoke with James`."""
    for match in INTRODUCED_PLACES.read(INTRODUCED, page.low):
        strong = match["name"] is not None
        if not strong and match["weak"] in ENGLISH_ALONE and page.closed(*match.span("weak")):
            continue  # `im Kopf` is no `I'm Kopf`
        end = sequence(page, match.end(), bare=strong and match["name"] not in THINGS_TOO)
        if not end and not strong and SPOKEN_TO.fullmatch(match["weak"]):
            end = newcomer(page, match.end(), CLAUSE)
        if not end and strong:
            end = lower_name(page, match.end(), known_only=bool(LOOSE.fullmatch(match["name"])))
        if end and (strong or page.strict or not names_other(page, match.end(), end)):
            yield Hit(match.end(), end, RANK, "PERSON", "introduction")


def names_other(page: Page, start: int, end: int) -> bool:
    """Whether it names a program or a people: `called Thunderbird`, `called African Americans`."""
    return names_program(page, start, end) or any(
        kind_of(word) == 0 and PEOPLE.search(word) for word in page.text[start:end].split()
    )


def addressed(page: Page) -> Iterator[Hit]:
    """`Dear Jochen,` and the line below `Kind regards`."""
    for match in GREETING_PLACES.read(GREETING, page.low):
        if TITLE.match(page.text, match.end()):
            continue  # `titled` finds the name: `Hallo Frau Vogel`
        end = sequence(page, match.end(), bare=False) or placed(page, match.end())
        if end and page.text[end : end + 1] in {"", ",", ".", "!", "\n", "\r", ":", ";", " ", "-", "\\"}:
            yield Hit(match.end(), end, RANK, "PERSON", "greeting")
    for match in SIGNATURE_PLACES.read(SIGNATURE, page.low):
        name = SEQUENCE.of(page.text).match(page.text, match.end())
        if name and LINE_END.match(page.text, name.end()) and not organised(page.text, name.start(), name.end()):
            yield Hit(name.start(), name.end(), RANK, "PERSON", "signature")
        elif not name and (end := lower_name(page, match.end(), known_only=True)) and LINE_END.match(page.text, end):
            yield Hit(match.end(), end, RANK, "PERSON", "signature")


def placed(page: Page, start: int) -> int:
    """Where a name ends that is also a place: `Hey Sofia, …`. A place is seldom greeted."""
    word = CAPITALISED.of(page.text).match(page.text, start)
    if (
        word
        and page.text[word.end() : word.end() + 1] in GREETED
        and kind_of(word.group()) & (FIRST | STOP | ORGANISATION) == FIRST
    ):
        return word.end()
    return 0


GREETED: Final = frozenset({",", "!", "\n", "\r"})


def labelled(page: Page) -> Iterator[Hit]:
    """`"full_name": "Manon Laine"`, `Name: Jennifer Olesen`."""
    for match in LABEL_PLACES.read(LABEL, page.low):
        name = SEQUENCE.of(page.text).match(page.text, match.end())
        if not name:
            continue
        if "=" in match.group() and name.group().isupper():
            continue  # `--macro-name=CADENA`: a placeholder of a manual
        words = kinds(page.text, name.start(), name.end())
        specific = (
            not match.group()
            .lstrip("_- ")
            .startswith(("name", "user", "employee", "client", "customer", "contact", "patient"))
        )
        whole = bool(LINE_END.match(page.text, name.end()))
        specific = specific or PERSONAL_FIELD.search(page.low, match.start() - BESIDE, name.end() + BESIDE) is not None
        known = any(sure(kind) or surname(kind) for kind in words)
        named = known or (whole and specific and len(words) <= 4 and any(possible(kind) for kind in words))
        if not known and not all(
            spelt_like(word) for word in CAPITALISED.of(page.text).findall(name.group()) if len(word) > 1
        ):
            continue
        if named and not any(kind & ORGANISATION for kind in words):
            yield Hit(name.start(), name.end(), LABEL_RANK, "PERSON", "label")


def after_roles(page: Page) -> Iterator[Hit]:
    """`psychologist Cassie L. O'Brien`."""
    for start, stop in AFTER_ROLE_PLACES.spans(page.text):
        match = AFTER_ROLE.match(page.low, start, stop)
        if match and page.closed(start, start + len(match.group().split()[0])):
            continue  # French `son` is no son
        end = sequence(page, match.end(), bare=False) if match else 0
        if match and end:
            yield Hit(match.end(), end, RANK, "PERSON", "role")


def before_roles(page: Page) -> Iterator[Hit]:
    """`Rachel Magnusson, the engineer`."""
    if not BEFORE_ROLE_PLACES.anywhere(page.text):
        return
    for match in SEQUENCE.of(page.text).finditer(page.text):
        role = BEFORE_ROLE.match(page.low, match.end()) if " " in match.group() else None
        if role and not page.closed(role.end() - len(role.group().split()[-1]), role.end()):
            end = sequence(page, match.start(), bare=False)
            words = match.group().split()
            there = any(kind & (PLACE | FIRST | LAST) == PLACE for kind in kinds(page.text, match.start(), match.end()))
            if (
                end == match.end()
                and not there
                and all(len(word) < 3 or spelt_like(word.strip(".,")) for word in words[:2])
            ):
                yield Hit(match.start(), end, RANK, "PERSON", "role")


def booked(page: Page) -> Iterator[Hit]:
    """The person that an appointment is with."""
    for match in matches(BOOKED, page.low, [start for start, _ in BOOKED_PLACES.spans(page.text)]):
        plain = match.group().startswith(("appointment", "booking with", "book with"))
        end = sequence(page, match.end(), bare=plain, pair=not plain)
        if not end and plain:
            end = lower_name(page, match.end(), known_only=True)
        if end:
            yield Hit(match.end(), end, RANK, "PERSON", "visit")


def paid(page: Page) -> Iterator[Hit]:
    """The person that money goes to."""
    if not MONEY_PLACES.anywhere(page.low):
        return
    found = PAID_PLACES.read(PAID, page.low)
    if " checking" in page.low or " savings" in page.low:
        found += PAID_INTO.finditer(page.low)
    for match in found:
        start, place = match.start(1), match.end()
        kin = RELATIVES.match(page.low, place)
        if kin:
            end = kin.end()
        elif page.text[place : place + 1].isupper():
            end = sequence(page, place, bare=False) or payee(page, place)
        else:
            end = payee_in_lower_case(page, place)
        if end and MONEY.search(page.low, max(0, start - 90), min(len(page.low), place + 60)):
            yield Hit(start, end, RANK, "PERSON", "payee")


def payee(page: Page, start: int) -> int:
    """Where a single name ends that money goes to, even one that no list has, if it is not an ordinary word."""
    word = CAPITALISED.of(page.text).match(page.text, start)
    if word and len(word.group()) > 1:
        kind = kind_of(word.group())
        unknown = (kind == 0 and spelt_like(word.group()) and word.group()[1:].islower()) or (
            bool(kind & (FIRST | LAST)) and not kind & (ORDINARY | STOP | ORGANISATION)
        )
        determined = DETERMINED.search(page.low, max(0, start - 8), start) is not None
        named_thing = kind == 0 and (
            determined or DEMONYM.search(word.group()) is not None or is_for_a_thing(page, start, word.end())
        )
        return word.end() if unknown and not named_thing and not STREETWISE.match(page.low, word.end()) else 0
    return 0


def is_for_a_thing(page: Page, start: int, end: int) -> bool:
    """Whether a payment is for this thing: `payment for Coronavirus Supplement`, `evidence of Jobkeeper payment`."""
    noun = NOUN_BEHIND.match(page.text, end)
    kind = kind_of(noun[1]) if noun else 0
    return bool(kind & ORDINARY) and not kind & (FIRST | LAST) and page.low.endswith(("for ", " of "), 0, start)


NOUN_BEHIND: Final = re.compile(r" ([A-Z][a-z]+|payments?)\b")
DETERMINED: Final = re.compile(r"\bthe \Z")  # `for the Jobseeker Allowance`
DEMONYM: Final = re.compile(r"(?:ians|icans|ese|ish)\Z")
PEOPLE: Final = re.compile(r"(?:ians|icans)\Z")  # in the singular, and with the other endings, it may be a family


def payee_in_lower_case(page: Page, start: int) -> int:
    """Where a first name in lower case ends."""
    word = LOWER_NAME.of(page.low).match(page.low, start)
    return word.end() if word and sure(kind_of(word.group())) else 0


TITLES: Final = (
    r"mr|mrs|ms|mx|dr|prof|professor|rev|hon|sgt|capt|lt|col|gen|sen|rep|gov|herrn?|frau|fru|monsieur|madame|mademoiselle|mme|mlle|señora?|señorita|doña|sra?|srta|signora?|signorina|senhora?|meneer|mevrouw|sig|dott|dhr|mevr|pani?|officer|detective|miss|sir|captain|judge"
    r"|senator|sister|father|brother|uncle|aunt|auntie|grandma|grandpa|cousin|docteur|doctora?|dottore|dottoressa|maître|professeure?|profesora?|professore|notari[oa]|abogad[oa]|notaire|avocate?|avvocat[oa]"
)
DETECTORS: Final[tuple[Detector, ...]] = (
    Detector("name_title", rf"(?i:\b(?:{TITLES}))[. ] ?{CAPITAL}|\b(?:mr|mrs|ms|dr|prof|uncle|aunt)[. ]", titled),
    Detector(
        "name_introduction",
        rf"\b(?i:{SURE_INTRODUCTION})\s{{1,2}}\pL|\b(?i:{INTRODUCTION})\s{{1,2}}{CAPITAL}",
        introduced,
    ),
    Detector(
        "name_greeting",
        rf"(?i:\b(?:dear|hi|hello|hey|hola|bonjour|salut|hallo|ciao|olá|liebe[rs]?|geehrte[rn]?|estimad[oa]|querid[oa]|cara?o?|ch[eè]re?|morning|afternoon|evening|day|greetings|thanks|thank you|thx|cheers|hiya|yo))[ ,]{{1,2}}{CAPITAL}"
        r"|(?i:\b(?:regards|wishes|best|sincerely|yours|truly|faithfully|respectfully|cordially|cheers|thanks|again|much|advance|lot|thank you|thx|love|gr(?:ü|ue)(?:ß|ss)(?:en?)?|mfg|lg|cordialement|vous|journée|soirée|avance|antemano|anticipo|voraus|saludos?|cordiales|atentamente|saluti|atenciosamente|groet(?:en)?|abraços))(?:[ \t]*[,.!]?[ \t]*(?:\r?\n|\\n)|, \p{Lu})",
        addressed,
    ),
    Detector(
        "name_label",
        rf"(?i:(?:name|cardholder|recipient|addressee|patient|nom|vorname|nachname|apellidos?|nombre|cognome|assignee|reporter|contact person|attn|prepared (?:by|for)|(?:ship|bill|sold|deliver)(?:ped)? to|signed|employee|client|customer)\\?[\"']?\s*[:=]\s*\\?[\"']?){CAPITAL}",
        labelled,
    ),
    Detector("name_after_role", AFTER_ROLE_PLACES.pattern, after_roles),
    # The role alone: with the name before it, this gate would take a third of the time of all gates.
    Detector("name_before_role", rf"[\s.,-](?i:{ROLE})\b", before_roles),
    Detector(
        "name_visit",
        r"(?i)\b(?:appointments?|book(?:ing|ed)?|schedul\w+|visit|psych\w+|therapists?|counsel\w+|doctors?|dentists?)\b",
        booked,
    ),
    Detector(
        "name_payee",
        r"(?i)\b(?:transfer|send|sending|pay|payment|wire|funds|money|bucks|dollars|account of|savings|checking)\b",
        paid,
    ),
)
