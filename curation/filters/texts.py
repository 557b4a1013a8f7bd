"""Properties of the text itself: its size, and whether it is complete, a refusal, or noise."""

import re
from typing import Final

import re2

from curation.decisions import remarks
from curation.decisions.language import EVIDENCE

BYTES_PER_TOKEN: Final = 4


REFUSALS: Final = remarks.phrases(remarks.REFUSALS, before=r"\W*")
SMALL_TALK: Final = remarks.phrases(remarks.SMALL_TALK, before=r"\W*")
GREETS: Final = re.compile(
    r"thank|thx|\bty\b|cheers|\bhi\b|hello|\bhey|\bbye|good(?:bye| morning| day| night| evening)|see you|how are you|never ?mind|haha|disappointing|"
    r"hallo|guten|danke|tschüss|bonjour|salut|merci|revoir|hola|buen|gracias|adiós|ciao|graz|olá|bom dia|obrigad|bedankt|dank je|привет|здрав|"
    r"спасибо|你好|谢|こんにちは|ありがとう",
    re.IGNORECASE,
)
GOES_ON: Final = re.compile(r"[^.!?]*, but (?:there|here|you|we|i can|the|it|a|one|if)\b", re.IGNORECASE)
"""An answer that apologises and helps all the same."""
REFUSAL_CHARS: Final = 600
"""A longer text that opens with an apology usually goes on to help."""

OPEN_ENDS: Final = frozenset(
    "the a an and or but of to with which because if than their your its my our der die das und oder mit für dem "
    "den ein eine le la les des du et ou un une el los las y o por il lo gli e che het een en met".split()
)
LAST_WORD: Final = re.compile(r"(?<=\s)([^\W\d_]+)$")
WHOLE: Final = re.compile(r"[.!?:;)\]}\"'`»”’>*|。！？…]\s*$")
LONG_ENOUGH: Final = 40

RUN_CHARS: Final = 15
RUN: Final = re.compile(r"(\S)\1{14,}")
LONGEST_WORD: Final = 24
NO_VOWEL: Final = re.compile(r"[^aeiouyäöüáéíóúàèìòùâêîôûåæøœ]{5,}", re.IGNORECASE)
KEYBOARD: Final = re.compile(r"(?:asdf|qwer|zxcv|hjkl|sdfg|dfgh|fghj|uiop|jkl;)", re.IGNORECASE)


def tokens(text: str) -> int:
    """About how many tokens a model's tokenizer makes from a text: a quarter of its UTF-8 bytes, rounded up."""
    return -(-len(text if text.isascii() else text.encode()) // BYTES_PER_TOKEN)


def refuses(text: str) -> bool:
    """Whether the text declines to answer and does little else."""
    found = REFUSALS.match(text.replace("’", "'")) if len(text) <= REFUSAL_CHARS else None
    return found is not None and not GOES_ON.match(text, found.end())


def is_small_talk(text: str, *, first: bool = True) -> bool:
    """Whether the text only greets or thanks. After other turns, a mere "Great" or "Okay" accepts an offer."""
    return SMALL_TALK.match(text) is not None and (first or GREETS.search(text) is not None)


def truncated(text: str) -> str:
    """The sign that the text is cut off; empty if it is complete or nothing shows it."""
    end = text.rstrip()
    if end.count("```") % 2:
        return "a block of code is left open"
    if len(end) < LONG_ENOUGH or WHOLE.search(end[-4:]):
        return ""
    if end[-1] in ",([{" or end.endswith((" -", " \u2013", " \u2014")):
        return f"it ends in {end[-1]!r}"
    last = LAST_WORD.search(end[-24:])
    if last and last[1].islower() and last[1] in OPEN_ENDS:
        return f"it ends in {last[1]!r}"
    return ""


def gibberish(text: str) -> tuple[str, float] | None:
    """Why the text is noise, with the figure; None if it may be language, code or data."""
    words = text.split()
    if not words:
        return None
    if max(map(len, words)) >= RUN_CHARS and (match := RUN.search(text)):
        run = match.end() - match.start()
        if match[1].isalnum() and run * 3 > len(text):
            return f"one character {run} times", run
    if len(words) >= 20 and (share := len(set(words)) / len(words)) < 0.12:
        return f"{share:.0%} of its words are distinct", round(share, 3)
    if text.isascii() and EVIDENCE.keys().isdisjoint(words[:30]):
        odd = sum(1 for word in words if is_no_word(word))
        if odd * 2 > len(words):
            return f"{odd} of its {len(words)} words are not words", round(odd / len(words), 3)
    return None


def is_no_word(word: str) -> bool:
    """Whether a run of letters has no vowel where a word would have one, or follows the keys of a keyboard."""
    return (
        len(word) <= LONGEST_WORD
        and word.isalpha()
        and not word.isupper()
        and bool(NO_VOWEL.search(word) or KEYBOARD.search(word))
    )


SIGNS: Final = (
    ("it cancels instructions", ("ignore", "disregard", "forget", "override", "bypass"),
     r"\b(?:ignore|disregard|forget|override|bypass)\b(?: \w+){0,3} (?:instructions?|prompts?|rules|guidelines|directions|context|training|programming|system message)\b|"
     r"\b(?:ignore|disregard|forget) (?:everything|all|anything) (?:you|that|above|before|i|we)\b|\b(?:ignore|disregard) (?:the|all) above(?: and\b|[.,:;]|$)"),
    ("it hands over a role", ("you are now", "from now on", "pretend", "act as", "developer mode", "jailbreak", "do anything now", "new instruction", "stop being"),
     r"\b(?:from now on,? you|you are now (?:a|an|in|the|dan|free|no longer|unrestricted)\b|developer mode (?:enabled|on)|do anything now|jailbr(?:eak|oken) mode|new instructions?:|stop being an? (?:assistant|ai|model|bot))"),
    ("it speaks to a judge", ("grader", "judge", "evaluator", "rater", "reviewer", "grading", "annotator", "rubric", "whoever", "training on", "trained on"),
     r"\b(?:(?:dear|attention|note to|hey|message (?:to|for)|instructions? (?:to|for)) (?:the )?(?:graders?|judges?|evaluators?|raters?|reviewers?|annotators?)\b[ :,]|(?:graders?|evaluators?|raters?|annotators?|reviewers?)[ ,:]+(?:please |you )?(?:must|should|give|rate|mark|assign|accept|approve|choose|prefer)\b|"
     r"\bwhoever (?:reviews?|grades?|judges?|rates?|evaluates?|reads?) this\b|\b(?:don't|do not|never) (?:follow|use|apply) the rubric\b|"
     r"\b(?:the )?(?:judge|grader|evaluator|reviewer) is (?:required|obliged|told|instructed) to\b|\b(?:when|while|if) (?:you are )?(?:training|trained|tuned) on this\b)"),
    ("it asks for a score", ("score", "rate this", "rating", "mark this", "grade", "verdict", "approve this", "accept this", "label this", "10/10", "5/5"),
     r"\b(?:(?:give|assign|award|output|return|rate|score|grade|mark|label|choose|prefer)\b(?: \w+){0,6} (?:(?:the )?(?:highest|maximum|full|perfect|top) (?:score|rating|marks|grade)|(?:a )?(?:score|rating|grade) of (?:10|5|100|1\.0|a\+?)|(?:10|5)/(?:10|5)|100 ?%|as (?:correct|right|approved|passed|excellent|perfect|the best))\b|(?:approve|accept) this (?:answer|response|example|record)\b|verdict: ?(?:pass|correct|approved)|"
     r"\b(?:must|should|please) (?:label|mark|count) (?:this|it)(?: \w+)? as (?:approved|correct|right|passed))"),
    ("it shows a system prompt", ("system prompt", "system:", "<|", "[inst", "<<sys", "### instruction", "### system", "begin system", "</s>", "system message", "assistant:"),
     r"<\|(?:im_start|im_end|system|user|assistant|endoftext|eot_id|start_header_id)\|>|\[/?inst\]|<</?sys>>|^\s*#{2,} ?(?:system|instruction)s?\b|\b(?:reveal|print|show|repeat|output|leak) (?:me )?(?:your|the) (?:system prompt|system message|hidden instructions|initial instructions)|\bbegin system (?:prompt|message)|^\s*system ?: "),
    ("it gives orders in another language", ("ignorier", "ignorez", "ignore les", "ignora", "ignore as", "negeer", "vergiss", "oublie", "игнорируй", "忽略", "無視"),
     r"\bignorier\w* (?:\w+ ){0,4}(?:anweisung|instruktion|regel)|\bvergiss (?:\w+ ){0,4}(?:anweisung|regel)|\b(?:ignorez|ignore|oublie[zr]?) (?:\w+ ){0,4}(?:instructions|consignes)|\bignora (?:\w+ ){0,4}(?:instrucciones|istruzioni)|\bignore (?:\w+ ){0,4}instruções|\bnegeer (?:\w+ ){0,4}instructies|игнорируй\w* (?:\w+ ){0,4}инструкц|忽略.{0,8}(?:指令|指示|说明|提示)|(?:指示|命令)を無視"),
)  # fmt: skip
COMPILED: Final = tuple((name, re.compile(pattern, re.MULTILINE)) for name, _, pattern in SIGNS)
WORDS: Final = tuple(word for _, gates, _ in SIGNS for word in gates)
GATE: Final = re2.compile("|".join(map(re2.escape, WORDS)))
SPLIT: Final = re.compile(r"[^\w'-]+")
SENTENCE: Final = re.compile(r"[.!?\n]+(?=\s|$)")
HIDDEN: Final = re.compile("[\U000e0000-\U000e007f\u202d\u202e]|[\u200b\u2060\ufeff]{4,}")


def is_personal(topic: str, sentence: str, text: str) -> bool:
    """Whether a sentence with terms of a topic is about a particular person. `sentence` and the whole `text` are in
    lower case.
    """
    if topic == "minors" and AGE.search(sentence):
        return CHILD.search(sentence) is not None and not SUM.search(text)
    if topic in BELONGING:
        return OWN.search(sentence) is not None
    return topic not in PERSONAL or not FIRST_PERSON.isdisjoint(SPLIT.split(ASKING.sub(" ", sentence)))


def hides(text: str) -> bool:
    """Whether the text has characters that a person does not see."""
    return not text.isascii() and HIDDEN.search(text) is not None


def instructs(text: str) -> str:
    """The sign that the text tries to instruct its reader; empty if nothing shows it.

    A pattern is tried only if one of the gate's words is there, so harmless text costs one pass of an automaton.
    """
    if hides(text):
        return "it hides characters that a person does not see"
    low = text.lower()
    if GATE.search(low):
        for name, pattern in COMPILED:
            if pattern.search(low):
                return name
    return ""


TERMS: Final[dict[str, tuple[str, ...]]] = {
    "health": (
        "diagnos*", "disease", "cancer", "diabet*", "hiv", "depress*", "anxiety", "bipolar", "schizophreni*", "autis*",
        "adhd", "pregnan*", "abortion", "miscarriage", "medication", "prescription", "therapist", "psychiatr*", "surgery",
        "chemotherapy", "epilep*", "asthma", "tumor", "tumour", "addicted", "rehab", "disabled", "disability", "my doctor",
        "blood pressure", "my mental health", "mental health struggles", "mental health problems", "mental health issues", "panic attack*", "krank*", "krebs", "schwanger*", "depression", "behinder*",
        "enceinte", "maladie", "embarazada", "enfermedad", "incinta", "malattia", "grávida", "doença", "zwanger",
    ),
    "religion": (
        "muslim*", "islam*", "christian*", "catholic*", "protestant*", "jewish", "judaism", "hindu*", "buddhis*", "atheis*",
        "sikh*", "mormon*", "my church", "my mosque", "my faith", "my religion", "baptised", "baptized", "katholisch",
        "evangelisch", "musulman*", "católic*", "cattolic*",
    ),
    "politics": (
        "i voted", "my vote", "republican", "democrat", "communist", "socialist", "trade union", "labour party", "conservative party",
        "party member*", "gewerkschaft*", "syndicat", "sindicato", "sindacato",
    ),
    "sexuality": (
        "gay", "lesbian", "bisexual", "transgender", "homosexual*", "sexual orientation", "my sexuality", "sex life", "schwul",
        "lesbisch", "came out as",
    ),
    "ethnicity": ("my race", "my ethnicity", "ethnic origin", "immigration status", "asylum seeker", "undocumented", "refugee"),
    "crime": ("arrested", "convicted", "criminal record", "on parole", "on probation", "vorbestraft", "casier judiciaire"),
    "minors": ("underage", "loli", "lolis", "loli's", "years old", "year old", "year-old", "jahre alt", "años", "anni", "anos"),
    "self_harm": (
        "kill myself", "suicid*", "self-harm", "self harm", "end my life", "want to die", "hurt myself", "cut myself",
        "mich umbringen", "selbstmord", "me suicider", "suicidarme", "quiero morir",
    ),
}  # fmt: skip

PERSONAL: Final = frozenset({"health", "religion", "politics", "sexuality", "ethnicity", "crime"})
BELONGING: Final = frozenset({"religion", "politics", "sexuality", "ethnicity"})
"""Topics that people mostly discuss in general, and rarely about themselves."""
OWN: Final = re.compile(
    r"\b(?:i am|i'?m|i was|i have been|we are|we're|as an?|my|our|came out|voted|ich bin|wir sind|mein\w*|je suis|nous sommes|mon|ma|mes|"
    r"soy|somos|mis?|sono|siamo|mi[oa]|sou|meu|minha|ik ben|wij zijn|mijn)\b"
)
ASKING: Final = re.compile(
    r"\b(?:how (?:do|can|could|should|would) (?:i|we)|(?:can|may|could|should) (?:i|we)|wie (?:kann|soll|muss|mache) (?:ich|wir)|was (?:kann|soll|muss) ich|"
    r"(?:tell|show|give|send|teach|remind|explain to|explain) (?:me|us)|let (?:me|us) know|i (?:want|would like|wanted|need) to know|i'?d like to know|i was wondering|i wonder|"
    r"ich (?:möchte|würde gerne?|will) wissen|je (?:voudrais|veux|souhaite) savoir|yo quisiera saber|io vorrei sapere|eu gostaria de saber|ik (?:wil|zou graag) (?:graag )?weten)\b"
)
"""Everybody asks this way, whether about themselves or not."""
AGE: Final = re.compile(r"\byears?[ -]old\b|\bjahre alt\b|\baños\b|\banni\b|\banos\b")
CHILD: Final = re.compile(
    r"\b(?:my|our|mein\w*|unser\w*|mi|nuestr\w+|mi[oa]|meu|minha) (?:[\w-]+ ){0,4}(?:son|daughter|child|kid|baby|toddler|boy|girl|niece|nephew|"
    r"pupil|sohn|tochter|kind|hij[oa]|figli[oa]|filh[oa])\b|\b(?:he|she|er|sie)(?:'s| is| ist)\b"
)
SUM: Final = re.compile(
    r"\bhow old (?:is|am|are|was|were|will)\b|\bhow many years\b|\b(?:times|twice|half) (?:as old|\w+ age)|\bages? (?:is|are|add)\b"
)
"""An arithmetic problem about ages, whose people are invented."""
FIRST_PERSON: Final = frozenset(
    "i i'm i've im my mine me myself we our we're husband's wife's ich mein meine meinen meiner wir unser unsere je j'ai mon ma mes "
    "nous notre yo mi mis mío nuestro io mio mia noi eu meu minha nós ik mijn wij onze".split()
)
