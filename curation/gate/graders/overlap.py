"""Graders for free text: how many words are shared, and how alike the two texts are as sequences."""

from __future__ import annotations

from collections import Counter

from rapidfuzz.distance import Indel

from curation.gate.graders.grades import CaseView
from curation.gate.graders.normalisation import tokens


def token_f1(answer: str, expected: str, case: CaseView, /) -> float:
    """Return the harmonic mean of token precision and recall over bags of tokens.

    Rajpurkar et al., "SQuAD", EMNLP 2016, section 6; without its English articles rule, so that no language
    is favoured.
    """
    given, wanted = tokens(answer), tokens(expected)
    if not given and not wanted:  # signs alone: there is nothing to share but the signs themselves
        return float(answer.strip() == expected.strip())
    shared = sum((Counter(given) & Counter(wanted)).values())
    return 2.0 * shared / (len(given) + len(wanted)) if shared else 0.0


def fuzzy(answer: str, expected: str, case: CaseView, /) -> float:
    """Return 1 - (insertions + deletions) / (both lengths) over the sequences of tokens: word order
    counts.
    """
    given, wanted = tokens(answer), tokens(expected)
    if not given or not wanted:
        return float(answer.strip() == expected.strip())
    return float(Indel.normalized_similarity(given, wanted))
