"""What the rules on corrections read: closed word lists for all languages, how a text is split, and what code looks like."""

import re
from typing import Final

from curation.decisions.language import EVIDENCE

STATEMENT: Final = re.compile(
    r"\s*(?:```|def \w+\(|import \w+\s*$|select (?!(?:the|an?|your|any|one) )[^!?]*\bfrom (?!(?:the|an?|your) )|insert into |delete from |"
    r"update \w+ set |create (?:table|view|index) |with \w+ as \()",
    re.IGNORECASE | re.MULTILINE,
)
"""An answer in a language for machines, not "Select Export from the menu"."""
CODE: Final = re.compile(r"```|[{}=<>]|\w\(|(?:^|\s)--?\w|\b(?:SELECT|select)\b")
BLOCK: Final = re.compile(r"\{[^{}]*[:;][^{}]*\}")
"""A block of code in braces."""
COMMAND: Final = re.compile(r"[a-z][\w.-]*(?: [^\s,;]+)*? -{1,2}[a-z][^,;?!]*")
"""A command with an option, by itself."""


def is_statement(text: str) -> bool:
    """Whether a text is a statement of its own."""
    return STATEMENT.match(text) is not None


def is_command(text: str) -> bool:
    """Whether a text is a command or a block by itself."""
    return COMMAND.fullmatch(text) is not None or BLOCK.search(text) is not None


def is_code(text: str) -> bool:
    """Whether a text is a statement of its own, or has a block of code."""
    return is_statement(text) or text.count("```") > 1


def keeps_code(text: str, said: list[str], old: list[str]) -> bool:
    """Whether a text begins like the code of the answer, or is code that has all of it."""
    if said[:1] == old[:1] and len(said) >= max(3, len(old) / 4):
        return True
    return {*old} <= {*said} and CODE.search(text) is not None


READ: Final = 600
STEM: Final = 5
"""The letters by which two forms of a word are taken for one."""
TOKENS: Final = re.compile(
    r"[\u3040-\u30ff\u3400-\u9fff]|\d+(?:[.,:]\d+)*"
    r"|(?:[^\W\d_\u3040-\u30ff\u3400-\u9fff]|[\u0900-\u0903\u093a-\u094f])+(?:[-'_][^\W\d_]+)*"
)
"""`re` takes the vowel signs of Hindi for no letters, so they are named."""
UNSPACED: Final = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")

YES: Final = frozenset(
    "yes yep yeah yup sure ja jawohl doch oui si sí sì sim jo tak ano evet да так 是 是的 对 可以 はい ええ 네 예 نعم हाँ हां ναι כן "
    "joo kyllä igen da iya có".split()
)
NO: Final = frozenset(
    "no nope nah non nein nee nej nei não ne nie nu hayır нет ні 不 不是 没有 不可以 いいえ いや 아니요 아니오 아니 لا नहीं όχι לא ei nem tidak không".split()
)
DENIALS: Final = NO | frozenset(
    "not never nicht nie не n't isn't aren't wasn't doesn't don't didn't can't won't couldn't kein keine keinen keiner pas aucun aucune jamais ningún "
    "ninguna nunca mai geen niet niets nooit ingen inte aldrig nigdy brak nincs нету никогда nobody none nowhere neither nirgends nirgendwo nergens nigdzie нигде niemand nadie nessuno ninguém nikt никто".split()
)
"""With which a text denies something."""
NEGATIONS: Final = DENIALS | frozenset("it there is are was".split())
"""What only takes something back: "not under profile" says where it is not."""
DOUBTFUL: Final = frozenset(
    "wrong incorrect old outdated obsolete broken missing false bad stupid useless dumb fake nonsense weird strange unclear vague confusing "
    "misleading nothing nobody niemand nadie nessuno ninguém nikt никто niets nichts rien nada niente nic ничего expensive slow fails failed failing worked works work working moved gone changed moves error errors crashes crashed "
    "falsch veraltet alt kaputt fehlt fehlerhaft unklar teuer langsam geändert faux fausse vieux ancien manque périmé cher changé "
    "incorrecto mal falta antiguo viejo caro cambió cambiado sbagliato errato vecchio manca caro cambiato errado velho falta mudou "
    "fout verouderd oud ontbreekt stuk veranderd stary błędny zły zmieniło fel gammal saknas ändrats yanlış eski hatalı değişti "
    "неправильно неверно старый старая устарел устарела сломано изменилось".split()
)
"""Words with which a short text passes judgement; they are no answer unless the question or the answer has them, too."""
ALONE: Final = frozenset(
    "answer answers answered answering mention mentions mentioned mentioning topic irrelevant unhelpful misinformation discusses talks talking "
    "offtopic respuesta réponse antwort risposta resposta antwoord odpowiedź svaret ответ ответа".split()
)
"""Words of which one tells a remark, unless the question has it, too."""
SIGNS: Final = tuple(
    frozenset(words.split())
    for words in (
        "information info context guidelines guidance advice passage paragraph article explanation response question blurb description content",
        "gives gave giving provides offers says states tells explains describes covers focuses focused addresses address discuss discussing "
        "specifies contains includes refers relates concerns deals instructs",
        "helpful relevant vague general generic specific specifically detailed unclear confusing incomplete improved better clearer basic "
        "directly really thoroughly",
        "doesn't isn't didn't nothing lacks lacking missing misses fails without",
    )
)
"""Kinds of words of which a text about texts has two: what it is about, what that does, how good it is, what it lacks."""
CHANGES: Final = frozenset(
    "went raised increased dropped gestiegen erhöht gesunken augmenté baissé subió subido bajado aumentato sceso aumentou subiu gestegen "
    "verhoogd wzrosła wzrósł podrożał выросла вырос подорожал".split()
)
"""With which somebody tells of a change, of which only the end belongs into an answer."""
ADDS: Final = frozenset(
    "and or also plus und oder auch sowie et ou aussi y o también e anche oppure ed também ou en of ook oraz lub też także "
    "och eller även og også ve veya и или также ещё і або".split()
)
"""With which a text adds to the answer, unless the answer begins so, too."""
ADDS_ONLY_IN: Final = {"en": {"nl"}, "of": {"nl"}, "o": {"es", "it"}}
"""Those of them that are a preposition or an article in other languages."""
LIMITS: Final = frozenset(
    "only except unless nur ausser seulement sauf uniquement solo salvo solamente excepto só somente alleen behalve tylko oprócz только кроме".split()
)
"""With which a text limits what the answer says."""
VALUES: Final = frozenset(
    "two three four five six seven eight nine ten eleven twelve fifteen twenty thirty forty fifty sixty ninety hundred thousand half "
    "once twice noon midnight monday mondays tuesday tuesdays wednesday wednesdays thursday thursdays friday fridays saturday saturdays "
    "sunday sundays january february march april june july august september october november december today tomorrow daily weekly monthly "
    "zwei drei vier fünf sechs sieben acht neun zehn elf zwölf zwanzig dreissig hundert mittags mitternacht montag montags dienstag dienstags mittwoch mittwochs "
    "donnerstag donnerstags freitag freitags samstag samstags sonntag sonntags morgen täglich deux trois quatre cinq six sept huit neuf dix onze douze vingt trente midi "
    "minuit lundi mardi mercredi jeudi vendredi samedi dimanche demain dos tres cuatro cinco seis siete ocho nueve diez once doce veinte "
    "treinta mediodía medianoche lunes martes miércoles jueves viernes sábado domingo mañana due tre quattro cinque sei sette otto nove dieci "
    "undici dodici venti trenta mezzogiorno lunedì martedì mercoledì giovedì venerdì sabato domenica domani dois três quatro sete oito dez "
    "vinte trinta segunda terça quarta quinta sexta amanhã twee drie vier vijf zes zeven acht negen tien twintig dertig maandag dinsdag "
    "woensdag donderdag vrijdag zaterdag zondag два три четыре пять шесть семь восемь девять десять двадцать тридцать полдень понедельник "
    "двух трёх трех четырёх четырех пяти шести семи восьми девяти десяти двадцати тридцати dwóch trzech czterech pięciu sześciu siedmiu ośmiu "
    "dziewięciu dziesięciu dwudziestu trzydziestu dvou čtyř pěti šesti sedmi osmi devíti deseti двох трьох чотирьох вторник среду четверг пятницу субботу воскресенье завтра "
    "januar februar märz juni juli oktober dezember janvier février avril juin juillet août septembre octobre novembre décembre "
    "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre gennaio febbraio aprile maggio "
    "giugno luglio settembre ottobre dicembre janeiro fevereiro março maio junho julho setembro outubro novembro dezembro januari "
    "februari maart augustus styczeń stycznia luty lutego marzec marca kwiecień kwietnia maja czerwiec czerwca lipiec lipca "
    "sierpień sierpnia wrzesień września październik października listopad listopada grudzień grudnia январь января февраль "
    "февраля март марта апрель апреля май мая июнь июня июль июля август августа сентябрь сентября октябрь октября ноябрь ноября "
    "декабрь декабря ocak şubat nisan mayıs haziran temmuz ağustos eylül kasım aralık thirteen fourteen sixteen eighteen seventy "
    "eighty double triple dozen couple week-end weekend weekends weekdays tonight yesterday dreizehn vierzehn fünfzehn sechzehn "
    "achtzehn fünfzig vierzig sechzig neunzig tausend halb einmal zweimal dreimal heute abends nachts morgens wochentags "
    "wochenende quatorze quinze seize quarante cinquante soixante aujourd'hui matin soir nuit lundis mardis samedis catorce quince "
    "dieciséis cuarenta cincuenta sesenta noche sábados quattordici quindici sedici quaranta cinquanta sessanta cento oggi sera "
    "mattina notte catorze dezesseis quarenta cinquenta sessenta hoje noite segundas sextas veertien vijftien zestien veertig "
    "vijftig zestig honderd duizend vandaag middernacht dwa dwie trzy cztery pięć sześć siedem osiem dziewięć dziesięć piętnaście "
    "dwadzieścia trzydzieści tysiąc dzisiaj jutro poniedziałek wtorek środę czwartek piątek sobotę niedzielę пятнадцать сорок "
    "пятьдесят сто тысяча сегодня понедельника пятницы субботы iki üç dört beş altı yedi sekiz dokuz yirmi otuz kırk yüz pazartesi "
    "çarşamba perşembe cuma cumartesi bugün yarın två tre fyra fem sju åtta nio elva tolv tjugo trettio hundra måndag tisdag onsdag "
    "torsdag fredag lördag söndag seks syv otte elleve tyve mandag tirsdag lørdag søndag kaksi kolme neljä viisi kuusi seitsemän "
    "kahdeksan yhdeksän kymmenen maanantai tiistai keskiviikko torstai perjantai lauantai sunnuntai dvě čtyři pět šest sedm osm devět deset "
    "pondělí úterý středa středu čtvrtek pátek sobota neděle két kettő három négy öt nyolc kilenc tíz húsz hétfő kedd szerda "
    "csütörtök péntek szombat vasárnap два дві чотири п'ять шість сім вісім дев'ять понеділок вівторок 하루 이틀 사흘 일주일 열흘 "
    "一 二 两 兩 三 四 五 六 七 八 九 十 百 千 万 萬 半".split()
)
"""Amounts and times in words."""
COINS: Final = frozenset(
    "euro euros pound pounds dollar dollars cent cents pence centimes centesimi céntimos złoty złote złotych рублей рубля рубль lira".split()
)
UNITS: Final = COINS | frozenset(
    "minute minutes hour hours day days week weeks month months year years euro euros pound pounds dollar dollars cent cents pence percent "
    "minuten stunde stunden tag tage tagen woche wochen monat monate monaten jahr jahre jahren prozent heure heures jour jours semaine semaines "
    "mois an ans année années minuto minutos hora horas día días dia dias semana semanas mes meses mês año años ano anos minuti ora ore giorno "
    "giorni settimana settimane mese mesi anno anni uur uren dag dagen week weken maand maanden jaar minuta minut godzina godziny godzin dzień dni "
    "tydzień tygodni tygodnie miesiąc miesiące miesięcy rok lata lat минута минут час часа часов день дня дней неделя недели недель месяц месяца "
    "месяцев год года лет рублей рубля рубль gün hafta ay yıl saat dakika lira".split()
)
"""What an amount of time or money is counted in."""
TURKISH: Final = (
    r"(?:l[ae]r)?(?:[ys]?[ıiuü](?:n(?:[ıiuü]n?|d[ae]n?|[ae])?)?|n[ıiuü]n|y?[ae]|[dt][ae]n?|[dt][ıiuü]r|l[ıiuü]k)?"
)
"""Endings of Turkish nouns."""
INFLECTED: Final = re.compile(
    rf"(?:gün|hafta|ay|yıl|saat|dakika|kilo|gram|metre|lira|kuruş|kişi|adet|yaş){TURKISH}|"
    r"(?:arki|työ)?päiv\w{1,8}|vii(?:kko|ko)\w{0,6}|kuukau\w{1,7}|vuo(?:si|sia|tta|den|des\w{1,3})|tun(?:ti|te|ni)\w{0,4}|minuut\w{1,6}|euro(?:a|n|ja|sta|lla|t)?|sentti\w{0,3}|"
    r"(?:munka)?nap(?:ok|on|os|ja|ig|ot|pal|ra|ban|onta)?|hét(?:en|ig)?|hete(?:k|n|t|nte)|hónap\w{0,4}|éve?[tsnk]?|ór[aá]\w{0,3}|perc(?:et|es|ig|ek|en)?|forint\w{0,2}|"
    r"d(?:ny|ní|nů|nech|nem)|týd(?:en|ny|nů|nech|nu)|týžd\w{1,4}|měsíc\w{0,3}|mesiac\w{0,3}|rok(?:u|y|ů|em|iem|ov)?|hodin\w{0,3}|korun\w{0,2}|kč|"
    r"dni(?:a|em|ach|om)?|tygodni\w{0,3}|miesi[ąę]c\w{0,3}|lat(?:ach|ami)?|godzin\w{0,3}|minut\w{0,3}|zł|złot\w{1,3}|grosz\w{0,2}|"
    r"дн(?:я|ей|ям|ях|ями|ю|ём|е|и|ів)|недел\w{1,3}|тиж(?:ден|дн|н)\w{1,3}|месяц\w{0,3}|місяц\w{0,3}|год(?:а|у|ом|ов|ам|ы)?|рок(?:и|ів|у|ам)|час(?:а|у|ов|ам|ы|ом)?|"
    r"годин\w{0,2}|минут\w{0,3}|хвилин\w{0,2}|сут(?:ки|ок)|рубл\w{1,3}|грив\w{1,3}|копе\w{2,3}|"
    r"(?:arbets|var|bank|arbejds|hver)?dag(?:ar|arna|en|e|er|ene)?|dygn(?:et)?|veck(?:a|or|an)|uge[rn]?|uke[rn]?|m[åa]n[ae]d(?:er|en)?|år(?:et|en)?|tim(?:me|mar|men)|"
    r"minut(?:er|en|ter)|kron(?:a|or|er)|kr|(?:werk|arbeits|kalender|geschäfts|bank)tag(?:e|en|s)?|(?:werk|kalender)dagen?|"
    r"zile?|săptămân\w{1,2}|lun[iă]|or[eă]|ημέρ\w{1,3}|μέρ\w{1,3}|ώρ\w{1,2}|λεπτ\w{1,2}|(?:kilo|centi|milli)?(?:gramm?(?:es?|ów|a|ů|s)?|met(?:er|ern|ers|re|res|ro|ros|ri|rů|rów|ry|ra)|lit(?:er|ern|ers|re|res|ro|ros|ri|rů|rów|ry|ra))"
)
"""Units in the forms of inflected languages."""
REPEATS: Final = frozenset(
    "every each daily weekly until jeden jede jedes alle täglich toutes tous chaque cada todos todas ogni tutti tutte elke elk iedere każdy każdą "
    "codziennie каждый каждую каждые ежедневно her".split()
)
"""With which a text says how often something is."""
NEVER: Final = frozenset("never niemals jamais nunca mai nooit nigdy никогда asla".split())
ENDLESS: Final = NEVER | frozenset(
    "no any cualquier qualsiasi qualquer anytime unlimited limit always until till while many long once soon after before every immediately instantly now "
    "free overnight straight forever life "
    "kein keine unbegrenzt jederzeit immer bis solange sobald nach vor jeden jede jedes sofort gleich kostenlos gratis frei "
    "aucun aucune illimité illimitée toujours jusqu'à jusqu'au tant dès après avant chaque immédiatement gratuit gratuite gratuitement "
    "ningún ninguna ilimitado ilimitada siempre hasta mientras cuando después antes cada inmediatamente gratis gratuito gratuita "
    "nessun nessuna illimitato illimitata sempre fino finché dopo prima ogni subito quando appena "
    "nenhum nenhuma ilimitado ilimitada até enquanto depois antes cada imediatamente grátis sempre "
    "geen onbeperkt altijd tot zolang zodra na voor elke elk iedere meteen direct gratis "
    "bez dowolną zawsze do dopóki po przed każdy każdą każdego od natychmiast zaraz bezpłatnie darmowy "
    "всегда до пока после перед каждый каждую сразу бесплатно бессрочно "
    "her hemen ücretsiz sınırsız sonra önce kadar".split()
)
"""With which an amount or a time is told without a number: "as many as you like", "after the inspection"."""
PLACES: Final = frozenset(
    "in on at under behind beside near next above below inside outside from via to opposite between into "
    "unter im am auf neben hinter bei über vor zum zur beim sous dans sur au aux derrière près chez à en bajo detrás junto sobre "
    "sotto nel nella sul sulla dietro vicino al alla sob na nos nas atrás perto op onder achter naast bij w na pod za obok przy "
    "i på under bakom bredvid hos в на под за рядом у около через".split()
)

STEPS: Final = frozenset(
    "go open click press tap use select choose run call send write enter type turn put take set sign log remove add pay ask "
    "klicken öffnen drücken gehen geben wählen rufen schreiben senden cliquez ouvrez appuyez allez choisissez appelez envoyez "
    "abra pulse vaya elija haga entre llame envíe apri premi vai scegli clicca chiama invia abre clique vá escolha ligue envie "
    "klik open druk ga kies bel stuur kliknij otwórz naciśnij wybierz zadzwoń wyślij wejdź откройте нажмите выберите позвоните".split()
)
"""With which an answer tells what to do."""
THINGS: Final = frozenset(
    "the a an it they he she there der die das ein eine es er sie da le la les un une il elle ça el los las lo gli o os as um uma de het een ten ta to "
    "den det en ett".split()
)
"""With which a sentence about a thing begins, and no step."""
THESE: Final = frozenset(
    "this that these those dieser diese dieses diesem diesen cette cet ces ese esa esos esas este esta questo questa "
    "quello quella esse essa".split()
)
"""With which a text points at what was said before it."""
LITTLE: Final = EVIDENCE.keys() | NEGATIONS
"""Words that mean nothing by themselves."""


def tokens(text: str) -> list[str]:
    """Words, numbers and single signs of scripts without spaces, casefolded: ß is ss, in the lists above too."""
    return TOKENS.findall(text[:READ].replace("’", "'").casefold())


def size(found: list[str], text: str) -> float:
    """How many words; two signs of a script without spaces count as one."""
    return len(found) if text.isascii() else len(found) - len(UNSPACED.findall(text[:READ])) / 2


def new_words(said: list[str], others: list[str]) -> set[str]:
    """The words of a text that the others do not have, in whatever form."""
    stems = {word[:STEM] for word in others}
    return {word for word in said if word[:STEM] not in stems}


def is_unit(word: str) -> bool:
    """Whether a word is what an amount is counted in, in any of its forms."""
    return word in UNITS or INFLECTED.fullmatch(word) is not None


def is_amount(word: str) -> bool:
    """Whether a word is a number, a day or a time."""
    return word[0].isdigit() or word in VALUES
