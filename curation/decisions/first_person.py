"""The words with which writers refer to themselves, in each language.

Each language has a closed list of pronouns, with elided ones ("j'arrive"), and of verb forms that only the first person has
("tentei", "aradım"). The language of the text chooses the list, because "je", "min", "ben" and "eu" mean something else in other
languages. "We" is left out: it is how a company speaks of itself.
"""

import re
from collections.abc import Collection
from typing import Final

from curation.decisions.language import languages_of
from curation.decisions.question_types import Asks, Pair
from curation.decisions.words import is_amount, tokens

WORDS: Final = {
    "en": "i i'm i've i'd i'll im ive my mine me myself",
    "de": "ich mein meine meinen meinem meiner meines mir mich",
    "fr": "je moi me mon ma mes mien mienne miens puis-je suis-je ai-je",
    "es": "yo me mí mi mis mío mía conmigo fui tuve hice pude puse vine quise estuve estaba soy estoy tengo quiero necesito prefiero puedo vivo espero creo voy",
    "it": "io mi me mio mia miei mie ho avevo vado faccio vengo devo posso voglio preferisco sto",
    "pt": "eu me mim meu minha meus minhas comigo fui tive fiz vim pude pus quis estive recebi perdi pedi saí abri ouvi consegui tenho estou sou vou quero "
    "gosto faço moro prefiro estava",
    "nl": "ik mij mijn me mezelf",
    "sv": "jag mig mej min mitt mina",
    "da": "jeg mig meg min mit mitt mine",
    "pl": "ja mnie mi mną mój moja moje moi mojego mojej moim mam jestem wiem chcę mogę muszę wolę myślę",
    "cs": "já mě mně mi mnou můj moje moji mého jsem bych mám chci musím můžu vím",
    "ro": "eu mie mine meu mea mei mele mi-a mi-au m-am m-a m-au am",
    "tr": "ben bana beni benim bende benden bence benimle",
    "fi": "minä minun minua minulle minulta minulla minusta minut mä mun mua mulle multa mulla olin kävin sain odotin yritin soitin olen en",
    "hu": "én nekem engem velem tőlem hozzám nálam vagyok voltam",
    "ru": "я мне меня мной мой моя моё мое мои моего моей моему моих мені мене мною мій моє моєї",
    "bg": "аз ми мен мой моя моето моите съм",
    "el": "εγώ μου με μένα",
    "he": "אני לי שלי אותי",
    "ar": "أنا انا لي عندي",
    "hi": "मैं मैंने मुझे मेरा मेरी मेरे",
    "ko": "저는 제가 저도 저한테 저에게 나는 내가 나도 나한테 제 내",
    "id": "saya aku",
    "vi": "tôi",
}
FORMS: Final = {
    "fr": r"j'\w+|m'\w+",
    "es": r"(?!(?:aún|josé)$)\w{3,}é|(?!(?:aqu|all|ah|as|colibr|rub|esqu|jabal|cas)í$)\w{2,}[bcdgjlrstv]í|he|hube",
    "it": r"(?:\w+')ho|m'\w+|(?!(?:bravo|cavo|schiavo|ottavo)$)\w{2,}avo|(?:vor|dov|pot|sap|av|sar|far|and)r?ei",
    "pt": r"(?!(?:frei|grei|vôlei|rei|lei)$)\w{2,}ei",
    "pl": r"(?!(?:od|wy|po|prze|u)?działem$|(?:kan|materi|sygn|zap|krysz|finał)\w*ałem$)\w+[aieyąę]łem|\w+[aieyąęu]?łam",
    "tr": r"(?!(?:adım|yardım|kadim|kıdem)$)(?:\w+[aeıioöuülmnrvyzğ]d[ıiuü]m|\w*[pçtkfhsş]t[ıiuü]m|\w+[ıiuü]yorum|\w+m[ıiuü]şt?[ıiuü]m|\w+(?:acağ|eceğ)[ıi]m)",
    "hu": r"\w{2,}t[ae]m",
}
"""Verb forms that only the first person has, by their endings."""
NO_FORMS: Final = frozenset(
    "porqué café esté comité bebé carné paté puré consomé chalé cliché tupé canapé buffé bufé".split()
)
"""Spanish words that end like such a form."""
AMBIGUOUS: Final = frozenset(
    "i io yo vim mine minut mina je me mi mon ma mes mis min mit mitt moi ben am eu ja ho en sto im mä mun vivo sou posso devo mí "
    "mir moja moje ми мен моя με".split()
)
"""Words that mean something else in another language, so they count in their own language alone."""
SIGNS: Final = re.compile(
    r"(?<![在开開点點选選择擇击擊进進入“「『])我(?![们們])|(?<!公)私(?![立有人服用])|僕|俺|わたし|ぼく"
)
"""The same in scripts without spaces. In quotes or after a verb, "我的订单" is the name of a page."""
MENU: Final = re.compile(r"(?<=[\w,;)>] )[A-ZÀ-ÞА-Я][\w']+")
"""A capitalised word in the middle of a sentence, as in "My Account": it is part of a name."""
TITLE: Final = re.compile(r"\W*([A-ZÀ-ÞА-Я]\w*) (?=[A-ZÀ-ÞА-Я])")
"""The same at the start of a sentence; not in German, which capitalises all nouns."""
OURS: Final = re.compile(
    r"\W*(?:bei uns|chez nous|da noi|bij ons|u nas|у нас|hos oss|hos os|at ours|in our (?:house|home|flat|place|case|office))\b",
    re.IGNORECASE,
)
"""How a story of several people begins. "We" elsewhere is how a company speaks of itself."""
ASKS: Final = re.compile(r"[?？؟]\s*$")
BY_LANGUAGE: Final = {code: frozenset(words.split()) for code, words in WORDS.items()}
ENDINGS: Final = {code: re.compile(form) for code, form in FORMS.items()}
CANDIDATES: Final = frozenset().union(*BY_LANGUAGE.values())
ANYWHERE: Final = CANDIDATES - AMBIGUOUS


def tells_of_writer(pair: Pair) -> bool:
    """Whether a reply to a question speaks of its writer, where the agent's answer does not speak of the agent."""
    is_ours = OURS.match(pair.text) is not None and OURS.match(pair.answer) is None
    if not (is_ours or first_person(pair.text, pair.near)) or first_person(pair.answer, pair.near):
        return False
    return ASKS.search(pair.question) is not None or pair.kind is not Asks.UNKNOWN


def first_person(text: str, near: str) -> set[str]:
    """The words by which a text speaks of its writer. Where it is too short to tell its language, `near` tells it."""
    if found := set(SIGNS.findall(text)):
        return found
    said = tokens(text)
    if CANDIDATES.isdisjoint(said) and not any(form.fullmatch(word) for form in ENDINGS.values() for word in said):
        return set()
    languages = languages_of(text, near)
    found = {word for at, word in enumerate(said) if is_first(word, languages) and not is_minutes(said, at)}
    return found - named(text, languages)


def is_first(word: str, languages: Collection[str]) -> bool:
    if word in ANYWHERE:
        return True
    return bool(languages) and all(word in BY_LANGUAGE.get(code, ()) or is_form(word, code) for code in languages)


def is_form(word: str, language: str) -> bool:
    """Whether a word has the ending of a verb in the first person."""
    return language in ENDINGS and word not in NO_FORMS and ENDINGS[language].fullmatch(word) is not None


def is_minutes(said: list[str], at: int) -> bool:
    """Whether the word is short for minutes, and not Swedish for "my"."""
    return said[at] == "min" and at > 0 and is_amount(said[at - 1])


def named(text: str, languages: Collection[str]) -> set[str]:
    """The words that are part of a name, in lower case."""
    found = {word.casefold() for word in MENU.findall(text) if word.casefold() not in ("i'm", "i've", "i'd", "i'll")}
    if "de" not in languages and (title := TITLE.match(text)) and title[1] != "I":
        found.add(title[1].casefold())
    return found
