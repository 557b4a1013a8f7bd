"""Closed lists of words that mean the same, and of words that mean the opposite, in eight languages."""

from typing import Final

SAME: Final[dict[str, tuple[str, ...]]] = {
    "en": (
        "choose pick select", "win beat defeat", "tablespoon tbsp", "teaspoon tsp", "piece pc", "north northern", "south southern", "east eastern", "west western", "click tap press hit touch push", "open launch", "close shut", "begin start commence", "end finish stop",
        "buy purchase", "call phone dial ring", "leave exit", "send submit", "return send-back give-back", "picture avatar photo photograph",
        "log-out sign-out logout signout log-off sign-off", "log-in sign-in login signin log-on", "user people person member guest-user",
        "company firm", "shop store", "item product goods article", "order purchase-order", "fee charge cost price", "pay paid payment",
        "delivery arrive arrival deliver", "free gratis complimentary", "remove delete erase", "enter type", "save store-file", "centre center middle",
        "begin start", "big large", "small little", "quick fast", "car automobile", "holiday vacation leave-days", "licence license",
        "menu list", "last final", "box packaging package", "phone telephone mobile", "email mail e-mail", "whole entire",
        "need require must have-to necessary", "may can allow permit able possible", "get receive obtain", "reply answer respond", "show display",
        "keep retain", "change modify alter edit", "use utilise utilize", "check verify", "make create", "unlimited many-as",
        "mistake error", "city town", "street road", "doctor physician", "child kid", "job work", "begin-at from", "help assist",
        "repair fix mend", "film movie", "lift elevator", "flat apartment", "petrol gas gasoline", "autumn fall-season", "luggage baggage",
        "cancel call-off", "wait-for await", "refund reimburse money-back", "bill invoice", "discount reduction", "immediately at-once right-away",
        "twice two-times", "outside outdoors outdoor", "inside indoors indoor", "nearest closest", "close-to near next-to beside",
        "cover include insure", "bank-holiday public-holiday", "fire blaze", "clerk staff employee", "boss manager lead head", "sick ill",
        "register registration sign-up signup enrol enroll", "forbid prohibit ban", "expire lapse run-out", "sold-out gone out-of-stock", "stock supply",
        "fill-in fill-out complete", "reach contact get-in-touch", "answer reply", "forward redirect", "search look-for seek find", "look-up search",
        "hold press-down hold-down", "immediately instantly promptly", "nearly almost", "approximately about roughly around", 
        "wage salary pay", "owner proprietor", "tenant renter", "landlord lessor", "buyer purchaser", "customer client", "colleague coworker",
        "pupil student", "teacher instructor", "trip journey", "way route path", "ticket fare-ticket", "luggage suitcase", "car-park parking-lot", "bin dustbin trash garbage",
        "rubbish waste litter", "shut-down power-off", "restart reboot", "set-up install", "upgrade update", "broken faulty defective damaged", "damp moist", "begin-with start-with",
        "tick check-mark tap", "untick uncheck clear", "copy duplicate", "join merge", "divide split", "attempt try", "allow let enable", "stop halt", "prevent avoid",
        "happen occur take-place", "live reside", "hire rent lease", "job position", "deadline due-date", "bonus reward", "fine penalty", "rule regulation", "form questionnaire", "bottom foot", "stay remain", "hang-up end-call", "guest visitor",
        "certificate proof confirmation", "id identification identity", "family-member relative", "spare extra additional", "enough sufficient", "about concerning regarding",
        "describe explain", "state indicate", "pick-up collect fetch", "drop-off hand-in deliver", "take-off remove", "put-on wear", "carry bring", "keep-away stay-away",
        "blink flash", "lamp light", "cupboard cabinet closet", "bathroom toilet restroom", "ground-floor first-floor-us", "evening night", "dinner supper",
        "expensive costly dear", "cheap inexpensive low-priced", "faster quicker", "bigger larger", "smaller littler", "broad wide", "strong powerful",
        "easy simple", "hard difficult", "wrong incorrect", "correct right-answer", "exact precise", "complete entire full-set", "unplug pull-plug disconnect", "plug-in connect",
        "switch-off turn-off power-down deactivate disable", "switch-on turn-on power-up activate enable", "terminate cancel quit", "approve authorise authorize sign-off",
        "reject refuse decline turn-down", "postpone delay put-off", "wait hold-on", "gather assemble", "mail post send", "letter post", "webpage site website page",
    ),
    "de": (
        "ausfüllen vervollständigen", "kontaktieren wenden melden", "suchen finden", "neustarten neu-starten", "mieten pachten", "frist termin", "strafe bussgeld", "formular vordruck",
        "ausweis personalausweis", "zusätzlich extra", "genug ausreichend", "erklären erläutern", "abholen holen", "abgeben einreichen", "teuer kostspielig", "günstig billig preiswert",
        "einfach leicht", "schwierig schwer", "falsch inkorrekt", "beenden abbrechen kündigen", "genehmigen bewilligen", "ablehnen zurückweisen", "verschieben verlegen",
        "brief post", "seite webseite website", "vorhanden verfügbar", "wohnung appartement", "kunde käufer", "mitarbeiter angestellter beschäftigter", "chef vorgesetzter leiter",
        "gepäck koffer", "müll abfall", "strasse weg", "drücken tippen klicken", "bestellen ordern", "bezahlen zahlen begleichen", "bekommen erhalten", "brauchen benötigen", "darf kann",
        "wählen auswählen", "öffnen aufmachen", "schließen zumachen", "beginnen anfangen starten", "enden aufhören", "kaufen erwerben",
        "anrufen telefonieren", "auto wagen pkw", "abmelden ausloggen", "anmelden einloggen", "rechnung faktura", "gebühr kosten preis",
        "lieferung zustellung", "kostenlos gratis kostenfrei umsonst", "löschen entfernen", "ändern anpassen", "klicken tippen", "senden schicken",
        "zurückgeben zurückschicken zurücksenden", "handy mobiltelefon", "urlaub ferien", "arzt doktor", "sofort umgehend unverzüglich",
    ),
    "fr": (
        "remplir compléter", "contacter joindre", "chercher trouver", "redémarrer relancer", "louer", "délai échéance", "amende pénalité", "supplémentaire additionnel",
        "suffisant assez", "expliquer décrire", "retirer récupérer", "déposer remettre", "cher coûteux", "facile simple", "difficile dur", "annuler résilier", "approuver valider",
        "refuser rejeter", "reporter repousser", "lettre courrier", "client acheteur", "employé salarié", "patron directeur chef", "valise bagage", "ordures déchets", "payer régler",
        "recevoir obtenir", "éteindre couper", "allumer", "vite rapidement", "endroit lieu",
        "choisir sélectionner", "commencer débuter", "finir terminer", "acheter acquérir", "appeler téléphoner", "gratuit gratuitement offert",
        "supprimer effacer", "voiture automobile", "cliquer appuyer", "renvoyer retourner", "facture note",
    ),
    "es": (
        "rellenar completar cumplimentar", "contactar", "buscar encontrar", "reiniciar", "alquilar arrendar", "plazo fecha-límite", "multa sanción", "adicional extra",
        "suficiente bastante", "explicar describir", "recoger retirar", "entregar presentar", "caro costoso", "barato económico", "fácil sencillo", "difícil complicado",
        "cancelar anular", "aprobar autorizar", "rechazar denegar", "aplazar posponer", "carta correo", "cliente comprador", "empleado trabajador", "jefe director", "maleta equipaje",
        "basura residuos", "pagar abonar", "recibir obtener", "apagar desconectar", "encender", "rápido veloz", "lugar sitio",
        "elegir escoger seleccionar", "empezar comenzar", "terminar acabar", "comprar adquirir", "llamar telefonear", "gratis gratuito",
        "borrar eliminar", "coche auto carro", "pulsar hacer-clic", "devolver retornar", "móvil celular",
    ),
    "it": ("scegliere selezionare", "iniziare cominciare", "gratis gratuito"),
    "pt": ("escolher selecionar", "começar iniciar", "gratis gratuito"),
    "nl": ("kiezen selecteren", "beginnen starten", "gratis kosteloos"),
    "pl": ("wybrać zaznaczyć", "zacząć rozpocząć"),
}  # fmt: skip
"""Groups of words that say the same in an answer, by language; of two words, joined by a hyphen. A word belongs to its first group."""

IRREGULAR: Final = {
    "child": "children", "man": "men", "woman": "women", "tooth": "teeth", "mouse": "mice", "buy": "bought", "sell": "sold", "pay": "paid",
    "send": "sent", "keep": "kept", "give": "gave given", "take": "took taken", "make": "made", "write": "wrote written", "begin": "began begun",
    "choose": "chose chosen", "drive": "drove driven", "speak": "spoke spoken", "break": "broke broken", "bring": "brought", "build": "built",
    "come": "came", "feel": "felt", "fly": "flew flown", "get": "got gotten", "grow": "grew grown", "hold": "held", "lend": "lent", "lead": "led",
    "lose": "lost", "mean": "meant", "meet": "met", "run": "ran", "rise": "rose risen", "see": "saw seen", "show": "shown", "stand": "stood",
    "teach": "taught", "throw": "threw thrown", "tell": "told", "understand": "understood", "wear": "wore worn", "win": "won", "beat": "beaten",
    "spend": "spent", "sleep": "slept", "stick": "stuck", "steal": "stole stolen", "drink": "drank drunk", "eat": "ate eaten", "forget": "forgot forgotten", "forbid": "forbade forbidden",
    "freeze": "froze frozen", "hide": "hid hidden", "lay": "laid", "bind": "bound", "deal": "dealt", "sit": "sat", "swim": "swam swum", "shake": "shook shaken",
    "hang": "hung", "catch": "caught", "fight": "fought", "think": "thought", "become": "became", "withdraw": "withdrew withdrawn", "sing": "sang sung",
}  # fmt: skip
"""English forms that no ending tells, by the word that they belong to."""

OPPOSITE: Final = (
    # English
    "open/close closed shut", "inside indoors indoor/outside outdoors outdoor", "lock/unlock", "enable enabled activate turn-on switch-on on/"
    "disable disabled deactivate turn-off switch-off off", "hot warm/cold cool", "before within until/after", "above over/below under beneath", "more/less fewer", "most/least fewest",
    "on-top/underneath beneath", "available/unavailable", "maximum max/minimum min", "first/last", "early earlier/late later", "increase rise raise grow higher/decrease fall reduce drop lower", "allow allowed permit permitted/"
    "forbid forbidden prohibit prohibited ban banned", "accept accepted/reject rejected refuse refused decline declined", "include included covered/exclude excluded", "add/remove delete",
    "buy/sell", "send/receive", "import/export", "upload/download", "left/right", "north/south", "east/west", "up/down", "push/pull", "start begin/"
    "stop end finish", "win/lose", "harmless non-toxic/harmful toxic poisonous hazardous", "arrive/depart leave", "enter/exit", "full/empty", "wet/dry", "safe/dangerous unsafe", "legal/illegal", "possible/impossible",
    "valid/invalid", "required mandatory compulsory/optional voluntary", "public/private", "free/paid", "cheap/expensive", "fast quick/slow",
    "long/short", "big large/small little", "heavy/light", "high/low", "true/false", "always/never", "all every everybody everyone/none nobody",
    "refundable/non-refundable nonrefundable", "in/out", "with/without", "male men man/female women woman", "parent/child", "day daily-time/night",
    "morning/evening", "morning/afternoon", "in-front/behind", "winter/summer", "buyer customer/seller", "employer/employee", "sender/recipient receiver", "old/new", "temporary/permanent",
    "manual manually/automatic automatically", "internal/external", "positive/negative", "same/different", "often/rarely seldom", "increase/decrease",
    "install/uninstall", "connect/disconnect", "subscribe/unsubscribe", "encrypt/decrypt", "encrypted/unencrypted", "used/unused", "known/unknown",
    "odd/even", "input/output", "ascending/descending", "asc/desc", "today/tomorrow", "weekday weekdays/weekend weekends", "local/remote", "read/write",
    "keep/discard", "pass/fail", "success/failure", "agree/disagree", "approve approved/reject rejected", "deposit/withdraw", "borrow/lend", "agent/principal",
    "freeze/melt", "expand/contract", "attach/detach", "mount/unmount", "wider/narrower", "better/worse", "best/worst", "older/younger", "larger bigger/smaller",
    "longer/shorter", "faster/slower", "can able/unable", "likely/unlikely", "healthy/unhealthy", "necessary/unnecessary", "complete/incomplete", "single/double",
    "fill refill/empty drain", "clean/dirty soiled", "fresh/stale dirty", "loosen/tighten", "insert/remove", "load/unload", "pack/unpack", "wrap/unwrap", "fold/unfold", "cover/uncover",
    "mute/unmute", "expand/collapse", "follow/unfollow", "block/unblock", "raw uncooked/cooked", "thick/thin", "deep/shallow", "near close-to/far", "hard/soft", "strong/weak", "bright/dark dim",
    "loud noisy/quiet silent", "rough/smooth", "sharp/blunt", "tight/loose", "ripe/unripe", "alive/dead", "married/unmarried single", "present/absent", "guilty/innocent", "majority/minority",
    "original/copy photocopy", "profit/loss", "gain/lose", "debit/credit", "upper/lower", "front/back rear", "top/bottom", "vertical vertically/horizontal horizontally", "clockwise/counterclockwise anticlockwise", "domestic/foreign",
    "urban/rural", "wired/wireless", "online/offline", "edible/inedible poisonous", "senior/junior", "plural/singular", "ancient/modern", "natural/artificial", "visible/invisible", "asleep/awake",
    "inhale/exhale", "absorb/emit", "attract/repel", "freeze/thaw", "evaporate/condense", "float/sink", "ascend climb/descend", "lengthen/shorten", "widen/narrow", "strengthen/weaken",
    "reveal/conceal hide", "show/hide", "create/destroy", "remember/forget", "accelerate/brake", "log-in/log-out", "peel/unpeeled", "empty/filled", "early/belated", "gradually/suddenly", "happen occur take-place/cancel call-off", "partly partially/entirely fully",
    # German
    "offen geöffnet öffnet öffnen/geschlossen schließt schließen", "innen drinnen innerhalb/außen draußen außerhalb", "an ein einschalten aktivieren/aus ausschalten deaktivieren",
    "heiß warm/kalt", "vor vorher/nach nachher", "über oberhalb/unter unterhalb", "mehr/weniger", "höchstens maximal/mindestens minimal", "erste zuerst/letzte zuletzt",
    "erlaubt gestattet/verboten untersagt", "links/rechts", "norden nördlich/süden südlich", "osten östlich/westen westlich", "steigen erhöhen/sinken senken", "mit/ohne",
    "kostenlos gratis/kostenpflichtig", "immer/nie niemals", "alle/keine", "groß/klein", "früh früher/spät später", "kaufen/verkaufen", "möglich/unmöglich",
    "gültig/ungültig", "öffentlich/privat", "tag/nacht", "sommer/winter", "morgens/abends", "morgens vormittags vormittag/nachmittags nachmittag", "vorne vorn/hinten", "davor/dahinter", "schnell/langsam", "lang/kurz", "pflicht verpflichtend/freiwillig optional",
    "füllen befüllen/leeren entleeren", "sauber/schmutzig", "hell/dunkel", "laut/leise", "dick/dünn", "tief/flach", "hart/weich", "stark/schwach", "voll/leer", "anmelden/abmelden", "einsteigen/aussteigen",
    "einpacken/auspacken", "hochladen/herunterladen", "senkrecht/waagerecht", "oben/unten", "obere oberen/untere unteren", "sichtbar/unsichtbar", "gesund/ungesund", "billig günstig/teuer", "neu/alt", "einatmen/ausatmen",
    "ankunft/abfahrt", "eingang/ausgang", "hinzufügen/entfernen",
    # French
    "ouvert ouverte ouverts ouvertes ouvre ouvrent ouvrir/fermé fermée fermés fermées ferme ferment fermer", "dedans intérieur/dehors extérieur", "activer allumer/désactiver éteindre", "chaud chaude/froid froide",
    "avant/après", "plus/moins", "maximum/minimum", "premier première/dernier dernière", "autorisé autorisée permis/interdit interdite", "gauche/droite",
    "nord/sud", "est-direction/ouest", "augmenter/diminuer réduire baisser", "avec/sans", "gratuit gratuite/payant payante", "toujours/jamais", "acheter/vendre",
    "obligatoire/facultatif facultative", "possible/impossible", "valable valide/invalide", "jour/nuit", "été-saison/hiver", "matin/soir", "matin/aprem", "devant/derrière", "grand grande/petit petite",
    "remplir remplissez/vider videz", "propre/sale", "plein pleine/vide", "fort forte/faible", "haut/bas", "dessus/dessous", "connecter/déconnecter", "monter/descendre", "rapide/lent lente", "neuf neuve/usagé usagée", "clair/foncé sombre",
    "inclus incluse compris comprise/exclu exclue", "au-dessus/au-dessous", "entrée/sortie", "ajouter/supprimer retirer",
    # Spanish
    "abierto abierta abiertos abiertas abre abren abrir/cerrado cerrada cerrados cerradas cierra cierran cerrar", "dentro interior/fuera exterior", "activar encender/desactivar apagar",
    "caliente/frío fría", "antes/después", "más/menos", "máximo/mínimo", "primero primera/último última", "permitido permitida/prohibido prohibida",
    "izquierda/derecha", "norte/sur", "este-dirección/oeste", "aumentar subir/disminuir reducir bajar", "con/sin", "gratis gratuito/pago", "siempre/nunca",
    "comprar/vender", "obligatorio obligatoria/opcional voluntario", "posible/imposible", "válido válida/inválido inválida", "día/noche", "mañana/tarde", "delante/detrás", "verano/invierno",
    "llenar llene/vaciar vacíe", "limpio limpia/sucio sucia", "lleno llena/vacío vacía", "fuerte/débil", "alto alta/bajo baja", "arriba/abajo", "conectar/desconectar", "rápido/lento", "nuevo/usado", "claro/oscuro", "barato barata/caro cara", "cerca/lejos",
    "grande/pequeño pequeña", "incluido incluida/excluido excluida", "encima/debajo", "entrada/salida", "añadir/eliminar quitar", "todos/ninguno",
    # Italian
    "aperto aperta apre aprire/chiuso chiusa chiude chiudere", "dentro/fuori", "attivare accendere/disattivare spegnere", "caldo calda/freddo fredda", "prima/dopo", "più/meno", "massimo/minimo",
    "permesso consentito/vietato proibito", "sinistra/destra", "con/senza", "sempre/mai", "obbligatorio/facoltativo", "incluso inclusa/escluso esclusa",
    # Portuguese
    "aberto aberta/fechado fechada", "ativar ligar/desativar desligar", "quente/frio fria", "antes/depois", "mais/menos", "permitido permitida/proibido proibida",
    "esquerda/direita", "com/sem", "sempre/nunca", "obrigatório/opcional", "incluído incluída/excluído excluída",
    # Dutch
    "open/gesloten dicht", "binnen/buiten", "aan inschakelen/uit uitschakelen", "warm heet/koud", "voor/na", "meer/minder", "toegestaan/verboten", "links/rechts",
    "met/zonder", "altijd/nooit", "verplicht/optioneel", "inclusief/exclusief",
    # Polish
    "otwarty otwarte otwarta/zamknięty zamknięte zamknięta", "wewnątrz/zewnątrz", "włącz włączyć/wyłącz wyłączyć", "ciepły/zimny", "przed/po", "więcej/mniej",
    "dozwolone wolno/zabronione zabroniony", "lewo/prawo", "z/bez", "zawsze/nigdy", "obowiązkowe obowiązkowy/opcjonalne dobrowolny",
)  # fmt: skip
"""Pairs of sides; an answer that says one side where the other answer says the other claims the opposite."""
