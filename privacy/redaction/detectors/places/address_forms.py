"""The parts that postal addresses are made of, as regular expressions: streets, units, towns, codes, countries."""

from typing import Final

from privacy.redaction.detectors.people.name_forms import UPPER
from privacy.redaction.folding import lowered

SUFFIX: Final = (
    r"street|str|st|avenue|ave|av|road|rd|lane|ln|drive|dr|boulevard|blvd|bvd|way|court|ct|circle|cir|place|pl|terrace|ter|parkway|pkwy|highway|hwy|square|sq|plaza|trail|trl|crescent|cres|close|gardens|gdns|grove|mews|row"
    r"|walk|loop|alley|bend|commons?|view|heights|hill|ridge|path|crossing|quay|wharf|broadway|expressway|freeway|turnpike|esplanade|embankment|parade|wynd|vale|rise|mall|center|centre|junction|pike|cove|landing|manor|meadows?"
)
DIRECTION: Final = r"(?:north|south|east|west|northeast|northwest|southeast|southwest|n|s|e|w|ne|nw|se|sw)"
STATE: Final = (
    r"AL|AK|AZ|AR|CA|CO|CT|DE|DC|FL|GA|HI|ID|IL|IN|IA|KS|KY|LA|ME|MD|MA|MI|MN|MS|MO|MT|NE|NV|NH|NJ|NM|NY|NC|ND|OH|OK|OR|PA|RI|SC|SD|TN|TX|UT|VT|VA|WA|WV|WI|WY|AS|GU|MP|PR|VI|FM|MH|PW|AA|AE|AP"
    r"|AB|BC|MB|NB|NL|NS|NT|NU|ON|PE|QC|SK|YT|NSW|VIC|QLD|TAS|ACT"
)
STATE_NAME: Final = (
    r"Alabama|Alaska|Arizona|Arkansas|California|Colorado|Connecticut|Delaware|District of Columbia|Florida|Georgia|Hawaii|Idaho|Illinois|Indiana|Iowa|Kansas|Kentucky|Louisiana|Maine|Maryland|Massachusetts|Michigan"
    r"|Minnesota|Mississippi|Missouri|Montana|Nebraska|Nevada|New Hampshire|New Jersey|New Mexico|New York|North Carolina|North Dakota|Ohio|Oklahoma|Oregon|Pennsylvania|Rhode Island|South Carolina|South Dakota"
    r"|Tennessee|Texas|Utah|Vermont|Virginia|Washington|West Virginia|Wisconsin|Wyoming"
)
UK_CODE: Final = r"(?:[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}|GIR ?0AA)"
CANADIAN_CODE: Final = r"[ABCEGHJ-NPRSTVXY]\d[A-Z][ -]?\d[A-Z]\d"
ZIP: Final = r"\d{5}(?:-\d{4})?"
ANY_CODE: Final = rf"(?:{UK_CODE}|{CANADIAN_CODE}|\d{{4}} ?[A-Z]{{2}}|\d{{2}}-\d{{3}}|\d{{5}}-\d{{3}}|{ZIP}|\d{{3}} ?\d{{2}}|\d{{4}})(?![\w-])"

NUMBER: Final = r"(?:\d{0,6}(?:-\d{1,6})?(?:[A-Za-z](?![A-Za-z])|\s?1/2|bis|ter)?)"
NAME: Final = r"(?:[^\W\d_]{1,3}\.(?=\s)|[^\W\d_][^\W_]*(?:['’.-][^\W\d_]+)*+|\d{1,3}(?:st|nd|rd|th))"
UNIT: Final = (
    r"(?:(?:apt|apartment|suite|ste|unit|room|rm|flat|bldg|building|door|stiege|top|appt|bât|esc|piso|andar|lot|hab|int|dpto)(?:\.?\s{1,2}#?\s{0,2}|\.?#\s?|\.)[A-Za-z]{0,2}-?\d{1,5}[A-Za-z]?(?![\w-])|(?:apt|suite|ste|unit|flat)\.?\s{1,2}[A-Za-z]\b"
    r"|#\s?[A-Za-z]{0,2}-?\d{1,5}[A-Za-z]?(?!\w)|#\s?[A-Za-z]\b|\d{1,2}(?:st|nd|rd|th) floor|(?:floor|fl)\.? \d{1,3}|\d{1,2}(?:\.|º|ª|er|e) (?:stock|og|piso|étage))"
)

# Street types that come first: Romance and Slavic languages, Greek, Arabic in French spelling.
LEADING: Final = (
    r"rue|avenue|av\.?|boulevard|boul\.?|bd\.?|place|pl\.?|chemin|ch\.|all[ée]e|impasse|quai|cours|route|passage|square|faubourg|calle|c/|cl\.?|avenida|avda\.?|av\.|plaza|pza\.?|paseo|ronda|camino|carretera|carrer|travessera"
    r"|via|viale|v\.le|vicolo|piazza|piazzale|p\.za|corso|largo|lungomare|strada|contrada|rua|r\.|r|travessa|praça|praceta|alameda|estrada|rodovia|quinta|colonia|bairro|vila|jirón|cra\.?|carrera|ul\.?|ulica|aleja|al\.|os\.|plac"
    r"|bul\.?|strada|str\.|calea|șoseaua|λεωφ\.?|λεωφόρος|οδός|οδ\.|αγ\.|jalan|jl\.?"
)
# Ends of words that are streets: Germanic, Nordic, Hungarian, Czech, Baltic.
COMPOUND: Final = (
    r"str\.|straße|strasse|stra[ßs]s?e|gasse|weg|allee|platz|ring|damm|ufer|steig|stieg|chaussee|brücke|bruecke|lände|markt|straat|laan|plein|gracht|kade|dreef|singel|dijk|steenweg|baan|vej|gade|alle|stræde|torv|vænge|bakken|havn|lunden|parken"
    r"|gata|gatan|gate|gaten|vägen|veg|vegen|veien|väg|plan|backe|backen|gränd|stigen|haugen|katu|tie|kuja|polku|kaari|tori|raitti|stræti|vegur|gata|braut|gerði|holt|tún|utca|út|útja|tér|tere|köz|körút|sétány|ulice|náměstí|nábřeží|třída|ova|eva|ska|ní|cesta"
    r"|vejen|gaden|strædet|vænget|gränden|torget|boulevarden|allé|plads|pladsen|trg|prilaz|odvojak|iela|gatve|prospektas|maantee|mnt|pst"
)
SEPARATE: Final = r"gracht|plein|allé|torget|torv|platz|ring|damm|boulevarden|plads|kade|singel|laan|straat|u\.|utca|út|útja|tér|tere|körút|krt\.|sor|köz|ulice|nám\.|náměstí|cesta|trg|sokak|sok\.|caddesi|cad\.|cd\.|sk\.|street|str\.|iela|gatvė|g\.|pr\.|tänav|mnt|strasse|straße|gasse|weg|platz|allee|vej|gade|gata|gatan|vägen|veien|katu|tie"
# Those that end only streets: with a capital and a number they are a street anywhere.
SURE_COMPOUND: Final = (
    r"str|straße|strasse|gasse|allee|chaussee|straat|laan|gracht|plein|kade|singel|steenweg|gatan|gata|gaten|vägen|stigen"
    r"|gränd|gränden|vej|vejen|gade|gaden|stræde|strædet|vænge|vænget|veien|vegen|torget|boulevarden|utca|náměstí|nábřeží"
)
NO_STREETS: Final = frozenset(
    "einbahnstraße wasserstraße datenstraße autostraße schnellstraße fertigungsstraße fietsstraat omvägen utvägen motorvägen"
    " järnvägen luftvägen omvejen motorvejen undervejs omvej motorvej udvej genvej jernbanevej fortsættelsesvejen".split()
)
# German streets that begin with a preposition.
AT_STREET: Final = (
    r"(?:Am|Im|Zum|Zur|An de[rnm]|Auf de[rnm]|In de[rnm]|Unter den|Hinter de[rnm]|Vor de[rnm]|Bei de[rnm])"
)
CAPITAL: Final = rf"[{UPPER}]"
LOWERED: Final = f"[{''.join(sorted(set(lowered(UPPER))))}]"  # a capital, in a page's lower case
TOWN: Final = rf"(?:{CAPITAL}[^\W\d_]+(?:[ '’-](?:{CAPITAL}[^\W\d_]+|(?:de|la|le|les|sur|sous|en|am|an|der|den|do|da|di|del|of|upon|u|nad|pri|y|i|and)\b|St\.|{CAPITAL}\b)){{0,4}})"
COUNTRY: Final = (
    r"(?:United States(?: of America)?|USA|U\.S\.A?\.?|US|United Kingdom|UK|England|Scotland|Wales|Ireland|Canada|Australia|New Zealand|Germany|Deutschland|France|Spain|España|Italy|Italia|Netherlands|Nederland|Belgium|Switzerland|Schweiz|Austria|Österreich"
    r"|Portugal|Poland|Polska|Sweden|Norway|Denmark|Finland|India|Brazil|Brasil|Mexico|México|Japan|China|Greece|Turkey|Singapore)"
)
