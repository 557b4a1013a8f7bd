"""Phrases of several words that have one word's meaning: "free of charge", "as long as", "es sei denn".

They are rewritten before a text is read, so that the lists of single words are enough for the rest.
"""

import re
from typing import Final

import re2

_NEVER: Final = r"(?:never|(?:do|does|must|may|should|shall|can|could|will)(?: not|n't)|cannot)"
_SPAN: Final = r"([\w.,]+ \w+)"
_TIMES: Final = "minutes?|hours?|days?|weeks?|months?|years?"
_PHRASES: Final = (
    # A condition, turned round by "not".
    ("whether", "even if|no matter|regardless", r"even if|no matter (?:if|how|what|whether|when)|regardless of(?: whether)?"),
    ("egal ob", "auch wenn|auch ohne|unabhängig", r"auch wenn|unabhängig davon,? ob"),
    ("même", "même si|même sans|peu importe", r"même si|peu importe si"),
    ("aunque", "incluso si", r"incluso si"),
    ("if", "long as|provid|condition that|only if|only when|in case|assuming",
     r"(?:as|so) long as|provid(?:ed|ing)(?= you| that| the| they| it| your)(?: that)?|on (?:the )?condition that|only (?:if|when)|in case|assuming(?: that)?"),
    ("if", "not unless", r"not unless"),
    ("if without", "unless", r"unless"),
    ("wenn", "sofern|solange|vorausgesetzt|bedingung|nur wenn|nur falls", r"sofern|solange|vorausgesetzt,? dass|unter der bedingung,? dass|nur (?:wenn|falls)"),
    ("wenn ohne", "sei denn|außer wenn", r"es sei denn,?(?: dass)?|außer wenn"),
    ("si", "à condition |pourvu que|moment que|tant que|siempre |con tal |a condición|lo si ",
     r"à condition (?:que|de)|pourvu que|du moment que|tant que|siempre y cuando|siempre que|con tal de que|a condición de que|s[oó]lo si"),
    ("si sin", "menos que|no ser que|salvo que", r"a menos que|a no ser que|salvo que"),
    ("si sans", "à moins |sauf si", r"à moins (?:que|de)|sauf si"),
    ("not", "anything but|by no means|far from|in no way|avoid|refrain|away from",
     r"anything but|by no means|far from(?: being)?|in no way|(?<!to )avoid(?:ing)?|refrain(?:ing)? from|(?:keep|stay)(?:ing)? away from"),
    ("anytime", "as often as", r"as often as (?:you|they) (?:like|want|wish|please)"),
    ("at most", "very most", r"at the (?:very )?most"),
    ("at least", "very least", r"at the (?:very )?least"),
    ("no problem", "problem at all|problem whatsoever", r"no problem (?:at all|whatsoever)"),
    # An exception.
    ("except", "apart from|except|other than|aside from|excluding|save for|not including|not counting",
     r"apart from|except(?:ing)? for|with the exception of|other than|aside from|excluding|save for|not including|not counting"),
    ("außer", "abgesehen|mit ausnahme", r"abgesehen von|mit ausnahme (?:von|der|des)"),
    ("sauf", "l'exception|hormis|excepté|en dehors", r"à l'exception (?:de|du|des)|hormis|excepté|en dehors (?:de|du|des)"),
    ("excepto", "excepción|aparte de", r"(?:a|con) excepción de|aparte de"),
    # One thing in the place of another.
    (", not", "- not|– not|— not", r"[-–—] not"),
    (", not", "rather than|instead of|in place of|as opposed", r"rather than|instead of|in place of|as opposed to"),
    (", nicht", "anstelle|anstatt|statt", r"anstelle (?:von|des|der)|anstatt|statt"),
    (", pas", "au lieu|plutôt que", r"au lieu (?:de|du|des)|plutôt que"),
    (", no", "lugar de|vez de", r"en lugar de|en vez de"),
    # Nothing to pay.
    ("free", "for free|of charge| charge| cost| fee|anything|nothing| a thing| a cent",
     r"free of charge|for free|(?:at |for |with )?no (?:extra |additional |further )?(?:charge|cost|fee)s?|without (?:any )?(?:extra |additional )?(?:charge|cost|fee)s?"
     r"|(?:do|does|need|will|would)(?: not|n't) (?:have to |need to )?(?:pay|cost|charge)(?: you)? (?:anything|a thing|a cent)|(?:pays?|costs?) nothing"),
    ("kostenlos", "ohne |nichts|keine ", r"ohne (?:aufpreis|gebühr(?:en)?|kosten)|kostet nichts|nichts (?:be)?zahlen|(?:be)?zahl\w+ (?:\w+ ){0,2}nichts|keine (?:kosten|gebühren)"),
    ("gratuit", "sans |rien", r"sans (?:frais|supplément)|ne (?:coûte|paye|paie|payez) rien|rien à payer"),
    ("gratis", "sin |nada", r"sin (?:coste|costo|cargo)|no (?:cuesta|paga\w*) nada|nada que pagar"),
    ("cheaper", "cost", r"costs? less|less (?:expensive|costly)"),
    ("expensive", "cost", r"costs? more|more (?:expensive|costly)"),
    # Not to be had.
    ("unavailable", "of stock|sold out|available|in stock", r"out of stock|sold out|no longer available|not (?:currently )?available(?: any ?more)?|not in stock"),
    ("aprem", "après", r"après[- ]midi"),
    ("normally", "by default|as a rule", r"by default|as a rule"),
    # The places of a list.
    ("first entry", "top ", r"top (?:entry|item|option|line|choice)"),
    ("last entry", "bottom ", r"bottom (?:entry|item|option|line|choice)"),
    (r"\1 entry", "item|option|line|choice", r"(first|second|third|fourth|last) (?:item|option|line|choice)"),
    # Limits.
    (r"\1 at most", " than ", rf"{_NEVER} (\w+) (?:more|longer|later|higher|older|faster) than"),
    (r"\1 at least", " than ", rf"{_NEVER} (\w+) (?:less|fewer|shorter|earlier|lower|younger|slower) than"),
    (r"at least \1 before", "no later|not later", rf"(?:no|not) later than {_SPAN} (?:before|ahead of|prior to)"),
    (r"mindestens \1 vor", "spätestens", rf"spätestens {_SPAN} vor"),
    (r"au moins \1 avant", "au plus tard", rf"au plus tard {_SPAN} avant"),
    (r"al menos \1 antes", "más tardar", rf"a más tardar {_SPAN} antes"),
    ("at most", "no older|no lo|no la|no bigger|no h|no taller|exceed|as many as",
     r"no (?:older|longer|later|larger|bigger|heavier|higher|taller) than|(?:must|may|should|can)(?:not| not) exceed|not exceeding|as many as"),
    ("at least", "no younger|no shorter|no earlier|no smaller|no lighter|the age of|not under",
     r"no (?:younger|shorter|earlier|smaller|lighter) than|from the age of|not under"),
    # Time.
    ("lasts", "runs |takes |goes on |lasts for", rf"(?:runs|takes|goes on|lasts)(?: for)?(?= (?:about |only |up to |around )?[\w.,]+ (?:min|h|{_TIMES})\b)"),
    ("always", "all times|every time|without exception", r"at all times|every time|without exception"),
    ("never", "no time|no circumstances|no account|no case", r"at no time|under no circumstances|on no account|in no case"),
    ("anytime", "any time|whenever ", r"(?:at )?any time|whenever (?:you|they) (?:like|want|wish|please)"),
    ("immediately", "at once|right away|straight|without delay|on the spot", r"at once|right away|straight ?away|without delay|on the spot"),
    ("before", "prior to|ahead of", r"prior to|ahead of"),
    ("because", "due to|owing to|account of|result of|thanks to|because of", r"due to|owing to|on account of|as a result of|thanks to|because of"),
    ("Monday to Friday", "week", r"(?:on |every |during )(?:the )?week ?days?|during the week"),
    ("Saturday and Sunday", "weekend", r"(?:on|at|during) (?:the )?week ?ends?"),
)  # fmt: skip
"""The words that are read in the place of the phrases, what one of these contains, and the phrases."""
_READ: Final = tuple((word, re.compile(rf"(?<!\w)(?:{phrases})(?!\w)", re.IGNORECASE)) for word, _, phrases in _PHRASES)
_PARTS: Final = re2.Set.SearchSet()  # finds all parts in one pass, a tenth of the time
for _, _parts, _ in _PHRASES:
    _PARTS.Add(_parts.encode())
_PARTS.Add(rb"\z")  # in every text, so that nothing found means that RE2 gave up
_PARTS.Compile()


def in_single_words(text: str) -> str:
    """The text with the words of the list for each of its phrases."""
    found = _PARTS.Match(text.lower().encode("utf-8", "surrogatepass"))
    for place in sorted(found)[:-1] if found else range(len(_READ)):
        word, phrases = _READ[place]
        text = phrases.sub(word, text)
    return text
