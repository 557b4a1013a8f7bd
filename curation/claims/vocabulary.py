"""The closed word lists of eight languages: words that claim nothing, and words that reverse a claim."""

from typing import Final

LANGUAGES: Final = ("en", "de", "fr", "es", "it", "pt", "nl", "pl")

STRONG: Final = {
    "en": "sure certainly course trouble best gladly hello hi hey dear thanks thank welcome hope hopes glad happy pleased pleasure sorry apologies apologize "
    "apologise found regards sincerely cheers question questions absolutely definitely hesitate worries okay ok alright greetings",
    "de": "schönen schönes klar viele vielen herzliche freundlichen natürlich gerne gern hallo guten danke dank willkommen hoffe hoffentlich freue freut tut leid entschuldigung grüße grüßen "
    "gruß frage fragen selbstverständlich gefunden moin servus zögern anfrage",
    "fr": "sûr bien-sûr volontiers bonjour bonsoir salut cher chère merci remercie remercions bienvenue espère espérons ravi heureux "
    "désolé désolée navré cordialement question questions certainement absolument hésitez hésite trouvé",
    "es": "claro supuesto hola estimado estimada gracias agradezco bienvenido bienvenida espero esperamos encantado encantada alegra "
    "siento disculpe disculpa saludos pregunta preguntas ciertamente desde-luego dude dudes gusto encontrado encontré",
    "it": "certo certamente volentieri ciao salve buongiorno buonasera gentile grazie ringrazio ringraziamo benvenuto benvenuta spero "
    "speriamo lieto lieta felice dispiace scusa scusi saluti domanda domande naturalmente esiti esitare piacere trovato",
    "pt": "claro certamente olá oi prezado prezada caro cara obrigado obrigada agradeço agradecemos bem-vindo espero esperamos feliz "
    "desculpe desculpa cumprimentos atenciosamente pergunta perguntas hesite prazer encontrei encontrado",
    "nl": "natuurlijk zeker graag hallo hoi beste dank bedankt dankjewel welkom hoop hopelijk blij spijt sorry excuses groet groeten vraag "
    "vragen uiteraard aarzel gevonden",
    "pl": "miłego oczywiście jasne pewnie chętnie cześć witam witaj dzień-dobry dziękuję dziękujemy dzięki mam-nadzieję nadzieję cieszę przykro "
    "przepraszam pozdrawiam pytanie pytania wahaj znalazłem znalazłam",
}
"""Words of courtesy: one of them makes a clause polite talk where all its other words claim nothing."""

WEAK: Final = {
    "en": "briefly enjoy rest week morning afternoon day weekend evening feel free good great other hear waiting patience concern concerns kind kindly assured wish luck excellent nice wonderful fantastic perfect interesting help helps helped helpful assist assistance know anything "
    "something else here further more additional info information details answer answers response reply follows following below find looked see "
    "check read visit refer look page pages documentation docs faq website site article guide say says said according state states "
    "tells mention mentions explained explain ask asking asked asks reach reaching inquiry enquiry short summary brief quick quickly "
    "overview clarify clear useful",
    "de": "gesagt kürze kurzum wochenende abend woche spaß erfolg viel gute guter andere anderen dazu toll super prima schöne schön hilft helfen geholfen hilfe weiter weitere weiteren mehr infos informationen details "
    "antwort folgt folgende folgendes siehe sehen schauen hilfeseite hilfeseiten seite seiten dokumentation faq steht sagen sagt laut "
    "heißt noch etwas wissen kurz zusammengefasst nachfrage übersicht",
    "fr": "résumer bonnes journée soirée week-end brièvement bonne bon autres d'autres excellente excellent intéressante aide aider aidé aidera autre chose plus informations renseignements détails "
    "réponse suit suivante voici voir voyez consultez page pages documentation faq disent dit selon indiquent indique savoir "
    "bref résumé utile",
    "es": "buen buenas día tardes noches tenga disfrute brevemente buena bueno otras otros excelente interesante ayuda ayudar ayude ayudado algo otra cosa más información detalles respuesta sigue "
    "siguiente vea ver consulte consulta página páginas documentación faq dicen dice según indican indica saber encontrado encontré "
    "breve resumen resumiendo útil",
    "it": "auguro auguriamo buon giornata serata brevemente insomma buona aiuti altre altri ottima ottimo interessante aiuto aiuta aiutare aiutato altro qualcos qualcosa più ulteriori informazioni dettagli "
    "risposta segue seguente ecco vedi veda vedere consulta consulti pagina pagine documentazione faq dicono dice secondo sapere "
    "breve sintesi utile",
    "pt": "bons dia tarde noite tenha resumindo brevemente boa bom alguma outras outros ótima excelente interessante ajuda ajudar ajude ajudado algo mais outra coisa informações detalhes resposta segue "
    "seguinte veja ver consulte página páginas documentação faq dizem diz segundo conforme saber breve resumo útil",
    "nl": "gezegd fijne prettige dag avond weekend kortom goede goeie andere goeie mooie interessante helpt helpen geholpen hulp nog iets meer verdere informatie details antwoord volgt volgende "
    "zie bekijk pagina pagina's helppagina helppagina's documentatie faq zeggen zegt volgens staat weten kort samengevat",
    "pl": "dnia wieczoru weekendu mówiąc skrócie dobre zgodnie naszymi stronami czymś inne świetne ciekawe pomoc pomogło pomoże pomogłem pomóc pomocy coś jeszcze więcej informacji informacje szczegóły stronami stronach odpowiedź następująco oto "
    "zobacz patrz sprawdź strona stronie strony dokumentacja faq mówią mówi według zgodnie wiedzieć krótko podsumowując",
}
"""Two of these make a clause polite talk where all its other words claim nothing."""

FUNCTION: Final = {
    "en": "a an the this that these those it its is are was were be been being am i me my we us our you your he she they them their his "
    "her and as at by for from in into of on to with about so then here there now just also too very really if any some what which who "
    "when where how why do does did have has had can could will would let please well all right way out up regarding via "
    "today again always s re ve ll m d time one need want wish like things thing us-all contact support team write",
    "de": "sonst der die das den dem des ihn ihm sich dass ein eine einen einem einer eines dies diese dieser dieses es ist sind war waren sein bin ich mir mich "
    "mein meine wir uns unser unsere unseren du dir dich sie ihr ihnen ihre ihren ihrer dein deine und als an bei für von im in ins zu "
    "zum zur mit über so dann hier da nun nur auch sehr wenn ob was wer wann wo wie warum haben hat habe hatte kann können werden wird "
    "würde gestellt hin auf aus bitte ja mal fragen melden wenden doch gut wünschen möchte brauchen tag unter",
    "fr": "le la les l un une des du de d ce cette ces cela ça c il elle est sont était être suis je j me m mon ma mes nous notre nos "
    "vous votre vos tu te ton ta ils elles leur et comme à au aux par pour dans en sur avec si alors ici là aussi très qui que qu quoi "
    "quel quelle quand où comment pourquoi avoir avez ai a ont peut peux pouvez puis s y bien n s'il plaît même journée demander demandez contacter écrire sia soit question-là",
    "es": "el la los las un una unos unas este esta esto estos eso lo es son era ser soy yo me mi mis nos nuestro nuestra nuestras "
    "nuestros usted ustedes su sus tú te tu tus le les se y e como a al por para en de del con sobre si así entonces aquí ahí también "
    "muy que qué cuál cuándo dónde cómo quién haber ha he hay puedo puede podemos haga hacer día favor sea preguntar contactar",
    "it": "il lo la gli le l un una uno i questo questa questi ciò è sono era essere io mi mio mia ci nostro nostra nostre nostri lei "
    "voi tu ti suo sua tuo tua vi vostro si e ed come a al alla ai di del della dei delle d in nel nella su sul per con se così allora "
    "qui anche molto che cosa quale quando dove chi perché avere ha ho abbiamo posso può favore giornata aver sia chiedere contattare",
    "pt": "o a os as um uma este esta isto isso esse essa é são era ser sou eu me meu minha nós nos nosso nossa nossas nossos você "
    "vocês seu sua seus te tu e como à ao aos às por pela pelo está estão para em de do da dos das no na nas com sobre se assim então aqui também muito que "
    "qual quando onde quem porque ter tem tenho há posso pode podemos fazer dia favor ter-lhe lhe perguntar contactar seja",
    "nl": "de het een dit dat deze die is zijn was waren ben ik mij me mijn wij we ons onze u uw jij je jou jouw zij ze hun en als aan "
    "bij voor van in op te met over zo dan hier daar nu ook heel erg of wat wie wanneer waar hoe waarom hebben heeft heb had kan kunnen "
    "zal zou gesteld alstublieft alsjeblieft dag uit om er gerust vragen contact opnemen",
    "pl": "ten ta to te jest są był była było być jestem ja mi mnie mój moja my nas nam nasz nasza nasze naszej naszych pan pani państwo "
    "państwa ty ci twój twoja i oraz jak a w we na z ze do od po o dla przez tak więc tu tutaj tam też także bardzo jeśli czy co kto "
    "kiedy gdzie dlaczego który mam ma mamy mogę może można proszę za się że dnia",
}
"""Words that claim nothing on their own. Which of them a statement needs is another question."""

DROPPED: Final = {
    "en": "the a an and then also please just simply so well",
    "de": "und dann auch bitte einfach also",
    "fr": "et puis ensuite aussi",
    "es": "y luego después también",
    "it": "e ed poi anche",
    "pt": "e depois também",
    "nl": "en dan daarna ook alstublieft",
    "pl": "i oraz potem następnie też także proszę",
}
"""Words that a statement can lose and still claim the same. German articles stay: they say who does what to whom."""

NEGATIONS: Final = {
    "en": "not no never none nobody nothing nowhere neither nor without cannot",
    "de": "nicht nichts kein keine keinen keinem keiner keines nie niemals niemand nirgends weder ohne nein",
    "fr": "ne n pas jamais rien aucun aucune personne ni sans non",
    "es": "no nunca jamás nada nadie ningún ninguno ninguna ni sin tampoco",
    "it": "non no mai niente nulla nessun nessuno nessuna né senza neanche",
    "pt": "não nunca jamais nada ninguém nenhum nenhuma nem sem",
    "nl": "niet niets geen nooit niemand nergens noch zonder nee",
    "pl": "nie nigdy nic nikt żaden żadna żadne ani bez",
}

MODALS: Final = {
    "en": "must may might should shall ought",
    "de": "muss müssen musst darf dürfen darfst soll sollen sollte sollten",
    "fr": "doit devez doivent dois faut devrait devriez",
    "es": "debe deben debes debería deberían",
    "it": "deve devono devi dovrebbe dovete",
    "pt": "deve devem deveria",
    "nl": "moet moeten mag mogen hoeft",
    "pl": "musi musisz muszą wolno należy powinien powinna powinno",
}
"""Words of duty and leave: no filler, unless the clause is polite talk ("May I help with anything else?")."""

ABILITY: Final = {
    "en": "can could",
    "de": "kann können",
    "fr": "peut peuvent pouvez",
    "es": "puede pueden",
    "it": "può possono",
    "pt": "pode podem",
    "nl": "kan kunnen",
    "pl": "może można",
}

CANCELLED: Final = {
    "en": "hesitate worries problem",
    "de": "zögern problem",
    "fr": "hésitez hésite problème",
    "es": "dude dudes problema",
    "it": "esiti esitare problema",
    "pt": "hesite problema",
    "nl": "aarzel probleem",
    "pl": "wahaj problem problemu",
}
"""Next to these a negation is polite: "do not hesitate", "no problem"."""

ASKING: Final = {
    "en": "what which who whom whose when where how why",
    "de": "was welche welcher welches welchen wer wem wen wann wo wie warum wieso wohin woher wieviel",
    "fr": "quel quelle quels quelles qui quand où comment pourquoi combien quoi",
    "es": "qué cuál cuáles quién quiénes cuándo dónde cómo cuánto cuánta cuántos cuántas que cual quien cuando donde como cuanto",
    "it": "che cosa quale quali chi quando dove come perché quanto quanta quanti quante",
    "pt": "qual quais quem quando onde como quanto quanta quantos quantas que",
    "nl": "wat welke welk wie wanneer waar hoe waarom hoeveel",
    "pl": "co jaki jaka jakie który która które kto kiedy gdzie jak dlaczego ile czym kogo",
}
"""The words of a question that asks for more than yes or no."""

CHOOSING: Final = frozenset(
    "or oder ou o oppure of lub albo czy between zwischen entre tra tussen między than als que".split()
)
"""Words of a question that offers a choice: there a sentence of the question's own words is an answer."""

NUMBERS: Final = {
    "en": "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen "
    "nineteen twenty",
    "de": "null eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn siebzehn achtzehn "
    "neunzehn zwanzig",
    "fr": "zéro un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize dix-sept dix-huit dix-neuf vingt",
    "es": "cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciséis diecisiete dieciocho "
    "diecinueve veinte",
    "it": "zero uno due tre quattro cinque sei sette otto nove dieci undici dodici tredici quattordici quindici sedici diciassette "
    "diciotto diciannove venti",
    "pt": "zero um dois três quatro cinco seis sete oito nove dez onze doze treze catorze quinze dezesseis dezessete dezoito dezenove vinte",
    "nl": "nul één twee drie vier vijf zes zeven acht negen tien elf twaalf dertien veertien vijftien zestien zeventien achttien "
    "negentien twintig",
    "pl": "zero jeden dwa trzy cztery pięć sześć siedem osiem dziewięć dziesięć jedenaście dwanaście trzynaście czternaście piętnaście "
    "szesnaście siedemnaście osiemnaście dziewiętnaście dwadzieścia",
}

TENS: Final = {
    "en": "thirty forty fifty sixty seventy eighty ninety hundred",
    "de": "dreißig vierzig fünfzig sechzig siebzig achtzig neunzig hundert",
    "fr": "trente quarante cinquante soixante soixante-dix quatre-vingts quatre-vingt-dix cent",
    "es": "treinta cuarenta cincuenta sesenta setenta ochenta noventa cien",
    "it": "trenta quaranta cinquanta sessanta settanta ottanta novanta cento",
    "pt": "trinta quarenta cinquenta sessenta setenta oitenta noventa cem",
    "nl": "dertig veertig vijftig zestig zeventig tachtig negentig honderd",
    "pl": "trzydzieści czterdzieści pięćdziesiąt sześćdziesiąt siedemdziesiąt osiemdziesiąt dziewięćdziesiąt sto",
}
"""From 30 to 100, in tens."""

FIRST_ORDINAL: Final = 3
ORDINALS: Final = {
    "en": "third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth".split(),
    "de": (
        "dritte dritten dritter", "vierte vierten vierter", "fünfte fünften fünfter", "sechste sechsten sechster", "siebte siebten siebter",
        "achte achten achter", "neunte neunten neunter", "zehnte zehnten zehnter", "elfte elften elfter", "zwölfte zwölften zwölfter",
    ),
    "fr": "troisième quatrième cinquième sixième septième huitième neuvième dixième onzième douzième".split(),
    "es": (
        "tercero tercera tercer", "cuarta", "quinto quinta", "sexto sexta", "séptimo séptima", "octavo octava", "noveno novena", "décimo décima",
    ),
}  # fmt: skip
"""From the third on. The first and the second are also other words."""

FRACTIONS: Final = {
    "en": {"half": 0.5, "halves": 0.5, "quarter": 0.25, "quarters": 0.25, "thirds": 1 / 3},
    "de": {"halbe": 0.5, "halben": 0.5, "halbes": 0.5, "hälfte": 0.5, "viertel": 0.25, "drittel": 1 / 3},
    "fr": {"moitié": 0.5, "demi": 0.5, "demie": 0.5, "quart": 0.25, "quarts": 0.25, "tiers": 1 / 3},
    "es": {"mitad": 0.5, "medio": 0.5, "media": 0.5, "cuartos": 0.25, "tercio": 1 / 3, "tercios": 1 / 3},
}
AND: Final = frozenset("and und et y e en oraz".split())
AND_A_HALF: Final = (("and", "a", "half"), ("et", "demie"), ("et", "demi"), ("y", "media"), ("y", "medio"))

MORE_NUMBERS: Final[dict[str, dict[str, float]]] = {
    "en": {"thousand": 1000, "million": 10**6, "billion": 10**9, "dozen": 12, "dozens": 12, "once": 1, "twice": 2},
    "de": {"ein": 1, "eine": 1, "tausend": 1000, "dutzend": 12, "million": 10**6, "millionen": 10**6, "einmal": 1, "zweimal": 2, "dreimal": 3, "anderthalb": 1.5, "eineinhalb": 1.5, "zweieinhalb": 2.5},
    "fr": {"une": 1, "douzaine": 12, "douzaines": 12, "mille": 1000, "million": 10**6, "millions": 10**6},
    "es": {"una": 1, "docena": 12, "docenas": 12, "mil": 1000, "millón": 10**6, "millones": 10**6, "ciento": 100},
    "it": {"una": 1, "un": 1, "dozzina": 12, "dozzine": 12, "mille": 1000, "mila": 1000, "milione": 10**6, "milioni": 10**6},
    "pt": {"uma": 1, "duas": 2, "dúzia": 12, "dúzias": 12, "mil": 1000, "milhão": 10**6, "milhões": 10**6, "quatorze": 14},
    "nl": {"een": 1, "dozijn": 12, "duizend": 1000, "miljoen": 10**6},
    "pl": {"jedna": 1, "jedno": 1, "tuzin": 12, "tuziny": 12, "dwie": 2, "dwóch": 2, "trzech": 3, "czterech": 4, "pięciu": 5, "tysiąc": 1000, "tysięcy": 1000},
}  # fmt: skip
DOZENS: Final = frozenset(
    "dozen dozens dutzend douzaine douzaines docena docenas dozzina dozzine dúzia dúzias dozijn tuzin tuziny".split()
)

MONTHS: Final = (
    "january jan januar jänner janvier janv enero ene gennaio gen janeiro januari stycznia styczeń",
    "february feb februar février févr febrero febbraio febr fevereiro fev februari lutego luty",
    "march mar märz mars marzo março maart mrt marca marzec",
    "april apr avril abril abr aprile kwietnia kwiecień",
    "may mai mayo maggio maio mei maja maj",
    "june jun juni juin junio giugno giu junho czerwca czerwiec",
    "july jul juli juillet juil julio luglio lug julho lipca lipiec",
    "august aug août agosto augustus sierpnia sierpień",
    "september sep sept septembre septiembre settembre setembro września wrzesień",
    "october oct oktober okt octobre octubre ottobre ott outubro października październik",
    "november nov novembre noviembre novembro listopada listopad",
    "december dec dezember dez décembre déc diciembre dic dicembre dezembro grudnia grudzień",
)

WEEKDAYS: Final = (
    "monday mon mondays montag montags lundi lunes lunedì segunda-feira maandag poniedziałek",
    "tuesday tue tues tuesdays dienstag dienstags mardi martes martedì terça-feira dinsdag wtorek",
    "wednesday wed wednesdays mittwoch mittwochs mercredi miércoles mercoledì quarta-feira woensdag środa",
    "thursday thu thur thurs thursdays donnerstag donnerstags jeudi jueves giovedì quinta-feira donderdag czwartek",
    "friday fri fridays freitag freitags vendredi viernes venerdì sexta-feira vrijdag piątek",
    "saturday sat saturdays samstag samstags sonnabend samedi sábado sabato zaterdag sobota",
    "sunday sun sundays sonntag sonntags dimanche domingo domenica zondag niedziela",
)

UNITS: Final = {
    "mm": "millimetre millimetres millimeter millimeters millimetro milímetro milímetros",
    "cm": "centimetre centimetres centimeter centimeters zentimeter centimètre centimètres centímetro centímetros",
    "m": "metre metres meter meters metern mètre mètres metro metros metri",
    "km": "kms kilometre kilometres kilometer kilometers kilometern kilomètre kilomètres kilómetro kilómetros quilômetro quilômetros "
    "chilometro chilometri kilometrów",
    "mi": "mile miles meile meilen milles milla millas miglia",
    "ft": "foot feet",
    "inch": "inches zoll",
    "g": "gram grams gramm gramme grammes gramo gramos grammi grammo grama gramas",
    "mg": "milligram milligrams milligramm miligramos",
    "kg": "kgs kilo kilos kilogram kilograms kilogramm kilogramme kilogrammes kilogramo kilogramos chilogrammi chili quilo quilos",
    "t": "ton tons tonne tonnes tonnen toneladas tonnellate",
    "lb": "lbs pound-weight",
    "l": "litre litres liter liters litro litros litri litrów",
    "cl": "centilitre centilitres centiliter centiliters",
    "gallon": "gallon gallons galones gallonen",
    "pint": "pint pints",
    "oz": "ounce ounces onza onzas unze unzen",
    "yard": "yard yards",
    "ml": "millilitre millilitres milliliter milliliters mililitros",
    "ms": "millisecond milliseconds millisekunden",
    "sec": "s secs second seconds sekunde sekunden seconde secondes segundo segundos secondo secondi seconden sekund sekundy",
    "min": "mins minute minutes minuten minuto minutos minuti minut minuty",
    "hour": "h hr hrs hours stunde stunden heure heures hora horas ora ore uur uren godzina godziny godzin",
    "day": "d days tag tage tagen jour jours día días dia dias giorno giorni dag dagen dzień dni",
    "week": "weeks woche wochen semaine semaines semana semanas settimana settimane weken tydzień tygodnie tygodni",
    "month": "months monat monate monaten mois mes meses mese mesi mês maand maanden miesiąc miesiące miesięcy",
    "year": "years yr yrs jahr jahre jahren an ans année années año años anno anni ano anos jaar jaren rok lata lat",
    "%": "percent percentage prozent pourcent percento procent procenten",
    "eur": "€ euro euros",
    "usd": "$ dollar dollars dólar dólares dollari",
    "gbp": "£ pound pounds pfund",
    "chf": "franken francs",
    "pln": "zł złoty złotych złote",
    "cent": "cents ct centimes céntimos",
    "kb": "kilobyte kilobytes",
    "mb": "megabyte megabytes",
    "gb": "gigabyte gigabytes",
    "tb": "terabyte terabytes",
    "°c": "celsius",
    "°f": "fahrenheit",
    "kmh": "kph km/h",
    "mph": "",
    "kw": "kilowatt kilowatts",
    "w": "watt watts",
}
"""The spellings of each unit that may follow a number."""

LIMITS: Final = (
    r"up to|at most|within|innerhalb(?: von)?|binnen|no \w+er than|max(?:imum)?(?: of)?|(?:no|not|never) more than|not over|no later than|fewer than|less than|under|below|höchstens|maximal|bis zu|nicht mehr als|"
    r"weniger als|unter|jusqu a|au plus|au maximum|moins de?|pas plus de?|hasta|como máximo|menos de|no más de|massimo|fino a|al massimo|meno di|"
    r"até|no máximo|maximaal|tot|hoogstens|minder dan|maksymalnie|najwyżej|mniej niż",
    r"at least|min(?:imum)?(?: of)?|(?:no|not|never) less than|(?:no|not|never) fewer than|more than|over|above|exceeding|mindestens|mehr als|über|nicht weniger als|au moins|"
    r"plus de?|au minimum|al menos|más de|como mínimo|almeno|più di|pelo menos|mais de|no mínimo|minstens|meer dan|co najmniej|więcej niż|ponad",
)
"""What stands before a number that is the most, or the least."""

LIMITS_BEHIND: Final = (
    r"at (?:the )?most|or (?:less|fewer|under|younger|below)|and (?:under|younger|below)|maximum|tops|oder weniger|au plus|au maximum|ou moins|como máximo|o menos",
    r"at (?:the )?least|or (?:more|over|older|above|upwards?)|and (?:over|older|above|up|upwards?)|upwards?|minimum|oder mehr|au moins|au minimum|ou plus|como mínimo|o más",
)
"""What stands behind one."""

UNTIL: Final = (
    r"until|till|by|before|no later than|not later than|not after|bis|vor|spätestens|nicht nach|jusqu (?:a|à|au)|avant|au plus tard|hasta|antes|a más tardar|fino|entro|"
    r"prima|até|antes|tot|voor|uiterlijk|do|przed"
)
"""What stands before the last date or time."""
FROM: Final = (
    r"from|since|after|starting|beginning|not before|no earlier than|ab|nach|seit|frühestens|nicht vor|à partir|dès|depuis|après|au plus tôt|desde|a partir|después|dal|dalle|dopo|"
    r"desde|depois|vanaf|na|od|po"
)
"""What stands before the first one."""

CONTRACTIONS: Final = {
    "can't": "can not", "cannot": "can not", "won't": "will not", "shan't": "shall not", "ain't": "is not",
    "it's": "it is", "that's": "that is", "there's": "there is", "here's": "here is", "what's": "what is", "he's": "he is",
    "she's": "she is", "who's": "who is", "where's": "where is", "let's": "let us", "i'm": "i am", "dont": "do not",
    "doesnt": "does not", "cant": "can not", "wont": "will not", "isnt": "is not",
}  # fmt: skip
"""Written-together words and what they are short for; `n't 're 've 'll 'd` are read by rule."""
