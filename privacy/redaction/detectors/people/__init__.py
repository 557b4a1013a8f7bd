"""Names of people."""

from privacy.redaction.detectors.people import introductions, names, scripts
from privacy.redaction.hits import Detector

DETECTORS: tuple[Detector, ...] = (
    *introductions.DETECTORS,
    *names.DETECTORS,
    *scripts.DETECTORS,
)
