"""Secrets: those that show what they are, and those that their names or the words around them tell."""

from privacy.redaction.detectors.secrets import assignments, codes, prefixes, said, siblings, structures, tokens
from privacy.redaction.hits import Detector

DETECTORS: tuple[Detector, ...] = (
    *tokens.DETECTORS,
    *prefixes.DETECTORS,
    *assignments.DETECTORS,
    *structures.DETECTORS,
    *said.DETECTORS,
    *siblings.DETECTORS,
    *codes.DETECTORS,
)
