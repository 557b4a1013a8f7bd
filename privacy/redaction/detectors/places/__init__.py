"""Addresses and post codes."""

from privacy.redaction.detectors.places import addresses
from privacy.redaction.hits import Detector

DETECTORS: tuple[Detector, ...] = (*addresses.DETECTORS,)
