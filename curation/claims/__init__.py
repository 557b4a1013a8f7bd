"""What an answer claims: numbers with their units, dates, codes, names, polarity, order, who does what to whom.

`statement_key` says whether two answers claim the same, `contains` whether a source backs an answer, `conflict`
whether two answers cannot both be right. No model, no list of sentences: closed word lists of eight languages in
`vocabulary` and `relations`. To add a language, add its lists there and its cases to the tests.
"""

from curation.claims.comparing import conflict, contains
from curation.claims.statements import statement_key

__all__ = ["conflict", "contains", "statement_key"]
