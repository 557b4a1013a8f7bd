"""Things, places and releases that are named after somebody: `the Sonja chair`, `Regal Ivar`, `release Jessie`."""

import re
from functools import cache
from typing import Final

from privacy.redaction.hits import Page
from privacy.redaction.lexicon import listed

# Things that are sold, planned, built or released under a name, with the noun after the name.
NOUNS: Final = frozenset(
    (
        "alcohol infection infections chairs chair armchairs armchair sofas sofa couches couch tables table desks desk shelf shelves bookcases"
        " bookcase cabinets cabinet beds bed mattresses mattress lamps lamp lights light lampshades lampshade pendants"
        " pendant chandeliers chandelier rugs rug curtains curtain mirrors mirror stools stool benches bench drawers"
        " drawer wardrobes wardrobe sideboards sideboard cushions cushion pillows pillow blankets blanket watches watch"
        " smartwatches smartwatch bracelets bracelet necklaces necklace rings ring bags bag backpacks backpack handbags"
        " handbag shoes shoe boots boot sneakers sneaker sandals sandal jackets jacket coats coat dresses dress shirts"
        " shirt skirts skirt trousers jeans hoodies hoodie sweaters sweater scarf scarves speakers speaker soundbars"
        " soundbar headphones headphone headsets headset earbuds earbud earphones earphone microphones microphone"
        " keyboards keyboard phones phone smartphones smartphone tablets tablet laptops laptop notebooks notebook monitors"
        " monitor printers printer routers router cameras camera vacuums vacuum kettles kettle toasters toaster blenders"
        " blender mixers mixer ovens oven fridges fridge dishwashers dishwasher washers washer dryers dryer heaters heater"
        " fans fan grills grill bikes bike e-bikes e-bike scooters scooter strollers stroller prams pram helmets helmet"
        " tents tent suitcases suitcase bottles bottle mugs mug cups cup plates plate pans pan pots pot knife knives plans"
        " plan subscriptions subscription tariffs tariff packages package bundles bundle editions edition models model"
        " versions version releases release series themes theme fonts font templates template collections collection"
        " ranges range lines line sets set kits kit apps app bots bot assistants assistant drones drone dates date eras"
        " era periods period people peoples empire calendar seeds seed trees tree flowers flower flours flour oil tea"
        " dance dances technique techniques massage class classes lesson lessons workshop workshops"
        " coffee cake cakes pie pudding bread salad soup sauce cheese wine beer effect bridges bridge stations station streets"
        " street squares square towers tower lakes lake falls rivers river islands island branches branch distribution"
        " protocol framework server cluster"
    ).split()
)
# The same in languages that capitalise nouns or join them to the name: `Sonja-Stuhl`, `der Ivar Schrank`.
CAPITAL_NOUNS: Final = frozenset(
    (
        "stuhl stühle sessel sofa couch tisch schreibtisch esstisch regal schrank kommode bett matratze lampe leuchte"
        " stehlampe teppich vorhang spiegel hocker bank kissen decke uhr armbanduhr tasche rucksack schuh schuhe stiefel"
        " jacke mantel kleid hemd rock hose pullover schal lautsprecher soundbar kopfhörer mikrofon tastatur handy telefon"
        " tablet laptop monitor drucker kamera staubsauger wasserkocher toaster mixer ofen kühlschrank grill fahrrad"
        " roller kinderwagen helm zelt koffer flasche becher teller pfanne topf messer tarif plan paket abo modell version"
        " serie edition kollektion set app linie brücke straße platz turm stoel kast tafel lamp stol bord hylla lampa säng"
        " seng hylde reol"
    ).split()
)
# The noun before the name: Romance and Slavic languages, and English for releases.
NOUNS_BEFORE: Final = frozenset(
    (
        "release releases branch suite codename codenames codenamed code-named distribution version debian ubuntu android"
        " macos fedora model series plan theme font stuhl sessel sofa tisch regal schrank kommode bett lampe leuchte"
        " teppich tarif modell serie chaise fauteuil canapé table étagère armoire lit tapis miroir montre sac modèle"
        " forfait gamme silla sillón sofá mesa estantería armario cama lámpara alfombra espejo reloj bolso modelo tarifa"
        " gama sedia poltrona divano tavolo scaffale armadio letto lampada tappeto specchio orologio borsa modello piano"
        " cadeira estante armário luminária tapete espelho relógio bolsa plano stoel kast tafel bank lamp stol bord hylla"
        " lampa krzesło fotel stół szafa łóżko poussette landau barre enceinte casque télévision aspirateur cafetière forfaits"
        " offre veste manteau robe chaussures sac vélo trottinette collection carrito cochecito sonido altavoz auriculares barra"
        " aspiradora cafetera bicicleta patinete vestido chaqueta abrigo zapatos mochila tableta passeggino passeggini altoparlante"
        " cuffie aspirapolvere giacca vestito scarpe zaino carrinho coluna aspirador mochila casaco vestido kinderwagen laufrad"
        " kinderwagen buggy esszimmer son application app aplicación aplicativo applicazione applicatie aplikacja router routeur modem módem"
        " box boîtier decoder descodificador katalog catalogue catálogo catalogo kollektion colección collezione coleção koffer valise maleta"
        " valigia walizka trousse malle baúl"
        # furniture, textiles and household goods
        " matelas coussin oreiller couette couverture rideau lampe lampadaire commode étagères bibliothèque buffet bureau"
        " tabouret banc poêle four frigo réfrigérateur lave-linge lave-vaisselle sèche-linge bouilloire théière tasse assiette"
        " poêles casserole couteau perceuse tondeuse tente parasol piscine collier bague bracelet bottes pull écharpe chemise pantalon"
        " colchón colchones cojín almohada manta cortina lámparas cómoda librería librerías taburete banco escritorio estufa horno frigorífico"
        " lavadora lavavajillas secadora tetera taza plato sartén olla cuchillo taladro cortacésped sombrilla piscina collar"
        " anillo pulsera botas jersey bufanda camisa pantalón falda colchão almofada travesseiro cobertor cortinado candeeiro luminárias"
        " cómodas escrivaninha fogão forno geladeira frigorífico lava-louça secadora chaleira chávena xícara prato panela faca berbequim"
        " furadeira tenda guarda-sol colar anel pulseira camisola cachecol calça saia materasso cuscino coperta tenda tende comò libreria"
        " librerie credenza scrivania sgabello panca stufa forno frigorifero lavatrice lavastoviglie asciugatrice bollitore tazza piatto"
        " padella pentola coltello trapano tosaerba ombrellone piscina collana anello braccialetto stivali maglione sciarpa camicia pantaloni"
        " gonna matras kussen deken gordijn dekbed ladekast boekenkast dressoir bureau kruk kachel oven koelkast wasmachine vaatwasser"
        " droger waterkoker theepot kopje bord koekenpan mes boormachine grasmaaier tent parasol ketting armband laarzen trui sjaal"
        " hemd broek rok kleed vloerkleed karpet spiegel materac poduszka kołdra koc zasłona komoda regał biurko taboret ławka piec"
        " piekarnik lodówka pralka zmywarka suszarka czajnik filiżanka talerz patelnia garnek nóż wiertarka kosiarka namiot parasol"
        " naszyjnik bransoletka buty sweter szalik koszula spodnie spódnica dywan lustro matrace polštář deka závěs komoda regál skříň"
        " křeslo židle postel pohovka stůl lampa psací koberec zrcadlo kamna trouba lednice pračka myčka sušička konvice hrnek talíř"
        " pánev hrnec nůž vrtačka sekačka stan slunečník náhrdelník náramek boty svetr šála košile kalhoty sukně kočárek kolo batoh kufr"
        " madrass madrassen kudde kudden täcke täcket gardin gardinen byrå byrån bokhylla bokhyllan hyllan skrivbord skrivbordet pall pallen"
        " kamin kaminen ugn ugnen kylskåp tvättmaskin diskmaskin torktumlare vattenkokare kopp koppen tallrik kniv borrmaskin gräsklippare"
        " tält tältet parasollet halsband armbandet stövlar tröja tröjan halsduk skjorta byxor kjol matta mattan spegel spegeln soffa soffan"
        " fåtölj fåtöljen stolen bordet sängen lampan klocka klockan väska väskan ryggsäck barnvagn cykel cykeln sofaen stolen bordet sengen"
        " lampen tæppe tæppet madras madrassen hylden reolen sengetøj"
        # coffee, places to eat and to sleep, ships and storms
        " kaffee café koffie kawa káva kaffe caffè hotel hôtel restaurant ristorante restaurante restauracja restaurace pension pensione"
        " pizzeria trattoria taverna kneipe boutique schiff fähre navire paquebot nave traghetto buque statek loď orkan sturmtief"
        " ouragan huracán uragano furacão tempête orkaan huragan hurikán"
    ).split()
)
AFTER: Final = re.compile(r"[ -]([^\W\d_]+(?:-[^\W\d_]+)?)(?!')")
DETERMINERS: Final = frozenset(
    "the a an this that these those our your my his her their its another each every which what new old two three one any no some".split()
)
HOLDS_PERSON: Final = frozenset(
    "family families household couple girl boy guy lady woman man person kid brothers sisters twins who i we he she that from is was has said called and or with in on at to for as if when but".split()
)
QUOTES: Final = "\"“„«',"


def persons(page: Page, found: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The names that are not a thing's: if a text has `the Sonja chair`, `Sonja` alone is that chair too."""
    if page.strict or not found:
        return found
    things = {page.low[start:end] for start, end in found if names_thing(page, start, end)}
    return [(start, end) for start, end in found if page.low[start:end] not in things] if things else found


@cache
def programs() -> frozenset[str]:
    """First names that are also names of programs and releases."""
    return frozenset(listed("programs"))


# Words that leave no doubt that a text is about programs; "server" and "package" would not.
OF_PROGRAMS: Final = re.compile(
    r"debian|ubuntu|linux|\bunix\b|\bgnu\b|\bapt\b|dpkg|systemd|github|gitlab|\bunstable\b|\boldstable\b|\bkernel|\bmakefile|\bcompiler"
    r"|\bpowerpc|\bsparc\b|\bgnome\b|\bkde\b|\bbullseye\b|\bbookworm\b|\bpackage manager|\bopen[- ]source\b|\bbuild system|\bcodename|\bbackup|\bdebconf"
)
VERSION: Final = re.compile(r"(?<![\d.])\d{1,2}\.\d{1,2} \Z")  # `1.2 Rex`
BESIDE: Final = 160  # characters before and after a name in which such words count


def names_program(page: Page, start: int, end: int) -> bool:
    """Whether a single name is that of a program or a release: `Britney` in a text about Debian."""
    low = page.low
    name = low[start:end]
    return name in programs() and bool(
        OF_PROGRAMS.search(low, max(0, start - BESIDE), end + BESIDE)
        or VERSION.search(low, max(0, start - 12), start)
        or f"-{name}" in page.text  # an option of the program: `--no-use-tor`
    )


def is_noun(word: str) -> bool:
    """Whether a word is a noun for things, or a German one that ends like one: `stehlampe`, `kinderwagen`."""
    return word in NOUNS_BEFORE or word in CAPITAL_NOUNS or word.endswith(COMPOUND_NOUNS)


COMPOUND_NOUNS: Final = (*(noun for noun in CAPITAL_NOUNS if len(noun) > 4), "wagen", "bett")


def names_thing(page: Page, start: int, end: int) -> bool:
    """Whether the words around a single name show that it names a thing."""
    low = page.low
    if low.find(" ", start, end) >= 0:
        noun, _, name = low[start:end].partition(" ")
        return is_noun(noun) and " " not in name  # `die Lampe Luna`
    if names_program(page, start, end):
        return True
    after = AFTER.match(low, end) if low[end : end + 1] in {" ", "-"} else None
    noun = after[1] if after else ""
    if noun in NOUNS or (noun in CAPITAL_NOUNS and page.text[end + 1].isupper()):
        return True
    if not start or low[start - 1] not in " -\"“„«'":
        return False
    words = low[max(0, start - 32) : start].split()
    if not words:
        return False
    before = words[-1].strip(QUOTES)
    if (
        is_noun(before)
        or before.partition("'")[2] in NOUNS_BEFORE
        or (len(words) > 1 and words[-1][0].isdigit() and words[-2] in NOUNS_BEFORE)
    ):
        return True
    determined = words[-1] in DETERMINERS or (len(words) > 1 and words[-2] in DETERMINERS)
    return (
        determined
        and len(noun) > 2
        and noun not in HOLDS_PERSON
        and page.text[start].isupper()
        and page.text[end] == " "
        and page.text[end + 1].islower()
    )
