"""Addresses and post codes."""

from privacy.redaction.detectors.places import addresses, compounds
from privacy.redaction.hits import Detector

DETECTORS: tuple[Detector, ...] = (*addresses.DETECTORS, *compounds.DETECTORS)
