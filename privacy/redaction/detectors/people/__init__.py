"""Names of people."""

from privacy.redaction.detectors.people import abroad, introductions, mailboxes, names, scripts
from privacy.redaction.hits import Detector

DETECTORS: tuple[Detector, ...] = (
    *introductions.DETECTORS,
    *abroad.DETECTORS,
    *mailboxes.DETECTORS,
    *names.DETECTORS,
    *scripts.DETECTORS,
)
