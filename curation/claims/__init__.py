"""What an answer claims: numbers with their units, dates, codes, names, polarity, order, who does what to whom.

`statement_key` says whether two answers claim the same, `contains` whether a source backs an answer, `conflict`
whether two answers cannot both be right. No model, no list of sentences: closed word lists of eight languages in
`vocabulary`. To add a language, add its lists there and its cases to the tests.
"""

from curation.claims.comparing import PARTICLES, clash, conflict, contains, items, says_opposite, steps_out_of_order
from curation.claims.duties import answers
from curation.claims.forms import MODAL, canonical, forms_of
from curation.claims.opposites import language_for, negation_of, number_words, opposites_of
from curation.claims.quantities import UNITS, equal, rival
from curation.claims.reading import (
    WITHOUT,
    Claim,
    Reading,
    duty_of,
    forget,
    question_read,
    reading,
    words_of,
)
from curation.claims.scope import LIMITED, Scope
from curation.claims.statements import read_question, statement_key
from curation.claims.vocabulary import AND, LANGUAGES
from curation.claims.words import EVIDENCE, in_single_words

__all__ = [
    "AND",
    "EVIDENCE",
    "LANGUAGES",
    "LIMITED",
    "MODAL",
    "PARTICLES",
    "UNITS",
    "WITHOUT",
    "Claim",
    "Reading",
    "Scope",
    "answers",
    "canonical",
    "clash",
    "conflict",
    "contains",
    "duty_of",
    "equal",
    "forget",
    "forms_of",
    "in_single_words",
    "items",
    "language_for",
    "negation_of",
    "number_words",
    "opposites_of",
    "question_read",
    "read_question",
    "reading",
    "rival",
    "says_opposite",
    "statement_key",
    "steps_out_of_order",
    "words_of",
]
