"""The default terms of the sensitive topics: a start for a project to edit, not a definition.

A term is a word or a few words in lower case; `*` at the end stands for any ending. In the topics of
`PERSONAL` a term counts only in what the user says of themselves or their family ("my", "I have"), for a
question about a virus on a health authority's site is no health record. The categories follow Article 9 of
the GDPR, with minors and self-harm.
"""

from typing import Final

TERMS: Final[dict[str, tuple[str, ...]]] = {
    "health": (
        "diagnos*", "disease", "cancer", "diabet*", "hiv", "depress*", "anxiety", "bipolar", "schizophreni*", "autis*",
        "adhd", "pregnan*", "abortion", "miscarriage", "medication", "prescription", "therapist", "psychiatr*", "surgery",
        "chemotherapy", "epilep*", "asthma", "tumor", "tumour", "addicted", "rehab", "disabled", "disability", "my doctor",
        "blood pressure", "mental health", "panic attack*", "krank*", "krebs", "schwanger*", "depression", "behinder*",
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
    "minors": (
        "my son", "my daughter", "my child", "my children", "my kid", "my kids", "my toddler", "my baby", "my teenager", "underage",
        "loli", "lolis", "loli's",
        "years old", "year old", "year-old", "mein sohn", "meine tochter", "mein kind", "mon fils", "ma fille", "mon enfant",
        "mi hijo", "mi hija", "mio figlio", "mia figlia", "meu filho", "minha filha",
    ),
    "self_harm": (
        "kill myself", "suicid*", "self-harm", "self harm", "end my life", "want to die", "hurt myself", "cut myself",
        "mich umbringen", "selbstmord", "me suicider", "suicidarme", "quiero morir",
    ),
}  # fmt: skip

PERSONAL: Final = frozenset({"health", "religion", "politics", "sexuality", "ethnicity", "crime"})
FIRST_PERSON: Final = frozenset(
    "i i'm i've im my mine me myself we our we're husband's wife's ich mein meine meinen meiner wir unser unsere je j'ai mon ma mes "
    "nous notre yo mi mis mío nuestro io mio mia noi eu meu minha nós ik mijn wij onze".split()
)
