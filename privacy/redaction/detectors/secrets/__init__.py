"""Secrets: some are recognised by their form, others by their names or the words around them."""

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
