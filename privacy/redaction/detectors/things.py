"""Things, places and releases that are called after somebody: `the Sonja chair`, `Regal Ivar`, `release Jessie`."""

import re
from typing import Final

from privacy.redaction.detectors.name_forms import UPPER
from privacy.redaction.hits import Page

# What is sold, planned, built or released under a name, where the noun follows the name.
NOUNS: Final = (
    "chairs? armchairs? sofas? couch(?:es)? tables? desks? shel(?:f|ves) bookcases? cabinets? beds? mattress(?:es)? lamps? lights? lampshades? pendants? chandeliers? rugs? curtains? mirrors? stools? bench(?:es)?"
    " drawers? wardrobes? sideboards? cushions? pillows? blankets? watch(?:es)? smartwatch(?:es)? bracelets? necklaces? rings? bags? backpacks? handbags? shoes? boots? sneakers? sandals? jackets? coats? dress(?:es)? shirts? skirts?"
    " trousers jeans hoodies? sweaters? scar(?:f|ves) speakers? soundbars? headphones? headsets? earbuds? earphones? microphones? keyboards? phones? smartphones? tablets? laptops? notebooks? monitors? printers? routers? cameras?"
    " vacuums? kettles? toasters? blenders? mixers? ovens? fridges? dishwashers? washers? dryers? heaters? fans? grills? bikes? e-bikes? scooters? strollers? prams? helmets? tents? suitcases? bottles? mugs? cups? plates? pans? pots? kni(?:fe|ves)"
    " plans? subscriptions? tariffs? packages? bundles? editions? models? versions? releases? series themes? fonts? templates? collections? ranges? lines? sets? kits? apps? bots? assistants? drones? dates? eras? periods? people peoples empire"
    " calendar seeds? trees? flowers? flours? oil tea coffee cake cakes pudding bread salad soup sauce cheese wine beer effect bridges? stations? streets? squares? towers? lakes? falls rivers? islands? branch(?:es)? distribution protocol framework server cluster"
).split()
AFTER: Final = re.compile(rf"[ -](?:{'|'.join(NOUNS)})\b(?!')")
# German and Dutch nouns have capitals, or are written together with the name: `Sonja-Stuhl`, `der Ivar Schrank`.
GERMAN_NOUNS: Final = (
    "stuhl|stühle|sessel|sofa|couch|tisch|schreibtisch|esstisch|regal|schrank|kommode|bett|matratze|lampe|leuchte|stehlampe|teppich|vorhang|spiegel|hocker|bank|kissen|decke|uhr|armbanduhr|tasche|rucksack|schuh|schuhe|stiefel|jacke|mantel|kleid"
    "|hemd|rock|hose|pullover|schal|lautsprecher|soundbar|kopfhörer|mikrofon|tastatur|handy|telefon|tablet|laptop|monitor|drucker|kamera|staubsauger|wasserkocher|toaster|mixer|ofen|kühlschrank|grill|fahrrad|roller|kinderwagen|helm|zelt"
    "|koffer|flasche|becher|teller|pfanne|topf|messer|tarif|plan|paket|abo|modell|version|serie|edition|kollektion|set|app|linie|brücke|straße|platz|turm|stoel|kast|tafel|lamp|stol|bord|hylla|lampa|säng|seng|hylde|reol"
)
GERMAN_AFTER: Final = re.compile(rf"[ -](?:{GERMAN_NOUNS})\w{{0,3}}\b")
# Before the name: Romance languages, and English for releases.
BEFORE: Final = re.compile(
    r"(?:\b(?:release|releases|branch|suite|codenames?|code-?named|distribution|version|debian|ubuntu|android|macos|fedora|model|series|plan|theme|font|stuhl|sessel|sofa|tisch|regal|schrank|kommode|bett|lampe|leuchte|teppich|tarif|modell|serie|version"
    r"|chaise|fauteuil|canapé|table|étagère|armoire|lit|lampe|tapis|miroir|montre|sac|modèle|forfait|gamme|silla|sillón|sofá|mesa|estantería|armario|cama|lámpara|alfombra|espejo|reloj|bolso|modelo|plan|tarifa|gama|sedia|poltrona|divano|tavolo|scaffale|armadio"
    r"|letto|lampada|tappeto|specchio|orologio|borsa|modello|piano|cadeira|poltrona|sofá|estante|armário|luminária|tapete|espelho|relógio|bolsa|modelo|plano|stoel|kast|tafel|bank|lamp|stol|bord|hylla|lampa|krzesło|fotel|stół|szafa|lampa|łóżko)"
    r"(?: \d+(?:\.\d+)?)?,?|\"the|\b(?:von|de) der serie) [\"“„«']?\Z"
)
DETERMINER: Final = re.compile(
    r"(?:\A|[^\w])(?:the|an?|this|that|these|those|our|your|my|his|her|their|its|another|each|every|which|what|new|old|two|three|one|any|no|some) (?:[a-z]+ )?\Z"
)
HOLDS_PERSON: Final = re.compile(
    r"[ ](?:famil\w+|household|couple|girl|boy|guy|lady|woman|man|person|kid|brothers|sisters|twins|who|i|we|he|she|that|from|is|was|has|said|called|and|or|with|in|on|at|to|for)\b"
)
WORD_AFTER: Final = re.compile(r" ([a-z]{3,})\b")
NAME: Final = re.compile(rf"[{UPPER}][^\W\d_]+(?:-[^\W\d_]+)?")


def persons(page: Page, found: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Those names that name no thing: where `the Sonja chair` is spoken of, `Sonja` alone is that chair as well."""
    if page.strict or not found:
        return found
    things = {page.low[start:end] for start, end in found if names_thing(page, start, end)}
    return [(start, end) for start, end in found if page.low[start:end] not in things] if things else found


def names_thing(page: Page, start: int, end: int) -> bool:
    """Whether the words around a single name make it that of a thing."""
    low = page.low
    if " " in low[start:end]:
        return False
    if AFTER.match(low, end) or BEFORE.search(low, max(0, start - 40), start):
        return True
    if GERMAN_AFTER.match(low, end) and page.text[end + 1 : end + 2].isupper():
        return True
    if DETERMINER.search(low, max(0, start - 24), start) and page.text[start].isupper():
        following = WORD_AFTER.match(page.text, end)
        return following is not None and not HOLDS_PERSON.match(low, end)
    return False
